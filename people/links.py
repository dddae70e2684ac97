"""Short links 短链接: `/s/<code>` lands on a notice's page after sign-in. The code is the notice's key and a keyed digest:
nobody can count through them, and nothing about the page stands in the address."""

import base64
import hmac

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from people.models import Notice

DIGEST_BYTES = 5
LONGEST = 21  # eight letters, and the highest key
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def code_of(notice_id: int) -> str:
    """Eight letters of digest, then the key in base 36."""
    return _digest(notice_id) + _base36(notice_id)


def notice_of(code: str) -> Notice | None:
    """The notice behind a code; None for everything that this house did not write."""
    if len(code) > LONGEST or not (code.isascii() and code.isalnum()):  # a sign before the key would never end
        return None
    try:
        key = int(code[8:], 36)
    except ValueError:
        return None
    if key >= 2**63 or not hmac.compare_digest(code.encode(), code_of(key).encode()):
        return None
    return Notice.objects.filter(pk=key).first()


def path_of(notice: Notice) -> str:
    return reverse("people:notice-link", args=[code_of(notice.pk)])


def of(notice: Notice) -> str:
    """The whole address, for mail and robots, who know no request."""
    return settings.SITE_URL.rstrip("/") + path_of(notice)


def absolute(name: str, *args: object) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


def _digest(notice_id: int) -> str:
    raw = salted_hmac("people.links", str(notice_id), algorithm="sha256").digest()[:DIGEST_BYTES]
    return base64.b32encode(raw).decode().lower()


def _base36(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 36)
        letters = DIGITS[digit] + letters
    return letters or "0"
