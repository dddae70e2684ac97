"""What stands by the schools of the demo: vice-principals, trained teachers, hours, rates, one settlement paid and one open.

Names and amounts are invented. The term before is settled; in the running one hours wait, one is objected to, and one
has no rate.
"""

import datetime as dt
from decimal import Decimal

from activities import assignments, hours, rates, sessions, settlement, training
from activities.models import Assignment, Counselor, Programme, ServiceRecord, Session, Settlement, TrainingPlace
from partnerships import schools, vice_principals
from partnerships.models import VicePrincipal
from people.actors import Person
from people.roles import Role
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.pacts import SCAN
from portal.demo.places import RURAL, World
from portal.lib import clock

DAY = dt.timedelta(days=1)
DISTRICT, LOUCUN, SHIYAN, DONGZHOU = "光明区", "楼村小学", "光明区实验学校", "东周小学"
UNPAID = {Counselor.Kind.PARENT, Counselor.Kind.SOCIAL, Counselor.Kind.STUDENT, Counselor.Kind.VENUE_STAFF}
RATES = [("scientist", "urban", "100"), ("engineer", "urban", "80"), ("engineer", "rural", "100")]
BASIS = "演示用补助标准，非政策规定"
# name, employer, title, and what the term before brought: None stays a candidate with some hours
DEPUTIES = [
    (LOUCUN, "林知远", "示例研究院", "研究员"),
    (RURAL, "林知远", "示例研究院", "研究员"),
    (SHIYAN, "祝明堂", "示例大学生命科学学院", "副教授"),
    (DONGZHOU, "严若衡", "示例科技公司", "高级工程师"),
]
CANDIDATES = {DONGZHOU: 4}  # school → hours so far
CLUB = [
    "counselor",
    "counselor-qiao",
    "counselor-wen",
    "counselor-qiao",
    "counselor",
]  # at the robot club, week by week


