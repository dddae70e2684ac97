"""What the page of an ending shows: each booking with what may become of it, and what all choices come to."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from activities.models import Assignment, Booking
from activities.touched import Act, Change, Option, Outcome, Preview, Touched, What
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


def rows(preview: Preview, options: Mapping[int, Option]) -> list[dict[str, Any]]:
    return [
        {"booking": row.booking, "choices": _choices(row, preview, options[row.booking.pk])} for row in preview.rows
    ]


def _choices(row: Touched, preview: Preview, chosen: Option) -> list[Choice]:
    return [
        Choice(row.key_of(one), label_of(one, preview), _note(one, row.booking), one == chosen) for one in row.options
    ]


def label_of(option: Option, preview: Preview) -> str:
    if option.what == What.CANCEL:
        return str(CANCELS[option.move])
    if option.what == What.MOVE:
        return _("Move to %(when)s") % {"when": wording.when(option.session.starts_at, option.session.ends_at)}
    if option.agreement is None:
        return _("Keep, without an agreement")
    if option.agreement.pk == preview.agreement.pk:
        return _("Keep, under this agreement")
    return _("Keep, under %(agreement)s") % {"agreement": option.agreement}


def _note(option: Option, booking: Booking) -> str:
    if option.what != What.MOVE:
        return ""
    said = [option.session.programme.name] if option.session.programme_id != booking.session.programme_id else []
    if option.state == Booking.State.REQUESTED:
        said.append(_("the venue confirms by hand"))
    return wording.listed(said)


def sums(
    preview: Preview, options: Mapping[int, Option], *, of: Collection[int] | None = None, reader: Actor = SYSTEM
) -> dict[str, Any]:
    """Everything that the choices come to: how many are kept, moved, cancelled, and the promises before and after.

    For a `reader` who sees only some of the bookings (`of`), the others, their counselors and their other agreements
    are not told."""
    outcome = preview.outcome(options)
    counted = Counter(str(option.what) for pk, option in options.items() if of is None or pk in of)
    pacts = {one.agreement_id for one in preview.commitments}
    read = set(Agreement.objects.visible_to(reader).filter(pk__in=pacts).values_list("pk", flat=True))
    coming = [one.pk for one in preview.assignments]
    told = set(Assignment.objects.visible_to(reader).filter(pk__in=coming).values_list("pk", flat=True))
    return {
        "keep": counted[What.KEEP],
        "move": counted[What.MOVE],
        "cancel": counted[What.CANCEL],
        "lines": [
            line for line in _lines(preview, outcome) if line.is_touched and line.commitment.agreement_id in read
        ],
        "assignments": [
            {"assignment": one, "is_freed": outcome.assignments[one.pk] == Assignment.State.CANCELLED}
            for one in preview.assignments
            if one.pk in told
        ],
        "digest": digest(preview.change, keys_of(preview, options)),
    }


def _lines(preview: Preview, outcome: Outcome) -> list[Line]:
    return [
        Line(one, one.reserved + outcome.reserved.get(one.pk, 0), outcome.released.get(one.pk, 0))
        for one in preview.commitments
    ]


def digest(change: Change, keys: Mapping[int, str]) -> str:
    """Of what is shown, or sent: a press counts only for the choices that its page has summed up."""
    said = [change.act, change.on.isoformat(), change.school_id, sorted(keys.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def keys_of(preview: Preview, options: Mapping[int, Option]) -> dict[int, str]:
    return {row.booking.pk: row.key_of(options[row.booking.pk]) for row in preview.rows}


TITLES = {
    Act.SUSPEND: (
        gettext_lazy("Suspend the agreement"),
        gettext_lazy("From today no new booking rests on it. It can be resumed."),
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
