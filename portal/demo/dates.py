"""The terms of the demo: one that holds today with some weeks behind it and some ahead, and the one before."""

import datetime as dt
from dataclasses import dataclass

WEEKS_BEHIND, WEEKS_AHEAD = 6, 4


@dataclass(frozen=True)
class TermDates:
    """`ends_on` is the first day after the term."""

    school_year: int
    half: int
    starts_on: dt.date
    ends_on: dt.date

    def day(self, week: int, weekday: int) -> dt.date:
        """The date of an ISO weekday in a week of the term; the first week is 1."""
        monday = self.starts_on - dt.timedelta(days=self.starts_on.weekday())
        return monday + dt.timedelta(weeks=week - 1, days=weekday - 1)

    @property
    def weeks(self) -> int:
        return (self.ends_on - self.day(1, 1)).days // 7


def natural_term(day: dt.date) -> TermDates:
    """The term of the school year around a day: September to January, or mid-February to mid-July."""
    year = day.year if day.month >= 8 else day.year - 1
    if day.month >= 8 or day.month == 1:
        return TermDates(year, 1, dt.date(year, 9, 1), dt.date(year + 1, 2, 1))
    return TermDates(year, 2, dt.date(year + 1, 2, 16), dt.date(year + 1, 7, 16))


def running_term(today: dt.date) -> TermDates:
    """The term that holds today; stretched so that weeks lie behind and ahead, also in the holidays."""
    term = natural_term(today)
    starts_on = min(term.starts_on, today - dt.timedelta(weeks=WEEKS_BEHIND))
    ends_on = max(term.ends_on, today + dt.timedelta(weeks=WEEKS_AHEAD))
    return TermDates(term.school_year, term.half, starts_on, ends_on)


def term_before(term: TermDates) -> TermDates:
    """The term before, ending two weeks before this one begins at the latest."""
    year, half = (term.school_year - 1, 2) if term.half == 1 else (term.school_year, 1)
    last = natural_term(dt.date(year + 1, 3, 1) if half == 2 else dt.date(year, 10, 1))
    return TermDates(year, half, last.starts_on, min(last.ends_on, term.starts_on - dt.timedelta(weeks=2)))
