"""Weekly series: a venue's own, and a school's after-school activities."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext

from activities import after_school, programmes, sessions
from activities.forms.after_school import AfterSchoolForm
from activities.forms.session import SeriesForm
from activities.models import Booking, Programme, Series, Session
from partnerships.models import School, Term
from people.access import may, require
from people.actors import Actor
from people.gate import allow, seen
from people.models import Organisation
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.pages import keyset


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
    return render(request, "activities/series_page.html", {"series": series, "rows": rows})


def _chosen(request: HttpRequest, days: list[dt.date]) -> tuple[bool, set[dt.date]]:
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
    if request.method == "POST" and form.is_valid():
        rule = form.rule()
        try:
            days = sessions.preview(
                programme, rule["weekdays"], rule["starts_on"], rule["ends_on"], audience=form.cleaned_data["audience"]
            )
            agreed, drop = _chosen(request, days)
            if agreed and days:
                series = sessions.repeat(
                    programme,
                    by=request.actor,
                    drop=drop,
                    request_key=form.cleaned_data["request_key"],
                    **rule,
                    **form.places(),
                )
                return _made(request, series)
            drop = set() if not agreed else drop
        except Refused as no:
            form.add_error(None, str(no))
    return render(
        request,
        "activities/series_form.html",
        {"form": form, "programme": programme, "days": days, "drop": drop, "is_sent": request.method == "POST"},
    )


@allow(Permission.SERIES_REQUEST)
def series_request(request: HttpRequest) -> HttpResponse:
    """A school's after-school series: first the dates, then sessions and bookings, all or none."""
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    form = AfterSchoolForm(
        request.POST or None,
        school=school,
        actor=request.actor,
        day=clock.today(),
        initial=_proposed(school, request.actor) | {"programme": request.GET.get("programme")},
    )
    days: list[dt.date] = []
    drop: set[dt.date] = set()
    if request.method == "POST" and form.is_valid():
        rule = form.rule()
        try:
            days = after_school.preview(school, rule["weekdays"], rule["starts_on"], rule["ends_on"])
            agreed, drop = _chosen(request, days)
            if agreed and days:
                return _made(request, _ask(school, form, drop, by=request.actor))
            drop = set() if not agreed else drop
        except Refused as no:
            form.add_error(None, str(no))
    return render(
        request,
        "activities/series_request.html",
        {"form": form, "days": days, "drop": drop, "is_sent": request.method == "POST"},
    )


@verb
def _ask(school: School, form: AfterSchoolForm, drop: set[dt.date], *, by: Actor) -> Series:
    """The series, and before it the school's own programme where a new one was named: all or none."""
    programme = form.cleaned_data["programme"] or _own(school.organisation, form, by=by)
    return after_school.request(school, programme, by=by, drop=drop, **form.details())


def _own(provider: Organisation, form: AfterSchoolForm, *, by: Actor) -> Programme:
    """The school's own programme of that name, made and published where there is none yet."""
    data = form.cleaned_data
    name = data["own_name"].strip()
    if known := Programme.objects.published().filter(provider=provider, name_zh=name).first():
        return known
    length = dt.datetime.combine(clock.today(), data["ends"]) - dt.datetime.combine(clock.today(), data["starts"])
    programme = programmes.create(
        provider,
        by=by,
        name_zh=name,
        form=Programme.Form.CLUB,
        direction=Programme.Direction.BRING_IN,
        category=data["own_category"],
        grades=list(range(1, 13)),
        minutes=length.seconds // 60,
        capacity=200,
        confirmation=Programme.Confirmation.AUTO,
    )
    programmes.publish(programme, by=by)
    return programme


def _proposed(school: School, actor: Actor) -> dict[str, Any]:
    """From tomorrow to the end of the term, in the school's first slot."""
    today = clock.today()
    term = Term.objects.filter(district_id=school.district_id).on(today).first()
    slot = school.slots.order_by("weekday", "starts").first()
    return {
        "request_key": uuid.uuid4(),
        "leader": actor.membership.pk if actor.user else None,
        "starts_on": today + dt.timedelta(days=1),
        "last_day": term.last_day if term else today + dt.timedelta(weeks=15),
        "weekdays": [slot.weekday] if slot else [],
        "starts": slot.starts if slot else None,
        "ends": slot.ends if slot else None,
    }


def _made(request: HttpRequest, series: Series) -> HttpResponse:
    count = series.sessions.count()
    messages.success(
        request,
        ngettext("The series has %(n)s date.", "The series has %(n)s dates.", count) % {"n": count},
    )
    return redirect("activities:series-page", series.pk)
