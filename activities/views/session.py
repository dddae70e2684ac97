"""One session: what schools read, and what its provider does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import hosts, sessions
from activities.forms.session import SessionForm
from activities.models import Assignment, Booking, Programme, Session, TrainingPlace
from people.access import may, require
from people.actors import Actor
from people.gate import allow, seen
from people.once import once
from people.roles import Permission
from people.workflow import abilities
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


def _rows():
    return Session.objects.select_related("programme", "provider", "place", "hall", "school__organisation")


@allow(Permission.SESSION_SEE)
def session_page(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    mine = Booking.objects.visible_to(request.actor).filter(session=session).with_names()
    waiting = sum(booking.seats_held for booking in mine if booking.state == Booking.State.REQUESTED)
    is_training = session.audience == Session.Audience.TEACHERS
    places = TrainingPlace.objects.visible_to(request.actor).filter(session=session) if is_training else []
    return render(
        request,
        "activities/session_page.html",
        {
            "session": session,
            "is_training": is_training,
            "places": places and places.live().select_related("user", "school__organisation"),
            "may_sign_up": is_training and session.phase == "open" and may(request.actor, Permission.TRAINING_SIGN_UP),
            "may_note": is_training and session.has_begun and may(request.actor, Permission.TRAINING_CONFIRM, session),
            "programme": session.programme,
            "bookings": mine,
            "moves": [] if session.is_over else abilities(session, request.actor),
            "may_edit": may(request.actor, Permission.SESSION_EDIT, session) and not session.has_begun,
            "may_series": may(request.actor, Permission.SERIES_SEE),
            "may_book": may(request.actor, Permission.BOOKING_REQUEST)
            and session.phase == "open"
            and session.school_id is None
            and not session.is_announced
            and not is_training,
            "may_count": session.is_announced
            and session.has_begun
            and may(request.actor, Permission.BOOKING_RECEIVE, session),
            "segments": [(session.taken - waiting, "done", _("taken")), (waiting, "pending", _("to confirm"))]
            if request.actor.is_venue
            else [(session.taken, "done", _("taken"))],
            "held": session.held_open if request.actor.is_venue else 0,
            **_counselors(session, request.actor),
        },
    )


def _counselors(session: Session, actor: Actor) -> dict[str, Any]:
    """Who gives it, as far as this hat sees them; that nobody is found yet is the host's and the office's to know."""
    state = Assignment.State
    standing = (state.INVITED, state.APPLIED, state.CONFIRMED, state.REOPENED)
    found = Assignment.objects.visible_to(actor).filter(session=session, state__in=standing).with_names()
    is_host = hosts.is_host(session, actor)
    return {
        "assignments": list(found),
        "hosts_counselors": is_host,
        "lacks_counselor": (is_host or actor.is_office)
        and Session.objects.lacking_counselor().filter(pk=session.pk).exists(),
        "may_open_assignments": may(actor, Permission.ASSIGNMENT_SEE),
    }


@allow(Permission.SESSION_EDIT)
@once
def session_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A single session of a programme, opened at once when its programme is published."""
    programme = seen(Programme.objects.select_related("provider"), request.actor, pk=pk)
    require(request.actor, Permission.SESSION_EDIT, programme)
    form = SessionForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        try:
            session = sessions.create_open(programme, by=request.actor, **form.details())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The session is in the calendar."))
            return redirect("activities:session-page", session.pk)
    return render(
        request, "activities/session_form.html", {"form": form, "programme": programme, "session": None, "reads": False}
    )


@require_POST
def _open(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    with refusals_told(request):
        sessions.open_session(session, by=request.actor)
        messages.success(request, _("Open for booking."))
    return redirect("activities:session-page", pk)


@require_POST
def _cancel(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    with refusals_told(request):
        ended = sessions.cancel(session, by=request.actor, reason=request.POST.get("reason", "")[:200])
        messages.success(
            request,
            ngettext("Cancelled with %(n)s booking.", "Cancelled with %(n)s bookings.", ended) % {"n": ended},
        )
    return redirect("activities:session-page", pk)


@require_POST
def _postpone(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    require(request.actor, Permission.SESSION_CANCEL, session)
    with refusals_told(request):
        sessions.postpone(session, by=request.actor, reason=request.POST.get("reason", "")[:200])
        messages.success(request, _("Postponed. Give it a new time, then open it again."))
    return redirect("activities:session-page", pk)


@require_POST
def _visitors(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    typed = request.POST.get("visitors", "")
    with refusals_told(request):
        if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
            raise Refused("session.visitors", _("Enter how many people came."))
        sessions.count_visitors(session, by=request.actor, visitors=int(typed))
        messages.success(request, _("Saved."))
    return redirect("activities:session-page", pk)


session_visitors = allow(Permission.BOOKING_RECEIVE)(_visitors)
session_postpone = allow(Permission.SESSION_CANCEL)(_postpone)
session_cancel = allow(Permission.SESSION_CANCEL)(_cancel)
session_open = allow(Permission.SESSION_OPEN)(_open)
