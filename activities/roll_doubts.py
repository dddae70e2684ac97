"""What a roll can't be right about is kept for somebody to look at; nothing that can be right waits for it."""

import datetime as dt
from collections.abc import Collection

from activities.models import Booking, RollEntry, RollReview
from partnerships.models import Enrolment
from people import audit
from people.actors import Actor
from portal.lib import clock

EARLY = dt.timedelta(hours=1)  # before the start: a roll that is marked then was not called on the spot
Kind = RollReview.Kind


def elsewhere(booking: Booking, enrolments: Collection[Enrolment]) -> dict[int, RollEntry]:
    """Of these pupils, by enrolment, those who stand on another roll in the same time."""
    session = booking.session
    rows = RollEntry.objects.live().filter(
        student__in=[row.student_id for row in enrolments], starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    found = {entry.student_id: entry for entry in rows.exclude(booking=booking.pk)}
    return {row.pk: found[row.student_id] for row in enrolments if row.student_id in found}


def keep(booking: Booking, enrolments: Collection[Enrolment], others: dict[int, RollEntry], *, by: Actor) -> int:
    """Remember who was added here and stands on another roll; how many are new."""
    made = 0
    for enrolment in enrolments:
        _row, is_new = RollReview.objects.get_or_create(
            booking=booking,
            kind=Kind.ELSEWHERE,
            student_id=enrolment.student_id,
            defaults={"enrolment": enrolment, "other_id": others[enrolment.pk].booking_id},
        )
        made += is_new
    if made:
        audit.record("booking.doubt_roll", booking, by=by, kind=str(Kind.ELSEWHERE), n=made)
    return made


def look_at_time(booking: Booking, marked_at: dt.datetime | None, *, by: Actor) -> None:
    """A roll that was marked more than an hour before the start is looked at; it counts meanwhile."""
    acted = min(marked_at or clock.now(), clock.now())
    if acted >= booking.session.starts_at - EARLY:
        return
    _row, is_new = RollReview.objects.get_or_create(booking=booking, kind=Kind.EARLY, defaults={"acted_at": acted})
    if is_new:
        audit.record("booking.doubt_roll", booking, by=by, kind=str(Kind.EARLY), n=1)
