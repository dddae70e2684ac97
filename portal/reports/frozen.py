"""A report as its document says it, in the active language, cut to what one kind of reader may know."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.actors import Actor
from portal.reports import document as documents
from portal.reports import pictures, sheet
from portal.reports.breakdown import GradeRow
from portal.reports.catalogue import reader_of
from portal.reports.document import Document, value_of
from portal.reports.equity import Share
from portal.reports.figure import Words
from portal.reports.worth import Promise

FULL = "full"


def cut_of(reader: str, document: Document) -> str:
    """“full”, or the reader from whom something in this document is hidden."""
    hidden = {name for row in (*document["figures"], *document["shares"]) for name in row["hidden_from"]}
    return reader if reader in hidden else FULL


def cut_for(actor: Actor, document: Document) -> str:
    return cut_of(reader_of(actor), document)


@dataclass(frozen=True)
class Frozen:
    """Reads nothing but the document: the database may have gone on."""

    document: Document
    cut: str = FULL
    code: str = ""  # the check code of the document's bytes

    @classmethod
    def of(cls, body: bytes | memoryview | None, cut: str = FULL) -> "Frozen":
        assert body is not None  # drafted: a constraint of the report
        return cls(documents.read(body), cut, documents.check_code(body))

    def _said(self, words: dict[str, str]) -> str:
        return words["zh-hans" if (get_language() or "").startswith("zh") else "en"]

    def day(self, name: str) -> dt.date:
        return dt.date.fromisoformat(self.document[name])

    @property
    def as_of(self) -> dt.date:
        """The last day counted."""
        return self.day("as_of")

    def _shown(self, row: Document) -> bool:
        return self.cut not in row["hidden_from"]

    @property
    def whose(self) -> str:
        return self._said(self.document["whose"])

    @property
    def bureau(self) -> str:
        return self._said(self.document["bureau"])

    @property
    def period(self) -> str:
        return self._said(self.document["period"])

    @property
    def title(self) -> str:
        if self.document["kind"] == "monthly":
            return _("%(whom)s: school–venue monthly report") % {"whom": self.whose}
        return _("%(whom)s: school–venue term report") % {"whom": self.whose}

    @property
    def before(self) -> str:
        """What the column beside is called."""
        return _("Last month") if self.document["kind"] == "monthly" else _("Last term")

    @property
    def now(self) -> str:
        return _("This month") if self.document["kind"] == "monthly" else _("This term")

    @property
    def drafted_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.document["drafted_at"])

    @property
    def published_at(self) -> dt.datetime | None:
        published = self.document["published"]
        return dt.datetime.fromisoformat(published["at"]) if published else None

    @cached_property
    def entries(self) -> dict[str, Document]:
        """The figures that this reader may know, by code."""
        return {entry["code"]: entry for entry in self.document["figures"] if self._shown(entry)}

    def words(self, entry: Document) -> Words:
        said: dict[str, Any] = {name: self._said(words) for name, words in entry["words"].items()}
        return Words(code=entry["code"], answers=entry["answers"], is_money=entry["is_money"], **said)

    def line(self, code: str, url: str = "") -> sheet.Line:
        entry = self.entries[code]
        before, reported = (value_of(entry[key]) if entry[key] else None for key in ("before", "reported"))
        return sheet.Line(self.words(entry), self.as_of, value_of(entry["value"]), before, url, reported)

    def lines(self, door=lambda code: "") -> list[sheet.Line]:
        """Every figure; `door` gives the address of its rows."""
        return [self.line(code, door(code)) for code in self.entries]

    @property
    def has_before(self) -> bool:
        return any(entry["before"] for entry in self.document["figures"])

    @property
    def summary(self) -> str:
        return sheet.summary(self.as_of, self.lines())

    def rows(self, code: str) -> Document:
        """What kind of rows a figure counted, their keys and fingerprints."""
        return self.document["rows"][self.entries[code]["rows"]]

    # --- what is drawn ----------------------------------------------------------------------------------------------

    @property
    def pictures(self) -> dict[str, Any]:
        def forms(kept: list[Any] | None) -> list[tuple[str, int]] | None:
            return None if kept is None else [(self._said(label), number) for label, number in kept]

        kept, said = self.document, (self.now, self.before)
        held, last_held = forms(kept["forms"]) or [], forms(kept["last_forms"])
        return pictures.drawn(kept["weeks"], kept["last_weeks"], held, last_held, said)

    @property
    def grades(self) -> list[GradeRow]:
        return [GradeRow(*row) for row in self.document["grades"]]

    @property
    def promises(self) -> list[Promise]:
        return [
            Promise(str(place), self._said(row[0]), *row[1:]) for place, row in enumerate(self.document["promises"])
        ]

    @property
    def shares(self) -> list[Share]:
        return [
            Share(self._said(row["label"]), value_of(row["pupils"]), value_of(row["visits"]))
            for row in self.document["shares"]
            if self._shown(row)
        ]
