"""Idle log-out: the last activity stands in a signed cookie, so that reading a page writes no row."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from people.signin import SIGNED_IN_AT
from portal.lib import clock

COOKIE = "seen"
SALT = "people.idle"


def last_seen(request: HttpRequest) -> float:
    """Seconds since 1970 of this session's last activity: its cookie, or else the sign-in itself."""
    try:
        session_key, seen = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        session_key, seen = "", 0.0
    signed_in = float(request.session.get(SIGNED_IN_AT, 0))
    return max(float(seen), signed_in) if session_key == request.session.session_key else signed_in


class IdleMiddleware:
    """Whoever was away for longer than IDLE_MINUTES is nobody again; the page keeps drafts and signs out beside it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if clock.now().timestamp() - last_seen(request) > settings.IDLE_MINUTES * 60:
            return self.signed_out(request)
        response = self.get_response(request)
        if request.user.is_authenticated:
            self.stamp(request, response)
        return response

    def signed_out(self, request: HttpRequest) -> HttpResponse:
        """Answer as to a stranger. The session's row stays until it is swept: without a fresh cookie it opens nothing."""
        request.session = SessionStore()
        request.user = AnonymousUser()
        minutes = settings.IDLE_MINUTES
        messages.info(
            request,
            ngettext(
                "You were signed out after %(minutes)d minute without activity. Drafts are kept on this device.",
                "You were signed out after %(minutes)d minutes without activity. Drafts are kept on this device.",
                minutes,
            )
            % {"minutes": minutes},
        )
        if request.headers.get("HX-Request"):  # a fragment can't hold the sign-in page
            response = HttpResponse(status=204)
            here = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
            response["HX-Redirect"] = f"{reverse('account_login')}?{urlencode({'next': here})}"
            return response
        return self.get_response(request)

    def stamp(self, request: HttpRequest, response: HttpResponse) -> None:
        value = signing.dumps([request.session.session_key, int(clock.now().timestamp())], salt=SALT)
        response.set_cookie(
            COOKIE, value, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, max_age=None
        )
