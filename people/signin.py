"""Sign-in 登录: by mobile number, user name or e-mail; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from people.models import User


class Backend(ModelBackend):
    """One field takes all three: what a person types is matched against user name, mobile number and e-mail."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **rest: Any
    ) -> User | None:
        typed = (username or rest.get("email") or "").strip()
        if not typed or password is None:
            return None
        user = User.objects.filter(Q(username__iexact=typed) | Q(mobile=typed) | Q(email__iexact=typed)).first()
        if user is None:
            User().set_password(password)  # the same work for a name that does not exist
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):
    """Accounts come from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
