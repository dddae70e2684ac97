"""A grade as one outing: choose the classes, see where each of them goes, book all of it or nothing."""

import dataclasses
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities import grade_outings, groups, outings, spreading
from activities.forms.booking import leaders
from activities.forms.outing import GradeForm
from activities.models import Outing, Session
from activities.spreading import Part, Spread
from partnerships.models import School
from people.gate import allow, seen
from people.models import Membership
from people.roles import Permission
from portal.lib import wording
from portal.lib.errors import Refused

MOST_DAYS = 6


@allow(Permission.BOOKING_REQUEST)
def outing_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The form. A POST with `look` only spreads the classes again and writes nothing."""
    session = seen(Session.objects.select_related("programme", "provider", "place", "hall"), request.actor, pk=pk)
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    if not outings.goes_out(session, school):
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    plan = _plan(session, school, given)
    if request.method == "POST" and "look" not in request.POST:
        return _book(request, session, school, plan)
    initial = {"leader": request.actor.membership.pk, "request_key": uuid.uuid4()}
    initial |= {name: given[name] for name in given if name.startswith("heads_") or name in ("phone", "note")}
    form = GradeForm(initial=initial | {"classes": given.getlist("classes")}, school=school, day=session.day)
    return _page(request, session, form, plan)


def _book(request: HttpRequest, session: Session, school: School, plan: dict[str, Any]) -> HttpResponse:
    """What was shown is what is booked: where the places have changed meanwhile, the page is shown again."""
    form = GradeForm(request.POST, school=school, day=session.day)
    found: Spread | None = plan["spread"]
    is_whole = form.is_valid()
    sent = Outing.objects.filter(school=school, request_key=form.cleaned_data.get("request_key"))
    if first := sent.first():  # a double press: its classes are busy now, with this very outing
        return redirect("activities:outing-page", first.pk)
    if not is_whole or found is None or not found.fits:
        return _page(request, session, form, plan)
    if plan["shown"] != request.POST.get("shown"):
        plan["refused"] = _("Look at where the classes go, then book.")
        return _page(request, session, form, plan)
    details = form.details()
    trips = [
        grade_outings.Trip(part.session, part.group, plan["leaders"].get(_key(part)) or details["leader"])
        for part in found.parts
    ]
    kept = {name: details[name] for name in ("phone", "step_free", "note", "request_key")}
    try:
        outing = grade_outings.book(school, trips, by=request.actor, **kept)
    except Refused as no:
        plan["refused"] = str(no)
        return _page(request, session, form, plan)
    messages.success(request, _said(outing))
    return redirect("activities:outing-page", outing.pk)


def _page(request: HttpRequest, session: Session, form: GradeForm, plan: dict[str, Any]) -> HttpResponse:
    part = "#slip" if request.htmx else ""
    context = {"session": session, "programme": session.programme, "form": form, "grades": _grades(form)} | plan
    return render(request, f"activities/outing_new.html{part}", context)


def _plan(session: Session, school: School, given: QueryDict) -> dict[str, Any]:
    """Where the chosen classes would go on this day, on which other days they fit, and what it costs."""
    plan: dict[str, Any] = {"spread": None, "fits": False, "trouble": "", "refused": "", "rows": [], "others": []}
    form = GradeForm(given, school=school, day=session.day)
    if not given.getlist("classes"):
        return plan
    form.is_valid()  # of the entries only the classes and their heads count here
    try:
        whole = form.group()
    except Refused as no:
        return plan | {"trouble": str(no)}
    days = spreading.spread(spreading.alternatives(session), groups.by_class(whole))
    found = days.pop(session.day, None) or Spread(session.day, (session,), needed=whole.pupils)
    found = dataclasses.replace(found, parts=tuple(_with_adults(part, given) for part in found.parts))
    chosen = _leaders(school, found, given)
    return plan | {
        "spread": found,
        "fits": found.fits,
        "whole": whole,
        "rows": [
            (session, [_row(part, chosen.get(_key(part))) for part in parts]) for session, parts in found.by_session
        ],
        "leaders": chosen,
        "may_lead": leaders(school),
        "adults": sum(part.group.adults for part in found.parts),
        "shown": ",".join(f"{_key(part)}:{part.session.pk}" for part in found.parts),
        "others": [
            {"day": day, "url": _again(other, given), "n": len(other.by_session)}
            for day, other in sorted(days.items())
            if other.fits
        ][:MOST_DAYS],
        "pays": sum(part.session.paid_price * part.group.pupils for part in found.parts),
        "saves": sum(part.session.saved_per_pupil * part.group.pupils for part in found.parts),
    }


def _key(part: Part) -> int:
    """What the fields of one part are named after: its first class."""
    return part.group.classes[0].pk


def _row(part: Part, leader: Membership | None) -> dict[str, Any]:
    return {"part": part, "key": _key(part), "group": part.group, "leader": leader and leader.pk}


def _with_adults(part: Part, given: QueryDict) -> Part:
    """As many adults as somebody has said; the rules ask once more when it is booked."""
    said = given.get(f"adults_{_key(part)}", "")
    if not (said.isdecimal() and len(said) < 4):
        return part
    return dataclasses.replace(part, group=dataclasses.replace(part.group, adults=int(said)))


def _leaders(school: School, found: Spread, given: QueryDict) -> dict[int, Membership]:
    """Who leads each part, where somebody has been chosen."""
    typed = {_key(part): given.get(f"leader_{_key(part)}", "") for part in found.parts}
    known = {str(hat.pk): hat for hat in leaders(school)} if any(typed.values()) else {}
    return {key: known[pk] for key, pk in typed.items() if pk in known}


def _again(other: Spread, given: QueryDict) -> str:
    """The same classes on another day."""
    query = QueryDict(mutable=True)
    for name in given:
        if name == "classes" or name.startswith("heads_"):
            query.setlist(name, given.getlist(name))
    return f"{reverse('activities:outing-new', args=[other.sessions[0].pk])}?{query.urlencode()}"


def _grades(form: GradeForm) -> list[dict[str, Any]]:
    """One press for all classes of a grade."""
    found: dict[int, list[int]] = {}
    for school_class in form.class_list:
        grade = school_class.grade(form.day)
        if grade is not None:
            found.setdefault(grade, []).append(school_class.pk)
    return [
        {"grade": grade, "query": "&".join(f"classes={pk}" for pk in keys), "n": len(keys)}
        for grade, keys in sorted(found.items())
        if len(keys) > 1
    ]


def _said(outing: Outing) -> str:
    rows = list(outing.bookings.select_related("session"))
    said = ngettext(
        "Booked as one outing: %(pupils)s in %(n)s group. Now the papers.",
        "Booked as one outing: %(pupils)s in %(n)s groups. Now the papers.",
        len(rows),
    )
    return said % {"pupils": wording.heads(sum(row.pupils for row in rows)), "n": len(rows)}
