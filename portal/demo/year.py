"""The year's end in the demo: the term before is published, objected to, final, certified and sealed; this one is open."""

import datetime as dt

from credits import certificates, disputes, publications, seals
from credits.models import Certificate, Dispute, Entry
from partnerships.models import SchoolClass, Term
from people import thresholds
from people.actors import SYSTEM, Person
from people.roles import Role
from portal.demo.agenda import Agenda, moment
from portal.demo.classes import class_of
from portal.demo.dates import TermDates
from portal.demo.happenings import DONGZHOU, LOUCUN, SHIYAN
from portal.demo.people import hat
from portal.demo.places import World
from portal.lib import clock
from portal.lib.errors import Refused

DAY = dt.timedelta(days=1)
DISTRICT = "光明区"
SCHOOLS = (LOUCUN, SHIYAN, DONGZHOU)
FIRST_LEVEL = 25  # two terms reach no half of a stage target: the demo shows certificates all the same


def plan(agenda: Agenda, world: World, running: TermDates, before: TermDates) -> None:
    """Put the year's end of the term before on the agenda, and one open publication of this term."""
    end = before.ends_on
    agenda.at(moment(before.starts_on - dt.timedelta(days=40), 9), lambda: prepare(world, before))
    agenda.at(moment(end - dt.timedelta(days=15), 9), lambda: publish(world))
    agenda.at(moment(end - dt.timedelta(days=14), 10), lambda: object_to_two(world))
    agenda.at(moment(end - dt.timedelta(days=13), 15), lambda: decide(world))
    agenda.at(moment(end + DAY, 6), publications.finalise_ripe)
    agenda.at(moment(end + 9 * DAY, 9), lambda: seals.propose(term_of(world), by=world.offices[DISTRICT][0]))
    agenda.at(moment(end + 10 * DAY, 9), lambda: seals.confirm(term_of(world), by=world.people["bureau-second"]))
    agenda.at(moment(world.today - 14 * DAY, 9), lambda: publish_one_class(world, 6))
    agenda.at(moment(world.today - 3 * DAY, 6), publications.finalise_ripe)
    agenda.at(moment(world.today - 3 * DAY, 9), lambda: certify(world))
    agenda.at(moment(world.today - 2 * DAY, 9), lambda: publish_one_class(world, 5))
    agenda.at(moment(world.today - DAY, 10), lambda: object_to_one(world))


def prepare(world: World, before: TermDates) -> None:
    """A second officer of the bureau, and a first certificate within reach."""
    bureau = world.offices[DISTRICT][0].organisation
    world.people["bureau-second"] = hat("bureau-second", "顾清和", Role.BUREAU_OFFICER, bureau)
    thresholds.set_value(
        world.districts[DISTRICT], "credits.certificate_first", FIRST_LEVEL, by=SYSTEM, starts_on=before.starts_on,
        reason="演示：两个学期内即可看到证书。",
    )  # fmt: skip


def term_of(world: World) -> Term:
    return world.terms[DISTRICT][0]


def keepers(world: World, school: str) -> tuple[Person, Person]:
    return world.worn_at(school, Role.COORDINATOR), world.worn_at(school, Role.SCHOOL_LEAD)


def publish(world: World) -> None:
    for name in SCHOOLS:
        try:
            publications.publish_all(world.schools[name], term_of(world), by=keepers(world, name)[0])
        except Refused:  # a school that earned nothing in so short a term has nothing to publish
            continue


def object_to_two(world: World) -> None:
    coordinator, _lead = keepers(world, LOUCUN)
    shown = Entry.objects.standing().filter(school=world.schools[LOUCUN], published__publication__state="open")
    for entry, reason in zip(
        shown.filter(concerns_term=term_of(world)).order_by("pk")[:2],
        ("家长反映孩子当天请假，没有参加这次活动。", "家长认为活动时间记错了。"),
        strict=False,
    ):
        disputes.object_to(entry, by=coordinator, reason=reason)


def decide(world: World) -> None:
    _coordinator, lead = keepers(world, LOUCUN)
    answers = (
        (disputes.uphold, "核对请假条后确认，本次学分已更正。"),
        (disputes.dismiss, "点名记录与签到时间一致，学分不变。"),
    )
    waiting = Dispute.objects.open().filter(publication__school=world.schools[LOUCUN]).order_by("pk")
    for dispute, (verb, answer) in zip(waiting, answers, strict=False):
        verb(dispute, by=lead, answer=answer)


def certify(world: World) -> None:
    """Every class of the example school; one certificate is revoked and issued anew, one record sheet printed."""
    coordinator, lead = keepers(world, LOUCUN)
    for school_class in SchoolClass.objects.filter(school=world.schools[LOUCUN]).studying(clock.today()).in_order():
        try:
            certificates.issue_due(school_class, by=coordinator)
        except Refused:
            continue
    wrong = Certificate.objects.of_levels().filter(school=world.schools[LOUCUN]).order_by("issued_at", "pk").first()
    if wrong is not None:
        certificates.revoke(wrong, by=lead, reason="打印时装订错页，重新核发。")
        certificates.reissue(wrong, by=lead)
        student, year = wrong.account.student, wrong.publication.term.school_year
        certificates.issue_sheet(student, year, by=coordinator)


def publish_one_class(world: World, grade: int) -> None:
    """A class of the running term, early: so that an open and a final publication can be seen on any day."""
    coordinator, _lead = keepers(world, LOUCUN)
    school_class = class_of(world.schools[LOUCUN], grade, 1, world.today)
    try:
        publications.publish(school_class, world.terms[DISTRICT][1], by=coordinator)
    except Refused:
        return


def object_to_one(world: World) -> None:
    """It waits for the lead."""
    coordinator, _lead = keepers(world, LOUCUN)
    shown = Entry.objects.standing().filter(school=world.schools[LOUCUN], published__publication__state="open")
    entry = shown.filter(concerns_term=world.terms[DISTRICT][1]).order_by("pk").first()
    if entry is not None:
        disputes.object_to(entry, by=coordinator, reason="家长反映学习单已交，但孩子当天在另一个小组。")
