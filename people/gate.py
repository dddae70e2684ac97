"""The gate: every view says who may open it; whoever wears no hat, the wrong hat, or an ended one, stays outside."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from people import second_factor
from people.access import may
from people.actors import ANONYMOUS, Actor, Person
from people.models import Membership
from people.roles import Permission

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=models.Model)
HAT = "hat"  # session key: pk of the membership in use


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page, and back to the page that was asked for; after a POST to the page that it came from."""
    return redirect_to_login(page_of(request))


def page_of(request: HttpRequest) -> str:
    """The address of the page that a request belongs to: its own, or for a POST the page with the form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return urlunsplit(("", "", came_from.path, came_from.query, "")) if came_from.netloc == request.get_host() else "/"


def public(view: View) -> View:
    """Anybody may open this page."""
    view.gate = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in may open this page, whatever the hat."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    wrapper.gate = "signed_in"  # type: ignore[attr-defined]
    return wrapper


def allow(permission: Permission) -> Callable[[View], View]:
    """Only hats whose role holds the permission may open this page; signed out → sign-in, else 403."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not may(request.actor, permission):
                raise PermissionDenied(str(permission))
            return view(request, *args, **kwargs)

        wrapper.gate = permission  # type: ignore[attr-defined]
        return wrapper

    return decorate


def fresh_factor(view: View) -> View:
    """For export, signing and settlement, under `@allow`: the hat must have given its code within ten minutes."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not second_factor.is_fresh(request, request.actor):
            messages.info(request, _("Enter a new code first, then go on here."))
            return second_factor.ask(request, then=page_of(request))
        return view(request, *args, **kwargs)

    return wrapper


def seen(rows: models.Manager[M] | models.QuerySet[M], actor: Actor, **lookup: Any) -> M:
    """The row, if this actor sees it; otherwise 404, exactly as if it did not exist."""
    return get_object_or_404(rows.all().visible_to(actor), **lookup)


def typed_pk(request: HttpRequest, name: str) -> int:
    """The key that a form sent under `name`; 0, which no row has, when it is none."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def actor_of(request: HttpRequest) -> Actor:
    """The person in the hat that the session names, else in the first active one."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    hats = list(Membership.objects.active().filter(user=user).select_related("organisation__district").order_by("pk"))
    chosen = request.session.get(HAT)
    hat = next((hat for hat in hats if hat.pk == chosen), hats[0] if hats else None)
    person = Person(user, hat)
    request.hats = hats  # the switch in the header lists them
    return person


def hats_of(request: HttpRequest) -> list[Membership]:
    """The hats of the person who is signed in; known once the actor is."""
    return request.hats if request.actor.user else []


class ActorMiddleware:
    """Puts `request.actor` (lazily) and `request.hats` on every request; what it answers stays in no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.hats = []
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        response = self.get_response(request)
        if request.user.is_authenticated:  # after signing out, "back" must not show names again
            response.setdefault("Cache-Control", "private, no-store")
        return response


# Views of libraries, by the module that they come from: their gate is their own.
FOREIGN = ("allauth.", "django.views.")


class GateMiddleware:
    """Refuses to run a view that does not say who may open it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if hasattr(view, "gate") or view.__module__.startswith(FOREIGN):
            return
        raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} does not say who may open it")
