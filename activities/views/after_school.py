"""A school's after-school series: the form with its dates, its own programme made along with it, or a venue asked."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from activities import after_school, groups, programmes, proposals, requests
from activities.forms.after_school import AfterSchoolForm
from activities.models import Programme, Request, Series
from activities.views.series import chosen, made
from partnerships.models import ActivityGroup, School, Term
from people.actors import Actor
from people.gate import allow
from people.models import Organisation
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.SERIES_REQUEST)
def series_request(request: HttpRequest) -> HttpResponse:
    """First the dates; then sessions and bookings, all or none, or one request to a venue that confirms by hand."""
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    slots = list(school.slots.order_by("weekday", "starts"))
    form = AfterSchoolForm(
        request.POST or None,
        school=school,
        actor=request.actor,
        day=clock.today(),
        initial=_proposed(request, school, slots),
    )
    days: list[dt.date] = []
    drop: set[dt.date] = set()
    if request.method == "POST" and form.is_valid():
        rule = form.rule()
        try:
            days = after_school.preview(school, rule["weekdays"], rule["starts_on"], rule["ends_on"])
            agreed, drop = chosen(request, days)
            if agreed and days:
                return _answer(request, _ask(school, form, days, drop, by=request.actor))
            drop = set() if not agreed else drop
        except Refused as no:
            form.add_error(None, str(no))
    return render(
        request,
        "activities/series_request.html",
        {"form": form, "days": days, "drop": drop, "slots": slots, "is_sent": request.method == "POST"},
    )


def _answer(request: HttpRequest, asked: Series | Request) -> HttpResponse:
    if isinstance(asked, Series):
        return made(request, asked)
    messages.success(request, _("Sent to the venue: one answer books all dates; you will be told."))
    return redirect("activities:request-page", asked.pk)


@verb
def _ask(
    school: School, form: AfterSchoolForm, days: list[dt.date], drop: set[dt.date], *, by: Actor
) -> Series | Request:
    """The series, and before it the school's own programme where a new one was named: all or none."""
    programme = form.cleaned_data["programme"] or _own(school.organisation, form, by=by)
    details = form.details()
    if programme.confirms_at_once or programme.provider_id == school.pk:
        return after_school.request(school, programme, by=by, drop=drop, **details)
    return _request(programme, days, drop, details, school, by=by)


def _request(
    programme: Programme, days: list[dt.date], drop: set[dt.date], details: dict[str, Any], school: School, *, by: Actor
) -> Request:
    """点单 for every week, beginning with the first date that stays."""
    first = next((day for day in days if day not in drop), None)
    if first is None:
        raise Refused("series.empty", _("No date is left: every one is a holiday, a closing day, or past."))
    members, adults = details["members"], details["adults"]
    if isinstance(members, ActivityGroup):
        group = groups.of_activity_group(members, on=first, adults=adults)
    else:
        heads = {members.pk: details["heads"]}
        group = groups.of_classes(school, [members], on=first, adults=adults, heads=heads)
    starts_at, ends_at = clock.moment(first, details["starts"]), clock.moment(first, details["ends"])
    return requests.ask(
        programme,
        group,
        by=by,
        times=[proposals.Wanted(starts_at, ends_at, tuple(details["weekdays"]))],
        leader=details["leader"],
        request_key=details["request_key"],
        last_day=details["ends_on"] - dt.timedelta(days=1),
        dropped=drop,
    )


def _own(provider: Organisation, form: AfterSchoolForm, *, by: Actor) -> Programme:
    """The school's own programme of that name, made and published where there is none yet."""
    data = form.cleaned_data
    length = dt.datetime.combine(clock.today(), data["ends"]) - dt.datetime.combine(clock.today(), data["starts"])
    return programmes.own(
        provider,
        by=by,
        name_zh=data["own_name"],
        summary_zh=data["own_summary"].strip(),
        form=Programme.Form.CLUB,
        direction=Programme.Direction.BRING_IN,
        category=data["own_category"],
        minutes=length.seconds // 60,
        **form.price(),
    )


def _proposed(request: HttpRequest, school: School, slots: list[Any]) -> dict[str, Any]:
    """From tomorrow to the end of the term, in the slot of the address or the school's first one."""
    today = clock.today()
    term = Term.objects.filter(district_id=school.district_id).on(today).first()
    wanted = request.GET.get("slot")
    slot = next((slot for slot in slots if str(slot.pk) == wanted), slots[0] if slots else None)
    return {
        "request_key": uuid.uuid4(),
        "programme": request.GET.get("programme"),
        "leader": request.actor.membership.pk if request.actor.user else None,
        "starts_on": today + dt.timedelta(days=1),
        "last_day": term.last_day if term else today + dt.timedelta(weeks=15),
        "weekdays": [slot.weekday] if slot else [],
        "starts": slot.starts if slot else None,
        "ends": slot.ends if slot else None,
    }
