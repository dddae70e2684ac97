"""Addresses of connected systems: where they are told what happened, what arrived and what did not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.events import TYPES
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from portal.lib.errors import Refused
from portal.models import Client, WebhookEndpoint
from portal.systems import endpoints, showing
from portal.systems.forms import EndpointForm, TypesForm

MANAGE = Permission.CLIENT_MANAGE
SHOWN = 30


def found(request: HttpRequest, pk: int) -> WebhookEndpoint:
    return seen(WebhookEndpoint.objects.select_related("client__district"), request.actor, pk=pk)


def shown_once(request: HttpRequest, issued: endpoints.Issued) -> HttpResponse:
    """The page with the secret, answered to the press itself."""
    return render(request, "portal/endpoint_secret.html", {"endpoint": issued.endpoint, "secret": issued.secret})


@allow(MANAGE)
@fresh_factor
@never_cache
def endpoint_new(request: HttpRequest, pk: int) -> HttpResponse:
    client = seen(Client.objects, request.actor, pk=pk)
    form = EndpointForm(request.POST or None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            issued = endpoints.add(client, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error("url", str(refused))
        else:
            return shown_once(request, issued)
    context = {"client": client, "form": form}
    return render(request, "portal/endpoint_new.html", context, status=422 if form.errors else 200)


@allow(MANAGE)
def endpoint_page(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = found(request, pk)
    context = {
        "endpoint": endpoint,
        "labels": [TYPES[code].label for code in endpoint.types if code in TYPES],
        "lines": [showing.line(row) for row in endpoint.messages.select_related("event")[:SHOWN]],
        "waiting": endpoint.messages.waiting().count(),
        "signing": list(endpoint.secrets.live()),
    }
    return render(request, "portal/endpoint_page.html", context)


@allow(MANAGE)
def endpoint_types(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = found(request, pk)
    form = TypesForm(request.POST or None, client=endpoint.client, initial={"types": endpoint.types})
    if request.method == "POST" and form.is_valid():
        endpoints.change(endpoint, by=request.actor, **form.cleaned_data)
        messages.success(request, _("From now on these events are told."))
        return redirect("portal:endpoint-page", pk)
    return render(request, "portal/endpoint_types.html", {"endpoint": endpoint, "form": form})


@allow(MANAGE)
@require_POST
def endpoint_ping(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        endpoints.ping(found(request, pk), by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A test message is on its way. Its answer appears below within a minute."))
    return redirect("portal:endpoint-page", pk)


@allow(MANAGE)
@fresh_factor
@require_POST
@never_cache
def endpoint_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    return shown_once(request, endpoints.rotate(found(request, pk), by=request.actor))


@allow(MANAGE)
@require_POST
def endpoint_disable(request: HttpRequest, pk: int) -> HttpResponse:
    endpoints.disable(found(request, pk), by=request.actor)
    messages.success(request, _("Nothing more is sent to this address."))
    return redirect("portal:endpoint-page", pk)


@allow(MANAGE)
@require_POST
def endpoint_enable(request: HttpRequest, pk: int) -> HttpResponse:
    endpoints.enable(found(request, pk), by=request.actor)
    messages.success(request, _("Messages go on from where they stopped."))
    return redirect("portal:endpoint-page", pk)
