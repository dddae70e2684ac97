"""Whose names stand on a roll for which reader, and the trail of having looked."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from activities import roll_days
from activities.models import Booking, RollEntry
from partnerships import identities
from partnerships.models import BookingRules, Enrolment, IdentityLook
from people.actors import Actor, Link
from portal.lib import clock
from portal.lib.errors import Refused

NO_CLASS = _("Choose the class first.")
DAYS_BEFORE_AT_VENUE = 3
DAYS_AFTER_AT_VENUE = 1
RECEIVED = (Booking.State.CONFIRMED, Booking.State.ATTENDED)  # groups that the venue receives: not who only asked


def are_shown(booking: Booking, actor: Actor) -> bool:
    """The school's own, a teacher's in the window, a substitute's on the day; a venue's only where its rule says real
    names; nobody else's."""
    if actor.is_school or isinstance(actor, Link):
        return roll_days.is_open_to(booking, actor)
    if actor.is_venue and actor.organisation_id == booking.session.provider_id and booking.state in RECEIVED:
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


def match(text: str, names: Mapping[Enrolment, str]) -> list[Enrolment]:
    """The pupils whose names stand in a text, one a line or between commas. `names` are those of one class.

    Raises Refused when a name is not there or stands for two; what was written is not repeated.
    """
    wanted = [name for name in re.split(r"[\s、，,；;]+", unicodedata.normalize("NFKC", text)) if name]
    found = [[row for row, name in names.items() if name == each] for each in dict.fromkeys(wanted)]
    if not found:
        raise Refused("roll.names", _("Write the names of the pupils who came."))
    if missing := sum(not rows for rows in found):
        raise Refused(
            "roll.unknown", _("%(n)s of these names are not in that class, or are on the roll already."), n=missing
        )
    if any(len(rows) > 1 for rows in found):
        raise Refused("roll.namesakes", _("Two pupils of that class have this name: ask your coordinator to add them."))
    return [row for rows in found for row in rows]
