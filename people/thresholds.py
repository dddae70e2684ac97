"""Thresholds 参数: every number that a district decides, with a default, and values that start on a date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people import audit
from people.access import require
from people.actors import Actor
from people.models import District, ThresholdValue
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text


@dataclass(frozen=True)
class Threshold:
    """One declared threshold. `kind` is int, bool, str or list; `choices` limits str values and list members."""

    code: str
    kind: type
    default: Any
    label: str | Promise
    source: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    least: int | None = None
    most: int | None = None

    def accept(self, value: Any) -> Any:
        """The value as its type; raises Refused when it is none."""
        allowed = {code for code, _label in self.choices}
        members = value if isinstance(value, list) else [value]
        fits = isinstance(value, self.kind) and not (self.kind is int and isinstance(value, bool))
        if not fits or (allowed and not set(map(str, members)) <= allowed):
            raise Refused("threshold_value", _("This value does not fit the threshold."))
        if self.kind is int and not (
            (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        ):
            raise Refused("threshold_range", _("This value is out of range."))
        return value


REGISTRY: dict[str, Threshold] = {}


def declare(code: str, kind: type, default: Any, label: str | Promise, source: str | Promise = "", **more: Any) -> None:
    """Add a threshold to the registry; each app declares its own in its thresholds.py. Twice is a mistake."""
    if code in REGISTRY:
        raise ValueError(f"threshold {code} is declared twice")
    REGISTRY[code] = Threshold(code, kind, default, label, source, **more)


@dataclass(frozen=True)
class Values(Mapping[str, Any]):
    """Typed values of one district on one day."""

    given: dict[str, Any]

    def __getitem__(self, code: str) -> Any:
        return self.given.get(code, REGISTRY[code].default)

    def __iter__(self) -> Any:
        return iter(REGISTRY)

    def __len__(self) -> int:
        return len(REGISTRY)

    def is_default(self, code: str) -> bool:
        return code not in self.given


def of(district_id: int | None, *, on: dt.date | None = None) -> Values:
    """All values of a district on a day (today), in one query. Without a district: the defaults."""
    if district_id is None:
        return Values({})
    rows = ThresholdValue.objects.filter(district_id=district_id, starts_on__lte=on or clock.today())
    return Values({row.code: row.value for row in rows.order_by("starts_on", "pk")})


@verb
def set_value(
    district: District, code: str, value: Any, *, by: Actor, starts_on: dt.date, reason: str
) -> ThresholdValue:
    """Add a value that starts tomorrow or later, with a reason. Rows are never edited."""
    require(by, Permission.THRESHOLD_SET, district)
    if code not in REGISTRY:
        raise Refused("threshold_unknown", _("There is no such threshold."))
    if starts_on <= clock.today() and not by.is_system:
        raise Refused("threshold_starts", _("A new value starts tomorrow at the earliest."))
    if not reason.strip():
        raise Refused("threshold_reason", _("Say why: the reason stands beside the value."))
    row = ThresholdValue.objects.create(
        district=district,
        code=code,
        value=REGISTRY[code].accept(value),
        starts_on=starts_on,
        reason=free_text(reason),
        set_by=by.user,
        set_at=clock.now(),
    )
    audit.record("threshold.set", district, by=by, is_now=str(value)[:60], code=code, starts_on=str(starts_on))
    return row
