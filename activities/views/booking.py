"""The school's bookings, one booking, and every move that the page offers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from activities import alternatives, bookings, confirmations, feedback, labels, lateness, rescheduling
from activities.forms.words import WordsForm
from activities.models import Booking, WaitlistEntry
from people.access import may
from people.actors import Actor
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock, wording
from portal.lib.answering import refusals_told
from portal.lib.pages import keyset

VIEWS = (
    ("coming", gettext_lazy("Coming")),
    ("waiting", gettext_lazy("Waiting for the venue")),
    ("past", gettext_lazy("Past")),
    ("ended", gettext_lazy("Did not take place")),
)


@allow(Permission.BOOKING_SEE)
def booking_list(request: HttpRequest) -> HttpResponse:
    """我的预约: coming first; the tabs hold what waits, what is past, and what came to an end."""
    tab = request.GET.get("view") if request.GET.get("view") in dict(VIEWS) else "coming"
    rows = of_tab(Booking.objects.visible_to(request.actor), tab)
    for word in request.GET.get("words", "")[:60].split():
        rows = rows.filter(
            Q(session__programme__name_zh__icontains=word)
            | Q(session__programme__name_en__icontains=word)
            | Q(school__organisation__name_zh__icontains=word)
            | Q(session__provider__name_zh__icontains=word)
        )
    order = ("session__starts_at", "pk") if tab in ("coming", "waiting") else ("-session__starts_at", "-pk")
    page = keyset(rows.with_names(), request.GET, order=order)
    return render(
        request,
        "activities/booking_list.html",
        {
            "page": page,
            "in_line": _in_line(request.actor) if tab in ("coming", "waiting") else [],
            "tab": tab,
            "tabs": VIEWS,
            "filter": WordsForm(request.GET),
            "is_school": request.actor.is_school,
            "may_book": may(request.actor, Permission.BOOKING_REQUEST),
            "may_receive": may(request.actor, Permission.BOOKING_RECEIVE),
        },
    )


def _in_line(actor: Any) -> list[WaitlistEntry]:
    """Groups on waiting lists, offers first: they stand above the bookings of the first two tabs."""
    rows = list(WaitlistEntry.objects.visible_to(actor).live().with_names()[:50])
    return sorted(rows, key=lambda entry: (entry.offer is None, entry.session.starts_at))


def of_tab(rows: Any, tab: str) -> Any:
    now = clock.now()
    if tab == "waiting":
        return rows.awaiting_confirmation()
    if tab == "past":
        return rows.alive().filter(session__ends_at__lte=now)
    if tab == "ended":
        return rows.filter(state__in=Booking.DEAD)
    return rows.upcoming() | rows.awaiting_date()


@allow(Permission.BOOKING_SEE)
def booking_page(request: HttpRequest, pk: int) -> HttpResponse:
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    moves = abilities(booking, request.actor)
    session = booking.session
    return render(
        request,
        "activities/booking_page.html",
        {
            "booking": booking,
            "session": session,
            "changed": booking.changes.standing().unsettled().with_names().order_by("pk").last(),
            "steps": labels.steps(booking, request.actor),
            "moves": moves,
            "can_reschedule": "reschedule" in moves and not (booking.is_alive and session.has_begun),
            "can_change": "reschedule" in moves and booking.is_alive and clock.today() < session.day,
            "awaits_count": "reschedule" in moves
            and booking.state == Booking.State.CONFIRMED
            and booking.count_due_at
            and not (booking.counted_at or session.has_begun),
            "can_cancel": "cancel" in moves and not session.has_begun,
            "can_receive": may(request.actor, Permission.BOOKING_RECEIVE, booking)
            and booking.state in (Booking.State.CONFIRMED, Booking.State.ATTENDED)
            and booking.arrived_at is None
            and session.day <= clock.today(),
            "can_miss": "miss" in moves and session.has_begun and not (booking.arrived_at or booking.called_at),
            "can_call": "complete" in moves and session.day <= clock.today(),
            "is_late": bookings.is_late(booking),
            "free_until": bookings.free_until(booking),
            "left_after": session.left,
            "pays": session.paid_price * booking.pupils,
            "saves": session.saved_per_pupil * booking.pupils,
            "sheet": confirmations.sheet_of(booking),
            "uses": booking.uses.select_related("commitment"),
            **_instead(booking, request.actor),
            "may_be_late": lateness.may_announce(booking, request.actor),
            "late_choices": lateness.CHOICES,
            "no_show": booking.no_shows.order_by("-pk").first() if booking.state == Booking.State.NO_SHOW else None,
            "said": list(booking.feedback.order_by("side")),
            "may_say": feedback.is_open(booking) and bool(feedback.side_of(booking, request.actor)),
        },
    )


def _instead(booking: Booking, actor: Actor) -> dict[str, Any]:
    """The dates that the venue named when it declined, and the booking that was made of one."""
    if booking.state != Booking.State.DECLINED:
        return {"named": [], "instead": None, "may_take": False}
    rows = booking.alternatives.select_related("session__programme", "session__provider", "session__hall")
    instead = alternatives.taken(booking)
    open_ones = [row.session for row in rows if row.session.state == "open" and not row.session.has_begun]
    may_take = may(actor, Permission.BOOKING_REQUEST, booking.school)
    return {"named": open_ones, "instead": instead, "may_take": may_take and instead is None}


def _move(name: str, permission: Permission, act: Callable[[Booking, HttpRequest], None], done: Any) -> Any:
    """A view that takes one move and says that it has happened; a refusal stands on the booking's page."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
        with refusals_told(request):
            act(booking, request)
            messages.success(request, done % {"who": booking.who, "pupils": wording.heads(booking.pupils)})
        if request.POST.get("next") == "doors":
            return redirect("activities:door-list")
        return redirect("activities:booking-page", pk)

    view.__name__ = f"booking_{name}"
    return allow(permission)(view)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]


