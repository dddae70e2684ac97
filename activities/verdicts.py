"""What a judge finds: the rules that a group breaks in a session, and whether it may book all the same."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from activities.models import Exemption
from activities.rule_codes import CODES, SOURCES
from partnerships.models import Agreement
from portal.lib import wording


@dataclass(frozen=True)
class Broken:
    """One rule that is not met. `change` holds the fields of the booking form that would repair it.

    `exemption` is the exception by which the group passes it all the same."""

    code: str
    text: str | Promise
    source: str
    facts: dict[str, Any] = field(default_factory=dict)
    fix: str | Promise = ""
    blocks: bool = True
    is_default: bool = False
    change: dict[str, Any] = field(default_factory=dict)
    exemption: Exemption | None = None

    @property
    def granted_by(self) -> str:
        """Whose exception would let the group pass: "venue", "bureau", or nobody's ("")."""
        known = CODES.get(self.code)  # what speaks in a rule's place, as the waiting list does, is no rule
        return known.granted_by if known and self.blocks else ""

    @property
    def sentence(self) -> str:
        return str(self.text) % self._said()

    @property
    def way_out(self) -> str:
        return str(self.fix) % self._said()

    def _said(self) -> dict[str, Any]:
        """The facts as the reader's language writes them."""
        return {name: _written(value) for name, value in self.facts.items()}

    @property
    def source_label(self) -> str | Promise:
        return SOURCES[self.source]


@dataclass(frozen=True)
class Verdict:
    """What the judge says about one session."""

    broken: tuple[Broken, ...]
    met: int
    agreement: Agreement | None
    adults_needed: int
    on_sheet: bool = False  # without an agreement, a confirmation sheet carries the visit

    @property
    def blocking(self) -> tuple[Broken, ...]:
        return tuple(rule for rule in self.broken if rule.blocks)

    @property
    def warnings(self) -> tuple[Broken, ...]:
        return tuple(rule for rule in self.broken if not rule.blocks)

    @property
    def exemptions(self) -> tuple[Exemption, ...]:
        """What a booking would stand on, in the order in which it is locked."""
        return tuple(sorted((rule.exemption for rule in self.broken if rule.exemption), key=lambda row: row.pk))

    @property
    def may_book(self) -> bool:
        return not self.blocking

    @property
    def changes(self) -> dict[str, Any]:
        """All repairs together, for one button."""
        return {key: value for rule in self.broken for key, value in rule.change.items()}


def _written(value: Any) -> Any:
    if isinstance(value, dt.date):
        return wording.day(value)
    return wording.listed([str(each) for each in value]) if isinstance(value, list) else value
