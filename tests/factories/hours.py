"""Hours of counselors on which tests stand.

given = a_given(town)                        # a session of last week that a counselor gave at the town's school
record = confirmed(given, minutes=80)        # by the school's lead; `ripe()` walks past the days of objection
rate(town.district, yuan=50)                 # for scientists at urban schools
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from activities import hours, rates, settlement
from activities.models import Assignment, Counselor, ServiceRecord, Settlement, SubsidyRate
from partnerships.models import School, Term
from people.actors import SYSTEM, Person
from people.models import District, Membership
from people.roles import Role
from portal.lib import clock
from tests.factories import activities, partnerships, people
from tests.factories.counselors import a_counselor, actor_of, an_assignment


@dataclass
class Given:
    """A session that both sides agreed on and that is over."""

    assignment: Assignment
    counselor: Counselor
    school: School
    lead: Membership

    @property
    def district(self) -> District:
        return self.school.organisation.district

    @property
    def host(self) -> Person:
        return people.actor(self.lead)

    @property
    def person(self) -> Person:
        return actor_of(self.counselor)


def a_place(*, locality: str = "urban", district: District | None = None) -> tuple[School, Membership]:
    """A school with its lead, in a district with a term of calendar days."""
    if district is None:
        district = partnerships.a_district()
        partnerships.a_term(district)
    school = partnerships.a_school(district, locality=locality)
    return school, people.hat(Role.SCHOOL_LEAD, at=school.organisation)


def a_given(
    *,
    place: tuple[School, Membership] | None = None,
    counselor: Counselor | None = None,
    days_ago: int = 7,
    hour: int = 9,
    minutes: int = 80,
) -> Given:
    """Agreed on two weeks before it was held."""
    school, lead = place or a_place()
    counselor = counselor or a_counselor(listed_in=[school.organisation.district])
    starts_at = activities.local(clock.today() - dt.timedelta(days=days_ago), hour)
    programme = activities.a_programme(school, direction="bring_in", minutes=minutes)
    session = activities.a_session(school, programme=programme, starts_at=starts_at)
    with clock.at(starts_at - dt.timedelta(days=14)):
        assignment = an_assignment(session, counselor, lead)
    return Given(assignment, counselor, school, lead)


def confirmed(given: Given, *, minutes: int = 80, kind: str = "paid") -> ServiceRecord:
    return hours.confirm(given.assignment, by=given.host, minutes=minutes, kind=kind)


def ripe(walk: Any, record: ServiceRecord) -> ServiceRecord:
    """Walk to the day after the last one on which somebody may object."""
    walk.to(activities.local(record.object_until + dt.timedelta(days=1), 9))
    return record


def rate(district: District, *, yuan: Any = 50, kind: str = "scientist", locality: str = "urban") -> SubsidyRate:
    """In force since the year began."""
    return rates.set_rate(
        district, by=SYSTEM, kind=kind, locality=locality, starts_on=clock.today().replace(month=1, day=1),
        yuan=Decimal(yuan), reason="示例文件〔2026〕1号",
    )  # fmt: skip


def term_of(given: Given) -> Term:
    return Term.objects.filter(district=given.district).on(given.assignment.day).get()


def officers(district: District) -> tuple[Person, Person]:
    """Two officers of the bureau."""
    bureau = partnerships.bureau_of(district)
    return tuple(people.actor(people.hat(Role.BUREAU_OFFICER, at=bureau)) for _n in range(2))


def a_settlement(given: Given, record: ServiceRecord, *, first: Person, second: Person) -> Settlement:
    """Of the term that holds today; handed in by one, approved by the other."""
    if not SubsidyRate.objects.filter(district=given.district).exists():
        rate(given.district)
    batch = settlement.open_batch(term_of(given), by=first)
    assert batch.lines.filter(record=record).exists()
    settlement.submit(batch, by=first)
    settlement.approve(batch, by=second)
    return batch
