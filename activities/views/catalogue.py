"""Finding a session: everything is computed for the reader's own group, and all reasons are given at once."""

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities import catalogue, groups
from activities.catalogue import MOST_ROWS, Row, Window
from activities.forms.catalogue import FilterForm
from activities.forms.group import GroupForm
from activities.groups import Group
from activities.models import Session
from partnerships.models import BookingRules, School
from people import thresholds
from people.access import may
from people.gate import allow
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.pages import keyset

USUAL_LEAD = dt.timedelta(days=BookingRules._meta.get_field("lead_days").default)
PLACE_IN_TIME = ("day", "week", "month", "since", "after", "before")


@allow(Permission.SESSION_SEE)
def session_list(request: HttpRequest) -> HttpResponse:
    """The catalogue as a week (or a day of it), a list or a month; for a venue its own sessions."""
    books = may(request.actor, Permission.BOOKING_REQUEST)
    rows = School.objects.select_related("organisation").filter(pk=request.actor.organisation_id)
    school = rows.first() if request.actor.is_school else None
    values = thresholds.of(school.district_id) if school else None
    window = catalogue.asked(request.GET, clock.today())
    group_form = group = trouble = None
    if school and books:
        group_form, group, trouble = _asked_group(request.GET, school, window.day or max(window.first, clock.today()))
    narrowing = FilterForm(request.GET, has_position=bool(school and school.latitude is not None))
    shown = narrowing.narrow(Session.objects.visible_to(request.actor).for_groups(), school=school, values=values)
    if request.actor.is_school:  # who looks for a date; venues and offices also look back
        shown = shown.open().upcoming()
    page = None
    if window.view == "list":
        start = window.first if window.is_asked else clock.today() + (USUAL_LEAD if books else dt.timedelta())
        window = dataclasses.replace(window, first=start)
        shown = catalogue.with_names(shown.filter(starts_at__gte=clock.moment(start)))
        page = keyset(shown, request.GET, order=("starts_at", "pk"))
        found = page.rows
    else:
        from_day = clock.today() + (USUAL_LEAD if not request.actor.is_venue else dt.timedelta())
        found, window = catalogue.found_in(shown, window, from_day=from_day)
    judged = _linked(catalogue.judged(found, group, school=school, values=values), request.GET)
    fitting = [row for row in judged if row.fits]
    of_day = [row for row in judged if window.day in (None, row.session.day)]
    others = [row for row in of_day if not row.fits]
    offers = [row for row in of_day if row.fits] if window.view != "month" else []
    if others and not offers:  # nothing fits: the first one says why without a press
        others[0].is_open = True
    links = _links(request.GET, window)
    return render(
        request,
        "activities/session_list.html",
        {
            "rows": offers[:MOST_ROWS],
            "others": others[:MOST_ROWS] if window.view != "month" else [],
            "fitting": len(fitting),
            "has_more": max(len(offers), len(others)) > MOST_ROWS,
            "page": page,
            "group": group,
            "group_form": group_form,
            "trouble": trouble,
            "narrowing": narrowing,
            "narrowed": bool(narrowing.given),
            "window": window,
            "days": [one | {"url": links["days"][one["date"]]} for one in catalogue.days(window, fitting)],
            "is_venue": request.actor.is_venue,
            "links": links,
        },
    )


def _asked_group(query: QueryDict, school: School, day: dt.date) -> tuple[GroupForm, Group | None, str | None]:
    """The group that the address describes; without one the catalogue says nothing about rules."""
    given = any(query.get(name) for name in ("classes", "activity_group", "pupils"))
    if not given:
        return GroupForm(school=school, day=day), None, None
    data = query.copy()
    data.setdefault("by", "classes")
    form = GroupForm(data, school=school, day=day)
    if not form.is_valid():
        return form, None, str(_("This group can't be understood. Choose it again."))
    try:
        group = form.group()
    except Refused as no:
        return form, None, str(no)
    if not query.get("adults"):
        group = dataclasses.replace(group, adults=groups.usual_adults(group))
        data["adults"] = str(group.adults)
    return form, group, None


def _linked(rows: list[Row], query: QueryDict) -> list[Row]:
    """The rows with where their buttons lead."""
    carried = _carried(query)
    for row in rows:
        row.book = reverse("activities:booking-request", args=[row.session.pk]) + carried
        if row.verdict and row.verdict.changes:
            row.repair = _with(query, **row.verdict.changes)
    return rows


def _carried(query: QueryDict) -> str:
    """The group's part of the address, to take along into the booking form."""
    kept = [
        (name, value)
        for name, values in query.lists()
        if name in ("by", "classes", "activity_group", "pupils", "adults", "on_sheet") or name.startswith("heads_")
        for value in values
        if value
    ]
    return f"?{urlencode(kept)}" if kept else ""


def _with(query: QueryDict, **changes: Any) -> str:
    """The address with some values changed (None: left out)."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = str(value)
    return "?" + changed.urlencode()


def _links(query: QueryDict, window: Window) -> dict[str, Any]:
    """Where the page's own doors lead: the other views, before and after, each day. Group and filters stay."""

    def to(view: str, day: dt.date, *, chosen: bool = False) -> str:
        place = dict.fromkeys(PLACE_IN_TIME)
        place |= {"day" if chosen else {"list": "since"}.get(view, view): catalogue.start_of(view, day).isoformat()}
        if chosen:
            place["day"] = day.isoformat()
        return _with(query, view=None if view == "week" else view, **place)

    here = window.day or window.first
    links: dict[str, Any] = {view: to(view, here) for view in catalogue.VIEWS}
    if window.before:
        links |= {"previous": to(window.view, window.previous), "next": to(window.view, window.before)}
    return links | {"days": {day: to("week", day, chosen=True) for day in window.days}}
