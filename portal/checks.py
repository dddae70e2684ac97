"""What the roof must never be served with."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register("outbound")
def calls_only_public_addresses(app_configs: Any, **rest: Any) -> list[Error]:
    """Webhooks and robots reach public addresses only; the tests alone may call servers of their own."""
    if not settings.OUTBOUND_LOOPBACK or settings.TESTING:
        return []
    hint = "It is a switch of the tests: leave it out of every other settings module."
    return [Error("OUTBOUND_LOOPBACK lets webhooks call this machine.", hint=hint, id="portal.E001")]
