"""A class that is on its way: pupils with names, a confirmed booking, and the clock on the morning of the session.

roll = a_roll(clock, pupils=3)
rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from activities.models import Booking, RollEntry
from partnerships.agreements import Promise
from partnerships.models import SchoolClass, StudentIdentity
from people.actors import Person
from tests.factories.activities import Town, a_booking, a_group, a_programme, a_session, a_town
from tests.factories.partnerships import a_term, an_agreement
from tests.factories.people import actor

SURNAMES = "蔡陈邓方冯高郭何胡黄江赖黎李梁林刘卢罗吕马莫欧潘彭邱沈苏谭唐"


@dataclass
class Roll:
    town: Town
    booking: Booking

    @property
    def leader(self) -> Person:
        return actor(self.town.teacher)

    @property
    def coordinator(self) -> Person:
        return actor(self.town.coordinator)

    @property
    def venue(self) -> Person:
        return actor(self.town.staff)

    @property
    def entries(self) -> list[RollEntry]:
        return list(self.booking.roll.order_by("pk"))


def name_pupils(school_class: SchoolClass) -> list[str]:
    """Give every pupil of a class an invented name and a number; returns the names."""
    names = []
    for n, row in enumerate(school_class.enrolments.order_by("pk"), start=1):
        identity = StudentIdentity(student=row.student, school=school_class.school, consent="given")
        identity.consented_on = row.starts_on
        identity.set_name(f"{SURNAMES[n % len(SURNAMES)]}示{n}")
        identity.set_number(f"{school_class.pk}{n:02d}")
        identity.save()
        names.append(identity.name)
    return names


@transaction.atomic  # in a browser's test each statement would be its own transaction, too soon for deferred triggers
def a_roll(clock: Any, *, pupils: int = 3, named: bool = True, promises: Any = (), **fields: Any) -> Roll:
    """Fields of the booking go through; those of the programme stand in `programme={…}`.

    With `promises` as (kind, promised, is_ceiling) the venue has an agreement that promises them for this term.
    """
    town = a_town(pupils=pupils)
    if promises:
        term = a_term(town.district)
        made = [Promise(town.venue.pk, term, kind, promised, limit) for kind, promised, limit in promises]
        an_agreement(town.venue, [town.school], promises=made)
    if named:
        name_pupils(town.class_a)
    programme = a_programme(town.venue, **{"capacity": max(30, pupils)} | fields.pop("programme", {}))
    session = a_session(town.venue, programme=programme, capacity=max(30, pupils))
    group = a_group(town, session, adults=-(-pupils // 20))
    booking = a_booking(town, session, group=group, **fields)
    clock.to(session.starts_at + dt.timedelta(minutes=5))
    return Roll(town, booking)
