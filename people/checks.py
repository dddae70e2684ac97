"""What must never be switched on outside the demo, and what nobody may serve without."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from portal.lib import sealing

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


@register("secrets")
def names_can_be_sealed(app_configs: Any, **rest: Any) -> list[Error]:
    """Names of pupils are sealed and searched by keys of this place: an empty one would fail late, or protect nothing."""
    faults = []
    try:
        sealing.seal(b"", bound_to="check")
    except ValueError:
        hint = "number:32 random bytes in base64, several by comma; see .env.example."
        faults.append(Error("IDENTITY_KEYS holds no usable key.", hint=hint, id="people.E003"))
    if not settings.IDENTITY_MAC_KEY:
        hint = "One long random text; see .env.example."
        faults.append(Error("IDENTITY_MAC_KEY is empty.", hint=hint, id="people.E004"))
    return faults


@register("mail")
def mail_can_leave(app_configs: Any, **rest: Any) -> list[CheckMessage]:
    """An address of a mail server that nobody understands would silently mean no mail; links to localhost help nobody."""
    if settings.EMAIL_URL and not settings.MAIL_ON:
        hint = "smtp://user:password@host:587?tls=1 or smtps://user:password@host:465; see .env.example."
        return [Error("EMAIL_URL names no mail server.", hint=hint, id="people.E005")]
    if settings.MAIL_ON and urlsplit(settings.SITE_URL).hostname in LOOPBACK and not settings.DEMO:
        hint = "Set SITE_URL to the address under which people reach the portal."
        return [Caution("Links in mail lead to this machine.", hint=hint, id="people.W001")]
    return []
