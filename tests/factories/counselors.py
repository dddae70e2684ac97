"""Counselors on which tests stand.

who = a_counselor(listed_in=[district])          # listed, checked, with a hat: `hat_of(who)`, `actor_of(who)`
assignment = an_assignment(session, who, host)   # through the verbs: invited by `host`, accepted
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from activities import appointments, assignments, checks
from activities.models import Appointment, Assignment, Check, Counselor, Session
from partnerships import listings
from partnerships.models import Listing, Review, School
from people.actors import SYSTEM, Person
from people.models import District, Membership
from people.roles import Role
from portal.lib import clock
from tests.factories import people

numbers = itertools.count(1)


def a_counselor(*, listed_in: Iterable[District] = (), checked: bool = True, **fields: Any) -> Counselor:
    """A person with a hat and a profile; approved by every office of `listed_in`, and checked there a month ago."""
    n = next(numbers)
    hat = people.hat(
        Role.COUNSELOR,
        who=people.user(full_name=f"辅导员{n}", mobile=f"139{n:08d}"),
        at=people.organisation("counselor"),
    )
    counselor = Counselor.objects.create(
        organisation=hat.organisation,
        **{
            "kind": "scientist",
            "employer": f"示例研究院{n}",
            "fields": ["physics"],
            "grades": [4, 5, 6],
            "certification": "intermediate",
            "availability": [31, 32],
            "introduction": f"讲科学故事的人{n}",
            "consented_on": clock.today() - dt.timedelta(days=40),
        }
        | fields,
    )
    for district in listed_in:
        list_in(counselor, district)
        if checked:
            a_check(counselor, district)
    return counselor


def list_in(counselor: Counselor, district: District) -> Listing:
    """Proposed and approved by every reviewing office."""
    listing = listings.propose(counselor.organisation, by=SYSTEM, district=district)
    for office in listings.offices_of(district):
        role = Role.BUREAU_OFFICER if office.kind == "bureau" else Role.PARTNER_OFFICER
        reviewer = people.actor(people.hat(role, at=office))
        listing = listings.review(listing, by=reviewer, verdict=Review.Verdict.APPROVE, reason="经验丰富")
    return listing


def a_check(counselor: Counselor, district: District, *, days_ago: int = 30, outcome: str = "clear") -> Check:
    bureau = people.actor(people.hat(Role.BUREAU_OFFICER, at=district.organisations.get(kind="bureau")))
    return checks.record(counselor, by=bureau, outcome=outcome, checked_on=clock.today() - dt.timedelta(days=days_ago))


def hat_of(counselor: Counselor) -> Membership:
    return counselor.organisation.memberships.select_related("user", "organisation").get()


def actor_of(counselor: Counselor) -> Person:
    return people.actor(hat_of(counselor))


def an_invitation(session: Session, counselor: Counselor, host: Membership) -> Assignment:
    return assignments.invite(session, counselor=counselor, by=people.actor(host))


def an_assignment(session: Session, counselor: Counselor, host: Membership) -> Assignment:
    """Invited by a hat of the host, accepted by the counselor."""
    return assignments.accept(an_invitation(session, counselor, host), by=actor_of(counselor))


def an_appointment(school: School, counselor: Counselor, lead: Membership, *, accepted: bool = True) -> Appointment:
    """Of the running school year."""
    today = clock.today()
    year = today.year if today.month >= 9 else today.year - 1
    found = appointments.offer(school, counselor=counselor, school_year=year, by=people.actor(lead))
    if accepted:
        appointments.accept(found, by=actor_of(counselor))
    return found