def _heads(request: HttpRequest) -> int:
    given = request.POST.get("heads", "")
    return int(given) if given.isdecimal() and len(given) < 5 else 0


booking_confirm = _move(
    "confirm",
    Permission.BOOKING_CONFIRM,
    lambda booking, request: bookings.confirm(booking, by=request.actor),
    gettext_lazy("Confirmed: %(who)s, %(pupils)s."),
)
booking_withdraw = _move(
    "withdraw",
    Permission.BOOKING_REQUEST,
    lambda booking, request: bookings.withdraw(booking, by=request.actor, reason=_reason(request)),
    gettext_lazy("Withdrawn: %(who)s, %(pupils)s."),
)
booking_cancel = _move(
    "cancel",
    Permission.BOOKING_REQUEST,
    lambda booking, request: bookings.cancel(booking, by=request.actor, reason=_reason(request)),
    gettext_lazy("Cancelled: %(who)s. The places are free again."),
)
booking_give_up = _move(
    "give_up",
    Permission.BOOKING_REQUEST,
    lambda booking, request: rescheduling.give_up(booking, by=request.actor),
    gettext_lazy("Ended without a mark: %(who)s."),
)
booking_cancel_by_venue = _move(
    "cancel_by_venue",
    Permission.BOOKING_CONFIRM,
    lambda booking, request: bookings.cancel_by_venue(booking, by=request.actor, reason=_reason(request)),
    gettext_lazy("Cancelled: %(who)s. The school reads your reason."),
)
booking_cancel_no_fault = _move(
    "cancel_no_fault",
    Permission.BOOKING_CANCEL_NO_FAULT,
    lambda booking, request: bookings.cancel_no_fault(booking, by=request.actor, reason=_reason(request)),
    gettext_lazy("Cancelled without a mark: %(who)s."),
)
booking_receive = _move(
    "receive",
    Permission.BOOKING_RECEIVE,
    lambda booking, request: bookings.receive(booking, by=request.actor, heads=_heads(request)),
    gettext_lazy("Received: %(who)s."),
)
booking_miss = _move(
    "miss",
    Permission.BOOKING_RECEIVE,
    lambda booking, request: bookings.miss(booking, by=request.actor),
    gettext_lazy("Recorded as a no-show: %(who)s."),
)
