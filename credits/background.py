"""What holds around a fact: the terms, rules, pilots and percentages of its district. Read once for many facts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from credits.models import CreditRule
from partnerships.models import CreditPilot, Term
from people import thresholds
from people.models import ThresholdValue

PRESENT = "credits.present_percent"
CLUB = "credits.club_percent"


class Background:
    """Four queries, however many facts are judged before it."""

    def __init__(self, districts: Iterable[int], schools: Iterable[int]) -> None:
        districts = set(districts)
        self.terms: dict[int, list[Term]] = defaultdict(list)
        for term in Term.objects.filter(district__in=districts).order_by("starts_on"):
            self.terms[term.district_id].append(term)
        self.rules = list(
            CreditRule.objects.published().filter(district__in=districts).order_by("starts_on", "version")
        )
        self.percents = _percents(districts)
        self.pilots = list(CreditPilot.objects.filter(school__in=set(schools)))

    def term(self, district: int, day: dt.date) -> Term | None:
        """A day in the holidays belongs to the term before it, so that caps a term and a year have somewhere to count."""
        return next((term for term in reversed(self.terms[district]) if term.starts_on <= day), None)

    def rule(self, district: int, code: str, day: dt.date) -> CreditRule | None:
        """The version in force on the day."""
        in_force = [
            rule for rule in self.rules if rule.district_id == district and rule.code == code and rule.starts_on <= day
        ]
        return in_force[-1] if in_force else None

    def is_pilot(self, school: int, day: dt.date) -> bool:
        return any(
            pilot.school_id == school and pilot.starts_on <= day and (pilot.ends_on is None or day < pilot.ends_on)
            for pilot in self.pilots
        )

    def percent(self, code: str, district: int, day: dt.date) -> int:
        """The value of one of the two percentages on the day."""
        return next(percent for starts_on, percent in reversed(self.percents[code, district]) if starts_on <= day)


def _percents(districts: set[int]) -> dict[tuple[str, int], list[tuple[dt.date, int]]]:
    """Every value of the thresholds with its first day, the default first: many days are judged in one query."""
    found = {
        (code, district): [(dt.date.min, thresholds.REGISTRY[code].default)]
        for code in (PRESENT, CLUB)
        for district in districts
    }
    values = ThresholdValue.objects.filter(district__in=districts, code__in=(PRESENT, CLUB))
    for row in values.order_by("starts_on", "pk"):
        found[row.code, row.district_id].append((row.starts_on, row.value))
    return found
