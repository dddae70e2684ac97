"""Changing a session or the coming dates of a series: first what it touches, then the act; and what a school answers."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import changes, sessions
from activities.change_plan import Places, Plan, Wish, plan
from activities.forms.session import SeriesChangeForm, SessionForm
from activities.models import ChangedBooking, Series, Session, SessionChange
from people.access import may, require
from people.actors import Actor
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused

OTHERS = 60  # sessions of the host that are offered to a group which can't stay
GONE = "cancel"


@allow(Permission.SESSION_EDIT)
def session_edit(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Session.objects.select_related("programme", "provider", "place", "hall", "school__organisation")
    session = seen(rows, request.actor, pk=pk)
    require(request.actor, Permission.SESSION_EDIT, session)
    form = SessionForm(request.POST or None, programme=session.programme, initial=_before(session))
    found = None
    if request.method == "POST" and form.is_valid():
        wish = Wish(session, form.details())
        found, places = _read(request, [wish])
        if not found.needs_word or "read" in request.POST:
            try:
                change = sessions.edit(
                    session,
                    by=request.actor,
                    reason=form.cleaned_data["reason"],
                    places=places,
                    agreed=request.POST.getlist("agreed"),
                    **form.details(),
                )
            except Refused as no:
                form.add_error(None, str(no))
                session.refresh_from_db()
                found = plan([Wish(session, form.details())], places)
            else:
                return _done(request, change, "activities:session-page", pk)
    context = {"form": form, "programme": session.programme, "session": session, "reads": found and found.needs_word}
    return render(request, "activities/session_form.html", context | _touched(found, request))


def _before(session: Session) -> dict[str, Any]:
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    kept = ("audience", "capacity", "unit", "held_back", "opens_on", "guide", "channel")
    return {name: getattr(session, name) for name in kept} | {
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "hall": session.hall_id,
    }


@allow(Permission.SESSION_EDIT)
def series_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The ticked coming dates of a series get another time, hall, guide or number of places, all or none."""
    series = seen(Series.objects.select_related("programme", "provider"), request.actor, pk=pk)
    coming = series.sessions.upcoming().exclude(state=Session.State.CANCELLED)
    dates = list(coming.select_related("programme", "provider", "hall").order_by("starts_at", "pk"))
    if not dates:
        raise Http404
    require(request.actor, Permission.SESSION_EDIT, dates[0])
    form = SeriesChangeForm(request.POST or None, provider_id=series.provider_id)
    ticked = set(request.POST.getlist("dates")) if request.method == "POST" else {str(one.pk) for one in dates}
    found = None
    if request.method == "POST" and form.is_valid():
        wishes = [Wish(one, form.values_for(one)) for one in dates if str(one.pk) in ticked]
        wishes = [wish for wish in wishes if wish.values]
        if not wishes:
            form.add_error(None, _("Nothing would change: enter what is new, and tick at least one date."))
        else:
            found, places = _read(request, wishes)
            if "read" in request.POST:
                try:
                    change = changes.make(
                        wishes,
                        by=request.actor,
                        reason=form.cleaned_data["reason"],
                        places=places,
                        series=series,
                        agreed=request.POST.getlist("agreed"),
                    )
                except Refused as no:
                    form.add_error(None, str(no))
                    found = plan(wishes, places)
                else:
                    return _done(request, change, "activities:series-page", pk)
    context = {"form": form, "series": series, "dates": dates, "ticked": ticked, "reads": found is not None}
    return render(request, "activities/series_change.html", context | _touched(found, request))


def _read(request: HttpRequest, wishes: Sequence[Wish]) -> tuple[Plan, Places]:
    """What the change touches, and where its maker sends the groups."""
    fates = {
        int(name.removeprefix("fate_")): value
        for name, value in request.POST.items()
        if name.startswith("fate_") and _is_key(name.removeprefix("fate_")) and (value == GONE or _is_key(value))
    }
    keys = [int(value) for value in fates.values() if value != GONE]
    known = Session.objects.visible_to(request.actor).select_related("programme", "provider").in_bulk(keys)
    places = {
        booking: None if value == GONE else known[int(value)]
        for booking, value in fates.items()
        if value == GONE or int(value) in known
    }
    return plan(wishes, places), places


