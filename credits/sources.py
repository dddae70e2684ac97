"""What an entry rests on, said alike for a line of a roll and for a result: what it was, who gave it, and the proof."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credits.models import Entry, Result
from people.models import Organisation
from portal.lib import wording

# For select_related: everything that `source_of` reads.
READ = (
    "roll_entry__session__programme", "roll_entry__session__provider", "result__competition", "result__group",
    "school__organisation",
)  # fmt: skip

PROOFS = {
    Result.Kind.COMPETITION: _("white-list competition"),
    Result.Kind.PROJECT: _("confirmed by mentor and school"),
    Result.Kind.CLUB: _("rolls of the term"),
}


@dataclass(frozen=True)
class Source:
    """Names in both languages; `organisation` gave the session, or vouches for the result."""

    activity: dict[str, str]
    organisation: Organisation
    proof: str | Promise
    day: dt.date

    @property
    def name(self) -> str:
        return self.activity["zh" if wording.reads_chinese() else "en"]

    @property
    def given_by(self) -> dict[str, str]:
        return both(self.organisation)


def source_of(entry: Entry) -> Source:
    """Give entries with READ selected."""
    day = dt.date.fromisoformat(entry.inputs["day"])
    if entry.roll_entry:
        session = entry.roll_entry.session
        proof = _("roll call, task sheet") if entry.inputs.get("task_sheet") else _("roll call")
        return Source(both(session.programme), session.provider, proof, day)
    result = entry.result
    assert result is not None  # exactly one source (constraint entry_one_source)
    named = {"zh": result.name, "en": result.name}
    return Source(named, entry.school.organisation, PROOFS[Result.Kind(result.kind)], day)


def both(named: Any) -> dict[str, str]:
    return {"zh": named.name_zh, "en": getattr(named, "name_en", "") or named.name_zh}
