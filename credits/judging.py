"""What some bookings or results entitle to, beside what has been posted: for pages and sweeps. Reads only, no locks."""

import uuid
from dataclasses import dataclass

from activities.models import Booking
from credits import earning, facts, proofs
from credits.earning import Fact, Occasion, Verdict
from credits.facts import Past
from credits.models import Result


@dataclass(frozen=True)
class Judged:
    """One pupil of one booking, or one result (the other of the two is None)."""

    booking: Booking | None
    occasion: Occasion
    fact: Fact
    past: Past
    verdict: Verdict
    result: Result | None = None

    @property
    def points(self) -> int:
        """What stands in the ledger, in thousandths."""
        return self.past.standing["points"] if self.past.standing else 0

    @property
    def is_posted(self) -> bool:
        return self.past.standing is not None

    @property
    def is_due(self) -> bool:
        """The fact and the ledger disagree, in either direction, until the next posting."""
        return self.verdict.earns is not self.is_posted


def judged(bookings: list[Booking], *, of: uuid.UUID | None = None) -> list[Judged]:
    """Every pupil of these bookings (with `of`, that one), in as many queries for one booking as for many.

    Give bookings with session and programme selected."""
    ids = [booking.pk for booking in bookings]
    occasions, rolls, past = (
        facts.occasions(bookings),
        facts.rolls(ids, of=None if of is None else [of]),
        facts.posted(ids),
    )
    lines = facts.tally({fact.student_id for roll in rolls.values() for fact in roll})
    found = []
    for booking in bookings:
        for fact in rolls[booking.pk]:
            before = past.get(fact.roll_entry_id or 0, Past())
            verdict = earning.decide(occasions[booking.pk], fact, lines[fact.student_id] + before.taken_away)
            found.append(Judged(booking, occasions[booking.pk], fact, before, verdict))
    return found


def judged_results(results: list[Result]) -> list[Judged]:
    """Each of these results, in as many queries for one as for many. Give results with competition, group and school."""
    occasions, past = proofs.occasions(results), proofs.posted([result.pk for result in results])
    lines = facts.tally({result.student_id for result in results})
    found = []
    for result in results:
        occasion, fact = occasions[result.pk]
        before = past.get(result.pk, Past())
        verdict = earning.decide(occasion, fact, lines[result.student_id] + before.taken_away)
        found.append(Judged(None, occasion, fact, before, verdict, result))
    return found


def due(bookings: list[Booking]) -> list[Booking]:
    """Of these bookings, the ones whose roll and postings disagree."""
    differ = {one.booking.pk for one in judged(bookings) if one.is_due and one.booking}
    return [booking for booking in bookings if booking.pk in differ]


def due_results(results: list[Result]) -> list[Result]:
    """Of these results, the ones that disagree with their postings."""
    return [one.result for one in judged_results(results) if one.is_due and one.result]
