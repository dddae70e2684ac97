"""States of a booking, and the moves between them."""

from django.db import models
from django.utils.translation import pgettext_lazy

from people.roles import Permission
from people.workflow import Move


class State(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("booking", "Waiting for the venue")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    DECLINED = "declined", pgettext_lazy("booking", "Declined by the venue")
    WITHDRAWN = "withdrawn", pgettext_lazy("booking", "Withdrawn")
    ATTENDED = "attended", pgettext_lazy("booking", "Attended")
    NO_SHOW = "no_show", pgettext_lazy("booking", "No-show")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    CANCELLED_LATE = "cancelled_late", pgettext_lazy("booking", "Cancelled late")
    CANCELLED_BY_VENUE = (
        "cancelled_by_venue",
        pgettext_lazy("booking", "Cancelled by the venue"),
    )
    CANCELLED_NO_FAULT = (
        "cancelled_no_fault",
        pgettext_lazy("booking", "Cancelled, nobody at fault"),
    )
    POSTPONED = "postponed", pgettext_lazy("booking", "Postponed, waiting for a new date")


DEAD = (
    State.DECLINED,
    State.WITHDRAWN,
    State.CANCELLED,
    State.CANCELLED_LATE,
    State.CANCELLED_BY_VENUE,
    State.CANCELLED_NO_FAULT,
)
ALIVE = (State.REQUESTED, State.CONFIRMED, State.ATTENDED, State.NO_SHOW)
# Neither dead nor alive: a group without a date keeps roll and papers, and holds no place and nobody's time.
WITHOUT_PLACES = (*DEAD, State.POSTPONED)

# Badge: tone (turn: someone must act, teal: settled, solid: done, red: went wrong) and how full its dot is.
TONES = {
    State.REQUESTED: ("turn", "half"),
    State.CONFIRMED: ("teal", "full"),
    State.POSTPONED: ("turn", "hollow"),
    State.ATTENDED: ("solid", "full"),
    State.DECLINED: ("grey", "none"),
    State.WITHDRAWN: ("grey", "none"),
    State.CANCELLED: ("grey", "none"),
    State.CANCELLED_NO_FAULT: ("grey", "none"),
    State.NO_SHOW: ("red", "none"),
    State.CANCELLED_LATE: ("red", "none"),
    State.CANCELLED_BY_VENUE: ("red", "none"),
}

MOVES = {
    "confirm": Move(
        "confirm",
        (State.REQUESTED,),
        State.CONFIRMED,
        Permission.BOOKING_CONFIRM,
        pgettext_lazy("move", "Confirm booking"),
    ),
    "decline": Move(
        "decline",
        (State.REQUESTED,),
        State.DECLINED,
        Permission.BOOKING_CONFIRM,
        pgettext_lazy("move", "Decline booking"),
    ),
    "withdraw": Move(
        "withdraw",
        (State.REQUESTED,),
        State.WITHDRAWN,
        Permission.BOOKING_REQUEST,
        pgettext_lazy("move", "Withdraw booking"),
    ),
    "reschedule": Move(
        "reschedule",
        (State.REQUESTED, State.CONFIRMED, State.POSTPONED),
        State.CONFIRMED,
        Permission.BOOKING_REQUEST,
        pgettext_lazy("move", "Reschedule"),
    ),
    "ask_again": Move(  # another date of a venue that confirms by hand
        "ask_again",
        (State.REQUESTED, State.CONFIRMED, State.POSTPONED),
        State.REQUESTED,
        Permission.BOOKING_REQUEST,
        alone=False,
    ),
    "cancel": Move(
        "cancel",
        (State.CONFIRMED,),
        State.CANCELLED,
        Permission.BOOKING_REQUEST,
        pgettext_lazy("move", "Cancel booking"),
    ),
    "cancel_late": Move(
        "cancel_late",
        (State.CONFIRMED,),
        State.CANCELLED_LATE,
        Permission.BOOKING_REQUEST,
        pgettext_lazy("move", "Cancel booking late"),
    ),
    "cancel_by_venue": Move(
        "cancel_by_venue",
        (State.REQUESTED, State.CONFIRMED),
        State.CANCELLED_BY_VENUE,
        Permission.BOOKING_CONFIRM,
        pgettext_lazy("move", "Cancel as the venue"),
    ),
    "cancel_no_fault": Move(
        "cancel_no_fault",
        (State.REQUESTED, State.CONFIRMED),
        State.CANCELLED_NO_FAULT,
        Permission.BOOKING_CANCEL_NO_FAULT,
        pgettext_lazy("move", "Cancel, nobody at fault"),
    ),
    "lose": Move(  # no final head count in time (activities/head_counts.py)
        "lose", (State.CONFIRMED,), State.CANCELLED, Permission.WAITLIST_RUN, alone=False
    ),
    "call_off": Move(  # its day was called off (activities/days_off.py)
        "call_off",
        (State.REQUESTED, State.CONFIRMED),
        State.CANCELLED_NO_FAULT,
        Permission.DAY_OFF_DECLARE,
        alone=False,
    ),
    "put_off": Move(  # its day was called off, and it waits for a new one
        "put_off",
        (State.REQUESTED, State.CONFIRMED),
        State.POSTPONED,
        Permission.DAY_OFF_DECLARE,
        alone=False,
    ),
    "give_up": Move(
        "give_up",
        (State.POSTPONED,),
        State.CANCELLED_NO_FAULT,
        Permission.BOOKING_REQUEST,
        pgettext_lazy("move", "Do without a new date"),
    ),
    "transfer": Move(  # the host has to say where a group goes for which there is no room any more
        "transfer",
        (State.REQUESTED, State.CONFIRMED),
        State.CONFIRMED,
        Permission.BOOKING_CONFIRM,
        alone=False,
    ),
    "reinstate": Move(  # the record of a no-show was wrong (activities/no_shows.py)
        "reinstate", (State.NO_SHOW,), State.CONFIRMED, Permission.NO_SHOW_SETTLE, alone=False
    ),
    "complete": Move(
        "complete",
        (State.CONFIRMED,),
        State.ATTENDED,
        Permission.ROLL_CALL,
        pgettext_lazy("move", "Complete booking"),
    ),
    "miss": Move(
        "miss",
        (State.CONFIRMED,),
        State.NO_SHOW,
        Permission.BOOKING_RECEIVE,
        pgettext_lazy("move", "Record a no-show"),
    ),
}
