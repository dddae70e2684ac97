"""What lies about in the world of the boundary tests: invitations, uploads, a robot, a letter that was given up."""

import datetime as dt
import re

from partnerships.models import Agreement, Commitment
from people import notices, robots
from people.models import Delivery, District, Invitation, Membership, Robot, Upload
from people.roles import Role
from portal.imports import uploads
from portal.lib import clock
from portal.models import ImportRun
from tests.factories import people


def a_robot(officer: Membership, cell: str, k: int) -> Robot:
    """A group of the district's work chat that hears of new agreements."""
    return robots.register(
        officer.organisation.district,
        by=people.actor(officer),
        name=f"群{cell}{k}",
        form="wecom",
        address=f"https://chat-{cell.lower()}.example/hook?key={k}",
        kinds=["agreement_filed"],
    )


def a_dead_letter(robot: Robot, hat: Membership, subject: str) -> Delivery:
    """A notice that the group's server refused for good."""
    facts = {"title": f"协议{subject}", "number": "1"}
    district = robot.district_id
    notices.send("agreement_filed", to=[hat.user], subject=f"agreement:{subject}", facts=facts, district=district)
    delivery = Delivery.objects.get(robot=robot, notice__subject=f"agreement:{subject}")
    Delivery.objects.filter(pk=delivery.pk).update(dead_at=clock.now(), attempts=1, fault="http 404")
    return delivery


def an_invitation(lead: Membership, k: int) -> Invitation:
    return Invitation.objects.create(
        organisation=lead.organisation, role=Role.TEACHER, full_name=f"被邀请{k}",
        token_digest=f"{lead.pk}-{k}".encode().ljust(32, b"."), invited_by=lead.user, invited_at=clock.now(),
        expires_at=clock.now() + dt.timedelta(days=7),
    )  # fmt: skip


def an_upload(school, cell: str, k: int) -> Upload:
    """A roster that waits for its preview, brought by the coordinator."""
    data = f"班级,姓名\n四（{k + 1}）班,名单{cell}\n".encode()
    life = dt.timedelta(days=7)
    return uploads.store(data, kind="roster", owner=school.organisation, file_name=f"文件{cell}.csv", life=life)


def an_import(who: Membership, school, cell: str, k: int) -> ImportRun:
    """A roster that was written."""
    return ImportRun.objects.create(
        organisation=school.organisation, district_id=school.district_id, kind="roster", counts={"new": 2},
        upload_number=1000 * school.pk + k, written_by=who.user, written_at=clock.now(),
    )  # fmt: skip


def a_commitment(agreement: Agreement, place: District) -> Commitment:
    """Courses that the venue has promised for the term."""
    party, term = agreement.parties.get(position=0), place.terms.order_by("pk")[0]
    return Commitment.objects.create(agreement=agreement, party=party, term=term, kind="courses", promised=2)


def tell(hat: Membership, cell: str) -> None:
    """Some notice in everybody's inbox."""
    kind = notices.KINDS["booking.confirmed"]
    facts = dict.fromkeys(re.findall(r"%\((\w+)\)", f"{kind.title}{kind.body}"), f"事实{cell}")
    notices.send(kind.code, to=[hat.user], subject=f"booking:{cell}", facts=facts)
