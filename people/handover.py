"""Hand-over 工作交接: what is open moves to a successor in one step. Each app declares its own in its handover.py."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people import audit, notices
from people.actors import Actor
from people.giving import may_end
from people.models import Membership
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused


@dataclass(frozen=True)
class OpenWork:
    """One kind of open work of a hat. `move` runs in the verb's transaction and returns how many it moved."""

    code: str
    label: str | Promise
    count: Callable[[Membership], int]
    move: Callable[[Membership, Membership, Actor], int]


KINDS: dict[str, OpenWork] = {}


def declare(
    code: str,
    label: str | Promise,
    *,
    count: Callable[[Membership], int],
    move: Callable[[Membership, Membership, Actor], int],
) -> None:
    """Add a kind of open work: `count(hat)` says how much hangs on a hat, `move(hat, successor, by)` moves it."""
    KINDS[code] = OpenWork(code, label, count, move)


def open_work(hat: Membership) -> dict[str, int]:
    """How much of each kind hangs on this hat."""
    return {code: kind.count(hat) for code, kind in KINDS.items()}


def successors(hat: Membership) -> list[Membership]:
    """Who can take over: the other people of the organisation, those in the same role first."""
    others = Membership.objects.active().filter(organisation_id=hat.organisation_id).exclude(user_id=hat.user_id)
    return sorted(others.select_related("user"), key=lambda other: (other.role != hat.role, other.role, other.pk))


@verb
def hand_over(hat: Membership, *, to: Membership, by: Actor) -> dict[str, int]:
    """Move everything open from a hat to a colleague's; returns how many of each kind moved.

    One's own work, or that of somebody whose membership one may end. Raises Refused("handover_elsewhere").
    """
    if not may_end(by, hat):
        raise PermissionDenied("membership.hand_over")
    if to.organisation_id != hat.organisation_id or to.user_id == hat.user_id or not to.is_active:
        raise Refused("handover_elsewhere", _("Work is handed over to a colleague of the same organisation."))
    moved = {code: kind.move(hat, to, by) for code, kind in KINDS.items()}
    audit.record("membership.hand_over", hat, by=by, to=to.pk, moved=moved)
    facts = {"from": hat.user.full_name, "count": sum(moved.values())}
    slot = clock.now().isoformat(timespec="seconds")
    subject = f"membership:{hat.pk}:{to.pk}"
    notices.send("work.handed_over", to=[to.user], subject=subject, due_slot=slot, path="/", facts=facts)
    return moved
