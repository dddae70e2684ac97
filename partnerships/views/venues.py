"""Pages of venues: the directory as list and plan, one venue, its facts and halls."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from partnerships import directory, plan, venues
from partnerships.forms.directory import DirectoryForm, chosen
from partnerships.forms.venue import HallForm, VenueForm
from partnerships.models import Agreement, BookingRules, Hall, Listing, Venue
from partnerships.venue_page import listings_of, registration, titles_of, ways_to, weekdays_in_words, with_titles
from people import thresholds
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from people.thresholds import Values
from portal.lib import clock, pages
from portal.lib.errors import Refused


@allow(Permission.VENUE_SEE)
def venue_list(request: HttpRequest) -> HttpResponse:
    """The directory: what is listed in the reader's district, for offices also what waits for them."""
    actor = request.actor
    values = thresholds.of(actor.district_id)
    context = _found(request, values)
    page = pages.sliced(context["found"], request.GET)
    venues_by_key = Venue.objects.visible_to(actor).in_bulk([entry.pk for entry in page])
    page.rows[:] = [(entry, venues_by_key[entry.pk]) for entry in page if entry.pk in venues_by_key]
    with_titles([venue for _entry, venue in page], actor, values)
    waiting = Listing.objects.visible_to(actor).awaiting(actor).of_venues() if actor.is_office else []
    return render(request, "partnerships/venue_list.html", context | {"page": page, "waiting": waiting})


@allow(Permission.VENUE_SEE)
def venue_plan(request: HttpRequest) -> HttpResponse:
    """The same directory drawn to scale, with the list that the numbers belong to."""
    values = thresholds.of(request.actor.district_id)
    context = _found(request, values)
    drawn = plan.draw(context["found"], context["start"], values)
    return render(request, "partnerships/venue_plan.html", context | {"plan": drawn})


def _found(request: HttpRequest, values: Values) -> dict[str, Any]:
    """What list and plan share: the entries that fit the address, the filter bar, the start."""
    actor, words = request.actor, request.GET.get("q", "").strip()[:60]
    starts = directory.starts_of(actor)
    asked = request.GET.get("start", "")
    start = next((one for one in starts if one.key == asked), starts[0] if actor.is_school and starts else None)
    rows = Venue.objects.visible_to(actor).named(words)
    found = directory.Directory(directory.entries_of(rows, actor, start, values), chosen(request.GET))
    asked_for = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    return {
        "form": DirectoryForm(request.GET, found, starts),
        "found": found.found,
        "start": start,
        "query": urlencode(asked_for),
        "no_position": actor.is_school and not starts,
    }


@allow(Permission.VENUE_SEE)
def venue_page(request: HttpRequest, pk: int) -> HttpResponse:
    venue = seen(Venue.objects, request.actor, pk=pk)
    today = clock.today()
    agreements = Agreement.objects.visible_to(request.actor).filter(venue=venue).in_force(today)
    rules = BookingRules.objects.of(venue.pk, on=today)
    return render(
        request,
        "partnerships/venue_page.html",
        {
            "venue": venue,
            "rules": rules,
            "weekdays": weekdays_in_words(rules.weekdays),
            "registration": registration(venue),
            "next_rules": BookingRules.objects.filter(venue=venue, starts_on__gt=today).order_by("starts_on").first(),
            "halls": Hall.objects.filter(venue=venue),
            "ways": ways_to(venue, request.actor),
            "titles": titles_of(venue, request.actor),
            "listings": listings_of(venue, request.actor),
            "agreements": agreements,
            "may_edit": may(request.actor, Permission.VENUE_EDIT, venue),
            "may_recognise": may(request.actor, Permission.RECOGNITION_EDIT, venue),
        },
    )


@allow(Permission.VENUE_EDIT)
def venue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    venue = seen(Venue.objects, request.actor, pk=pk)
    require(request.actor, Permission.VENUE_EDIT, venue)
    form = VenueForm(request.POST or None, instance=venue)
    if request.method == "POST" and form.is_valid():
        venues.change(venue, by=request.actor, **form.facts())
        messages.success(request, _("Saved."))
        return redirect("partnerships:venue-page", venue.pk)
    context = {"form": form, "venue": venue, "title": _("Edit the venue's facts"), "action": _("Save")}
    return render(request, "partnerships/venue_form.html", context)


@allow(Permission.VENUE_EDIT)
def hall_add(request: HttpRequest, pk: int) -> HttpResponse:
    venue = seen(Venue.objects, request.actor, pk=pk)
    require(request.actor, Permission.VENUE_EDIT, venue)
    form = HallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            venues.add_hall(venue, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:venue-page", venue.pk)
    context = {"form": form, "venue": venue, "title": _("Add a hall or room"), "action": _("Add")}
    return render(request, "partnerships/venue_form.html", context)


@allow(Permission.VENUE_EDIT)
def hall_edit(request: HttpRequest, pk: int) -> HttpResponse:
    hall = seen(Hall.objects.select_related("venue__organisation"), request.actor, pk=pk)
    require(request.actor, Permission.VENUE_EDIT, hall)
    initial = {"name": hall.name, "heads": hall.heads, "is_step_free": hall.is_step_free}
    form = HallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            venues.change_hall(hall, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:venue-page", hall.venue_id)
    context = {"form": form, "venue": hall.venue, "title": _("Edit a hall or room"), "action": _("Save")}
    return render(request, "partnerships/venue_form.html", context)
