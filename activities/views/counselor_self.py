"""The counselor's own pages: profile, consent, checks, districts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities import checks, counselors
from activities.forms.counselor import ApplyForm, CounselorForm
from activities.models import Check, Counselor
from partnerships.models import Listing
from partnerships.venue_page import listings_of
from people.gate import allow
from people.models import District
from people.roles import Permission
from portal.lib.errors import Refused


def own(request: HttpRequest) -> Counselor | None:
    return Counselor.objects.visible_to(request.actor).filter(pk=request.actor.organisation_id).first()


def _others(counselor: Counselor):
    """Districts that don't know the counselor yet."""
    known = Listing.objects.filter(organisation=counselor.pk).values("district")
    return District.objects.exclude(pk__in=known).order_by("name_zh")


@allow(Permission.COUNSELOR_EDIT)
def counselor_me(request: HttpRequest) -> HttpResponse:
    """我的资料; whoever has none yet begins with the form."""
    counselor = own(request)
    if counselor is None:
        return counselor_edit(request)
    return render(
        request,
        "activities/counselor_me.html",
        {
            "counselor": counselor,
            "person": request.actor.user,
            "checks": Check.objects.visible_to(request.actor).standing().select_related("unit"),
            "listings": listings_of(counselor, request.actor),
            "may_apply": _others(counselor).exists(),
            "may_edit": True,
        },
    )


@allow(Permission.COUNSELOR_EDIT)
def counselor_edit(request: HttpRequest) -> HttpResponse:
    counselor, organisation = own(request), request.actor.organisation
    names = {"name_zh": organisation.name_zh, "name_en": organisation.name_en}
    known = {"fields_known": counselor.fields} if counselor else {}
    form = CounselorForm(request.POST or None, instance=counselor, initial=names | known)
    if request.method == "POST" and form.is_valid():
        try:
            counselors.save(organisation, by=request.actor, **form.facts())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:counselor-me")
    return render(request, "activities/counselor_form.html", {"form": form, "is_new": counselor is None})


@allow(Permission.COUNSELOR_EDIT)
@require_POST
def counselor_consent(request: HttpRequest) -> HttpResponse:
    """Agree to the background check, or take the consent back."""
    counselor = get_object_or_404(Counselor.objects.visible_to(request.actor), pk=request.actor.organisation_id)
    if counselor.consented_on is None:
        checks.consent(counselor, by=request.actor)
        messages.success(request, _("Thank you. The bureaus of your districts may ask now."))
    else:
        checks.withdraw_consent(counselor, by=request.actor)
        messages.success(request, _("No bureau asks about you any more."))
    return redirect("activities:counselor-me")


@allow(Permission.COUNSELOR_EDIT)
def counselor_apply(request: HttpRequest) -> HttpResponse:
    """Apply to a district; its offices review together."""
    counselor = own(request)
    if counselor is None:
        return redirect("activities:counselor-edit")
    form = ApplyForm(request.POST or None, districts=_others(counselor))
    if request.method == "POST" and form.is_valid():
        try:
            counselors.apply(counselor, by=request.actor, district=form.cleaned_data["district"])
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Sent. The district's offices have been told."))
            return redirect("activities:counselor-me")
    return render(request, "activities/counselor_apply.html", {"form": form})
