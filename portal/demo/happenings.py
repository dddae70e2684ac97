"""What happens in the terms of the demo: who books what, how it ends, and who was there."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from activities import after_school, bookings, days_off, groups, rollcall
from activities.models import THERE, Booking, Mark, Programme, Session, VenueDay
from credits import ledger
from partnerships.models import ActivityGroup, CalendarDay
from people.actors import Person
from people.models import Membership
from people.roles import Role
from portal.demo import outings, voices
from portal.demo.agenda import Agenda, moment
from portal.demo.classes import class_of
from portal.demo.dates import TermDates
from portal.demo.places import RURAL, World
from portal.lib import clock, keys
from portal.lib.errors import Refused

AHEAD = dt.timedelta(days=24)


@dataclass(frozen=True)
class Visit:
    """One plan: who goes where in which week, and how it ends.

    Weeks of the running term count from the present one (0), so that there is always a past and a future;
    weeks of the term before count from its first (1).
    """

    school: str
    classes: tuple[tuple[int, int], ...]  # grade and number as they are called today
    programme: str
    week: int
    ends: str = "attended"
    heads: int = 0  # a head for every pupil of a class without names


LOUCUN, SHIYAN, DONGZHOU, DALI = "楼村小学", "光明区实验学校", "东周小学", "大立实验小学"

# Bad news happens to the example school only: no real school is shown late or missing.
VISITS = [
    Visit(LOUCUN, ((5, 1), (5, 2), (5, 3), (6, 1), (6, 2), (6, 3)), "afternoon", -8),
    Visit(LOUCUN, ((5, 1),), "dna", -9),
    Visit(LOUCUN, ((5, 2), (5, 3)), "museum", -6),
    Visit(LOUCUN, ((6, 1), (6, 2)), "museum", -5),
    Visit(LOUCUN, ((4, 1), (4, 2)), "hydroponics", -5),
    Visit(LOUCUN, ((6, 3),), "lecture", -4),
    Visit(LOUCUN, ((5, 1), (5, 2)), "farm", -3),
    Visit(LOUCUN, ((6, 1),), "dna", -2),
    Visit(LOUCUN, ((5, 3),), "hydroponics", -2, "no_fault"),
    Visit(LOUCUN, ((4, 3),), "hydroponics", -1),
    Visit(LOUCUN, ((5, 1), (6, 2)), "museum", 0),
    Visit(LOUCUN, ((5, 2),), "dna", 0, "declined"),
    Visit(LOUCUN, ((4, 2),), "hydroponics", 0, "uncalled"),
    Visit(LOUCUN, ((5, 3), (6, 3)), "museum", 1),
    Visit(LOUCUN, ((5, 2),), "farm", 1, "postponed"),
    Visit(LOUCUN, ((5, 2), (5, 3)), "hydroponics", 2),
    Visit(LOUCUN, ((6, 1),), "lecture", 2),
    Visit(LOUCUN, ((5, 1),), "farm", 3, "requested"),
    Visit(LOUCUN, ((6, 2),), "dna", 3, "withdrawn"),
    Visit(SHIYAN, ((5, 1), (5, 2)), "museum", -7),
    Visit(SHIYAN, ((8, 1),), "dna", -6),
    Visit(SHIYAN, ((8, 1),), "lecture", -5),
    Visit(SHIYAN, ((6, 1), (6, 2)), "farm", -4),
    Visit(SHIYAN, ((8, 2),), "dna", -3),
    Visit(SHIYAN, ((8, 1), (8, 2)), "museum", -1),
    Visit(SHIYAN, ((5, 1),), "lecture", 0),
    Visit(SHIYAN, ((8, 1), (8, 2)), "farm", 2),
    Visit(SHIYAN, ((6, 1),), "dna", 3, "requested"),
    Visit(DONGZHOU, ((5, 1), (5, 2)), "hydroponics", -7),
    Visit(DONGZHOU, ((6, 1), (6, 2)), "museum", -4),
    Visit(DONGZHOU, ((6, 1),), "hydroponics", 1),
    Visit(DONGZHOU, ((5, 1), (5, 2)), "museum", 4, "requested"),
    Visit(DONGZHOU, ((6, 1), (6, 2)), "afternoon", 3, "requested"),
    Visit(RURAL, ((5, 1), (6, 1)), "hydroponics", -6, heads=31),
    Visit(RURAL, ((5, 1),), "museum", -3, "cancelled_late", heads=31),
    Visit(RURAL, ((6, 1),), "hydroponics", 0, "no_show", heads=31),
    Visit(RURAL, ((5, 1),), "museum", 1, "cancelled", heads=31),
    Visit(RURAL, ((6, 1),), "farm", -1, "by_venue", heads=31),
    Visit(RURAL, ((5, 1), (6, 1)), "hydroponics", 3, heads=31),
    Visit(DALI, ((5, 1),), "physics", -4),
    Visit(DALI, ((6, 1),), "physics", 0),
]
# The term before: enough that this term has something to be compared with.
EARLIER = [
    Visit(LOUCUN, ((5, 1), (5, 2)), "museum", 5),
    Visit(LOUCUN, ((6, 1),), "dna", 8),
    Visit(LOUCUN, ((5, 2), (5, 3)), "hydroponics", 10),
    Visit(SHIYAN, ((6, 1), (8, 1)), "museum", 9),
    Visit(SHIYAN, ((8, 2),), "lecture", 12),
    Visit(DONGZHOU, ((5, 1), (5, 2)), "museum", 12),
    Visit(RURAL, ((5, 1),), "hydroponics", 13, heads=30),
]


class Happenings:
    """Puts visits and after-school series on the agenda and plays them."""

    def __init__(self, agenda: Agenda, world: World, offered: dict[str, Programme], dice: random.Random) -> None:
        self.agenda, self.world, self.offered, self.dice = agenda, world, offered, dice
        self.calls = 0
        self.missed = 0
        self.credited = 0  # calls that brought points

    def coordinator(self, school: str) -> Person:
        return self.world.worn_at(school, Role.COORDINATOR, Role.SCHOOL_LEAD)

    def leader(self, school: str) -> Membership:
        """Who takes the group: the school's teacher where the demo has one."""
        return self.world.worn_at(school, Role.TEACHER, Role.COORDINATOR, Role.SCHOOL_LEAD).membership

    def hosts(self, booking: Booking) -> Person:
        provider = booking.session.provider_id
        return next(person for person in self.world.people.values() if person.organisation_id == provider)

    def plan(self, visits: list[Visit], first_monday: dt.date, term: TermDates) -> None:
        """Put the visits of a term on the agenda; weeks are counted from `first_monday`, those outside it left out."""
        for visit in visits:
            monday = first_monday + dt.timedelta(weeks=visit.week)
            if term.day(2, 1) <= monday < term.ends_on:
                asked = max(monday - AHEAD, term.starts_on - dt.timedelta(days=10))
                self.agenda.at(moment(asked, 9), lambda visit=visit, day=monday: self.book(visit, day))

    def book(self, visit: Visit, monday: dt.date) -> None:
        """Ask for the first session of the week with room enough; a week without one (holidays) is left out."""
        open_ones = (
            Session.objects.open()
            .filter(programme=self.offered[visit.programme])
            .on(moment(monday, 0), moment(monday + dt.timedelta(days=7), 0))
        )
        for session in open_ones:
            group = self.group(visit, session.day)
            if session.left_for(group.is_entitled) >= group.pupils:
                booking = bookings.request(
                    session,
                    group,
                    by=self.coordinator(visit.school),
                    leader=self.leader(visit.school),
                    request_key=keys.fresh(),
                )
                self._continue(booking, visit.ends)
                outings.travel(self.agenda, self.world, booking)
                return

    def group(self, visit: Visit, day: dt.date) -> groups.Group:
        school = self.world.schools[visit.school]
        classes = [class_of(school, grade, number, self.world.today) for grade, number in visit.classes]
        heads = {school_class.pk: visit.heads for school_class in classes}
        return groups.of_classes(school, classes, on=day, adults=3 * len(classes), heads=heads)

    def _continue(self, booking: Booking, ends: str) -> None:
        """What follows a request, each at its own time."""
        starts, ends_at = booking.session.starts_at, booking.session.ends_at
        answered, eve = moment(clock.today() + dt.timedelta(days=1), 10), starts - dt.timedelta(hours=18)
        wrong_day, repairs = "当天仪器校准，请改选下一周。", "场地检修。"
        here = (starts + dt.timedelta(minutes=5), lambda: self.receive(booking))
        answer = (answered, lambda: self.confirm(booking))
        courses = {
            "requested": [],
            "withdrawn": [(answered, lambda: self.withdraw(booking))],
            "declined": [(answered, lambda: self.act(bookings.decline, booking, reason=wrong_day))],
            "cancelled": [answer, (starts - dt.timedelta(days=4), lambda: self.cancel(booking))],
            "cancelled_late": [answer, (eve, lambda: self.cancel(booking))],
            "by_venue": [answer, (eve, lambda: self.act(bookings.cancel_by_venue, booking, reason=repairs))],
            "no_fault": [answer, (eve, lambda: self.stop(booking))],
            "postponed": [answer, (answered + dt.timedelta(days=2), lambda: self.put_off(booking))],
            "no_show": [answer, (ends_at, lambda: self.miss(booking))],
            "uncalled": [answer, here],
            "attended": [answer, here, (ends_at + dt.timedelta(minutes=12), lambda: self.call(booking))],
        }
        for instant, act in courses[ends]:
            self.agenda.at(instant, act)

    def fresh(self, booking: Booking) -> Booking:
        return Booking.objects.select_related("session__programme", "session__provider", "school__organisation").get(
            pk=booking.pk
        )

    def act(self, verb, booking: Booking, **said) -> None:
        """A verb of the host."""
        booking = self.fresh(booking)
        verb(booking, by=self.hosts(booking), **said)

    def confirm(self, booking: Booking) -> None:
        booking = self.fresh(booking)
        if booking.state == Booking.State.REQUESTED:
            bookings.confirm(booking, by=self.hosts(booking))

    def withdraw(self, booking: Booking) -> None:
        booking = self.fresh(booking)
        name = booking.school.organisation.name_zh
        if booking.state == Booking.State.REQUESTED:
            bookings.withdraw(booking, by=self.coordinator(name))
        else:
            bookings.cancel(booking, by=self.coordinator(name))

    def cancel(self, booking: Booking) -> None:
        booking = self.fresh(booking)
        bookings.cancel(booking, by=self.coordinator(booking.school.organisation.name_zh), reason="年级活动冲突。")

    def stop(self, booking: Booking) -> None:
        """The bureau calls the half-day off; the school has not chosen a new date yet."""
        officer = self.world.offices[booking.district.name_zh][0]
        self._call_off(booking, by=officer, kind="weather", words="暴雨红色预警")

    def put_off(self, booking: Booking) -> None:
        """The venue is closed that half-day; the group keeps its papers and waits for a new date."""
        self._call_off(booking, by=self.hosts(booking), kind="closure", words="园区管网抢修", postpones=True)

    def _call_off(self, booking: Booking, *, by: Person, **said: Any) -> None:
        session = self.fresh(booking).session
        _day, half = VenueDay.parts_of(session)
        days_off.declare(by.organisation, by=by, date=session.day, part=half, **said)

    def receive(self, booking: Booking) -> None:
        booking = self.fresh(booking)
        if booking.session.provider_id == booking.session.place_id:
            bookings.receive(booking, by=self.hosts(booking), heads=booking.pupils)

    def miss(self, booking: Booking) -> None:
        """Recorded by the host; every second school says that it is wrong."""
        self.act(bookings.miss, booking)
        record, self.missed = booking.no_shows.get(), self.missed + 1
        coordinator = self.coordinator(booking.school.organisation.name_zh)
        voices.answer(self.agenda, record, coordinator, is_disputed=self.missed % 2 == 0)

    def call(self, booking: Booking) -> None:
        """Send the roll: nearly everybody is there; task sheets come back from most of those who are."""
        booking = self.fresh(booking)
        leader = self.leader(booking.school.organisation.name_zh)
        by = Person(leader.user, leader)
        marks = {pk: self._said() for pk in booking.roll.order_by("pk").values_list("pk", flat=True)}
        heads = rollcall.unnamed(booking)
        rollcall.complete(booking, by=by, marks=marks, heads=max(heads - 1, 1) if heads else None)
        outcome = ledger.post(self.fresh(booking))
        if booking.session.provider_id != booking.school_id:
            voices.plan(self.agenda, booking, by, self.hosts(booking))
        self.calls += 1
        self.credited += bool(outcome.awards)
        is_wrong = self.calls % 7 == 0 or (outcome.awards and self.credited % 8 == 3)
        if is_wrong and marks:
            later = moment(clock.today() + dt.timedelta(days=1), 9)
            self.agenda.at(later, lambda: self.correct(booking))

    def _said(self) -> rollcall.Said:
        mark = self.dice.choices([Mark.PRESENT, Mark.LATE, Mark.LEAVE, Mark.ABSENT], [94, 2, 3, 1])[0]
        return rollcall.Said(mark, task_sheet=mark in THERE and self.dice.random() < 0.93)

    def correct(self, booking: Booking) -> None:
        """The next day the leader finds one mark wrong on either side; the ledger follows."""
        booking = self.fresh(booking)
        leader = self.leader(booking.school.organisation.name_zh)
        there = booking.roll.there().order_by("credit_entries", "pk").first()  # with credits before without
        missing = booking.roll.exclude(mark__in=THERE).order_by("pk").first()
        marks = {there.pk: rollcall.Said(Mark.ABSENT)} if there else {}
        if missing:
            marks[missing.pk] = rollcall.Said(Mark.PRESENT, task_sheet=True)
        rollcall.correct(booking, by=Person(leader.user, leader), why="点名时看错一行。", marks=marks)
        ledger.post(self.fresh(booking))

    def after_school(self, term: TermDates) -> None:
        """The robot club meets on Tuesdays with its own teacher, in a week without a Tuesday on Thursday; a roll a date."""
        self._meet(2, term.starts_on, term.ends_on)
        monday = term.day(2, 1)
        while monday < term.ends_on - dt.timedelta(days=7):
            week = CalendarDay.objects.teaching().filter(district=self.world.districts["光明区"])
            days = {
                day.isoweekday()
                for day in week.between(monday, monday + dt.timedelta(days=7)).values_list("date", flat=True)
            }
            if 4 in days and 2 not in days:
                self._meet(4, monday, monday + dt.timedelta(days=7))
            monday += dt.timedelta(days=7)

    def _meet(self, weekday: int, starts_on: dt.date, ends_on: dt.date) -> None:
        school = self.world.schools[LOUCUN]
        series = after_school.request(
            school,
            self.offered["robots"],
            by=self.coordinator(LOUCUN),
            members=ActivityGroup.objects.get(school=school),
            weekdays=[weekday],
            starts_on=starts_on,
            ends_on=ends_on,
            starts=dt.time(16, 40),
            ends=dt.time(17, 30),
            leader=self.world.people["teacher-jiang"].membership,
            adults=1,
            request_key=keys.fresh(),
        )
        for booking in Booking.objects.filter(session__series=series).select_related("session"):
            sent = booking.session.ends_at + dt.timedelta(minutes=8)
            self.agenda.at(sent, lambda booking=booking: self._called(booking))

    def _called(self, booking: Booking) -> None:
        try:
            self.call(booking)
        except Refused as no:  # a date on which the roll can't be sent stays open, as it would for a real club
            if no.code != "roll.late":
                raise
