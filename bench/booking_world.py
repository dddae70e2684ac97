"""What the storm of bookings is about: schools with classes, venues with quotas, sessions that are too few."""

import datetime as dt
import random
from dataclasses import dataclass, field

from django.test import Client

from activities.models import Session
from partnerships.models import BookingRules, CalendarDay
from people.models import District, Membership
from people.roles import Role
from portal.lib import clock
from tests.factories import activities as make
from tests.factories.people import district, hat, login

VENUES, A_VENUE, SCHOOLS, CLASSES = 5, 10, 16, 30
PLACES, NAMED = 60, 7
FIRST = 20  # days from today to the first session: no rule about time stands in the way


@dataclass
class Desk:
    """A coordinator with a session cookie, the classes they book for (id → heads, 0: on a roster), and a club."""

    hat: Membership
    cookie: str
    classes: dict[int, int]
    club: int


@dataclass
class World:
    district: District
    desks: list[Desk] = field(default_factory=list)
    sessions: list[int] = field(default_factory=list)
    venues: list = field(default_factory=list)


def world(dice: random.Random) -> World:
    """Sixteen schools of thirty classes, two of them with pupils by name who are also in a club; fifty sessions of
    sixty places at five venues, two of which hold quotas of the day."""
    made = World(district())
    today = clock.today()
    CalendarDay.objects.bulk_create(
        CalendarDay(district=made.district, date=today + dt.timedelta(days=n), is_workday=True, is_teaching=True,
                    source="edited")
        for n in range(90)
    )  # fmt: skip
    for n in range(VENUES):
        venue = make.a_venue(listed_in=made.district)
        quota = {"heads_per_day": 150, "groups_per_half_day": 4} if n < 2 else {}
        BookingRules.objects.create(
            venue=venue, starts_on=today, lead_days=0, weekdays=[1, 2, 3, 4, 5, 6, 7], closed_on_holidays=False, **quota
        )
        venue.closing_weekdays = []
        venue.save()
        made.venues.append(venue)
        programme = make.a_programme(venue, capacity=PLACES, confirmation="auto" if n % 2 else "manual")
        for k in range(A_VENUE):  # two a day, in the same hours everywhere: classes and days are what they fight for
            day = today + dt.timedelta(days=FIRST + k // 2)
            starts = make.local(day, 9 if k % 2 else 14)
            session = make.a_session(
                venue, programme=programme, starts_at=starts, ends_at=starts + dt.timedelta(hours=2), capacity=PLACES
            )
            made.sessions.append(session.pk)
    for _n in range(SCHOOLS):
        school = make.a_school(made.district)
        classes = {make.a_class(school, grade=4 + k % 3, number=k + 1).pk: dice.randint(12, 34) for k in range(CLASSES)}
        named = [make.a_class(school, NAMED, grade=4, number=CLASSES + k) for k in (1, 2)]
        pupils = [each.enrolments.first().student for each in named]
        club = make.an_activity_group(school, *pupils).pk
        classes |= {each.pk: 0 for each in named}
        who = hat(Role.COORDINATOR, at=school.organisation)
        client = login(Client(), who)
        made.desks.append(Desk(who, client.cookies["sessionid"].value, classes, club))
    return made


def open_sessions():
    return Session.objects.filter(state=Session.State.OPEN)
