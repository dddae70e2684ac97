"""Booking a session: the form, and the slip beside it that says what will exist after the press."""

import dataclasses
import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from activities import advice, bookings, groups, outings, uses, waitlist
from activities.eligibility import Judge
from activities.forms.booking import BookingForm
from activities.forms.group import GroupForm
from activities.models import Booking, BookingClass, Session
from activities.verdicts import Verdict
from partnerships.models import School
from people.actors import Actor
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import wording
from portal.lib.errors import Refused

GROUP_FIELDS = ("by", "classes", "activity_group", "pupils", "adults", "on_sheet")


@allow(Permission.BOOKING_REQUEST)
def booking_request(request: HttpRequest, pk: int) -> HttpResponse:
    """The form. A POST with `look` only computes the slip again and writes nothing."""
    rows = Session.objects.select_related("programme", "provider", "place", "hall")
    session = seen(rows, request.actor, pk=pk)
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    if request.method == "POST" and "look" not in request.POST:
        return _book(request, session, school)
    given = request.POST if request.method == "POST" else request.GET
    slip = _slip(session, school, given)
    form = BookingForm(initial=_initial(given, slip, request.actor, session), school=school, day=session.day)
    return _page(request, session, form, slip)


def _book(request: HttpRequest, session: Session, school: School) -> HttpResponse:
    form = BookingForm(request.POST, school=school, day=session.day)
    slip = _slip(session, school, request.POST)
    if form.is_valid() and "wait" in request.POST:
        return _wait(request, session, form, slip)
    if form.is_valid():
        try:
            booking = bookings.request(session, form.group(), by=request.actor, **form.details())
        except bookings.NotEligible as no:
            slip |= {"verdict": no.verdict, "refused": _("Not booked yet. What you entered is still here.")}
        except Refused as no:
            slip |= {"refused": str(no)}
        else:
            messages.success(request, _said(booking))
            return redirect("activities:booking-sheet" if booking.on_sheet else "activities:booking-page", booking.pk)
    return _page(request, session, form, slip)


def _wait(request: HttpRequest, session: Session, form: BookingForm, slip: dict[str, Any]) -> HttpResponse:
    try:
        entry = waitlist.join(session, form.group(), by=request.actor, **form.waiting())
    except bookings.NotEligible as no:
        slip |= {"verdict": no.verdict, "refused": _("Not on the list yet. What you entered is still here.")}
    except Refused as no:
        slip |= {"refused": str(no)}
    else:
        number = waitlist.position(entry)
        messages.success(request, _("On the waiting list, number %(number)s in line.") % {"number": number})
        return redirect("activities:waitlist-page", entry.pk)
    return _page(request, session, form, slip)


def _said(booking: Booking) -> str:
    """Sentence 24 or 25 of the glossary; a visit that rests on its sheet waits for both sides."""
    if booking.on_sheet:
        return _("Sent. Accept the confirmation sheet: once the venue has accepted it too, the visit is confirmed.")
    if booking.state == Booking.State.REQUESTED:
        return _("Sent. The venue has to confirm; you will be told.")
    session = booking.session
    return _("Booked: %(who)s, %(pupils)s, %(when)s. Receipt %(number)s.") % {
        "who": booking.who,
        "pupils": wording.heads(booking.pupils),
        "when": wording.when(session.starts_at, session.ends_at),
        "number": booking.number,
    }


def _page(request: HttpRequest, session: Session, form: BookingForm, slip: dict[str, Any]) -> HttpResponse:
    busy = BookingClass.objects.during(session.starts_at, session.ends_at).filter(school_class__in=form.class_list)
    form.busy = set(busy.values_list("school_class_id", flat=True))
    part = "#slip" if request.htmx else ""
    return render(
        request,
        f"activities/booking_request.html{part}",
        {"session": session, "programme": session.programme, "form": form, **slip},
    )


