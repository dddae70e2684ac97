"""The gate: every view says who may open it; whoever wears no hat, the wrong hat, or an ended one, stays outside."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject

from people.access import may
from people.actors import ANONYMOUS, Actor, Person
from people.models import Membership
from people.roles import Permission

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=models.Model)
HAT = "hat"  # session key: pk of the membership in use


def public(view: View) -> View:
    """Anybody may open this page."""
    view.gate = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in may open this page, whatever the hat."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    wrapper.gate = "signed_in"  # type: ignore[attr-defined]
    return wrapper


def allow(permission: Permission) -> Callable[[View], View]:
    """Only hats whose role holds the permission may open this page; signed out → sign-in, else 403."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.actor, permission):
                raise PermissionDenied(str(permission))
            return view(request, *args, **kwargs)

        wrapper.gate = permission  # type: ignore[attr-defined]
        return wrapper

    return decorate


def seen(rows: models.Manager[M] | models.QuerySet[M], actor: Actor, **lookup: Any) -> M:
    """The row, if this actor sees it; otherwise 404, exactly as if it did not exist."""
    return get_object_or_404(rows.all().visible_to(actor), **lookup)


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


class ActorMiddleware:
    """Puts `request.actor` (lazily) and `request.hats` on every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.hats = []
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        return self.get_response(request)


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
