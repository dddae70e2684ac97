"""Signatures of webhooks as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body, one a live secret."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable

from people.models import Event
from portal.lib import clock

PREFIX = "whsec_"
SECRET_BYTES = 32


def fresh_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """A secret as it is handed over, once: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def headers(live: Iterable[bytes], message_id: str, body: bytes) -> dict[str, str]:
    """The three headers of one attempt, signed with every live secret, the newest first."""
    timestamp = int(clock.now().timestamp())
    signatures = " ".join(signature(secret, message_id, timestamp, body) for secret in live)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Guanxiao-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures,
    }


def said(event: Event) -> dict[str, object]:
    """An event as feed and webhook say it: which row, and nothing about it."""
    return {
        "id": event.pk,
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": {"type": event.subject_type, "id": event.subject_id, "district": event.district_id},
    }


def payload(event: Event) -> bytes:
    return json.dumps(said(event), ensure_ascii=False, separators=(",", ":")).encode()
