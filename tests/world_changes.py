"""A session of the boundary tests that its host has moved by an hour: the school is asked."""

import datetime as dt

from activities.models import Booking, ChangedBooking, SessionChange


def a_change(booking: Booking, cell: str, k: int) -> ChangedBooking:
    """As rows: the session stays where it is, and was an hour earlier before."""
    session = booking.session
    hour = dt.timedelta(hours=1)
    change = SessionChange.objects.create(provider=session.provider, reason=f"变更原因{cell}{k}")
    return ChangedBooking.objects.create(
        change=change, booking=booking, session=session, school_id=booking.school_id, district_id=booking.district_id,
        weight="moved", state="asked", was_starts_at=session.starts_at - hour, was_ends_at=session.ends_at - hour,
        was_guide=f"原讲解员{cell}{k}",
    )  # fmt: skip
