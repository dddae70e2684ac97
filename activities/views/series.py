"""Weekly series: a venue's own, and a school's after-school activities."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from activities import dates, halls, sessions
from activities.forms.session import SeriesForm
from activities.models import Booking, Programme, Series, Session
from partnerships.models import Venue
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.pages import keyset

AHEAD = ("open", "full", "postponed")  # phases of a date that can still be dropped


def _rows():
    return Series.objects.select_related(
        "programme", "provider", "school__organisation", "group", "school_class"
    ).annotate(
        dates=Count("sessions", filter=~Q(sessions__state=Session.State.CANCELLED), distinct=True),
        held=Count("sessions", filter=Q(sessions__bookings__state=Booking.State.ATTENDED), distinct=True),
    )


@allow(Permission.SERIES_SEE)
def series_list(request: HttpRequest) -> HttpResponse:
    page = keyset(_rows().visible_to(request.actor), request.GET, order=("-starts_on", "-pk"))
    return render(
        request,
        "activities/series_list.html",
        {
            "page": page,
            "is_school": request.actor.is_school,
            "may_request": may(request.actor, Permission.SERIES_REQUEST),
        },
    )


@allow(Permission.SERIES_SEE)
def series_page(request: HttpRequest, pk: int) -> HttpResponse:
    series = seen(_rows(), request.actor, pk=pk)
    held = series.sessions.select_related("hall", "place").prefetch_related("bookings").order_by("starts_at")
    visible = set(Booking.objects.visible_to(request.actor).filter(session__series=series).values_list("pk", flat=True))
    rows = [
        {"session": session, "bookings": [booking for booking in session.bookings.all() if booking.pk in visible]}
        for session in held
    ]
    may_change = series.school is not None and may(request.actor, Permission.SERIES_REQUEST, series.school)
    gives = request.actor.organisation_id == series.provider_id and may(request.actor, Permission.SESSION_EDIT)
    context = {
        "series": series,
        "rows": rows,
        "may_change": may_change,
        "may_add": may_change or (series.school is None and gives),
        "may_end": may_change and any(row["session"].phase in AHEAD for row in rows),
        "may_change_all": gives and any(not row["session"].has_begun for row in rows),
        "now": clock.now(),
    }
    return render(request, "activities/series_page.html", context)


def chosen(request: HttpRequest, days: list[dt.date]) -> tuple[bool, set[dt.date]]:
    """Whether the reader has seen exactly these dates, and which of them were unticked."""
    seen_days = set(request.POST.getlist("shown"))
    kept = set(request.POST.getlist("keep"))
    return seen_days == {day.isoformat() for day in days}, {day for day in days if day.isoformat() not in kept}


@allow(Permission.SESSION_EDIT)
def series_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A venue's weekly series: first the dates, then the sessions."""
    programme = seen(Programme.objects.select_related("provider"), request.actor, pk=pk)
    require(request.actor, Permission.SESSION_EDIT, programme)
    form = SeriesForm(request.POST or None, programme=programme, initial={"request_key": uuid.uuid4()})
    days: list[dt.date] = []
    drop: set[dt.date] = set()
    about: dict[str, Any] = {"left_out": [], "made_up": [], "taken": []}
    if request.method == "POST" and form.is_valid():
        rule = form.rule()
        try:
            days = sessions.preview(
                programme, rule["weekdays"], rule["starts_on"], rule["ends_on"], audience=form.cleaned_data["audience"]
            )
            agreed, drop = chosen(request, days)
            if agreed and days:
                series = sessions.repeat(
                    programme,
                    by=request.actor,
                    drop=drop,
                    request_key=form.cleaned_data["request_key"],
                    **rule,
                    **form.places(),
                )
                return made(request, series)
            about = _about(programme, form, days)
            drop = {session.day for session in about["taken"]} if not agreed else drop
        except Refused as no:
            form.add_error(None, str(no))
    return render(
        request,
        "activities/series_form.html",
        {"form": form, "programme": programme, "days": days, "drop": drop, "is_sent": request.method == "POST"} | about,
    )


def _about(programme: Programme, form: SeriesForm, days: list[dt.date]) -> dict[str, Any]:
    """What stands beside the dates: those that are left out and why, make-up days, and what is in the hall already."""
    rule, hall = form.rule(), form.cleaned_data["hall"]
    venue = Venue.objects.filter(pk=programme.provider_id).first()
    span = (rule["weekdays"], rule["starts_on"], rule["ends_on"])
    times = [(clock.moment(day, rule["starts"]), clock.moment(day, rule["ends"])) for day in days]
    return {
        "left_out": dates.left_out(venue, *span, days) if venue else [],
        "made_up": [day for day in days if day.isoweekday() not in rule["weekdays"]],
        "taken": halls.occupied([(hall.pk, *both) for both in times]) if hall else [],
    }


def made(request: HttpRequest, series: Series) -> HttpResponse:
    count = series.sessions.count()
    messages.success(
        request,
        ngettext("The series has %(n)s date.", "The series has %(n)s dates.", count) % {"n": count},
    )
    return redirect("activities:series-page", series.pk)
