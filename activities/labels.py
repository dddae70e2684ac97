"""How a booking tells its life: the steps of its stepper."""

from typing import Any

from django.utils.translation import gettext as _

from activities.models import Booking
from people.actors import Actor
from portal.lib import wording

State = Booking.State


def steps(booking: Booking, actor: Actor) -> list[dict[str, Any]]:
    """Asked, confirmed, visit, roll: done, current (ochre when it is the reader's turn) or open."""
    asked = {"label": _("Requested"), "note": wording.day(booking.requested_at), "state": "done"}
    if booking.state == State.POSTPONED:
        return [asked, {"label": _("New date"), "note": "", "state": "turn" if actor.is_school else "current"}]
    if not booking.is_alive:
        assert booking.ended_at
        return [asked, {"label": booking.get_state_display(), "note": wording.day(booking.ended_at), "state": "done"}]
    waits = booking.state == State.REQUESTED
    answer = {
        "label": _("Waiting for the venue") if waits else _("Confirmed"),
        "note": wording.day(booking.confirmed_at) if booking.confirmed_at else "",
        "state": ("turn" if actor.is_venue else "current") if waits else "done",
    }
    visit: dict[str, Any] = {"label": _("Visit"), "note": wording.day(booking.session.starts_at), "state": "open"}
    roll: dict[str, Any] = {"label": _("Roll call"), "note": "", "state": "open"}
    if booking.state == State.NO_SHOW:
        visit |= {"label": booking.get_state_display(), "state": "done"}
        return [asked, answer, visit]
    if booking.state == State.ATTENDED:
        visit["state"] = roll["state"] = "done"
        roll["note"] = wording.day(booking.called_at) if booking.called_at else ""
    elif booking.state == State.CONFIRMED:
        began = booking.session.has_begun
        visit["state"] = "done" if began else "current"
        roll["state"] = ("turn" if actor.is_school else "current") if began else "open"
    return [asked, answer, visit, roll]
