"""What the page of an agreement shows: its steps, its promises measured, its text against the version before."""

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partnerships import agreement_life
from partnerships.models import Agreement, AgreementParty, AgreementVersion, Commitment
from people import audit, workflow
from people.actors import Actor
from people.models import AuditEvent
from portal.lib import wording

State = Agreement.State
EXACT = 2000  # characters of a clause, or clauses, that are compared one by one
# How far each state has come on the way of six steps: draft, review, agreed, signing, filing, in force.
REACHED = {
    State.DRAFT: 0,
    State.REVIEW: 1,
    State.COUNTERED: 1,
    State.AGREED: 3,
    State.SIGNING: 3,
    State.SIGNED: 4,
    State.SENT: 4,
    State.RETURNED: 4,
    State.FILED: 5,
    State.SUSPENDED: 5,
    State.TERMINATED: 5,
    State.WITHDRAWN: 0,
}


def steps(agreement: Agreement, parties: list[AgreementParty], actor: Actor) -> list[dict[str, Any]]:
    """The stepper: what is done, where it stands (warm when it is the reader's turn), what is still to come."""
    signed = sum(party.signed_at is not None for party in parties)
    labels = [
        (_("Draft"), wording.day(agreement.created_at)),
        (_("Review"), _("version %(n)s") % {"n": agreement.current_version.number}),
        (_("Text frozen"), _date(agreement.current_version.frozen_at)),
        (_("Signatures"), f"{signed}/{len(parties)}"),
        (_("Filing"), _date(agreement.filed_at)),
        (pgettext("step", "In force"), wording.day(agreement.starts_on)),
    ]
    reached = REACHED[State(agreement.state)]
    turn = is_turn(agreement, parties, actor)
    rows = []
    for position, (label, note) in enumerate(labels):
        state = "done" if position < reached else "open"
        if position == reached:
            state = "turn" if turn else "current"
        rows.append({"label": label, "note": note, "state": state})
    return rows


def _date(moment: dt.datetime | None) -> str:
    return wording.day(moment) if moment else ""


def is_turn(agreement: Agreement, parties: Iterable[AgreementParty], actor: Actor) -> bool:
    """Whether this reader is the one that the agreement waits for."""
    open_ = set(workflow.abilities(agreement, actor))
    mine = next((party for party in parties if party.organisation_id == actor.organisation_id), None)
    if agreement.state in (State.REVIEW, State.COUNTERED):
        return "agree" in open_ and mine is not None and mine.state == AgreementParty.State.INVITED
    if agreement.state in (State.AGREED, State.SIGNING):
        return "sign" in open_ and mine is not None and mine.state == AgreementParty.State.AGREED
    if agreement.state == State.FILED:
        return "join" in open_ and may_join(agreement, mine)
    if agreement.state == State.DRAFT:
        return agreement.drafted_by_id == actor.organisation_id
    return bool(open_ & {"submit", "file"})


def may_amend(agreement: Agreement, mine: AgreementParty | None) -> bool:
    """A party that has signed begins a supplement to what is filed, one at a time."""
    if agreement.is_amendment or agreement.state != State.FILED or mine is None or mine.signed_at is None:
        return False
    return not agreement.amendments.exclude(state__in=[State.FILED, State.WITHDRAWN]).exists()


def may_leave(agreement: Agreement, mine: AgreementParty | None, schools: int) -> bool:
    """Before the filing a school that has not signed leaves the others to it."""
    if agreement.state not in agreement_life.UNDER_WAY or mine is None or mine.is_venue or schools < 2:
        return False
    open_ = (AgreementParty.State.INVITED, AgreementParty.State.AGREED)
    return mine.state in open_ and agreement_life.may_leave(agreement, mine)


def may_join(agreement: Agreement, mine: AgreementParty | None) -> bool:
    """A school that did not sign before the filing still may, unless the text has been amended since."""
    is_late = agreement.state == State.FILED and mine is not None and mine.state == AgreementParty.State.AGREED
    return is_late and agreement.current_version.came_with_id is None


def may_send(agreement: Agreement, parties: Iterable[AgreementParty]) -> bool:
    """The venue and a school have signed; a supplement waits for everybody."""
    here = [party for party in parties if party.left_on is None]
    signed = [party.is_venue for party in here if party.signed_at]
    return set(signed) == {True, False} and not (agreement.is_amendment and len(signed) < len(here))


