"""Rules in the world of the boundary tests: an exception that waits for the venue, a hold that is over."""

import datetime as dt

from activities.models import Exemption, Hold, Session
from partnerships.models import School, Venue
from people.roles import Role
from portal.lib import clock
from tests.factories.rules import a_hold, an_exemption


def an_exception_of(session: Session, school: School, hats, cell: str) -> Exemption:
    return an_exemption(session, school, asked_by=hats[Role.COORDINATOR], reason=f"特批{cell}")


def a_hold_of(school: School, venue: Venue, k: int, cell: str) -> Hold:
    """Long over, so that nothing of the world is on hold."""
    first = clock.today() - dt.timedelta(days=300 + 40 * k)
    return a_hold(school, venue, starts_on=first, ends_on=first + dt.timedelta(days=30), reason=f"暂停{cell}")
