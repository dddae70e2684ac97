"""How an outing tells its life: the steps of its stepper."""

from typing import Any

from django.utils.translation import gettext as _

from activities.models import Outing
from people.actors import Actor
from people.roles import Role
from portal.lib import clock, wording

State = Outing.State


def of(outing: Outing, actor: Actor) -> list[dict[str, Any]]:
    """Booked, papers, approved, filed where a bureau does, the day, the return: done, current, or the reader's turn."""
    is_over = outing.ends_at <= clock.now()  # type: ignore[attr-defined]
    prepares = outing.state in (State.PREPARING, State.RETURNED)
    papers = _step(_("Papers"), outing.submitted_at, prepares, actor.is_school, done=not prepares)
    approval = _step(
        _("School's approval"),
        outing.approved_at,
        outing.state == State.SUBMITTED,
        actor.role == Role.SCHOOL_LEAD,
        done=outing.approved_at is not None,
    )
    steps = [{"label": _("Booked"), "note": wording.day(outing.made_at), "state": "done"}, papers, approval]
    if outing.bureau != Outing.Bureau.NONE:
        filed = outing.filed_at is not None
        waits = outing.state == State.APPROVED
        steps.append(_step(_("Filing"), outing.filed_at, waits, actor.is_bureau, done=filed))
    steps.append({"label": _("Outing"), "note": wording.day(outing.day), "state": "done" if is_over else "open"})
    reported = outing.reported_at is not None
    steps.append(_step(_("Return report"), outing.reported_at, is_over, actor.is_school, done=reported))
    return steps


def _step(label: str, moment: Any, waits: bool, is_mine: bool, *, done: bool) -> dict[str, Any]:
    if done:
        return {"label": label, "note": wording.day(moment) if moment else "", "state": "done"}
    return {"label": label, "note": "", "state": ("turn" if is_mine else "current") if waits else "open"}