def _initial(given: QueryDict, slip: dict[str, Any], actor: Actor, session: Session) -> dict[str, Any]:
    """What the form shows before anything is sent: the group from the address, the usual adults, the reader leads."""
    found: dict[str, Any] = {name: given[name] for name in given if name in GROUP_FIELDS or name.startswith("heads_")}
    found["classes"] = given.getlist("classes")
    found.setdefault("by", "heads" if session.audience == Session.Audience.FAMILIES else "classes")
    if slip["group"] and not given.get("adults"):
        found["adults"] = slip["group"].adults
    return {"leader": actor.membership.pk, "request_key": uuid.uuid4(), **found}


def _slip(session: Session, school: School, given: QueryDict) -> dict[str, Any]:
    """Group, verdict and money, as far as the entries describe a group."""
    data = given.copy()
    data.setdefault("by", "classes")
    form = GroupForm(data, school=school, day=session.day)
    slip: dict[str, Any] = {
        "group": None,
        "verdict": None,
        "may_wait": False,
        "as_outing": "",
        "may_ask": False,
        "on_sheet": False,
        "asks_sheet": False,
        "repair": "",
        "trouble": "",
        "refused": "",
    }
    if not any(given.get(name) for name in ("classes", "activity_group", "pupils")) or not form.is_valid():
        return slip
    try:
        group = form.group()
    except Refused as no:
        return slip | {"trouble": str(no)}
    if not given.get("adults"):
        group = dataclasses.replace(group, adults=groups.usual_adults(group))
    judge = Judge([session], group)
    rules, verdict = judge.rules_of(session), judge.of(session)
    seats = session.seats_for(group.pupils)
    return slip | {
        "group": group,
        "verdict": verdict,
        "may_wait": waitlist.may_wait(verdict),
        "as_outing": _as_outing(session, group, verdict),
        "may_ask": any(rule.granted_by for rule in verdict.blocking),
        "on_sheet": verdict.on_sheet,
        "asks_sheet": verdict.on_sheet or "on_sheet" in verdict.changes,
        "repair": _repaired(given, verdict.changes) if verdict.changes else "",
        "can_split": group.by != Booking.By.GROUP,
        "seats": seats,
        "left": session.left,
        "left_after": session.left - seats,
        "pays": session.paid_price * group.pupils,
        "saves": session.saved_per_pupil * group.pupils,
        "free_until": session.starts_at - dt.timedelta(hours=rules.free_cancel_hours),
        "agreement": judge.agreement_for(session),
        "uses": _uses(judge, session, group),
        "advice": advice.about(session, group),
    }


def _repaired(given: QueryDict, changes: dict[str, Any]) -> str:
    """The address of the form with the group as the rules suggest it; contact and note are not part of it."""
    kept = {name: values for name, values in given.lists() if name in GROUP_FIELDS or name.startswith("heads_")}
    return "?" + urlencode(kept | {name: [str(value)] for name, value in changes.items()}, doseq=True)


def _as_outing(session: Session, group: groups.Group, verdict: Verdict) -> str:
    """Where several classes are too many for one session: the page that spreads them over the day."""
    too_many = {"session.capacity", "venue.group_max"} & {rule.code for rule in verdict.blocking}
    if not too_many or len(group.classes) < 2 or not outings.goes_out(session, group.school):
        return ""
    query = [("classes", school_class.pk) for school_class in group.classes]
    query += [(f"heads_{pk}", heads) for pk, heads in group.heads.items() if heads]
    return f"{reverse('activities:outing-new', args=[session.pk])}?{urlencode(query)}"


def _uses(judge: Judge, session: Session, group: groups.Group) -> list[dict[str, Any]]:
    """What the booking would take of the commitments of the agreement: done, booked, and this one."""
    return [
        {
            "commitment": commitment,
            "segments": [
                (commitment.delivered, "done", _("delivered")),
                (commitment.reserved, "booked", _("reserved")),
                (amount, "pending", _("this booking")),
            ],
        }
        for commitment, amount in uses.needed(judge.agreement_for(session), session, group.school.pk, group.pupils)
    ]
