"""How thresholds are shown: today's value, since when, what comes next, and the whole history of one."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from people.models import ThresholdValue
from people.thresholds import REGISTRY, Threshold
from portal.lib.wording import listed


def words(threshold: Threshold, value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels: dict[Any, str | Promise] = dict(threshold.choices)
    members = value if isinstance(value, list) else [value]
    text = listed([str(labels.get(member, member)) for member in members if member != ""])
    return text or _("not set")


@dataclass(frozen=True)
class Line:
    """One threshold of a district on a day. `rows` are all its values, newest start first."""

    threshold: Threshold
    rows: list[ThresholdValue]
    on: dt.date

    @property
    def current(self) -> ThresholdValue | None:
        return next((row for row in self.rows if row.starts_on <= self.on), None)

    @property
    def coming(self) -> ThresholdValue | None:
        return next((row for row in reversed(self.rows) if row.starts_on > self.on), None)

    @property
    def value(self) -> Any:
        return self.current.value if self.current else self.threshold.default

    @property
    def shown(self) -> str:
        return words(self.threshold, self.value)

    @property
    def shown_coming(self) -> str:
        return words(self.threshold, self.coming.value) if self.coming else ""

    @property
    def shown_default(self) -> str:
        return words(self.threshold, self.threshold.default)

    @property
    def history(self) -> list[tuple[ThresholdValue, str]]:
        return [(row, words(self.threshold, row.value)) for row in self.rows]


def lines(district_id: int, *, on: dt.date) -> list[Line]:
    """Every declared threshold, in the order of declaration, with one query."""
    rows: dict[str, list[ThresholdValue]] = defaultdict(list)
    for row in ThresholdValue.objects.filter(district_id=district_id).select_related("set_by"):
        rows[row.code].insert(0, row)
    return [Line(threshold, rows[code], on) for code, threshold in REGISTRY.items()]
