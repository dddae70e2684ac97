"""Where a bureau looks after its schools and venues, and the administrator opens districts and offices."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from people import organisations
from people.forms import DistrictForm, OfficeForm
from people.gate import allow
from people.models import District, Organisation
from people.roles import KEPT, Permission
from portal.lib.errors import Refused

KEPT_TODAY = Count("memberships", filter=Q(memberships__role__in=KEPT, memberships__ends_on__isnull=True))


@allow(Permission.MEMBER_INVITE)
def list_organisations(request: HttpRequest) -> HttpResponse:
    """The organisations whose leads this hat invites, those without a lead first."""
    rows = Organisation.objects.visible_to(request.actor).exclude(pk=request.actor.organisation_id)
    rows = rows.filter(kind__in=[Organisation.Kind.SCHOOL, Organisation.Kind.VENUE]).annotate(leads=KEPT_TODAY)
    return render(
        request, "people/organisation_list.html", {"organisations": rows.order_by("leads", "kind", "name_zh", "pk")}
    )


@allow(Permission.DISTRICT_CREATE)
def list_districts(request: HttpRequest) -> HttpResponse:
    form = DistrictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            district = organisations.create_district(by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("people:district-page", pk=district.pk)
    rows = District.objects.annotate(offices=Count("organisations", filter=Q(organisations__kind="bureau")))
    return render(request, "people/district_list.html", {"districts": rows, "form": form})


@allow(Permission.DISTRICT_CREATE)
def show_district(request: HttpRequest, pk: int) -> HttpResponse:
    """A district's offices, and the form that opens another."""
    district = get_object_or_404(District, pk=pk)
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            office = organisations.create_office(district, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name_zh", str(refused))
        else:
            messages.success(request, _("The office exists. Invite its first officer."))
            return redirect("people:member-of", pk=office.pk)
    offices = district.organisations.filter(kind__in=["bureau", "partner_office"]).annotate(officers=KEPT_TODAY)
    return render(request, "people/district_page.html", {"district": district, "offices": offices, "form": form})
