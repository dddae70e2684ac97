"""Papers of an outing and of a booking: one description that is shown as a page and set as PDF.

Everything is said in the active language already; a paper carries the day on which it became what it is, not the clock.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone, translation

from portal.lib import documents

TEMPLATE = "activities/pdf/paper.typ"


@dataclass(frozen=True)
class Table:
    """One table of a paper. `wide` is the column that takes what is left; `right` are those of numbers."""

    heading: str
    heads: list[str]
    rows: list[list[str]]
    wide: int = 0
    right: tuple[int, ...] = ()

    @property
    def cells(self) -> list[list[tuple[str, str, bool]]]:
        """Each cell with its head, and whether it is a number: on a phone a row becomes a card."""
        return [[(self.heads[n], cell, n in self.right) for n, cell in enumerate(row)] for row in self.rows]


@dataclass(frozen=True)
class Paper:
    """A document of one school, venue or both."""

    name: str  # of the file, and in the address
    title: str
    date: dt.date
    issuer: str = ""
    number: str = ""
    text: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()  # choices of equal weight, one line of boxes each
    seals: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    foot: str = ""
    shows_names: bool = False

    def data(self) -> dict[str, Any]:
        """What the template reads."""
        return {
            "title": self.title,
            "date": self.date.isoformat(),
            "issuer": self.issuer,
            "number": self.number,
            "foot": self.foot,
            "text": list(self.text),
            "facts": [list(pair) for pair in self.facts],
            "tables": [
                {"heading": t.heading, "heads": t.heads, "rows": t.rows, "wide": t.wide, "right": list(t.right)}
                for t in self.tables
            ],
            "answers": [list(line) for line in self.answers],
            "seals": list(self.seals),
            "signatures": list(self.signatures),
        }

    def pdf(self) -> bytes:
        """In the reader's language."""
        return documents.pdf(TEMPLATE, self.data(), language=translation.get_language() or "zh-hans")


@dataclass
class Draft:
    """Facts that are put down only where there is something to say."""

    pairs: list[tuple[str, str]] = field(default_factory=list)

    def say(self, name: Any, value: Any) -> None:
        if value:
            self.pairs.append((str(name), str(value)))


def day_of(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()
