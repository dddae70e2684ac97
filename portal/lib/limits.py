"""How often one address may ask: a counter in the cache that forgets by itself. Without a cache nobody is kept out."""

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

log = structlog.get_logger(__name__)


def take(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one attempt of `who`; False once there were more than `most` within `seconds`."""
    return count(f"{what}:{who}", seconds=seconds) <= most


def count(key: str, *, seconds: int) -> int:
    """Count one under a key that is forgotten after `seconds`; 0 where it ran out just now or the cache is away."""
    try:
        cache.add(f"limit:{key}", 0, timeout=seconds)
        return cache.incr(f"limit:{key}")
    except ValueError:  # it ran out between the two
        return 0
    except Exception as away:  # any fault of the cache
        log.warning("limits.no_cache", fault=type(away).__name__)
        return 0


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks, as the house's sign-in counts it too."""
    return get_adapter().get_client_ip(request)
