"""What the rolls of some bookings entitle to, beside what has been posted: for pages and sweeps. Reads only, no locks."""

import uuid
from dataclasses import dataclass

from activities.models import Booking
from credits import earning, facts
from credits.earning import Fact, Occasion, Verdict
from credits.facts import Past


@dataclass(frozen=True)
class Judged:
    """One pupil of one booking."""

    booking: Booking
    occasion: Occasion
    fact: Fact
    past: Past
    verdict: Verdict

    @property
    def points(self) -> int:
        """What stands in the ledger, in thousandths."""
        return self.past.standing["points"] if self.past.standing else 0

    @property
    def is_posted(self) -> bool:
        return self.past.standing is not None

    @property
    def is_due(self) -> bool:
        """The roll and the ledger disagree, in either direction, until the next posting."""
        return self.verdict.earns is not self.is_posted


def judged(bookings: list[Booking], *, of: uuid.UUID | None = None) -> list[Judged]:
    """Every pupil of these bookings (with `of`, that one), in as many queries for one booking as for many.

    Give bookings with session and programme selected."""
    ids = [booking.pk for booking in bookings]
    occasions, rolls, past = facts.occasions(bookings), facts.rolls(ids, of=of), facts.posted(ids)
    lines = facts.tally({fact.student_id for roll in rolls.values() for fact in roll})
    found = []
    for booking in bookings:
        for fact in rolls[booking.pk]:
            before = past.get(fact.roll_entry_id, Past())
            verdict = earning.decide(occasions[booking.pk], fact, lines[fact.student_id] + before.taken_away)
            found.append(Judged(booking, occasions[booking.pk], fact, before, verdict))
    return found


def due(bookings: list[Booking]) -> list[Booking]:
    """Of these bookings, the ones whose roll and postings disagree."""
    differ = {one.booking.pk for one in judged(bookings) if one.is_due}
    return [booking for booking in bookings if booking.pk in differ]
