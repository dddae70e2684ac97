"""Counselors as schools, venues and offices see them: the directory, one person, the link for a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from activities import checks, counselors
from activities.filters import CounselorFilter
from activities.forms.counselor import CheckForm, InviteForm
from activities.models import Appointment, Assignment, Check, Counselor, Session
from partnerships.models import Listing
from partnerships.models.school_class import school_year_of
from partnerships.venue_page import listings_of
from people.access import may, require
from people.actors import Actor
from people.gate import allow, seen
from people.models import Organisation
from people.roles import Permission, Role
from people.views.invitations import printable
from portal.lib import clock, pages
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused

SESSIONS_SHOWN = 10


@allow(Permission.COUNSELOR_SEE)
def counselor_list(request: HttpRequest) -> HttpResponse:
    """Who is listed where the reader is; for offices also who waits for review, or for a check."""
    actor = request.actor
    if actor.role == Role.COUNSELOR:
        return redirect("activities:counselor-me")
    rows = Counselor.objects.visible_to(actor)
    found = CounselorFilter(request.GET, rows, district_id=actor.district_id, is_office=actor.is_office)
    page = pages.keyset(found.qs, request.GET, order=("organisation__name_zh", "pk"))
    own = Listing.objects.visible_to(actor).filter(organisation__in=[row.pk for row in page])
    by_counselor = {listing.organisation_id: listing for listing in own}
    waiting = Listing.objects.visible_to(actor).awaiting(actor)
    return render(
        request,
        "activities/counselor_list.html",
        {
            "filter": found,
            "page": page,
            "lines": [(row, by_counselor.get(row.pk)) for row in page],
            "is_office": actor.is_office,
            "waiting": waiting.filter(organisation__kind=Organisation.Kind.COUNSELOR)
            if may(actor, Permission.LISTING_REVIEW)
            else [],
            "to_check": checks.awaiting(actor.district_id)[:50] if may(actor, Permission.CHECK_RECORD) else [],
        },
    )


@allow(Permission.COUNSELOR_SEE)
def counselor_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One counselor, as much of them as this hat may read."""
    actor = request.actor
    counselor = seen(Counselor.objects, actor, pk=pk)
    if counselor.pk == actor.organisation_id:
        return redirect("activities:counselor-me")
    today = clock.today()
    may_host = may(actor, Permission.ASSIGNMENT_HOST)
    wanted = (
        Session.objects.hosted_by(actor.organisation_id or 0).lacking_counselor()
        if may_host
        else Session.objects.none()
    )
    return render(
        request,
        "activities/counselor_page.html",
        {
            "counselor": counselor,
            "phone": counselors.phone_for(counselor, actor),
            "checks": Check.objects.visible_to(actor).filter(counselor=counselor).select_related("unit")[:6],
            "shows_checks": actor.role in (Role.BUREAU_OFFICER, Role.PARTNER_OFFICER),
            "is_valid_today": _valid_today(counselor, actor),
            "listings": listings_of(counselor, actor),
            "appointments": Appointment.objects.visible_to(actor)
            .filter(counselor=counselor)
            .select_related("school__organisation"),
            "assignments": Assignment.objects.visible_to(actor)
            .filter(counselor=counselor)
            .upcoming()
            .with_names()[:SESSIONS_SHOWN],
            "wanted": wanted.select_related("programme", "provider")[:SESSIONS_SHOWN],
            "may_check": may(actor, Permission.CHECK_RECORD, counselor),
            "may_appoint": may(actor, Permission.APPOINTMENT_OFFER)
            and Counselor.objects.listed_in([actor.district_id]).filter(pk=counselor.pk).exists(),
            "may_ask": may(actor, Permission.BOOKING_REQUEST)
            and Counselor.objects.listed_in([actor.district_id]).filter(pk=counselor.pk).exists(),
            "school_year": school_year_of(today),
            "may_edit": False,
        },
    )


def _valid_today(counselor: Counselor, actor: Actor) -> bool | None:
    """For a school's own hats: whether the check counts today; nothing for anybody else."""
    if not actor.is_school or actor.district_id is None:
        return None
    return checks.is_valid(counselor, actor.district_id, clock.today())


@allow(Permission.COUNSELOR_INVITE)
@never_cache
def counselor_invite(request: HttpRequest) -> HttpResponse:
    """A link with which somebody becomes a counselor; shown once, as the answer to the press."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return printable(request, [counselors.invite(form.cleaned_data["full_name"], by=request.actor)])
        except Refused as no:
            form.add_error(None, str(no))
    return render(request, "activities/counselor_invite.html", {"form": form})


@allow(Permission.CHECK_RECORD)
def counselor_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The bureau writes down the answer of a check."""
    counselor = seen(Counselor.objects, request.actor, pk=pk)
    require(request.actor, Permission.CHECK_RECORD, counselor)
    form = CheckForm(request.POST or None, initial={"checked_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            checks.record(counselor, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The answer is recorded."))
            return redirect("activities:counselor-page", pk)
    return render(request, "activities/counselor_check.html", {"form": form, "counselor": counselor})


@allow(Permission.LISTING_REVIEW)
@require_POST
def counselor_expert(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the district's expert pool, or out of it."""
    counselor = seen(Counselor.objects, request.actor, pk=pk)
    listing = seen(Listing.objects, request.actor, organisation=counselor.pk)
    with refusals_told(request):
        counselors.mark_expert(listing, by=request.actor, is_expert=not listing.is_expert)
    return redirect("activities:counselor-page", pk)
