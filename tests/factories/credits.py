"""A school, a class and completed roll calls: what credits are posted from.

world = credits.world(pupils=3)                       # a pilot school, one class of grade 5, the starting rules
booking = credits.attended(world, code="EXP")         # everybody present in one session of a new programme
credits.correct(booking, world.pupils[0], mark="absent")
"""

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass, field

from django.db.models import F

from activities.models import Booking, Programme, RollChange, RollEntry, Series, Session
from credits import results, rules
from credits.models import Competition, Entry, Result
from partnerships.models import (
    ActivityGroup,
    CreditPilot,
    Enrolment,
    GroupMember,
    School,
    SchoolClass,
    Student,
    Term,
    Venue,
)
from people.actors import SYSTEM
from people.models import District, Membership, Organisation
from people.roles import Role
from portal.lib import clock
from tests.factories import people

FIRST_DAY = dt.date(2026, 9, 1)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
numbers = itertools.count(1)
days = itertools.count()


@dataclass
class World:
    district: District
    term: Term
    school: School
    school_class: SchoolClass
    coordinator: Membership
    venue: Organisation
    pupils: list[Student] = field(default_factory=list)


def world(
    pupils: int = 3, *, grade: int = 5, pilot: bool = True, ruled: bool = True, of: District | None = None
) -> World:
    """A school of `of` (a new district unless given) with one class of `grade`."""
    district = of or people.district()
    term, _new = Term.objects.get_or_create(
        district=district, school_year=2026, half=1, defaults={"starts_on": FIRST_DAY, "ends_on": dt.date(2027, 2, 1)}
    )
    school = School.objects.create(organisation=people.organisation("school", of=district))
    stage, entered = ("primary", 2027 - grade) if grade <= 6 else ("junior", 2033 - grade)
    school_class = SchoolClass.objects.create(school=school, stage=stage, entry_year=entered, number=1)
    if pilot:
        CreditPilot.objects.create(school=school, starts_on=FIRST_DAY)
    if ruled:
        rules.adopt_defaults(district, by=SYSTEM, starts_on=FIRST_DAY)
    venue = people.organisation("venue")
    Venue.objects.create(organisation=venue)
    made = World(
        district=district,
        term=term,
        school=school,
        school_class=school_class,
        coordinator=people.hat(Role.COORDINATOR, at=school.organisation),
        venue=venue,
    )
    made.pupils = [pupil(made) for _ in range(pupils)]
    return made


def pupil(world: World, school_class: SchoolClass | None = None) -> Student:
    student = Student.objects.create(school=world.school)
    Enrolment.objects.create(student=student, school_class=school_class or world.school_class, starts_on=FIRST_DAY)
    return student


def programme(world: World, code: str = "EXP", **fields) -> Programme:
    made = {
        "provider": world.venue, "name_zh": f"示例活动{next(numbers)}", "form": "experiment", "direction": "go_out",
        "category": code, "minutes": 120, "capacity": 100, "state": "published",
    }  # fmt: skip
    return Programme.objects.create(**made | fields)


def session(of: Programme, *, day: dt.date | None = None, minutes: int = 120) -> Session:
    """A session of its own day (so that no pupil is in two places), from nine o'clock."""
    day = day or FIRST_DAY + dt.timedelta(days=1 + next(days) % 120)
    starts_at = dt.datetime.combine(day, dt.time(9), tzinfo=SHANGHAI)
    return Session.objects.create(
        programme=of, provider=of.provider, place=of.provider, starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes), capacity=5000, state="open",
    )  # fmt: skip


def attended(
    world: World,
    code: str = "EXP",
    *,
    of: Programme | None = None,
    day: dt.date | None = None,
    minutes: int = 120,
    mark: str = "present",
    task_sheet: bool = True,
    pupils: list[Student] | None = None,
    by_roster: bool = True,
    at: Session | None = None,
) -> Booking:
    """A completed roll call of the whole class."""
    where = at or session(of or programme(world, code), day=day, minutes=minutes)
    pupils = world.pupils if pupils is None else pupils
    booking = Booking.objects.create(
        session=where, school=world.school, district=world.district, leader=world.coordinator,
        by="classes" if by_roster else "heads", by_roster=by_roster, pupils=len(pupils) or 1, adults=2,
        state="attended", seats_held=len(pupils) or 1, request_key=uuid.uuid4(), ended_at=clock.now(),
        called_at=clock.now(), called_by=world.coordinator,
    )  # fmt: skip
    Session.objects.filter(pk=where.pk).update(taken=F("taken") + booking.seats_held)
    there = mark in ("present", "late", "left_early")
    RollEntry.objects.bulk_create(
        RollEntry(
            booking=booking, student=student, enrolment=student.enrolments.get(), session=where,
            starts_at=where.starts_at, ends_at=where.ends_at, mark=mark, marked_at=clock.now(),
            marked_by=world.coordinator, task_sheet=task_sheet and there,
        )
        for student in (pupils if by_roster else [])
    )  # fmt: skip
    return booking


