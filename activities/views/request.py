"""点单: the list, the form, one request with the times on the table, and every answer to it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST

from activities import bookings, programmes, proposals, requests
from activities.forms.request import AcceptForm, CounselorRequestForm, ProposalForm, RequestForm, halls_of
from activities.models import Counselor, Programme, Request, RequestTime, Session
from activities.verdicts import Broken
from partnerships import calendar
from partnerships.models import School, Slot, Term
from people.access import may, require
from people.gate import allow, seen
from people.models import Organisation
from people.roles import Permission
from people.workflow import abilities, verb
from portal.lib import clock, wording
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset

State = Request.State
VIEWS = (("open", gettext_lazy("To be answered")), ("ended", gettext_lazy("Answered and withdrawn")))
OF_VENUE = ("venue", "session")  # whose rules a venue reads: what else is in the way is the school's to know
SOON = dt.timedelta(days=7)


def _asked(request: HttpRequest, pk: int) -> Request:
    return seen(Request.objects.with_names(), request.actor, pk=pk)


@allow(Permission.REQUEST_SEE)
def request_list(request: HttpRequest) -> HttpResponse:
    tab = "ended" if request.GET.get("view") == "ended" else "open"
    rows = Request.objects.visible_to(request.actor).with_names()
    rows = rows.open() if tab == "open" else rows.exclude(state__in=(State.ASKED, State.COUNTERED))
    return render(
        request,
        "activities/request_list.html",
        {
            "page": keyset(rows, request.GET, order=("-asked_at", "-pk")),
            "tab": tab,
            "tabs": VIEWS,
            "is_school": request.actor.is_school,
            "may_ask": may(request.actor, Permission.BOOKING_REQUEST),
        },
    )


@allow(Permission.BOOKING_REQUEST)
def request_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a venue for one programme; a slot of the school in the address fills in the first time."""
    programme = seen(Programme.objects.published().select_related("provider"), request.actor, pk=pk)
    form = RequestForm(request.POST or None, programme=programme, **_fresh(request))

    def send() -> Request:
        return requests.ask(programme, form.group(), by=request.actor, **form.details())

    is_at_school = programme.direction == Programme.Direction.BRING_IN
    return _ask(request, form, send, programme=programme, provider=programme.provider, is_at_school=is_at_school)


@allow(Permission.BOOKING_REQUEST)
def counselor_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a counselor to give a programme of the own school, or a new topic, at a time of the school's choosing."""
    counselor = seen(Counselor.objects.listed_in([request.actor.district_id]), request.actor, pk=pk)
    form = CounselorRequestForm(request.POST or None, **_fresh(request))

    @verb
    def send() -> Request:  # a new topic is written together with the request, or not at all
        chosen = form.cleaned_data["programme"]
        programme = chosen or programmes.own(request.actor.organisation, by=request.actor, **form.new_programme())
        return requests.ask(programme, form.group(), by=request.actor, counselor=counselor, **form.details())

    return _ask(request, form, send, programme=None, provider=counselor.organisation, is_at_school=True)


def _ask(
    request: HttpRequest, form: RequestForm, send: Callable[[], Request], *, provider: Organisation, **more: Any
) -> HttpResponse:
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            asked = send()
        except bookings.NotEligible as no:
            refused = no.verdict
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request, _("Sent. You will be told when a time is accepted, others are proposed, or it is declined.")
            )
            return redirect("activities:request-page", asked.pk)
    slots = form.school.slots.order_by("weekday", "starts")
    return render(
        request,
        "activities/request_form.html",
        {"form": form, "provider": provider, "slots": slots, "verdict": refused, **more},
    )


def _fresh(request: HttpRequest) -> dict[str, Any]:
    """What the form of the own school begins with."""
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    usual = {"request_key": uuid.uuid4(), "leader": request.actor.membership.pk, "last_day": _last_day(school)}
    initial = usual | _from_slot(request, school, list(school.slots.all()))
    return {"school": school, "day": clock.today(), "initial": initial}


def _last_day(school: School) -> dt.date | None:
    term = Term.objects.filter(district_id=school.district_id).on(clock.today()).first()
    return term.last_day if term else None


def _from_slot(request: HttpRequest, school: School, slots: list[Slot]) -> dict[str, Any]:
    """Every week in one of the school's slots, from the first teaching day of its timetable in a week on."""
    slot = next((slot for slot in slots if str(slot.pk) == request.GET.get("slot")), None)
    first = clock.today() + SOON
    group = {name: request.GET[name] for name in ("activity_group", "by") if name in request.GET}
    if slot is None:
        return group
    days = calendar.dates_of_timetable(school.district_id, slot.weekday, first, first + 3 * SOON)
    return group | {"weekly": True, "starts_1": slot.starts, "day_1": next(iter(days), None)}


@allow(Permission.REQUEST_SEE)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _asked(request, pk))


