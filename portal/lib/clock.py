"""The only reader of the time, so that the seed and the tests can walk it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_walked: ContextVar[dt.datetime | None] = ContextVar("walked", default=None)


def now() -> dt.datetime:
    """The present instant (aware, UTC), or the instant that `at()` walked to."""
    return _walked.get() or timezone.now()


def today() -> dt.date:
    """The local date of the present instant."""
    return timezone.localdate(now())


def moment(day: dt.date, time: dt.time = dt.time()) -> dt.datetime:
    """The instant of a local day and time; without a time the midnight at which the day begins."""
    return timezone.make_aware(dt.datetime.combine(day, time))


@contextmanager
def at(instant: dt.datetime | dt.date) -> Iterator[None]:
    """Walk the clock to an instant; a plain date means 8:00 of that local day, a naive instant is local."""
    if not isinstance(instant, dt.datetime):
        instant = dt.datetime.combine(instant, dt.time(8))
    if timezone.is_naive(instant):
        instant = timezone.make_aware(instant)
    token = _walked.set(instant)
    try:
        yield
    finally:
        _walked.reset(token)
