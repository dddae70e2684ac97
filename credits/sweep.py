"""Finds every booking whose roll and postings disagree and posts the difference: what a lost message missed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.db import DatabaseError
from django.db.models import Q

from activities.models import Booking, RollChange, RollEntry
from credits import judging, ledger
from credits.models import FROM_ROLLS, Entry
from portal.lib import clock
from portal.lib.errors import Refused

CHUNK = 200
PASSES = 5
log = structlog.get_logger(__name__)


@dataclass
class Swept:
    """What one sweep did."""

    looked_at: int = 0
    posted: int = 0
    awards: int = 0
    reversals: int = 0
    left: int = 0  # refused or busy: the next sweep tries again


def candidates(since: dt.datetime | None = None) -> list[int]:
    """Bookings that could be entitled to something or have something; with `since`, only those touched after it."""
    on_rolls = RollEntry.objects.there().values("booking")
    could = Q(state=Booking.State.ATTENDED, pk__in=on_rolls, session__programme__category__in=FROM_ROLLS)
    has = Q(pk__in=Entry.objects.values("roll_entry__booking"))
    bookings = Booking.objects.filter(could | has)
    if since:
        corrected = RollChange.objects.filter(changed_at__gte=since).values("entry__booking")
        bookings = bookings.filter(Q(called_at__gte=since) | Q(pk__in=corrected))
    return list(bookings.order_by("pk").values_list("pk", flat=True))


def run(*, since: dt.datetime | None = None) -> Swept:
    """Pass after pass until one takes nothing back: points taken back make room under caps for others."""
    swept = Swept()
    for _ in range(PASSES):
        taken_back = swept.reversals
        swept.left = 0
        _pass(swept, candidates(since))
        if swept.reversals == taken_back:
            break
    return swept


def _pass(swept: Swept, keys: list[int]) -> None:
    """Each booking is posted in its own transaction; one that can't be is left for the next sweep."""
    swept.looked_at = len(keys)
    for chunk in _chunks(keys):
        for booking in judging.due(chunk):
            try:
                outcome = ledger.post(booking)
            except (DatabaseError, Refused) as no:  # one bad row must not keep all others from their points
                log.warning("credits.left", booking=booking.pk, fault=getattr(no, "code", type(no).__name__))
                swept.left += 1
                continue
            swept.posted += 1
            swept.awards += outcome.awards
            swept.reversals += outcome.reversals


def recent() -> Swept:
    """The short sweep: rolls sent or corrected in the last three days."""
    return run(since=clock.now() - dt.timedelta(days=3))


def _chunks(keys: list[int]) -> Iterator[list[Booking]]:
    for start in range(0, len(keys), CHUNK):
        yield list(
            Booking.objects.filter(pk__in=keys[start : start + CHUNK])
            .select_related("session__programme")
            .order_by("pk")
        )
