"""The token endpoint: client credentials only, throttled, and no more scopes than asked for and granted."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauth2_provider.views import RevokeTokenView, TokenView

from people.gate import public
from people.scopes import SCOPES
from portal.api import limits
from portal.api.problems import Problem, answer
from portal.lib import clock
from portal.models import Client


class Scopes(BaseScopes):
    """What the district granted. Whoever asks for nothing gets nothing."""

    def get_all_scopes(self) -> dict[str, str]:
        return {code: str(scope.label) for code, scope in SCOPES.items()}

    def get_available_scopes(self, application: Client | None = None, *args: Any, **rest: Any) -> list[str]:
        return [code for code in application.scopes if code in SCOPES] if application else []

    def get_default_scopes(self, *args: Any, **rest: Any) -> list[str]:
        return []


class Validator(OAuth2Validator):
    """A client that was switched off, or that nobody answers for any more, gets no token."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        known = super().authenticate_client(request, *args, **kwargs)
        return known and request.client.is_active and request.client.principal.is_active

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Note the use, too: tokens are short, so a client that works asks again and again."""
        super().save_bearer_token(token, request, *args, **kwargs)
        Client.objects.filter(pk=request.client.pk).update(last_used_at=clock.now())


class Throttled:
    """Judging a secret is slow on purpose: few tries a minute from one address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            headers = limits.count("token", request.META.get("REMOTE_ADDR", ""), settings.API_TOKENS_A_MINUTE)
        except Problem as no:
            return answer(no)
        response = super().dispatch(request, *args, **kwargs)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class Token(Throttled, TokenView):
    """POST grant_type=client_credentials&scope=… with the client's id and secret."""


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class Revoke(Throttled, RevokeTokenView):
    """POST token=… : it opens nothing from now on."""


token = public(Token.as_view())
revoke = public(Revoke.as_view())