def correct(booking: Booking, student: Student, *, mark: str, task_sheet: bool = False) -> RollEntry:
    """Correct one pupil's mark, as the roll does: the new mark and a row that says why."""
    entry = booking.roll.get(student=student)
    RollChange.objects.create(
        entry=entry, old=entry.mark, new=mark, old_sheet=entry.task_sheet, new_sheet=task_sheet,
        why="看错行", changed_by=booking.leader,
    )  # fmt: skip
    booking.roll.filter(pk=entry.pk).update(mark=mark, task_sheet=task_sheet)
    entry.refresh_from_db()
    return entry


def points(student: Student) -> list[int]:
    """Points of the pupil's entries in order, in thousandths."""
    return list(Entry.objects.filter(account=student.pk).order_by("n").values_list("points", flat=True))


def competition(world: World, **fields) -> Competition:
    """On the district's list for primary and junior classes, from a year before the term to a year after it."""
    made = {
        "district": world.district, "name": f"示例赛事{next(numbers)}", "organisers": "示例学会",
        "stages": ["primary", "junior"], "starts_on": dt.date(2025, 9, 1), "ends_on": dt.date(2028, 9, 1),
    }  # fmt: skip
    return Competition.objects.create(**made | fields)


def took_part(world: World, in_: Competition | None = None, *, day: dt.date | None = None, pupils=None) -> list[Result]:
    """Pupils of the class in a competition, entered by the coordinator."""
    entered = results.enter_competition(
        in_ or competition(world), school=world.school, students=[one.pk for one in pupils or world.pupils],
        happened_on=day or FIRST_DAY + dt.timedelta(days=30), evidence="参赛证 2026-17", by=people.actor(world.coordinator),
    )  # fmt: skip
    return entered.new


def project(world: World, *, mentor: Membership | None = None, pupils=None, **fields) -> list[Result]:
    """A finished project that waits for its mentor (a new teacher of the school unless given)."""
    made = {
        "title": f"示例课题{next(numbers)}",
        "happened_on": FIRST_DAY + dt.timedelta(days=40),
        "evidence": "结题报告",
    }
    return results.enter_project(
        **made | fields, school=world.school, students=[one.pk for one in pupils or world.pupils],
        mentor=mentor or people.hat(Role.TEACHER, at=world.school.organisation), by=people.actor(world.coordinator),
    )  # fmt: skip


def club(world: World, *, dates: int = 5, name: str = "") -> tuple[ActivityGroup, list[Booking]]:
    """A club of all pupils with a weekly series of category CLB; every date called, everybody present."""
    group = ActivityGroup.objects.create(
        school=world.school, name=name or f"示例社团{next(numbers)}", starts_on=FIRST_DAY, ends_on=dt.date(2027, 9, 1)
    )
    GroupMember.objects.bulk_create(
        GroupMember(group=group, student=student, starts_on=FIRST_DAY) for student in world.pupils
    )
    held = programme(world, "CLB", provider=world.school.organisation)
    series = Series.objects.create(
        programme=held, provider=held.provider, school=world.school, group=group, rule="FREQ=WEEKLY;BYDAY=TU",
        starts_on=FIRST_DAY, ends_on=world.term.ends_on, starts=dt.time(16), ends=dt.time(17), request_key=uuid.uuid4(),
    )  # fmt: skip
    bookings = []
    for week in range(dates):
        where = session(held, day=FIRST_DAY + dt.timedelta(days=7 * week))
        Session.objects.filter(pk=where.pk).update(series=series)
        where.series = series
        bookings.append(attended(world, at=where))
    return group, bookings