def _is_key(typed: str) -> bool:
    return typed.isdecimal() and len(typed) < 19


def _touched(found: Plan | None, request: HttpRequest) -> dict[str, Any]:
    """The rows of the preview: each booking, what becomes of it, and where else it could go."""
    if found is None:
        return {"plan": None, "touched": [], "others": [], "agreed": []}
    base = plan(found.wishes)
    by_booking = {touch.booking.pk: touch for touch in base.touches}
    short = set(found.missing)
    rows = [
        {
            "booking": booking,
            "touch": by_booking.get(booking.pk),
            "fate": request.POST.get(f"fate_{booking.pk}", ""),
            "is_asked": booking.session_id in short or (booking.pk in by_booking and by_booking[booking.pk].is_busy),
        }
        for booking in found.bookings
        if booking.pk in by_booking or booking.session_id in short or f"fate_{booking.pk}" in request.POST
    ]
    first = found.wishes[0].session
    others = Session.objects.open().upcoming().filter(provider=first.provider_id, school=first.school_id)
    others = others.exclude(pk__in=[wish.session.pk for wish in found.wishes]).select_related("programme")
    return {
        "plan": found,
        "touched": rows,
        "others": list(others.order_by("starts_at", "pk")[:OTHERS]) if rows else [],
        "agreed": base.key,
    }


def _done(request: HttpRequest, change: SessionChange | None, page: str, pk: int) -> HttpResponse:
    if change is None:
        messages.success(request, _("Saved."))
        return redirect(page, pk)
    count = change.rows.count()
    told = ngettext("Saved. %(n)s booking is told.", "Saved. %(n)s bookings are told.", count)
    messages.success(request, told % {"n": count})
    return redirect("activities:change-page", change.pk)


@allow(Permission.BOOKING_SEE)
def change_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What one change did: a school reads and answers its own rows, the host reads all answers."""
    change = seen(SessionChange.objects.select_related("provider", "series__programme"), request.actor, pk=pk)
    rows = list(change.rows.visible_to(request.actor).with_names())
    open_ones = set(ChangedBooking.objects.awaiting().filter(change=change).values_list("pk", flat=True))
    answers = may(request.actor, Permission.BOOKING_REQUEST)
    return render(
        request,
        "activities/change_page.html",
        {
            "change": change,
            "rows": [_line(row, request.actor, answers=answers, waits=row.pk in open_ones) for row in rows],
            "waiting": len(open_ones & {row.pk for row in rows}),
            "may_answer": answers and any(row.pk in open_ones for row in rows),
        },
    )


def _line(row: ChangedBooking, actor: Actor, *, answers: bool, waits: bool) -> dict[str, Any]:
    own = answers and row.school_id == actor.organisation_id
    return {
        "row": row,
        "may_accept": own and waits,
        "may_leave": own and row.is_free_now and row.booking.is_alive and row.booking.session_id == row.session_id,
    }


@allow(Permission.BOOKING_REQUEST)
@require_POST
def change_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of this change that still waits for the reader's school."""
    change = seen(SessionChange.objects, request.actor, pk=pk)
    waiting = ChangedBooking.objects.awaiting().visible_to(request.actor).filter(change=change).select_related("change")
    with refusals_told(request):
        count = changes.accept_all(list(waiting), by=request.actor)
        messages.success(
            request, ngettext("%(n)s new time accepted.", "%(n)s new times accepted.", count) % {"n": count}
        )
    return redirect("activities:change-page", pk)


@allow(Permission.BOOKING_REQUEST)
@require_POST
def changed_accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, changes.accept, _("New time accepted."))


@allow(Permission.BOOKING_REQUEST)
@require_POST
def changed_leave(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, changes.leave, _("Cancelled without a mark. You can look for another date at once."))


def _answer(request: HttpRequest, pk: int, verb: Any, done: str) -> HttpResponse:
    row = seen(ChangedBooking.objects.select_related("change", "session"), request.actor, pk=pk)
    require(request.actor, Permission.BOOKING_REQUEST, row)
    with refusals_told(request):
        verb(row, by=request.actor)
        messages.success(request, done)
    return redirect("activities:change-page", row.change_id)
