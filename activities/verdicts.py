"""What a judge finds: the rules that a group breaks in a session, and whether it may book all the same."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from partnerships.models import Agreement
from portal.lib import wording

SOURCES = {
    "session": pgettext_lazy("source", "This session"),
    "venue": pgettext_lazy("source", "Rule of the venue"),
    "agreement": pgettext_lazy("source", "Agreement"),
    "district": pgettext_lazy("source", "Rule of the district"),
    "school": pgettext_lazy("source", "Your school's own plan"),
}


@dataclass(frozen=True)
class Broken:
    """One rule that is not met. `change` holds the fields of the booking form that would repair it."""

    code: str
    text: str | Promise
    source: str
    facts: dict[str, Any] = field(default_factory=dict)
    fix: str | Promise = ""
    blocks: bool = True
    is_default: bool = False
    change: dict[str, Any] = field(default_factory=dict)

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

    @property
    def blocking(self) -> tuple[Broken, ...]:
        return tuple(rule for rule in self.broken if rule.blocks)

    @property
    def warnings(self) -> tuple[Broken, ...]:
        return tuple(rule for rule in self.broken if not rule.blocks)

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
