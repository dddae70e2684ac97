"""The year's end: a class with names, a calendar, entries, and what has been published of them.

year = a_year(clock)                       # three pupils with one entry each, on Sunday 22 Nov 2026
publication = publish(year)                # open 23–27 Nov
finish(year, publication, clock)           # the period passes and it is final
"""

import datetime as dt
from dataclasses import dataclass, field

from activities.models import Booking
from credits import disputes, ledger, publications
from credits.models import Dispute, Entry, Publication
from partnerships import calendar
from partnerships.models import StudentIdentity
from people.actors import Person
from people.models import Membership
from people.roles import Role
from tests.factories import credits as make
from tests.factories import people

SUNDAY = dt.datetime(2026, 11, 22, 9, tzinfo=make.SHANGHAI)
NAMES = ("陈小诺", "李敏", "王一二", "赵示四")


@dataclass
class Year:
    world: make.World
    lead: Membership
    officers: list[Membership]
    bookings: list[Booking] = field(default_factory=list)

    @property
    def coordinator(self) -> Person:
        return people.actor(self.world.coordinator)

    @property
    def head(self) -> Person:
        return people.actor(self.lead)

    @property
    def bureau(self) -> list[Person]:
        return [people.actor(hat) for hat in self.officers]

    def entry(self, n: int = 0) -> Entry:
        """The first entry of the n-th pupil."""
        return Entry.objects.filter(account=self.world.pupils[n].pk).order_by("n")[0]


def a_year(clock, *, pupils: int = 3, codes: tuple[str, ...] = ("EXP",)) -> Year:
    """A pilot school in the middle of a term: every pupil named and numbered, one posted booking for each code."""
    clock.to(SUNDAY)
    world = make.world(pupils=pupils)
    calendar.fill(world.district, make.FIRST_DAY, dt.date(2027, 9, 1))
    for n, student in enumerate(world.pupils, start=1):
        identity = StudentIdentity(student=student, school=world.school, consent="given")
        identity.set_name(NAMES[(n - 1) % len(NAMES)])
        identity.set_number(f"5010{n}")
        identity.save()
    office = people.organisation("bureau", of=world.district)
    year = Year(
        world,
        people.hat(Role.SCHOOL_LEAD, at=world.school.organisation),
        [people.hat(Role.BUREAU_OFFICER, at=office) for _ in range(2)],
    )
    for n, code in enumerate(codes):
        earn(year, code, day=dt.date(2026, 10, 12) + dt.timedelta(days=n))
    return year


def earn(year: Year, code: str = "EXP", *, day: dt.date) -> Booking:
    booking = make.attended(year.world, code, day=day, minutes=360)
    ledger.post(booking)
    year.bookings.append(booking)
    return booking


def publish(year: Year) -> Publication:
    return publications.publish(year.world.school_class, year.world.term, by=year.coordinator)


def finish(year: Year, publication: Publication, clock) -> Publication:
    clock.to(dt.datetime.combine(publication.ends_on, dt.time(6), tzinfo=make.SHANGHAI))
    publications.finalise(publication)
    return publication


def a_final_year(clock, **fields) -> Year:
    year = a_year(clock, **fields)
    finish(year, publish(year), clock)
    return year


def a_dispute(year: Year, n: int = 0, *, reason: str = "孩子那天请假。") -> Dispute:
    return disputes.object_to(year.entry(n), by=year.coordinator, reason=reason)
