"""How often one caller may ask: a window of a minute in the shared cache, told in every answer."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from portal.api.problems import Problem
from portal.lib import clock, limits

WINDOW = 60


def count(name: str, who: str, quota: int) -> dict[str, str]:
    """Count one request of `who` and answer the headers; raises a 429 problem beyond the quota.

    A cache that is away limits nobody: the portal's own work comes first.
    """
    now = int(clock.now().timestamp())
    left_seconds = WINDOW - now % WINDOW
    used = limits.count(f"api:{name}:{who}:{now // WINDOW}", seconds=2 * WINDOW)
    headers = {
        "RateLimit-Policy": f'"{name}";q={quota};w={WINDOW}',
        "RateLimit": f'"{name}";r={max(0, quota - used)};t={left_seconds}',
    }
    if used > quota:
        sentence = _("Wait as long as Retry-After says, then go on.")
        raise Problem(429, sentence=sentence, headers={"Retry-After": str(left_seconds), **headers})
    return headers


def of_request(request: Request) -> dict[str, str]:
    """A client and a person by themselves, nobody by the address that the request came from."""
    actor = request._request.actor
    if actor.ref:
        return count("caller", actor.ref, settings.API_REQUESTS_A_MINUTE)
    return count("nobody", request.META.get("REMOTE_ADDR", ""), settings.API_REQUESTS_A_MINUTE_OF_NOBODY)
