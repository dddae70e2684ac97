"""Programmes: the provider's list and forms, and the page that schools read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities import programmes, requests
from activities.forms.programme import ProgrammeForm
from activities.forms.words import WordsForm
from activities.models import Programme, Session
from people.access import may, require
from people.gate import allow, seen
from people.once import once
from people.roles import Permission
from people.workflow import abilities
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset


@allow(Permission.SESSION_SEE)
def programme_list(request: HttpRequest) -> HttpResponse:
    """A provider's own programmes in every state; for everybody else what is published."""
    rows = Programme.objects.visible_to(request.actor).select_related("provider")
    offers = may(request.actor, Permission.PROGRAMME_EDIT)
    if offers:
        rows = rows.filter(provider=request.actor.organisation_id)
    for word in request.GET.get("words", "")[:60].split():
        rows = rows.filter(name_zh__icontains=word) | rows.filter(name_en__icontains=word)
    page = keyset(rows, request.GET, order=("name_zh", "pk"))
    return render(
        request, "activities/programme_list.html", {"page": page, "offers": offers, "filter": WordsForm(request.GET)}
    )


@allow(Permission.SESSION_SEE)
def programme_page(request: HttpRequest, pk: int) -> HttpResponse:
    programme = seen(Programme.objects.select_related("provider"), request.actor, pk=pk)
    coming = Session.objects.visible_to(request.actor).filter(programme=programme).upcoming()
    if not request.actor.is_venue:
        coming = coming.open()
    return render(
        request,
        "activities/programme_page.html",
        {
            "programme": programme,
            "moves": abilities(programme, request.actor),
            "may_edit": may(request.actor, Permission.PROGRAMME_EDIT, programme),
            "may_ask": may(request.actor, Permission.BOOKING_REQUEST) and requests.may_be_asked(programme),
            "coming": coming.select_related("hall").order_by("starts_at", "pk")[:50],
        },
    )


@allow(Permission.PROGRAMME_EDIT)
@once
def programme_create(request: HttpRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            programme = programmes.create(request.actor.organisation, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved as a draft. Publish it when it is ready."))
            return redirect("activities:programme-page", programme.pk)
    return render(request, "activities/programme_form.html", {"form": form, "programme": None})


@allow(Permission.PROGRAMME_EDIT)
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    programme = seen(Programme.objects.select_related("provider"), request.actor, pk=pk)
    require(request.actor, Permission.PROGRAMME_EDIT, programme)
    form = ProgrammeForm(request.POST or None, instance=Programme.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            programmes.edit(programme, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:programme-page", pk)
    return render(request, "activities/programme_form.html", {"form": form, "programme": programme})


@require_POST
def _publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, programmes.publish, _("Published: schools find it in the catalogue."))


@require_POST
def _retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, programmes.retire, _("Taken out of the catalogue."))


def _move(request: HttpRequest, pk: int, verb, done: str) -> HttpResponse:
    programme = seen(Programme.objects.select_related("provider"), request.actor, pk=pk)
    with refusals_told(request):
        verb(programme, by=request.actor)
        messages.success(request, done)
    return redirect("activities:programme-page", pk)


programme_publish = allow(Permission.PROGRAMME_PUBLISH)(_publish)
programme_retire = allow(Permission.PROGRAMME_PUBLISH)(_retire)
