"""What the page of an ending shows: everything touched with what may become of it, and what all choices come to."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from activities.models import Assignment, Booking, Session
from activities.options import (
    Act,
    Change,
    Option,
    Outcome,
    Plan,
    Row,
    Touched,
    TouchedAssignment,
    TouchedSession,
    What,
)
from activities.resumptions import Resumption
from activities.touched import Preview
from partnerships.models import Agreement, Commitment
from people.actors import SYSTEM, Actor
from portal.lib import wording

# What a cancellation means for both sides, said before it is chosen.
CANCELS = {
    "cancel_by_venue": gettext_lazy("Cancel: it counts as the venue's cancellation"),
    "cancel": gettext_lazy("Cancel: free, no mark"),
    "cancel_late": gettext_lazy("Cancel: it counts as a late cancellation"),
    "withdraw": pgettext_lazy("ending", "Withdraw the request"),
    "cancel_no_fault": pgettext_lazy("ending", "Cancel, nobody at fault"),
}


@dataclass(frozen=True)
class Choice:
    """One radio button: what is sent back, what it says, and a second line."""

    key: str
    label: str
    note: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """One commitment before and after."""

    commitment: Commitment
    reserved: int
    released: int

    @property
    def is_touched(self) -> bool:
        return self.reserved != self.commitment.reserved or self.released != 0


@dataclass(frozen=True)
class Shown:
    """One touched row as the page shows it; `may_choose` where the reader is whom it is for."""

    row: Row
    choices: list[Choice]
    may_choose: bool

    @property
    def said(self) -> str:
        """What becomes of it, where nothing is chosen."""
        return next(choice.label for choice in self.choices if choice.is_chosen)


def bookings(preview: Preview, plan: Plan, reader: Actor) -> list[Shown]:
    """The bookings that this reader sees: a school its own, never those of the other schools of the agreement."""
    seen = _seen_bookings(preview, reader)
    return [_shown(row, preview, plan) for row in preview.rows if row.pk in seen]


def _seen_bookings(preview: Preview, reader: Actor) -> set[int]:
    return _seen(Booking, reader, [row.pk for row in preview.rows])


def sessions(preview: Preview, plan: Plan, reader: Actor) -> list[Shown]:
    """Those that it gives, that are closed for it, or to which a booking goes that it sees: no other is told of here.

    A reader chooses for those that it gives or that are closed for it."""
    own = _seen_bookings(preview, reader)
    booked = {row.booking.session_id for row in preview.rows if row.pk in own}
    rows = [
        row
        for row in preview.sessions_of(plan)
        if row.pk in booked or row.session.school_id or row.session.provider_id == reader.organisation_id
    ]
    seen = _seen(Session, reader, [row.pk for row in rows])
    return [
        _shown(row, preview, plan, {row.session.provider_id, row.session.school_id}, reader)
        for row in rows
        if row.pk in seen
    ]


def assignments(preview: Preview, plan: Plan, reader: Actor) -> list[Shown]:
    """Of those it sees, a reader chooses for whom it has invited itself."""
    rows = preview.assignments_of(plan)
    seen = _seen(Assignment, reader, [row.pk for row in rows])
    return [_shown(row, preview, plan, {row.assignment.host_id}, reader) for row in rows if row.pk in seen]


def _seen(model: type[Booking | Session | Assignment], reader: Actor, keys: list[int]) -> set[int]:
    return set(model.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _shown(
    row: Row, preview: Preview, plan: Plan, deciders: set[int | None] | None = None, reader: Actor = SYSTEM
) -> Shown:
    mine = deciders is None or reader.organisation_id in deciders
    chosen = plan[row.name]
    choices = [
        Choice(row.key_of(one), label_of(row, one, preview), _note(row, one), one == chosen) for one in row.options
    ]
    return Shown(row, choices, row.is_open and mine)


def label_of(row: Row, option: Option, preview: Preview) -> str:
    if isinstance(row, TouchedSession):
        return _of_session(row, option)
    if isinstance(row, TouchedAssignment):
        return _of_assignment(option)
    if option.what == What.CANCEL:
        return str(CANCELS[option.move])
    if option.what == What.MOVE:
        return _("Move to %(when)s") % {"when": _when(option)}
    if option.agreement is None:
        return _("Keep, without an agreement")
    if option.agreement.pk == preview.agreement.pk:
        return _("Keep, under this agreement")
    return _("Keep, under %(agreement)s") % {"agreement": option.agreement}


def _of_session(row: TouchedSession, option: Option) -> str:
    if option.what == What.CANCEL:
        return _("Cancel the session")
    if option.what == What.MOVE:
        return _("Postpone it: out of the catalogue until it has a new time")
    if row.groups:
        return _("It takes place: groups still come")
    return _("Keep it, without a group") if row.session.school_id else _("Keep it, for other groups")


def _of_assignment(option: Option) -> str:
    if option.what == What.CANCEL:
        return _("The counselor is free again")
    if option.move == "go_along":
        return _("Ask the counselor for %(when)s instead") % {"when": _when(option)}
    if option.move == "ask_again":
        return _("The counselor is asked again with the new time")
    return _("Nothing changes for the counselor")


def _when(option: Option) -> str:
    return wording.when(option.session.starts_at, option.session.ends_at)


def _note(row: Row, option: Option) -> str:
    """A second line: another programme than booked, and who answers anew."""
    if option.what != What.MOVE or not isinstance(row, Touched):
        return ""
    other = option.session.programme_id != row.booking.session.programme_id
    said = [option.session.programme.name] if other else []
    if option.state == Booking.State.REQUESTED:
        said.append(_("the venue confirms by hand"))
    return wording.listed(said)


def returning(found: Resumption, plan: Plan, reader: Actor) -> list[Shown]:
    """What may rest on the agreement again when it is resumed, of the bookings that this reader sees."""
    seen = _seen(Booking, reader, [row.pk for row in found.rows])
    return [
        Shown(
            row,
            [Choice(row.key_of(one), _return(one, found), "", one == plan[row.name]) for one in row.options],
            row.is_open,
        )
        for row in found.rows
        if row.pk in seen
    ]


def seen_of(rows: Sequence[Booking], reader: Actor) -> list[Booking]:
    """Those of the bookings that this reader sees."""
    seen = _seen(Booking, reader, [booking.pk for booking in rows])
    return [booking for booking in rows if booking.pk in seen]


def _return(option: Option, found: Resumption) -> str:
    if found.returns(option):
        return _("Rests on this agreement again")
    if option.agreement is None:
        return _("Stays without an agreement")
    return _("Stays under %(agreement)s") % {"agreement": option.agreement}


def sums(preview: Preview, plan: Plan, reader: Actor) -> dict[str, Any]:
    """What the choices come to for what this reader sees: how many are kept, moved, cancelled, and the promises."""
    outcome = preview.outcome(plan)
    shown = {
        "bookings": bookings(preview, plan, reader),
        "sessions": sessions(preview, plan, reader),
        "assignments": assignments(preview, plan, reader),
    }
    mine = {one.row.pk for one in shown["bookings"]}
    pacts = {one.agreement_id for one in preview.commitments}
    read = set(Agreement.objects.visible_to(reader).filter(pk__in=pacts).values_list("pk", flat=True))
    counted = Counter(str(plan[one.row.name].what) for one in shown["bookings"])
    return {
        "keep": counted[What.KEEP],
        "move": counted[What.MOVE],
        "cancel": counted[What.CANCEL],
        "lines": [
            line for line in _lines(preview, outcome) if line.is_touched and line.commitment.agreement_id in read
        ],
        **shown,
        "pupils": sum(row.booking.pupils for row in preview.rows if row.pk in mine),
        "digest": digest(preview.change, preview.keys_of(plan)),
    }


def _lines(preview: Preview, outcome: Outcome) -> list[Line]:
    return [
        Line(one, one.reserved + outcome.reserved.get(one.pk, 0), outcome.released.get(one.pk, 0))
        for one in preview.commitments
    ]


def digest(change: Change, keys: Mapping[str, str]) -> str:
    """Of what is shown, or sent: a press counts only for the choices that its page has summed up."""
    said = [change.act, change.on.isoformat(), change.school_id, sorted(keys.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def sent(posted: Mapping[str, str]) -> dict[str, str]:
    """The keys that a form has sent, by the names of their rows."""
    kinds = tuple(f"{kind.kind}_" for kind in (Touched, TouchedSession, TouchedAssignment))
    return {name: key for name, key in posted.items() if name.startswith(kinds)}


TITLES = {
    Act.SUSPEND: (
        gettext_lazy("Suspend the agreement"),
        gettext_lazy(
            "From today no new booking rests on it. It can be resumed; what is moved or cancelled now does not come "
            "back by itself."
        ),
        gettext_lazy("Suspended."),
    ),
    Act.TERMINATE: (
        gettext_lazy("Terminate the agreement"),
        gettext_lazy("It ends after its last day and can't be resumed. No booking rests on it afterwards."),
        gettext_lazy("Terminated."),
    ),
    Act.LEAVE: (
        gettext_lazy("Leave the agreement"),
        gettext_lazy("It goes on for the other schools. Your school can't come back to it."),
        gettext_lazy("Your school has left the agreement."),
    ),
}
