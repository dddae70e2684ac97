"""Whose names stand on a roll for which reader (the table in docs: who may see what), and the trail of having looked."""

import datetime as dt
from collections.abc import Sequence

from activities import roll_days
from activities.models import Booking, RollEntry
from partnerships import identities
from partnerships.models import BookingRules, IdentityLook
from people.actors import Actor
from portal.lib import clock

DAYS_BEFORE_AT_VENUE = 3
DAYS_AFTER_AT_VENUE = 1


def are_shown(booking: Booking, actor: Actor) -> bool:
    """The school's own, a teacher's in the window, a venue's only where its rule says real names, nobody else's."""
    if actor.is_school:
        return roll_days.is_open_to(booking, actor)
    if actor.is_venue and actor.organisation_id == booking.session.provider_id:
        day = booking.session.day
        near = -DAYS_BEFORE_AT_VENUE <= (clock.today() - day) / dt.timedelta(days=1) <= DAYS_AFTER_AT_VENUE
        return near and BookingRules.objects.of(actor.organisation_id, on=day).needs_real_names
    return False


def look(booking: Booking, entries: Sequence[RollEntry], actor: Actor) -> dict[int, tuple[str, str]]:
    """Name and school number by entry, where this actor may read them; one IdentityLook row for all.

    Empty for everybody else: pages then show pseudonyms or counts.
    """
    if not entries or not are_shown(booking, actor):
        return {}
    students = [entry.student_id for entry in entries]
    names = identities.look(students, by=actor, school=booking.school, purpose=IdentityLook.Purpose.ROLL_CALL)
    return {
        entry.pk: (names[entry.student_id].name, names[entry.student_id].number)
        for entry in entries
        if entry.student_id in names
    }
