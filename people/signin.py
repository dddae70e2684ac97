"""Sign-in 登录: by mobile number, user name or e-mail; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from people import audit
from people.actors import Person
from people.models import User
from portal.lib import clock

FRESH_SECONDS = 600  # how long a password or a code counts as just given
SIGNED_IN_AT = "signed_in_at"  # session key: seconds since 1970

MISMATCH = _("The account or the password is not right.")
LOCKED = format_lazy(
    _("{failures} failed sign-ins: this account is locked for {minutes} minutes. Wait, or ask your lead."),
    failures=settings.LOCKOUT_FAILURES,
    minutes=settings.LOCKOUT_MINUTES,
)
# What allauth may say in a toast; everything else it would say is left unsaid.
SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _("The verification code is on."),
    "mfa/messages/totp_deactivated.txt": _("The verification code is off."),
}
# The other way to say "it is me", as a link below the form.
OTHER_WAY = {"reauthenticate": _("Use the password instead"), "mfa_reauthenticate": _("Use a code instead")}


def find(typed: str) -> User | None:
    """The account that somebody means by a user name, a mobile number or an e-mail address."""
    return User.objects.filter(Q(username__iexact=typed) | Q(mobile=typed) | Q(email__iexact=typed)).first()


class Backend(ModelBackend):
    """One field takes all three: what a person types is matched against user name, mobile number and e-mail."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **rest: Any
    ) -> User | None:
        typed = (username or rest.get("email") or "").strip()
        if not typed or password is None:
            return None
        user = find(typed)
        if user is None:
            User().set_password(password)  # the same work for a name that does not exist
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):
    """Accounts come from invitations only; failures are counted per account, whichever of its names was typed."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "too_many_login_attempts": LOCKED,
        "incorrect_code": _("This code is not right, or has been used. Wait for the next one."),
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("This password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *rest: Any,
        message: str | None = None,
        **more: Any,
    ) -> None:
        said = message or SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, said)

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        return [
            method | {"description": OTHER_WAY[method["id"]]} for method in super().get_reauthentication_methods(user)
        ]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people:profile-page")

    def get_login_stages(self) -> list[str]:
        return ["people.second_factor.CodeStage", "people.second_factor.TrustStage"]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """An account has three names but five failures. A name that does not exist is locked just the same."""
        typed = str(credentials.get("username") or credentials.get("email") or "").strip().lower()
        user = find(typed)
        return f"account:{user.pk}" if user else f"name:{typed}"

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:
        """Whoever has just signed in is not asked again."""
        oldest = clock.now().timestamp() - FRESH_SECONDS
        records = get_authentication_records(self.request, self.request.user)
        return not any(record["at"] > oldest for record in records)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        audit.record("user.sign_in", user, by=Person(user, None))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = find(str(credentials.get("username") or credentials.get("email") or "").strip())
        if user:
            audit.record("user.sign_in_failed", user, by=Person(user, None))


def enter(request: HttpRequest, user: User, *, by: str) -> None:
    """Sign a person in who has just pressed a demo card (`by="card"`) or set a password (`by="invitation"`)."""
    if by == "invitation":
        record_authentication(request, user, method="password")
    login(request, user, backend="people.signin.Backend")
    request.session.set_expiry(0)
    audit.record("user.sign_in", user, by=Person(user, None), how=by)


@receiver(user_logged_in)
def remember_when(request: HttpRequest, **rest: Any) -> None:
    """The idle clock starts here; later activity stands in a signed cookie."""
    request.session[SIGNED_IN_AT] = clock.now().timestamp()
