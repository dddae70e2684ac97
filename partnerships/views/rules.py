"""A venue's rules for groups with their history, and its titles."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from partnerships import recognitions, venues
from partnerships.forms.venue import RecognitionForm, RulesForm, tomorrow
from partnerships.models import BookingRules, Recognition, Venue
from partnerships.venue_page import weekdays_in_words
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.VENUE_EDIT)
def rules_edit(request: HttpRequest) -> HttpResponse:
    """The rules of one's own venue: what counts today, what follows, what was, and a form for the next."""
    venue = get_object_or_404(Venue.objects.visible_to(request.actor), pk=request.actor.organisation_id)
    today = clock.today()
    now = BookingRules.objects.of(venue.pk, on=today)
    start = {name: getattr(now, name) for name in venues.RULES} | {"starts_on": tomorrow()}
    form = RulesForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            venues.set_rules(venue, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The rules are entered and start on the day you chose."))
            return redirect("partnerships:rules-edit")
    rows = BookingRules.objects.filter(venue=venue).select_related("set_by")
    return render(
        request,
        "partnerships/rules_edit.html",
        {
            "form": form,
            "venue": venue,
            "now": now,
            "weekdays": weekdays_in_words(now.weekdays),
            "rows": rows,
            "today": today,
        },
    )


@allow(Permission.RECOGNITION_EDIT)
def recognition_add(request: HttpRequest, pk: int) -> HttpResponse:
    venue = seen(Venue.objects, request.actor, pk=pk)
    require(request.actor, Permission.RECOGNITION_EDIT, venue)
    form = RecognitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recognitions.add(venue, by=request.actor, **form.facts())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:venue-page", venue.pk)
    context = {"form": form, "venue": venue, "title": _("Add a title"), "action": _("Add")}
    return render(request, "partnerships/venue_form.html", context)


@allow(Permission.RECOGNITION_EDIT)
def recognition_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = seen(Recognition.objects.select_related("venue__organisation"), request.actor, pk=pk)
    require(request.actor, Permission.RECOGNITION_EDIT, row)
    form = RecognitionForm(request.POST or None, instance=copy(row))
    if request.method == "POST" and form.is_valid():
        try:
            recognitions.change(row, by=request.actor, **form.facts())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:venue-page", row.venue_id)
    context = {"form": form, "venue": row.venue, "title": row.title, "action": _("Save")}
    return render(request, "partnerships/venue_form.html", context)
