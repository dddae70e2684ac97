"""Pages of venues: the directory, one venue, its facts and halls."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from partnerships import venues
from partnerships.filters import VenueFilter
from partnerships.forms.venue import HallForm, VenueForm
from partnerships.models import Agreement, BookingRules, Hall, Listing, Venue
from partnerships.venue_page import listings_of, registration, titles_of, weekdays_in_words, with_titles
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock, pages
from portal.lib.errors import Refused


@allow(Permission.VENUE_SEE)
def venue_list(request: HttpRequest) -> HttpResponse:
    """The directory: what is listed in the reader's district, for offices also what waits for them."""
    actor = request.actor
    rows = Venue.objects.visible_to(actor)
    found = VenueFilter(request.GET, rows, district_id=actor.district_id, is_office=actor.is_office)
    page = pages.keyset(found.qs, request.GET, order=("organisation__name_zh", "pk"))
    with_titles(page.rows, actor)
    waiting = Listing.objects.visible_to(actor).awaiting(actor.organisation_id).of_venues() if actor.is_office else []
    return render(request, "partnerships/venue_list.html", {"filter": found, "page": page, "waiting": waiting})


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
        venues.change(venue, by=request.actor, **form.cleaned_data)
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
    form = HallForm(request.POST or None, initial={"name": hall.name, "heads": hall.heads})
    if request.method == "POST" and form.is_valid():
        try:
            venues.change_hall(hall, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:venue-page", hall.venue_id)
    context = {"form": form, "venue": hall.venue, "title": _("Edit a hall or room"), "action": _("Save")}
    return render(request, "partnerships/venue_form.html", context)
