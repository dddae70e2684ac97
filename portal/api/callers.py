"""Who calls: a machine client by its token, or a person by the session of the pages, in the hat that is worn there."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from people import second_factor
from people.actors import Client
from portal.api.problems import Problem

REALM = 'Bearer realm="api"'


class BearerAuthentication(BaseAuthentication):
    """A token opens what it asked for, as far as the district still grants it and somebody still answers for it.

    The person responsible is looked at and never becomes `request.user`: a client is nobody's stand-in.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, object] | None:
        kind, _gap, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        digest = hashlib.sha256(given.strip().encode()).hexdigest()
        token = (
            get_access_token_model()
            .objects.select_related("application__district", "application__principal")
            .filter(token_checksum=digest)
            .first()
        )
        if token is None or token.is_expired() or token.application is None:
            raise unknown()
        client = token.application
        if not client.is_active or not client.principal.is_active:
            raise unknown()
        scopes = frozenset(token.scope.split()) & frozenset(client.scopes)
        request._request.actor = Client(client, client.district, scopes)
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class HatAuthentication(SessionAuthentication):
    """The session of the pages, with its CSRF token; a hat that needs the second factor has given it."""

    def authenticate(self, request: Request) -> tuple[object, None] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, role = found[0], request._request.actor.role
        if second_factor.is_needed(role) and not second_factor.is_excused(user):
            if not second_factor.is_given(request._request, role):
                raise Problem(403, "second_factor", _("This role needs a verification code before it opens anything."))
        return found

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refused:
            raise Problem(403, "csrf", _("Send the CSRF token of your session in X-CSRFToken.")) from refused


def unknown() -> Problem:
    """Wrong, expired and withdrawn tokens get one answer."""
    header = f'{REALM}, error="invalid_token"'
    return Problem(401, "token", _("The token is unknown or no longer valid."), headers={"WWW-Authenticate": header})
