"""Hours of counselors: claimed, confirmed by the host, objected to within some working days, answered.

A paid class-hour is no volunteer hour; the database keeps both apart and counts every minute of a person once.
"""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import service_uses
from activities.models import Assignment, Counselor, ServiceRecord
from activities.models.assignment import AssignmentQuerySet
from activities.models.service_record import State
from partnerships import calendar
from partnerships.models import School
from people import audit, notices, thresholds
from people.access import require
from people.actors import Actor
from people.models import User
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock, wording
from portal.lib.errors import Refused, said

PAID, VOLUNTEER = "paid", "volunteer"
LONGEST = 12 * 60
HOSTS = (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.VENUE_LEAD, Role.VENUE_STAFF)


def to_confirm(rows: AssignmentQuerySet) -> AssignmentQuerySet:
    """Of these assignments those that are over and whose hours the host has not confirmed or turned down."""
    waiting = Q(service__isnull=True) | Q(service__state=State.CLAIMED)
    return rows.live().past().filter(waiting)


def to_claim(rows: AssignmentQuerySet) -> AssignmentQuerySet:
    """Of these assignments those that are over and for which nobody has entered hours."""
    return rows.live().past().filter(service__isnull=True)


@verb
def claim(assignment: Assignment, *, by: Actor, minutes: int, kind: str) -> ServiceRecord:
    """The counselor enters the hours; the host is asked to confirm them."""
    require(by, Permission.SERVICE_CLAIM, assignment)
    record = _begin(assignment, minutes, kind)
    audit.record("servicerecord.claim", record, by=by, is_now=record.state, minutes=minutes, kind=kind)
    _tell("hours.claimed", record, _hosts(record))
    return record


@verb
def confirm(assignment: Assignment, *, by: Actor, minutes: int, kind: str) -> ServiceRecord:
    """The host confirms hours after the session, as claimed or otherwise; who gave the session may object for some days.

    Raises Refused: not over, not agreed by both, minutes that already count for this person, the person's own hours.
    """
    require(by, Permission.SERVICE_CONFIRM, assignment)
    _not_own(assignment.counselor, by)
    record = ServiceRecord.objects.filter(assignment=assignment).first() or _begin(assignment, minutes, kind)
    if record.state == State.OBJECTED:
        raise Refused("service.objected", _("There is an objection: answer it."))
    move(record, "confirm", by=by, **_time(record, minutes, kind), **_signed(record, by))
    service_uses.settle(record.assignment.session)
    _tell("hours.confirmed", record, _counselor(record), minutes=record.minutes)
    return record


@verb
def turn_down(record: ServiceRecord, *, by: Actor, reason: str) -> ServiceRecord:
    """The host does not confirm what the counselor claims."""
    move(record, "turn_down", by=by, reason=said(reason)[:200], **_signed(record, by))
    _tell("hours.turned_down", record, _counselor(record), reason=record.reason)
    return record


@verb
def object_to(record: ServiceRecord, *, by: Actor, reason: str) -> ServiceRecord:
    """Counselor or host objects within the working days that the district gives; the host answers."""
    if record.object_until and clock.today() > record.object_until:
        raise Refused(
            "service.late", _("Objections were possible until %(day)s."), day=wording.day(record.object_until)
        )
    signer = getattr(by, "membership", None)
    move(record, "object", by=by, reason=said(reason)[:200], objected_at=clock.now(), objected_by=signer)
    service_uses.settle(record.assignment.session)
    people = _hosts(record) if by.organisation_id == record.counselor_id else _counselor(record)
    _tell("hours.objected", record, people, slot=record.objected_at.isoformat(), reason=record.reason)
    return record


@verb
def answer(record: ServiceRecord, *, by: Actor, minutes: int, kind: str, reason: str) -> ServiceRecord:
    """The host answers an objection: keeps or changes the hours, and says why. The days of objection begin again."""
    why = said(reason)[:200]
    _not_own(record.counselor, by)
    move(record, "answer", by=by, reason=why, **_time(record, minutes, kind), **_signed(record, by))
    service_uses.settle(record.assignment.session)
    _tell("hours.answered", record, _counselor(record), slot=record.confirmed_at.isoformat(), reason=why)
    return record


def _not_own(counselor: Counselor, by: Actor) -> None:
    """One person in two hats does not sign for their own money."""
    if by.user is not None and counselor.person == by.user:
        raise Refused("service.own", _("These are your own hours: a colleague confirms them."))


def _begin(assignment: Assignment, minutes: int, kind: str) -> ServiceRecord:
    """A claim for an assignment that both sides agreed on and that is over."""
    if not assignment.is_live:
        raise Refused("service.assignment", _("Both sides must have agreed on the session."))
    if clock.now() < assignment.ends_at:
        raise Refused("service.early", _("Hours are entered once the session is over."))
    school = School.objects.filter(pk=assignment.host_id).first()
    record = ServiceRecord(
        assignment=assignment,
        counselor_id=assignment.counselor_id,
        district_id=assignment.district_id,
        kind=assignment.counselor.kind,
        locality=school.locality if school else "",
        starts_at=assignment.starts_at,
        claimed_at=clock.now(),
    )
    for field, value in _time(record, minutes, kind).items():
        setattr(record, field, value)
    record.save()
    return record


def _time(record: ServiceRecord, minutes: int, kind: str) -> dict[str, Any]:
    """The columns that minutes of one kind set."""
    if not 0 < minutes <= LONGEST:
        raise Refused("service.minutes", _("Enter minutes between 1 and %(most)s."), most=LONGEST)
    if kind not in (PAID, VOLUNTEER):
        raise Refused("service.kind", _("Choose paid class-hours or volunteer hours."))
    return {
        "ends_at": record.starts_at + dt.timedelta(minutes=minutes),
        "paid_minutes": minutes if kind == PAID else 0,
        "volunteer_minutes": minutes if kind == VOLUNTEER else 0,
    }


def _signed(record: ServiceRecord, by: Actor) -> dict[str, Any]:
    """Who confirms or turns down, and until when either side may object."""
    days = thresholds.of(record.district_id)["hours_objection_days"]
    until = calendar.working_day_after(record.district_id, clock.today(), days)
    return {"confirmed_at": clock.now(), "confirmed_by": getattr(by, "membership", None), "object_until": until}


def _hosts(record: ServiceRecord) -> list[User]:
    return notices.members(record.assignment.host_id, *HOSTS)


def _counselor(record: ServiceRecord) -> list[User]:
    return notices.members(record.counselor_id, Role.COUNSELOR)


def _tell(kind: str, record: ServiceRecord, to: list[User], *, slot: str = "", **facts: Any) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"service:{record.pk}",
        due_slot=slot[:40],
        path=f"/hours/{record.pk}/",
        facts={
            "counselor": record.counselor.organisation.name_zh,
            "programme": record.assignment.session.programme.name_zh,
            "day": timezone.localtime(record.starts_at).date().isoformat(),
            **facts,
        },
    )
