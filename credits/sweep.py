"""Finds every booking and result whose facts and postings disagree and posts the difference: what a lost message missed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from django.db import DatabaseError
from django.db.models import Q

from activities.models import Booking, RollChange, RollEntry
from credits import judging, ledger
from credits.models import FROM_ROLLS, Entry, Result
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


def candidate_results(since: dt.datetime | None = None) -> list[int]:
    """Results that could be entitled to something or have something; with `since`, only those decided after it."""
    results = Result.objects.all()
    if since:
        has = Q(pk__in=Entry.objects.standing().values("result"))
        results = results.filter(Q(confirmed_at__gte=since) | (~Q(state=Result.State.CONFIRMED) & has))
    else:
        results = results.filter(Q(state=Result.State.CONFIRMED) | Q(pk__in=Entry.objects.values("result")))
    return list(results.order_by("pk").values_list("pk", flat=True))


def run(*, since: dt.datetime | None = None) -> Swept:
    """Pass after pass until one takes nothing back: points taken back make room under caps for others."""
    swept = Swept()
    for _ in range(PASSES):
        taken_back = swept.reversals
        swept.left = 0
        swept.looked_at = 0
        _pass(swept, (due for chunk in _bookings(candidates(since), swept) for due in judging.due(chunk)))
        _pass(swept, (due for chunk in _results(candidate_results(since), swept) for due in judging.due_results(chunk)))
        if swept.reversals == taken_back:
            break
    return swept


def _pass(swept: Swept, sources: Iterable[Booking | Result]) -> None:
    """Each booking or result is posted in its own transaction; one that can't be is left for the next sweep."""
    for source in sources:
        try:
            outcome = ledger.post(source)
        except (DatabaseError, Refused) as no:  # one bad row must not keep all others from their points
            fault = getattr(no, "code", type(no).__name__)
            log.warning("credits.left", source=type(source).__name__, key=source.pk, fault=fault)
            swept.left += 1
            continue
        swept.posted += 1
        swept.awards += outcome.awards
        swept.reversals += outcome.reversals


def recent() -> Swept:
    """The short sweep: rolls sent or corrected in the last three days."""
    return run(since=clock.now() - dt.timedelta(days=3))


def _bookings(keys: list[int], swept: Swept) -> Iterator[list[Booking]]:
    rows = Booking.objects.select_related("session__programme").order_by("pk")
    for chunk in _chunks(keys, swept):
        yield list(rows.filter(pk__in=chunk))


def _results(keys: list[int], swept: Swept) -> Iterator[list[Result]]:
    rows = Result.objects.select_related("competition", "group", "school").order_by("pk")
    for chunk in _chunks(keys, swept):
        yield list(rows.filter(pk__in=chunk))


def _chunks(keys: list[int], swept: Swept) -> Iterator[list[int]]:
    swept.looked_at += len(keys)
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
