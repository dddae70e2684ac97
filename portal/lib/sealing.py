"""Sealed text at rest: AES-GCM bound to the row it belongs to, and keyed digests for exact search."""

import base64
import hashlib
import hmac
import os
import unicodedata

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


def _keys() -> dict[int, bytes]:
    """IDENTITY_KEYS is `1:base64,2:base64`; the last one writes, all of them read."""
    pairs = (part.split(":", 1) for part in settings.IDENTITY_KEYS.split(","))
    return {int(number): base64.b64decode(key) for number, key in pairs}


def seal(plain: bytes, *, bound_to: str) -> tuple[int, bytes]:
    """Encrypt; returns (key id, nonce + ciphertext). `bound_to` names table, column and row: moved bytes don't open."""
    number, key = list(_keys().items())[-1]
    nonce = os.urandom(12)
    return number, nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def open_sealed(sealed: bytes | memoryview, *, key_id: int, bound_to: str) -> bytes:
    """Decrypt; raises cryptography's InvalidTag when the bytes belong to another row."""
    raw = bytes(sealed)
    return AESGCM(_keys()[key_id]).decrypt(raw[:12], raw[12:], bound_to.encode())


def mac(text: str, *, scope: str) -> bytes:
    """Keyed digest of a normalised text within a scope (a school), for exact search without the text."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return hmac.new(settings.IDENTITY_MAC_KEY.encode(), f"{scope}\0{plain}".encode(), hashlib.sha256).digest()
