"""The catalogue: sessions of a stretch of time, each with what it means for one group. Computed, never stored."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Programme, Session
from activities.verdicts import Verdict
from partnerships import distance
from partnerships.models import School
from people.thresholds import Values
from portal.lib import clock, wording

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
VIEWS = ("week", "list", "month")
MOST_ROWS = 200  # shown on one page
MOST_READ = 600  # looked at for a week or a month


@dataclass(frozen=True)
class Window:
    """What stretch of time the address asks for: a week (or a day of it), a month, or everything from a day on."""

    view: str
    first: dt.date
    day: dt.date | None = None
    is_asked: bool = False  # else the first look: it goes to what can be booked

    @property
    def before(self) -> dt.date | None:
        """The first day after it; a list has no end."""
        if self.view == "month":
            return (self.first + dt.timedelta(days=32)).replace(day=1)
        return self.first + WEEK if self.view == "week" else None

    @property
    def previous(self) -> dt.date:
        return (self.first - DAY).replace(day=1) if self.view == "month" else self.first - WEEK

    @property
    def days(self) -> list[dt.date]:
        """Every day of the week; of a month whole weeks, so that it draws as a calendar; of a list none."""
        if self.before is None:
            return []
        first = self.first - dt.timedelta(days=self.first.weekday())
        last = self.before + dt.timedelta(days=-self.before.weekday() % 7)
        return [first + n * DAY for n in range((last - first).days)]

    def around(self, day: dt.date) -> "Window":
        """The window of the same view that holds a day."""
        return Window(self.view, start_of(self.view, day), self.day, self.is_asked)


def start_of(view: str, day: dt.date) -> dt.date:
    if view == "month":
        return day.replace(day=1)
    return day - dt.timedelta(days=day.weekday()) if view == "week" else day


def asked(query: Mapping[str, str], today: dt.date) -> Window:
    """The window of an address; what can't be read counts as not said."""
    view = query.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    day = _day(query.get("day", "")) if view == "week" else None
    told = day or _day(query.get({"week": "week", "month": "month", "list": "since"}[view], ""))
    return Window(view, start_of(view, told or today), day, told is not None)


def _day(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 < found.year < 2100 else None


def found_in(rows: QuerySet[Session], window: Window, *, from_day: dt.date) -> tuple[list[Session], Window]:
    """Sessions of the window, by time; of the first look, of the first one with a session from `from_day` on.

    One query, and another one where nothing is left so far ahead."""
    if window.is_asked:
        return _read(rows, window.first, window.before), window
    start = start_of(window.view, from_day)
    found = _read(rows, start, None)
    coming = [session for session in found if session.day >= from_day]
    if not coming:
        found = _read(rows, clock.today(), None)
        coming = [session for session in found if not session.has_begun] or found
    if not coming:
        return [], window
    window = window.around(coming[0].day)
    before = window.before
    return [row for row in found if row.day >= window.first and (before is None or row.day < before)], window


def _read(rows: QuerySet[Session], first: dt.date, before: dt.date | None) -> list[Session]:
    rows = rows.filter(starts_at__gte=clock.moment(first))
    if before:
        rows = rows.filter(starts_at__lt=clock.moment(before))
    return list(with_names(rows).order_by("starts_at", "pk")[:MOST_READ])


def with_names(rows: QuerySet[Session]) -> QuerySet[Session]:
    return rows.select_related("programme", "provider", "place__venue", "hall")


@dataclass
class Row:
    """One session as the reader's group finds it."""

    session: Session
    verdict: Verdict | None = None
    left: int = 0
    missing: int = 0
    saved: Decimal = Decimal(0)
    needed: int = 0
    metres: int | None = None
    minutes: int | None = None
    is_open: bool = False  # its reasons stand open
    is_far: bool = False  # elsewhere: how far is worth saying
    book: str = ""  # where its button leads
    repair: str = ""  # the same page with the group changed as the rules suggest

    @property
    def fits(self) -> bool:
        return self.verdict is None or self.verdict.may_book

    @property
    def meter(self) -> list[tuple[int, str, str]]:
        tone = "done" if self.verdict and self.verdict.may_book else "pending"
        return [(self.session.taken, "booked", ""), (min(self.needed, self.session.left), tone, "")]


def judged(
    found: Sequence[Session], group: Group | None, *, school: School | None = None, values: Values | None = None
) -> list[Row]:
    """Each session with its verdict for the group, what it would save, and how far away it is."""
    judge = Judge(found, group) if group else None
    return [_row(session, judge, group, school, values) for session in found]


def _row(
    session: Session, judge: Judge | None, group: Group | None, school: School | None, values: Values | None
) -> Row:
    left = max(0, session.left_for(bool(group and group.is_entitled)))
    needed = session.seats_for(group.pupils) if group else 0
    row = Row(
        session,
        judge.of(session) if judge else None,
        left,
        max(0, needed - left),
        session.saved_per_pupil * group.pupils if group else Decimal(0),
        needed,
    )
    venue = getattr(session.place, "venue", None) if session.place_id else None
    if school and values and venue and session.direction == Programme.Direction.GO_OUT:
        row.is_far = True
        row.metres = distance.metres(school, venue, values)
        row.minutes = distance.minutes(row.metres, values)
    return row


def days(window: Window, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The days of a week or month, each with its fitting sessions."""
    by_day: dict[dt.date, list[Row]] = {}
    for row in rows:
        by_day.setdefault(row.session.day, []).append(row)
    return [
        {
            "date": date,
            "weekday": wording.weekday(date),
            "rows": by_day.get(date, []),
            "count": len(by_day.get(date, [])),
            "is_chosen": date == window.day,
            "is_outside": window.view == "month" and date.month != window.first.month,
        }
        for date in window.days
    ]
