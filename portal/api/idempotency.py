"""Idempotency-Key: the same key gives the same answer, however often and however much at once it is sent.

The row is claimed by the first statement of the effect's own transaction and filled with the answer by the last one.
Whoever sends the key meanwhile waits for that transaction; a refusal takes the claim back with everything else.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from portal.api.problems import Problem
from portal.lib import clock
from portal.models import IdempotencyKey

KEPT = dt.timedelta(hours=24)
WAIT_SECONDS = 10  # for the first of several at once; afterwards rows are waited for as long as everywhere
LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class Answer:
    """What goes out, and is kept: bytes, so that the second answer is the first one."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def once(request: Request, effect: Callable[[], Answer]) -> Answer:
    """Run `effect` in one transaction, once for the key that the caller sent; without a key just in one transaction."""
    key = request.headers.get("Idempotency-Key")
    with transaction.atomic():
        if key is None:
            return effect()
        kept = _claim(request, _checked(key))
        if kept.status is not None:
            return Answer(kept.status, bytes(kept.body), kept.headers)
        answer = effect()
        IdempotencyKey.objects.filter(pk=kept.pk).update(status=answer.status, body=answer.body, headers=answer.headers)
        return answer


def _checked(key: str) -> str:
    if not (0 < len(key) <= 128 and key.isascii() and key.isprintable()):
        raise Problem(400, "idempotency_key", _("A key has 1 to 128 printable ASCII characters."))
    return key


def _claim(request: Request, key: str) -> IdempotencyKey:
    """This key's row: new (without a status), or that of the same request of before."""
    caller, route = request._request.actor.ref, f"{request.method} {request.path}"[:200]
    digest = hashlib.sha256(request._request.body).hexdigest()
    now = clock.now()
    mine = IdempotencyKey.objects.filter(caller=caller, route=route, key=key)
    mine.filter(expires_at__lte=now).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        usual = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        try:
            cursor.execute(
                "INSERT INTO portal_idempotencykey (caller, route, key, digest, headers, body, created_at, expires_at)"
                " VALUES (%s, %s, %s, %s, '{}', '', %s, %s) ON CONFLICT (caller, route, key) DO NOTHING",
                [caller, route, key, digest, now, now + KEPT],
            )
        except OperationalError as slow:
            if getattr(slow.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
                raise
            sentence = _("The first request with this key is still running. Try again shortly.")
            raise Problem(409, "idempotency_running", sentence, headers={"Retry-After": "2"}) from slow
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    row = mine.get()
    if row.digest != digest:
        sentence = _("This key was used with another body. Use a new key for a new request.")
        raise Problem(422, "idempotency_mismatch", sentence)
    return row


def forget_expired() -> int:
    """Keys whose time is over. Returns how many."""
    count, _rows = IdempotencyKey.objects.expired().delete()
    return count
