"""Programmes, sessions and bookings on which tests stand, with the schools and venues they need.

town = a_town()                        # a district with a listed venue, a school with two classes, their hats
session = a_session(town.venue)        # open, in ten days, thirty places
booking = a_booking(town, session)     # through the verb
"""

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from activities import bookings, groups, training
from activities.models import Booking, Programme, Session, TrainingPlace, WaitlistEntry
from partnerships.models import (
    ActivityGroup,
    Enrolment,
    GroupMember,
    Listing,
    Review,
    School,
    SchoolClass,
    Student,
    Venue,
)
from people.models import District, Membership
from people.roles import Role
from portal.lib import clock
from tests.factories.people import actor, district, hat, organisation, user

numbers = itertools.count(1)


def a_school(of: District | None = None, **fields: Any) -> School:
    return School.objects.create(organisation=organisation("school", of=of), **{"stage": "primary"} | fields)


def a_venue(*, listed_in: District | None = None) -> Venue:
    venue = Venue.objects.create(organisation=organisation("venue"), kind="science_museum")
    if listed_in:
        list_venue(venue, listed_in)
    return venue


@transaction.atomic
def list_venue(venue: Venue, of: District, state: str = "listed") -> Listing:
    """Listed with the word of every reviewing office that the district has by now."""
    listing = Listing.objects.create(district=of, organisation=venue.organisation, state=state, listed_on=clock.today())
    for office in of.organisations.filter(kind__in=("bureau", "partner_office")):
        Review.objects.create(
            listing=listing, office=office, round=1, verdict="approve", reason="场馆条件良好", reviewed_by=user()
        )
    return listing


def a_class(school: School, pupils: int = 0, *, grade: int = 5, number: int | None = None) -> SchoolClass:
    """A class of a grade today; with pupils, they are enrolled since the summer."""
    today = clock.today()
    year = today.year if today.month >= 9 else today.year - 1
    of_year = SchoolClass.objects.filter(school=school, stage="primary", entry_year=year - grade + 1)
    if number is None:
        number = (of_year.aggregate(last=Max("number"))["last"] or 0) + 1
    school_class = SchoolClass.objects.create(
        school=school, stage="primary", entry_year=year - grade + 1, number=number
    )
    for _ in range(pupils):
        a_pupil(school_class)
    return school_class


def a_pupil(school_class: SchoolClass) -> Student:
    student = Student.objects.create(school=school_class.school)
    Enrolment.objects.create(
        student=student, school_class=school_class, starts_on=clock.today() - dt.timedelta(days=60)
    )
    return student


def an_activity_group(school: School, *students: Student, name: str = "") -> ActivityGroup:
    start = clock.today() - dt.timedelta(days=30)
    group = ActivityGroup.objects.create(
        school=school,
        name=name or f"社团{next(numbers)}",
        starts_on=start,
        ends_on=start + dt.timedelta(days=300),
    )
    for student in students:
        GroupMember.objects.create(group=group, student=student, starts_on=start)
    return group


@dataclass
class Town:
    """A district with one listed venue and one school, and who works there."""

    district: District
    venue: Venue
    school: School
    class_a: SchoolClass
    class_b: SchoolClass
    coordinator: Membership
    teacher: Membership
    staff: Membership
    bureau: Membership


def a_town(*, pupils: int = 3) -> Town:
    here = district()
    officer = hat(Role.BUREAU_OFFICER, of=here)
    venue, school = a_venue(listed_in=here), a_school(here)
    return Town(
        here,
        venue,
        school,
        a_class(school, pupils, number=1),
        a_class(school, pupils, number=2),
        hat(Role.COORDINATOR, at=school.organisation),
        hat(Role.TEACHER, at=school.organisation),
        hat(Role.VENUE_STAFF, at=venue.organisation),
        officer,
    )


def a_programme(venue: Venue | School, **fields: Any) -> Programme:
    n = next(numbers)
    return Programme.objects.create(
        **{
            "provider": venue.organisation,
            "name_zh": f"水培系统搭建{n}",
            "name_en": f"Aquaponics {n}",
            "form": "workshop",
            "direction": "go_out",
            "category": "VIS",
            "grades": [4, 5, 6],
            "minutes": 120,
            "capacity": 30,
            "confirmation": "auto",
            "state": "published",
        }
        | fields
    )


def next_weekday(weekday: int, after: int = 10) -> dt.date:
    """The first ISO weekday at least so many days from today."""
    day = clock.today() + dt.timedelta(days=after)
    return day + dt.timedelta(days=(weekday - day.isoweekday()) % 7)


def local(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def a_session(venue: Venue | School, *, programme: Programme | None = None, **fields: Any) -> Session:
    """Open, on a Wednesday in ten days or a little later, 9:30 to 11:30, thirty places."""
    programme = programme or a_programme(venue)
    starts_at = fields.pop("starts_at", None) or local(next_weekday(3), 9, 30)
    return Session.objects.create(
        **{
            "programme": programme,
            "provider": programme.provider,
            "place": programme.provider,
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(minutes=programme.minutes),
            "capacity": programme.capacity,
            "state": "open",
        }
        | fields
    )


def a_group(town: Town, session: Session, *classes: SchoolClass, adults: int = 3) -> groups.Group:
    return groups.of_classes(town.school, classes or [town.class_a], on=session.day, adults=adults)


def a_booking(town: Town, session: Session, *classes: SchoolClass, **fields: Any) -> Booking:
    """Booked by the coordinator through the verb, led by the teacher."""
    return bookings.request(
        session,
        fields.pop("group", None) or a_group(town, session, *classes),
        **{"by": actor(town.coordinator), "leader": town.teacher, "request_key": uuid.uuid4()} | fields,
    )


def a_training(venue: Venue | School, **fields: Any) -> Session:
    """Open to teachers: three hours, three places, on the Wednesday afternoon of `a_session`."""
    programme = a_programme(venue, form="training", minutes=180, grades=[], capacity=3)
    fields.setdefault("starts_at", local(next_weekday(3), 13, 30))
    return a_session(venue, programme=programme, audience="teachers", **fields)


def a_training_place(teacher: Membership, venue: Venue | School, weeks: int = 0) -> TrainingPlace:
    """The teacher's place in a training of their own."""
    session = a_training(venue, starts_at=local(next_weekday(4) + dt.timedelta(weeks=weeks), 13, 30))
    return training.sign_up(session, by=actor(teacher), teachers=[teacher])[0]


def a_waiting_group(session: Session, school: School, leader: Membership, *, heads: int = 5) -> WaitlistEntry:
    """A head count in line, as a row: why it has to wait is not asked."""
    return WaitlistEntry.objects.create(
        session=session, school=school, district_id=school.district_id, by="heads", heads=heads, smallest=heads,
        adults=1, leader=leader, request_key=uuid.uuid4(),
    )  # fmt: skip
