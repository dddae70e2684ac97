"""The shape of a figure, and how its value is said."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from people.roles import Role
from portal.lib import wording
from portal.reports.scope import Scope

MISSING = _("not collected")  # 未采集: nobody entered it


@dataclass(frozen=True)
class Value:
    """`number` counts in the figure's unit; a share has its `denominator` and is shown in per cent.

    None is “not collected”; a denominator of 0 means that the question does not apply (“—”). 0 is neither.
    """

    number: int | Decimal | None
    denominator: int | None = None

    @property
    def share(self) -> Fraction | None:
        if self.number is None or not self.denominator:
            return None
        return Fraction(self.number) / self.denominator


DISTRICT = frozenset({"district"})
DISTRICT_AND_SCHOOL = frozenset({"district", "school"})
ALL = frozenset({"district", "school", "venue"})
CLIENT = "client"  # stands beside the roles where a figure is hidden from machine clients
# Who never learns which schools are underserved (product.md, who may see what).
WITHOUT_FLAG = frozenset({Role.PARTNER_OFFICER.value, CLIENT})


@dataclass(frozen=True)
class Words:
    """How a figure is called, defined and said; live from the catalogue, or frozen in a published report.

    `answers` names the duty of the 2021 notice that it proves (N1 … N21, policy.md §1).
    `sentence` takes %(day)s, %(name)s and %(value)s, and for a share %(number)s and %(of)s.
    `numerator` and `denominator` say what is counted above and below the line of a share.
    """

    code: str
    group: str | Promise
    name: str | Promise
    definition: str | Promise
    unit: str | Promise
    answers: str
    sentence: str | Promise
    is_money: bool = field(default=False, kw_only=True)
    numerator: str | Promise = field(default="", kw_only=True)
    denominator: str | Promise = field(default="", kw_only=True)
    hidden_from: frozenset[str] = field(default=frozenset(), kw_only=True)  # roles, and CLIENT

    def shown(self, value: Value) -> str:
        """The value as people read it: 0, “—” and “not collected” are three different things."""
        if value.number is None:
            return str(MISSING)
        if value.denominator is not None:
            return wording.percent(int(value.number), value.denominator)
        return wording.money(value.number) if self.is_money else wording.number(value.number, decimals(value.number))

    def basis(self, value: Value) -> str:
        """Numerator / denominator, where there are any."""
        if value.share is None:
            return ""
        return f"{wording.number(value.number)} / {wording.number(value.denominator)}"

    def change(self, value: Value, before: Value) -> str:
        """Difference to the last term: in points for shares, in the unit otherwise; empty where either is missing."""
        if value.share is not None and before.share is not None:
            points = float(value.share - before.share) * 100
            return pgettext("percentage", "%(points)s points") % {"points": signed(f"{abs(points):.1f}", points)}
        if value.denominator is None and value.number is not None and before.number is not None:
            difference = Decimal(value.number) - Decimal(before.number)
            return signed(wording.number(abs(difference), decimals(difference)), float(difference))
        return ""

    def say(self, value: Value, as_of: dt.date) -> str:
        """The finished sentence that a person pastes into a letter."""
        return str(self.sentence) % {
            "day": date_format(as_of, "DATE_FORMAT"),
            "name": self.name,
            "value": self.shown(value),
            "number": wording.number(value.number),
            "of": wording.number(value.denominator),
        }


@dataclass(frozen=True)
class Figure(Words):
    """One entry of the catalogue: page, document, exports and drill-down read the same one.

    `rows` are the very rows that were counted; `counted` tells what one of them is.
    """

    value: Callable[[Scope], Value]
    rows: Callable[[Scope], QuerySet]
    counted: str
    scopes: frozenset[str] = ALL


def decimals(number: int | Decimal) -> int:
    """Two decimals only where there are any."""
    return 0 if number == int(number) else 2


def signed(digits: str, direction: float) -> str:
    """With a true minus sign; nothing before a zero."""
    return f"+{digits}" if direction > 0 else f"−{digits}" if direction < 0 else digits