class Hours:
    """The acts, on the world as it is when each is played."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def officer(self) -> Person:
        return self.world.offices[DISTRICT][0]

    def propose(self) -> None:
        for school, name, employer, title in DEPUTIES:
            lead = self.world.worn_at(school, Role.SCHOOL_LEAD)
            post = vice_principals.propose(
                self.world.schools[school], by=lead, name=name, employer=employer, title=title
            )
            vice_principals.add_training(post, by=lead, hours=CANDIDATES.get(school, post.hours_required))
            if school not in CANDIDATES:
                vice_principals.give_consent(post, by=lead, content=SCAN, file_name="单位同意函.pdf")

    def appoint(self) -> None:
        for post in VicePrincipal.objects.filter(state=VicePrincipal.State.CANDIDATE, consent__isnull=False):
            vice_principals.appoint(post, by=self.officer, starts_on=clock.today())

    def set_rates(self) -> None:
        """The school's area is known, and the district has its rates; for teachers it has none yet."""
        schools.change(self.world.schools[LOUCUN], by=self.officer, locality="urban")
        for kind, locality, yuan in RATES:
            rates.set_rate(
                self.officer.organisation.district, by=self.officer, kind=kind, locality=locality,
                starts_on=clock.today(), yuan=Decimal(yuan), reason=BASIS,
            )  # fmt: skip

    def train(self, day: dt.date) -> None:
        """A training is offered, and four teachers sign up."""
        giver = self.world.people["venue-lead-museum"]
        programme = Programme.objects.get(form=Programme.Form.TRAINING)
        session = sessions.create_open(programme, by=giver, starts_at=moment(day, 14), audience="teachers")
        for school, names in ((LOUCUN, ("teacher", "teacher-jiang", "coordinator")), (SHIYAN, ("coordinator-shiyan",))):
            by = self.world.worn_at(school, Role.COORDINATOR)
            chosen = [self.world.people[name].membership for name in names]
            training.sign_up(session, by=by, teachers=chosen)

    def note(self, absent: str = "") -> None:
        """Whoever gave the training notes who was there."""
        giver = self.world.people["venue-lead-museum"]
        for session in Session.objects.filter(training_places__state="signed_up", ends_at__lte=clock.now()).distinct():
            places = TrainingPlace.objects.filter(session=session).exclude(user__username=absent)
            training.attend(session, by=giver, present=list(places.values_list("pk", flat=True)))

    def invite(self, username: str) -> None:
        """The robot club's next date gets a counselor, by both sides."""
        host, person = self.world.people["coordinator"], self.world.people[username]
        rows = Session.objects.hosted_by(host.organisation_id).open().filter(assignments__isnull=True)
        session = (
            rows.filter(school=host.organisation_id, starts_at__gt=clock.now() + DAY).order_by("starts_at").first()
        )
        if session is not None:
            counselor = Counselor.objects.get(pk=person.organisation_id)
            assignments.accept(assignments.invite(session, counselor=counselor, by=host), by=person)

    def confirm(self) -> None:
        """Hosts confirm what is over: paid at schools, where the kind is paid; everything else is volunteered."""
        waiting = hours.to_confirm(Assignment.objects.select_related("session__programme", "counselor", "host"))
        for assignment in waiting.order_by("starts_at", "pk"):
            host = self.world.worn_at(
                assignment.host.name_zh, Role.COORDINATOR, Role.SCHOOL_LEAD, Role.VENUE_LEAD, Role.VENUE_STAFF
            )
            is_paid = assignment.host.is_school and assignment.counselor.kind not in UNPAID
            kind = hours.PAID if is_paid else hours.VOLUNTEER
            hours.confirm(assignment, by=host, minutes=assignment.session.minutes, kind=kind)

    def object_to_one(self) -> None:
        """The newest confirmed hours are objected to; the host finds the question on its first page."""
        record = ServiceRecord.objects.filter(state="confirmed", object_until__gte=clock.today()).first()
        if record is not None:
            person = next(p for p in self.world.people.values() if p.organisation_id == record.counselor_id)
            hours.object_to(record, by=person, reason="实际时长比登记的多二十分钟，请核对。")

    def settle(self) -> None:
        """The term before: gathered and handed in by one officer, approved by another, exported, locked."""
        batch = settlement.open_batch(self.world.terms[DISTRICT][0], by=self.officer)
        if not batch.lines.exists():
            return
        settlement.submit(batch, by=self.officer)
        settlement.approve(batch, by=self.world.people["bureau-second"])
        settlement.export(batch, by=self.officer)
        settlement.lock(batch, by=self.officer)

    def begin(self) -> None:
        """The running term: opened, what is ready is gathered."""
        if not Settlement.objects.open().filter(district__name_zh=DISTRICT).exists():
            settlement.open_batch(self.world.terms[DISTRICT][1], by=self.officer)


def plan(agenda: Agenda, world: World, running: TermDates, before: TermDates) -> None:
    """Put it all on the agenda; weeks of the running term count back from today."""
    play, today = Hours(world), world.today
    agenda.at(moment(before.starts_on - 10 * DAY, 9), play.propose)
    agenda.at(moment(before.starts_on - 3 * DAY, 9), play.appoint)
    agenda.at(moment(before.starts_on - 2 * DAY, 9), play.set_rates)
    for week, username in enumerate(CLUB, start=5):
        monday = before.day(week, 1)
        agenda.at(moment(monday - 3 * DAY, 15), lambda username=username: play.invite(username))
        agenda.at(moment(monday + 4 * DAY, 17), play.confirm)
    for day, noted in ((before.day(8, 3), ""), (today - 18 * DAY, "teacher-jiang"), (today + 12 * DAY, "")):
        told = min(day, today) - 7 * DAY
        agenda.at(moment(told, 10), lambda day=day: play.train(day))
        agenda.at(moment(day + DAY, 9), lambda noted=noted: play.note(noted))
    agenda.at(moment(before.ends_on + 8 * DAY, 9), play.settle)
    agenda.at(moment(today - 40 * DAY, 15), lambda: play.invite("counselor-qiao"))
    agenda.at(moment(today - 19 * DAY, 17), play.confirm)
    agenda.at(moment(today - 8 * DAY, 15), lambda: play.invite("counselor-qiao"))
    agenda.at(moment(today - 6 * DAY, 17), play.confirm)
    agenda.at(moment(today - 3 * DAY, 11), play.object_to_one)
    agenda.at(moment(today - DAY, 10), play.begin)
