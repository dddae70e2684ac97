"""Connected systems 对接系统: the bureau's page of who may ask, what they may see, and when they last did."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from people.scopes import SCOPES
from portal.lib.errors import Refused
from portal.models import Client
from portal.systems import clients
from portal.systems.forms import ClientForm, ScopesForm

MANAGE = Permission.CLIENT_MANAGE


def found(request: HttpRequest, pk: int) -> Client:
    return seen(Client.objects.select_related("district", "principal"), request.actor, pk=pk)


def shown_once(request: HttpRequest, issued: clients.Issued) -> HttpResponse:
    """The page with the secret, answered to the press itself: it can't be shown a second time."""
    root = request.build_absolute_uri("/")
    return render(
        request, "portal/client_secret.html", {"client": issued.client, "secret": issued.secret, "root": root}
    )


@allow(MANAGE)
def client_list(request: HttpRequest) -> HttpResponse:
    stopped = Count("endpoints", filter=Q(endpoints__disabled_at__isnull=False))
    rows = Client.objects.visible_to(request.actor).annotate(told=Count("endpoints"), stopped=stopped)
    return render(request, "portal/client_list.html", {"clients": rows, "names": clients.NAMES})


@allow(MANAGE)
@fresh_factor
@never_cache
def client_new(request: HttpRequest) -> HttpResponse:
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            issued = clients.create(request.actor.organisation.district, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name" if refused.code == "client_name_once" else None, str(refused))
        else:
            return shown_once(request, issued)
    return render(request, "portal/client_new.html", {"form": form}, status=422 if form.errors else 200)


@allow(MANAGE)
def client_page(request: HttpRequest, pk: int) -> HttpResponse:
    client = found(request, pk)
    context: dict[str, Any] = {
        "client": client,
        "granted": [SCOPES[code].label for code in client.scopes if code in SCOPES and code != clients.NAMES],
        "sees_names": clients.NAMES in client.scopes,
        "endpoints": client.endpoints.all(),
    }
    return render(request, "portal/client_page.html", context)


@allow(MANAGE)
def client_scopes(request: HttpRequest, pk: int) -> HttpResponse:
    client = found(request, pk)
    form = ScopesForm(request.POST or None, initial={"scopes": client.scopes})
    if request.method == "POST" and form.is_valid():
        clients.grant(client, by=request.actor, **form.cleaned_data)
        messages.success(request, _("Changed. What was taken away is closed at once."))
        return redirect("portal:client-page", pk)
    return render(request, "portal/client_scopes.html", {"client": client, "form": form})


@allow(MANAGE)
@fresh_factor
@require_POST
def client_names(request: HttpRequest, pk: int) -> HttpResponse:
    """Open names of pupils to a system, or close them."""
    allowed = request.POST.get("allowed") == "yes"
    clients.let_see_names(found(request, pk), by=request.actor, allowed=allowed)
    words = _("This system may look at names now. Every look is logged.") if allowed else _("Names are closed to it.")
    messages.success(request, words)
    return redirect("portal:client-page", pk)


@allow(MANAGE)
@fresh_factor
@require_POST
@never_cache
def client_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    return shown_once(request, clients.rotate(found(request, pk), by=request.actor))


@allow(MANAGE)
@require_POST
def client_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    clients.deactivate(found(request, pk), by=request.actor)
    messages.success(request, _("This system's access is switched off."))
    return redirect("portal:client-page", pk)


@allow(MANAGE)
@fresh_factor
@require_POST
def client_activate(request: HttpRequest, pk: int) -> HttpResponse:
    clients.activate(found(request, pk), by=request.actor)
    messages.success(request, _("The system may ask again. You answer for it from now on."))
    return redirect("portal:client-page", pk)
