"""Requests 点单 on which tests stand.

request = a_request(town)                         # one time, in ten days at two o'clock, for class A
request = a_request(town, club, weeks=3)          # every week, for an activity group
"""

import datetime as dt
import uuid
from typing import Any

from activities import groups, requests
from activities.models import Programme, Request
from activities.proposals import Wanted
from partnerships import calendar
from partnerships.models import ActivityGroup, SchoolClass
from people.actors import SYSTEM
from tests.factories.activities import Town, a_programme, local, next_weekday
from tests.factories.people import actor


def a_term(town: Town) -> None:
    """A term around today, so that there are teaching days."""
    first = next_weekday(1, after=0) - dt.timedelta(weeks=6)
    calendar.open_term(
        town.district,
        by=SYSTEM,
        school_year=first.year,
        half=1,
        starts_on=first,
        ends_on=first + dt.timedelta(weeks=20),
    )


def a_bring_in(town: Town, **fields: Any) -> Programme:
    """A programme that the venue gives in schools and confirms by hand."""
    usual = {"direction": "bring_in", "form": "club", "minutes": 50, "confirmation": "manual"}
    return a_programme(town.venue, **usual | fields)


def wanted(days: int = 0, hour: int = 14, *, weekly: bool = False) -> Wanted:
    """A Tuesday in ten days or later, and so many days after it."""
    day = next_weekday(2) + dt.timedelta(days=days)
    starts_at = local(day, hour)
    return Wanted(starts_at, starts_at + dt.timedelta(minutes=50), (day.isoweekday(),) if weekly else ())


def a_request(
    town: Town, members: ActivityGroup | SchoolClass | None = None, *, weeks: int = 0, **fields: Any
) -> Request:
    """Asked by the coordinator, led by the teacher; with `weeks`, every week so many times."""
    times = fields.pop("times", None) or [wanted(weekly=bool(weeks))]
    day = times[0].starts_at.date()
    members = members or town.class_a
    if "group" in fields:
        group = fields.pop("group")
    elif isinstance(members, ActivityGroup):
        group = groups.of_activity_group(members, on=day, adults=2)
    else:
        group = groups.of_classes(town.school, [members], on=day, adults=2)
    return requests.ask(
        fields.pop("programme", None) or a_bring_in(town),
        group,
        **{
            "by": actor(town.coordinator),
            "times": times,
            "leader": town.teacher,
            "request_key": uuid.uuid4(),
            "last_day": day + dt.timedelta(weeks=weeks, days=-1) if weeks else None,
        }
        | fields,
    )
