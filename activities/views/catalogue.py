"""Finding a session: everything is computed for the reader's own group, and all reasons are given at once."""

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities import groups, sessions
from activities.eligibility import Judge
from activities.forms.group import GroupForm
from activities.groups import Group
from activities.models import Programme, Session
from activities.models.price import PriceKind
from partnerships.models import BookingRules, School
from people.access import may
from people.gate import allow
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused

WEEK = dt.timedelta(days=7)
MOST_ROWS = 200
USUAL_LEAD_DAYS = BookingRules._meta.get_field("lead_days").default
ANY = ("", _("any"))


class FilterForm(forms.Form):
    """What the catalogue is narrowed by; every value stands in the address."""

    form = forms.ChoiceField(label=_("Form"), required=False, choices=[ANY, *Programme.Form.choices])
    direction = forms.ChoiceField(
        label=pgettext_lazy("direction", "Where"), required=False, choices=[ANY, *Programme.Direction.choices]
    )
    price = forms.ChoiceField(label=_("Price"), required=False, choices=[ANY, *PriceKind.choices])
    audience = forms.ChoiceField(label=_("Audience"), required=False, choices=[ANY, *Session.Audience.choices])
    words = forms.CharField(
        label=_("Words"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )

    def narrow(self, rows):
        """Apply what is given; an invalid value narrows nothing."""
        self.full_clean()
        data = getattr(self, "cleaned_data", {})
        lookups = {
            "form": "programme__form",
            "direction": "programme__direction",
            "price": "price_kind",
            "audience": "audience",
        }
        rows = rows.filter(**{lookups[name]: data[name] for name in lookups if data.get(name)})
        for word in (data.get("words") or "").split():
            rows = rows.filter(
                Q(programme__name_zh__icontains=word)
                | Q(programme__name_en__icontains=word)
                | Q(provider__name_zh__icontains=word)
                | Q(provider__name_en__icontains=word)
            )
        return rows


@allow(Permission.SESSION_SEE)
def session_list(request: HttpRequest) -> HttpResponse:
    """The catalogue of a week, a day of it, or (for a venue) the venue's own sessions."""
    day, monday = _asked_day(request.GET)
    books = may(request.actor, Permission.BOOKING_REQUEST)
    school = School.objects.filter(pk=request.actor.organisation_id).first() if books else None
    group_form = group = trouble = None
    if school:
        group_form, group, trouble = _asked_group(request.GET, school, day or max(monday, clock.today()))
    narrowing = FilterForm(request.GET)
    rows = narrowing.narrow(Session.objects.visible_to(request.actor).for_groups())
    if request.actor.is_school:  # who looks for a date; venues and offices also look back
        rows = rows.open().upcoming()
    if "week" not in request.GET and "day" not in request.GET:
        monday = _first_week(rows, monday, lead_days=0 if request.actor.is_venue else USUAL_LEAD_DAYS)
    week = rows.on(sessions.moment(monday, dt.time()), sessions.moment(monday + WEEK, dt.time()))
    shown = week if day is None else week.on(_start(day), _start(day + dt.timedelta(days=1)))
    found = list(
        shown.select_related("programme", "provider", "place", "hall").order_by("starts_at", "pk")[: MOST_ROWS + 1]
    )
    return render(
        request,
        "activities/session_list.html",
        {
            "rows": _judged(found[:MOST_ROWS], group, request.GET),
            "has_more": len(found) > MOST_ROWS,
            "group": group,
            "group_form": group_form,
            "trouble": trouble,
            "narrowing": narrowing,
            "narrowed": any(request.GET.get(name) for name in narrowing.fields),
            "days": _days(week, monday, day, request.GET),
            "previous": _with(request.GET, week=(monday - WEEK).isoformat(), day=None),
            "next": _with(request.GET, week=(monday + WEEK).isoformat(), day=None),
            "whole_week": _with(request.GET, week=monday.isoformat(), day=None),
            "monday": monday,
            "day": day,
            "is_venue": request.actor.is_venue,
        },
    )


def _asked_day(query: QueryDict) -> tuple[dt.date | None, dt.date]:
    """The chosen day, if any, and the Monday of the week to show."""

    def parsed(name: str) -> dt.date | None:
        try:
            found = dt.date.fromisoformat(query.get(name, ""))
        except ValueError:
            return None
        return found if 2000 < found.year < 2100 else None

    day = parsed("day")
    anchor = day or parsed("week") or clock.today()
    return day, anchor - dt.timedelta(days=anchor.weekday())


def _first_week(rows, monday: dt.date, *, lead_days: int) -> dt.date:
    """The week of the next session that can still be booked, so that the first look is not a list of refusals."""
    coming = rows.filter(starts_at__gte=clock.now()).order_by("starts_at")
    first = coming.filter(starts_at__gte=_start(clock.today() + dt.timedelta(days=lead_days))).first()
    first = first or coming.first()
    return first.day - dt.timedelta(days=first.day.weekday()) if first else monday


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


def _judged(found: list[Session], group: Group | None, query: QueryDict) -> list[dict[str, Any]]:
    """Each session with its verdict for the group, and where its button leads."""
    judge = Judge(found, group) if group else None
    rows: list[dict[str, Any]] = []
    opened = False  # the first row that can't be booked shows its reasons without a press
    for session in found:
        verdict = judge.of(session) if judge else None
        left = max(0, session.left_for(bool(group and group.is_entitled)))
        needed = session.seats_for(group.pupils) if group else 0
        rows.append(
            {
                "session": session,
                "verdict": verdict,
                "is_open": not opened and verdict is not None and not verdict.may_book,
                "left": left,
                "missing": max(0, needed - left),
                "saved": session.saved_per_pupil * group.pupils if group else 0,
                "meter": [
                    (session.taken, "booked", ""),
                    (min(needed, session.left), "done" if verdict and verdict.may_book else "pending", ""),
                ],
                "book": reverse("activities:booking-request", args=[session.pk]) + _carried(query),
                "repair": _with(query, **verdict.changes) if verdict and verdict.changes else "",
            }
        )
        opened = opened or rows[-1]["is_open"]
    return rows


def _carried(query: QueryDict) -> str:
    """The group's part of the address, to take along into the booking form."""
    kept = [
        (name, value)
        for name, values in query.lists()
        if name in ("by", "classes", "activity_group", "pupils", "adults") or name.startswith("heads_")
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


def _days(week, monday: dt.date, chosen: dt.date | None, query: QueryDict) -> list[dict[str, Any]]:
    """Seven days with their number of sessions."""
    counted = dict(
        week.annotate(date=TruncDate("starts_at"))
        .values("date")
        .annotate(count=Count("pk"))
        .order_by()
        .values_list("date", "count")
    )
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    return [
        {
            "date": date,
            "count": counted.get(date, 0),
            "url": _with(query, day=date.isoformat(), week=None),
            "is_chosen": date == chosen,
        }
        for date in days
    ]


def _start(day: dt.date) -> dt.datetime:
    return sessions.moment(day, dt.time())