def _page(request: HttpRequest, asked: Request, refused: str = "") -> HttpResponse:
    moves = abilities(asked, request.actor)
    is_my_turn = "accept" in moves or "take_up" in moves
    return render(
        request,
        "activities/request_page.html",
        {
            "asked": asked,
            "programme": asked.programme,
            "moves": moves,
            "is_my_turn": is_my_turn,
            "may_propose": "propose" in moves or "ask_again" in moves,
            "times": _times(request, asked) if asked.is_open else [],
            "halls": halls_of(asked) if "accept" in moves and asked.hall is None else [],
            "refused": refused,
        },
    )


def _times(request: HttpRequest, asked: Request) -> list[dict[str, Any]]:
    """Each time on the table: its dates, which rules speak against it, and what else is on at that time where it is asked."""
    judged = proposals.judged(asked)
    also = _also(asked) if request.actor.organisation_id == asked.provider_id else []
    return [
        {
            "time": time,
            "days": proposals.dates(asked, time) if asked.is_weekly else [],
            "broken": [rule for rule in (verdict.broken if verdict else ()) if _is_read(rule, request)],
            "is_empty": verdict is None,
            "also": [
                session for session in also if session.starts_at < time.ends_at and session.ends_at > time.starts_at
            ],
        }
        for time, verdict in judged
    ]


def _is_read(rule: Broken, request: HttpRequest) -> bool:
    return request.actor.is_school or request.actor.is_office or rule.source in OF_VENUE


def _also(asked: Request) -> list[Session]:
    """Sessions of the venue, or of the counselor, between the first and the last of the times on the table."""
    times = asked.proposed
    first, last = min(time.starts_at for time in times), max(time.ends_at for time in times)
    own = Q(provider=asked.provider_id)
    if asked.is_of_counselor:
        own = Q(assignments__counselor=asked.provider_id, assignments__is_live=True)
    rows = Session.objects.open().filter(own, starts_at__lt=last, ends_at__gt=first)
    return list(rows.select_related("programme", "hall").order_by("starts_at", "pk")[:50])


@allow(Permission.REQUEST_SEE)
@require_POST
def request_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the times, by whichever side's turn it is."""
    asked = _asked(request, pk)
    require(request.actor, asked.MOVES["accept" if asked.state == State.ASKED else "take_up"].permission, asked)
    chosen = request.POST.get("time", "")
    time = next((time for time in asked.proposed if str(time.pk) == chosen), None)
    days = proposals.dates(asked, time) if time and asked.is_weekly else []
    form = AcceptForm(request.POST, request=asked, dates=days)
    if time is None or not form.is_valid():
        return _page(request, asked, _("These times have changed. Look at them again and choose one."))
    try:
        asked = _accept(asked, time, form, request)
    except Refused as no:
        return _page(request, _asked(request, pk), str(no))
    messages.success(request, _said(asked))
    return redirect("activities:request-page", pk)


def _accept(asked: Request, time: RequestTime, form: AcceptForm, request: HttpRequest) -> Request:
    return requests.accept(asked, time, by=request.actor, hall=form.cleaned_data["hall"], drop=form.dropped)


def _said(asked: Request) -> str:
    if asked.series:
        count = asked.series.sessions.count()
        return ngettext("Agreed: %(n)s date is booked.", "Agreed: %(n)s dates are booked.", count) % {"n": count}
    assert asked.session
    return _("Agreed and booked: %(when)s.") % {"when": wording.when(asked.session.starts_at, asked.session.ends_at)}


@allow(Permission.REQUEST_SEE)
def request_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Other times, by whichever side's turn it is."""
    asked = _asked(request, pk)
    move = "propose" if asked.state == State.ASKED else "ask_again"
    require(request.actor, asked.MOVES[move].permission, asked)
    form = ProposalForm(request.POST or None, request=asked, is_host=move == "propose")
    verdict = None
    if request.method == "POST" and form.is_valid():
        try:
            answer = form.cleaned_data["answer"]
            requests.propose(asked, by=request.actor, times=form.wanted(), where=form.where(), answer=answer)
        except bookings.NotEligible as no:
            verdict = no.verdict
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Sent. The other side accepts one of these times or answers again."))
            return redirect("activities:request-page", pk)
    return render(request, "activities/request_propose.html", {"form": form, "asked": asked, "verdict": verdict})


@allow(Permission.REQUEST_ANSWER)
@require_POST
def request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(request, pk)
    require(request.actor, Permission.REQUEST_ANSWER, asked)
    with refusals_told(request):
        requests.decline(asked, by=request.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("Declined; the school reads your reason."))
    return redirect("activities:request-page", pk)


@allow(Permission.BOOKING_REQUEST)
@require_POST
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(request, pk)
    require(request.actor, Permission.BOOKING_REQUEST, asked)
    with refusals_told(request):
        requests.withdraw(asked, by=request.actor)
        messages.success(request, pgettext("request", "The request is withdrawn."))
    return redirect("activities:request-page", pk)