def voided(agreement: Agreement, versions: Iterable[AgreementVersion]) -> int | None:
    """The number of the frozen version whose agreements and signatures a later text has voided."""
    if agreement.state not in (State.COUNTERED, State.REVIEW):
        return None
    frozen = (one.number for one in versions if one.frozen_at and one.agreement_id == agreement.pk)
    return next((number for number in frozen if number != agreement.current_version.number), None)


def history(agreement: Agreement) -> list[dict[str, Any]]:
    """What happened, oldest first, from the trail; not who calls whom."""
    trail = AuditEvent.objects.about(agreement).exclude(verb="agreement.introduce").order_by("at", "pk")
    return [
        {
            "when": f"{date_format(wording.local(event.at), 'MONTH_DAY_FORMAT')} {wording.clock(event.at)}",
            "what": wording.sentence_of([(event.actor_label, audit.act(event.verb))]),
            "state": "done",
        }
        for event in trail
    ]


@dataclass(frozen=True)
class Measured:
    """One commitment as the table shows it."""

    commitment: Commitment
    segments: list[tuple[int, str, str]]
    due: int
    is_behind: bool
    forecast: int


def measured(agreement: Agreement, day: dt.date) -> list[Measured]:
    """The promises of the term that holds `day`, else of the next one (or the last)."""
    rows = list(agreement.commitments.select_related("term", "party__organisation").order_by("term__starts_on", "pk"))
    if not rows:
        return []
    terms = {row.term_id: row.term for row in rows}
    term = next((term for term in terms.values() if day < term.ends_on), list(terms.values())[-1])
    return [
        Measured(
            row,
            [(row.delivered, "done", _("delivered")), (row.reserved, "booked", _("reserved"))],
            row.due_by(day),
            agreement.is_in_force(day) and row.is_behind(day),
            row.forecast(day),
        )
        for row in rows
        if row.term_id == term.pk
    ]


@dataclass(frozen=True)
class Clause:
    """One paragraph: its heading, and pieces (text, kind) with kind "", "ins" or "del"."""

    head: str
    pieces: list[tuple[str, str]]

    @property
    def is_changed(self) -> bool:
        return any(kind for _text, kind in self.pieces)


def clauses(version: AgreementVersion, before: AgreementVersion | None) -> list[Clause]:
    """The text by paragraphs; against another version with what went and what came, character by character."""
    new = version.clauses
    if before is None:
        return [_clause([(line, "")]) for line in new]
    old = before.clauses
    rows: list[Clause] = []
    for tag, old_from, old_to, new_from, new_to in _compared(old, new):
        if tag == "equal":
            rows += [_clause([(line, "")]) for line in new[new_from:new_to]]
            continue
        gone, come = old[old_from:old_to], new[new_from:new_to]
        for position in range(max(len(gone), len(come))):
            was = gone[position] if position < len(gone) else ""
            now = come[position] if position < len(come) else ""
            rows.append(_clause(_pieces(was, now)))
    return rows


def _compared(was: Sequence[str], now: Sequence[str]) -> Iterable[tuple[str, int, int, int, int]]:
    """What came and went, exactly; of something very long roughly, so that nobody waits for it."""
    return difflib.SequenceMatcher(a=was, b=now, autojunk=len(now) > EXACT).get_opcodes()


def _pieces(was: str, now: str) -> list[tuple[str, str]]:
    pieces = []
    for tag, a, b, c, d in _compared(was, now):
        if tag == "equal":
            pieces.append((now[c:d], ""))
            continue
        pieces += [(text, kind) for text, kind in ((was[a:b], "del"), (now[c:d], "ins")) if text]
    return pieces


def _clause(pieces: list[tuple[str, str]]) -> Clause:
    """Split "第五条 甲方…" into its number and its words where the first piece holds both."""
    text, kind = pieces[0] if pieces else ("", "")
    head, gap, rest = text.partition(" ")
    if kind == "" and gap and head.startswith("第") and head.endswith("条"):
        return Clause(head, [(rest, kind), *pieces[1:]])
    return Clause("", pieces)


def wires(parties: list[AgreementParty]) -> dict[str, Any]:
    """Lines from the venue to each school for the drawing: solid where signed, dashed where open."""
    schools = parties[1:]
    height = max(len(schools), 1) * WIRE
    lines = [
        {"y": position * WIRE + WIRE // 2, "middle": height // 2, "signed": party.signed_at is not None}
        for position, party in enumerate(schools)
    ]
    return {"height": height, "middle": height // 2, "lines": lines}


WIRE = 88  # height of one school in the drawing
