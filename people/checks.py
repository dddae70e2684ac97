"""What must never be switched on outside the demo."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1", ".localhost"}


@register("demo")
def demo_stays_at_home(app_configs: Any, **rest: Any) -> list[Error]:
    """DEMO lets anybody in by one click: only on loopback addresses, and without HTTPS, the sign of a public place.

    A second guard stands in the rows: a card opens accounts marked `is_demo` only, which the seed alone creates.
    """
    if not settings.DEMO:
        return []
    hint = "Unset DEMO, or serve the demo on this machine only."
    faults = []
    beyond = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if beyond:
        faults.append(
            Error(f"DEMO is on, but ALLOWED_HOSTS reaches beyond this machine: {beyond}", hint=hint, id="people.E001")
        )
    if settings.SESSION_COOKIE_SECURE:
        faults.append(Error("DEMO is on together with HTTPS.", hint=hint, id="people.E002"))
    return faults
