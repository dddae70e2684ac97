"""Calling a roll, on a phone or without JavaScript; its result; its correction."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from activities import lateness, roll_days, roll_page, roll_typed, rollcall
from activities.models import Booking
from people.actors import Link
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock, wording
from portal.lib.errors import Refused

BOOKINGS = Booking.objects.with_names().select_related("called_by__user")


@allow(Permission.ROLL_CALL)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """The roll to be called; once sent, its result."""
    return answer(request, _mine(request, pk))


def answer(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The roll of a booking that this actor may call: shown, saved or sent."""
    pk = booking.pk
    typed = roll_typed.read(request) if request.method == "POST" else None
    if booking.called_at and (typed is None or typed.step not in ("save", "send")):
        return redirect("activities:roll-result", pk)
    if typed is None and booking.state != Booking.State.CONFIRMED:
        messages.info(request, rollcall.NO_ROLL % {"state": booking.get_state_display()})
        return redirect("activities:booking-page", pk)
    try:
        if typed and typed.step == "save":
            rollcall.mark(booking, marks=typed.marks, by=request.actor, marked_at=typed.marked_at)
            return _done(request, _("Saved. The roll is still open."), "activities:roll-call", pk)
        if typed and typed.step == "send":
            return _send(request, booking, typed)
    except Refused as refused:
        return _refused(request, booking, typed, refused)
    if typed and typed.step == "all":
        typed = typed.with_rest_present(booking)
    return _page(request, booking, typed, is_correction=False)


def _send(request: HttpRequest, booking: Booking, typed: roll_typed.Typed) -> HttpResponse:
    rollcall.complete(
        booking,
        marks=typed.marks,
        heads=typed.heads,
        by=request.actor,
        marked_at=typed.marked_at,
        request_key=typed.request_key,
    )
    n = booking.roll.count() + (booking.attended or 0)
    said = ngettext("Sent at %(time)s, %(n)s pupil.", "Sent at %(time)s, %(n)s pupils.", n)
    return _done(
        request, said % {"time": wording.clock(booking.called_at), "n": n}, "activities:roll-result", booking.pk
    )


@allow(Permission.ROLL_CALL)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A sent roll once more, with the reason of the correction."""
    booking = _mine(request, pk)
    if not booking.called_at:
        return redirect("activities:roll-call", pk)
    typed = roll_typed.read(request) if request.method == "POST" else None
    if typed and typed.step == "send":
        try:
            n = rollcall.correct(
                booking,
                marks=typed.marks,
                heads=typed.heads,
                why=typed.why,
                by=request.actor,
                marked_at=typed.marked_at,
            )
        except Refused as refused:
            return _refused(request, booking, typed, refused, is_correction=True)
        said = _("The roll is corrected. Credits follow by themselves.") if n else _("Nothing was changed.")
        return _done(request, said, "activities:roll-result", pk)
    return _page(request, booking, typed, is_correction=True)


@allow(Permission.BOOKING_SEE)
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """The roll as it was sent: counts for everybody who sees the booking, names only where the table allows."""
    booking = seen(BOOKINGS, request.actor, pk=pk)
    roll = roll_page.read(booking, request.actor)
    changes = roll_page.changes(booking, roll)
    return render(
        request,
        "activities/roll_result.html",
        {
            "booking": booking,
            "roll": roll,
            "changes": changes,
            "may_correct": bool(booking.called_at) and roll_days.is_open_to(booking, request.actor),
            "may_call": not booking.called_at and roll_days.is_open_to(booking, request.actor),
            "shows_rows": not request.actor.is_venue or roll.by_name,
        },
    )


def _mine(request: HttpRequest, pk: int) -> Booking:
    booking = seen(BOOKINGS, request.actor, pk=pk)
    if not roll_days.is_open_to(booking, request.actor):
        raise PermissionDenied("outside the roll's window")
    return booking


def _page(
    request: HttpRequest,
    booking: Booking,
    typed: roll_typed.Typed | None,
    *,
    is_correction: bool,
    error: str = "",
) -> HttpResponse:
    roll = roll_page.read(
        booking,
        request.actor,
        marks=typed.marks if typed else None,
        heads=typed.heads if typed else None,
        key=str(typed.request_key or "") if typed else "",
    )
    asked = bool(typed) and typed.step == "check"
    if asked and roll.open:
        asked, error = False, str(Refused("roll.open", rollcall.OPEN, left=roll.open))
    context: dict[str, Any] = {
        "booking": booking,
        "roll": roll,
        "error": error,
        "summary": roll.summary if asked else "",
        "is_correction": is_correction,
        "is_by_link": isinstance(request.actor, Link),
        "why": typed.why if typed else "",
        "is_early": clock.today() < booking.session.day,
        "late": _late(booking, request),
        "may_be_late": not isinstance(request.actor, Link) and lateness.may_announce(booking, request.actor),
        "late_choices": lateness.CHOICES,
    }
    return render(request, "activities/roll_page.html", context, status=409 if error else 200)


def _late(booking: Booking, request: HttpRequest) -> str:
    """Why this hat can't send the roll any more without somebody else's word; empty where it can."""
    if booking.called_at or not roll_days.needs_word(booking, request.actor):
        return ""
    return str(rollcall.LATE_AT_SCHOOL if roll_days.is_own(booking) else rollcall.LATE)


def _done(request: HttpRequest, sentence: str, name: str, pk: int) -> HttpResponse:
    """On to the next page; a substitute has only the one."""
    messages.success(request, sentence)
    there = request.path if isinstance(request.actor, Link) else reverse(name, args=[pk])
    if _wants_json(request):
        return JsonResponse({"sentence": sentence, "next": there})
    return redirect(there)


def _refused(
    request: HttpRequest,
    booking: Booking,
    typed: roll_typed.Typed,
    refused: Refused,
    *,
    is_correction: bool = False,
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"code": refused.code, "sentence": str(refused)}, status=409)
    return _page(request, booking, typed, is_correction=is_correction, error=str(refused))


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
