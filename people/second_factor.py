"""The second factor 动态验证码, asked by hat: at each sign-in, once per trusted device, or not at all."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import stages
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.internal.flows.trust import is_trusted_browser
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Membership, User
from people.roles import SECOND_FACTOR_EACH_TIME, SECOND_FACTOR_PER_DEVICE, Role
from people.signin import FRESH_SECONDS
from portal.lib import clock, sealing

# What somebody may reach who has not given a code yet. Public pages need no word.
BEFORE_THE_CODE = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "people:hat-switch",
    "set_language",
}


def is_excused(user: User) -> bool:
    """The cards of the demo, in the demo."""
    return settings.DEMO and user.is_demo


def is_needed(role: Role | None) -> bool:
    return role in SECOND_FACTOR_EACH_TIME or role in SECOND_FACTOR_PER_DEVICE


def hats_need(user: User, roles: set[Role]) -> bool:
    """Whether one of the hats that this person wears today is among `roles`."""
    return Membership.objects.active().filter(user=user, role__in=roles).exists()


def given_at(request: HttpRequest) -> float | None:
    """When this session last gave a code, in seconds since 1970."""
    records = get_authentication_records(request, request.user)
    return max((record["at"] for record in records if record["method"] == "mfa"), default=None)


def is_given(request: HttpRequest, role: Role) -> bool:
    if given_at(request) is not None:
        return True
    return role in SECOND_FACTOR_PER_DEVICE and is_trusted_browser(request, request.user)


def is_fresh(request: HttpRequest, actor: Actor) -> bool:
    """Whether this hat may export, sign or settle now: a code within ten minutes, where the hat needs codes at all."""
    if actor.user is None or not is_needed(actor.role) or is_excused(actor.user):
        return True
    given = given_at(request)
    return given is not None and clock.now().timestamp() - given < FRESH_SECONDS


def ask(request: HttpRequest, *, then: str) -> HttpResponse:
    """To the page that asks for a code, or that sets the second factor up, and back to `then`."""
    has_one = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    page = "mfa_reauthenticate" if has_one else "mfa_activate_totp"
    return redirect(f"{reverse(page)}?{urlencode({'next': then})}")


class SecondFactorMiddleware:
    """Nothing opens for a hat that needs a code before this session, or this trusted device, has given one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or getattr(view, "gate", "") in ("public", "api"):
            return None  # the API asks the same by itself, and answers without a page
        here = request.resolver_match
        if here is None or here.view_name in BEFORE_THE_CODE or is_excused(request.user):
            return None
        role = request.actor.role  # type: ignore[attr-defined]
        if not is_needed(role) or is_given(request, role):
            return None
        messages.info(request, _("This role needs a verification code before it opens anything."))
        return ask(request, then=request.get_full_path() if request.method == "GET" else "/")


@receiver(authenticator_added)
def count_the_first_code(request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
    """Setting an authenticator up takes a code from it: that is the code of this session."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", type=authenticator.type, reauthenticated=True)


class CodeStage(stages.AuthenticateStage):
    """At sign-in the strictest hat decides: with an office hat a trusted device does not count."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is not None and hats_need(user, SECOND_FACTOR_EACH_TIME):
            return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
        return super()._should_handle(request)


class TrustStage(stages.TrustStage):
    """Offered only to those for whom it would count."""

    def handle(self) -> tuple:
        if self.login.user is not None and hats_need(self.login.user, SECOND_FACTOR_EACH_TIME):
            return None, True
        return super().handle()


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are sealed at rest; who wears a hat that needs codes can't switch them off."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("One of your roles needs the verification code: it can't be switched off."),
        "incorrect_code": _("This code is not right, or has been used. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        key_id, sealed = sealing.seal(text.encode(), bound_to="authenticator")
        return f"{key_id}:{sealed.hex()}"

    def decrypt(self, encrypted_text: str) -> str:
        key_id, sealed = encrypted_text.split(":", 1)
        return sealing.open_sealed(bytes.fromhex(sealed), key_id=int(key_id), bound_to="authenticator").decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not hats_need(authenticator.user, SECOND_FACTOR_EACH_TIME | SECOND_FACTOR_PER_DEVICE)
