"""What visits leave behind in the world of the boundary tests: a word of both sides, a no-show."""

import datetime as dt
import uuid

from activities import roll_links
from activities.models import Booking, Feedback, NoShow, RollLink, RollReview
from people.models import Membership
from portal.lib import clock
from tests.factories import activities


def a_missed_visit(school, venue, leader: Membership, staff: Membership, cell: str, k: int) -> NoShow:
    """Four pupils by head count who did not come last week, as the venue recorded it."""
    starts_at = clock.now() - dt.timedelta(days=6 + 7 * k)
    session = activities.a_session(venue, starts_at=starts_at, taken=4)
    booking = Booking.objects.create(
        session=session, school=school, district_id=school.district_id, leader=leader, by="heads", pupils=4, adults=1,
        state="no_show", seats_held=4, request_key=uuid.uuid4(), ended_at=clock.now(),
    )  # fmt: skip
    return NoShow.objects.create(
        booking=booking, school=school, host=venue.organisation, district_id=school.district_id, day=session.day,
        dispute_until=clock.today() + dt.timedelta(days=3), recorded_by=staff,
    )  # fmt: skip


def a_word(booking: Booking, by: Membership, side: str, cell: str) -> Feedback:
    return Feedback.objects.create(
        booking=booking, school=booking.school, host=booking.session.provider, district_id=booking.district_id,
        side=side, score=4, words=f"评价{cell}", given_by=by,
    )  # fmt: skip


def a_roll_link(booking: Booking, by: Membership, cell: str, k: int) -> RollLink:
    """A roll handed over to a substitute."""
    day = clock.moment(booking.session.day)
    return RollLink.objects.create(
        booking=booking, for_whom=f"代课{cell}", token_digest=roll_links.digest_of(f"{cell}{k}"), pin_digest="!", starts_at=day,
        ends_at=day + dt.timedelta(days=1), made_by=by,
    )  # fmt: skip


def a_doubt(called: Booking) -> RollReview:
    """A roll that was marked long before the visit."""
    acted = called.session.starts_at - dt.timedelta(hours=5)
    return RollReview.objects.create(booking=called, kind="early", acted_at=acted)
