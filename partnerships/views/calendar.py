"""Terms and the calendar of a district: read by everybody in it, written by the bureau."""

import datetime as dt
from copy import copy
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from partnerships import calendar
from partnerships.forms.calendar import DayForm, TermForm
from partnerships.forms.fields import DAY
from partnerships.models import CalendarDay, Term
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.CALENDAR_SEE)
def term_list(request: HttpRequest) -> HttpResponse:
    rows = Term.objects.visible_to(request.actor).select_related("district")
    return render(request, "partnerships/term_list.html", {"rows": rows, "today": clock.today()})


@allow(Permission.CALENDAR_EDIT)
def term_new(request: HttpRequest) -> HttpResponse:
    form = TermForm(request.POST or None, initial={"school_year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            term = calendar.open_term(
                request.actor.organisation.district,
                by=request.actor,
                school_year=given["school_year"],
                half=given["half"],
                starts_on=given["starts_on"],
                ends_on=given["last_day"] + DAY,
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The term is entered. Check the days marked as not yet official."))
            return redirect("partnerships:term-page", term.pk)
    return render(request, "partnerships/term_form.html", {"form": form, "title": _("New term")})


@allow(Permission.CALENDAR_EDIT)
def term_edit(request: HttpRequest, pk: int) -> HttpResponse:
    term = seen(Term.objects.select_related("district"), request.actor, pk=pk)
    require(request.actor, Permission.CALENDAR_EDIT, term)
    form = TermForm(request.POST or None, initial={"starts_on": term.starts_on, "last_day": term.last_day})
    del form.fields["school_year"], form.fields["half"]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            calendar.change_term(term, by=request.actor, starts_on=given["starts_on"], ends_on=given["last_day"] + DAY)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:term-page", term.pk)
    return render(request, "partnerships/term_form.html", {"form": form, "title": term.name})


@allow(Permission.CALENDAR_SEE)
def term_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The days of a term, a row a week."""
    term = seen(Term.objects.select_related("district"), request.actor, pk=pk)
    monday = term.starts_on - dt.timedelta(days=term.starts_on.weekday())
    sunday = term.last_day + dt.timedelta(days=6 - term.last_day.weekday())
    days = CalendarDay.objects.filter(district=term.district).between(monday, sunday + DAY)
    weeks = [(number, _seven(list(week))) for number, week in groupby(days, key=lambda day: term.week_of(day.date))]
    teaching = [day for _n, week in weeks for day in week if day and day.is_teaching and term.holds(day.date)]
    return render(
        request,
        "partnerships/term_page.html",
        {
            "term": term,
            "weeks": weeks,
            "teaching_days": len(teaching),
            "teaching_weeks": len(calendar.teaching_weeks(term)),
            "assumed": sum(day.source == CalendarDay.Source.ASSUMED for day in teaching),
            "weekdays": [label for _value, label in CalendarDay.Weekday.choices],
            "today": clock.today(),
        },
    )


def _seven(days: list[CalendarDay]) -> list[CalendarDay | None]:
    """Monday to Sunday, None where the calendar has no row."""
    by_weekday = {day.date.isoweekday(): day for day in days}
    return [by_weekday.get(weekday) for weekday in range(1, 8)]


@allow(Permission.CALENDAR_EDIT)
def day_edit(request: HttpRequest, pk: int) -> HttpResponse:
    day = seen(CalendarDay.objects.select_related("district"), request.actor, pk=pk)
    require(request.actor, Permission.CALENDAR_EDIT, day)
    form = DayForm(request.POST or None, instance=copy(day))
    term = Term.objects.filter(district=day.district).on(day.date).first()
    if request.method == "POST" and form.is_valid():
        try:
            calendar.edit_day(day, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved. The day is marked as edited by the bureau."))
            return redirect("partnerships:term-page", term.pk) if term else redirect("partnerships:term-list")
    return render(request, "partnerships/day_form.html", {"form": form, "day": day, "term": term})
