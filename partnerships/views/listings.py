"""入库: applying, reviewing, suspending, leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from partnerships import listings
from partnerships.forms.fields import Reason
from partnerships.forms.venue import ApplyForm, ReviewForm
from partnerships.models import Listing
from people.access import require
from people.gate import allow, seen
from people.models import District, Organisation
from people.roles import Permission
from portal.lib.errors import Refused


def _found(request: HttpRequest, pk: int, permission: Permission) -> Listing:
    listing = seen(Listing.objects, request.actor, pk=pk)
    require(request.actor, permission, listing)
    return listing


@allow(Permission.LISTING_PROPOSE)
def listing_apply(request: HttpRequest) -> HttpResponse:
    """A venue's lead applies to a district that does not know the venue yet."""
    own = get_object_or_404(Organisation, pk=request.actor.organisation_id, kind=Organisation.Kind.VENUE)
    known = Listing.objects.filter(organisation=own).values("district")
    form = ApplyForm(request.POST or None, districts=District.objects.exclude(pk__in=known))
    if request.method == "POST" and form.is_valid():
        listings.propose(own, by=request.actor, district=form.cleaned_data["district"])
        messages.success(request, _("Sent. The district's offices have been told."))
        return redirect("partnerships:venue-page", own.pk)
    return render(request, "partnerships/listing_apply.html", {"form": form, "venue_pk": own.pk})


@allow(Permission.LISTING_REVIEW)
def listing_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One office's decision, with its reason."""
    listing = _found(request, pk, Permission.LISTING_REVIEW)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            listings.review(listing, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Your office's decision is recorded."))
            return redirect(listings.page_of(listing))
    return render(
        request,
        "partnerships/listing_form.html",
        {
            "form": form,
            "listing": listing,
            "page_url": listings.page_of(listing),
            "title": _("Review the application"),
            "action": _("Record the decision"),
            "waiting": listings.waiting_offices(listing),
        },
    )


@allow(Permission.LISTING_REVIEW)
def listing_suspend(request: HttpRequest, pk: int) -> HttpResponse:
    listing = _found(request, pk, Permission.LISTING_REVIEW)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        listings.suspend(listing, by=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, _("Suspended. Schools of the district no longer find it."))
        return redirect(listings.page_of(listing))
    context = {
        "form": form,
        "listing": listing,
        "page_url": listings.page_of(listing),
        "title": _("Suspend service"),
        "action": pgettext("listing", "Suspend"),
        "waiting": [],
    }
    return render(request, "partnerships/listing_form.html", context)


@allow(Permission.LISTING_REVIEW)
@require_POST
def listing_resume(request: HttpRequest, pk: int) -> HttpResponse:
    listing = _found(request, pk, Permission.LISTING_REVIEW)
    listings.resume(listing, by=request.actor)
    return redirect(listings.page_of(listing))


@allow(Permission.LISTING_PROPOSE)
@require_POST
def listing_again(request: HttpRequest, pk: int) -> HttpResponse:
    listing = _found(request, pk, Permission.LISTING_PROPOSE)
    listings.apply_again(listing, by=request.actor)
    return redirect(listings.page_of(listing))


@allow(Permission.LISTING_LEAVE)
@require_POST
def listing_leave(request: HttpRequest, pk: int) -> HttpResponse:
    listing = _found(request, pk, Permission.LISTING_LEAVE)
    listings.leave(listing, by=request.actor)
    return redirect(listings.page_of(listing))
