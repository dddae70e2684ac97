"""How often one address may ask: a counter in the cache that forgets by itself. Without a cache nobody is kept out."""

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

log = structlog.get_logger(__name__)


def take(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one attempt of `who`; False once there were more than `most` within `seconds`."""
    key = f"limit:{what}:{who}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two
        return True
    except Exception:
        log.warning("limits.no_cache", what=what)
        return True


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks, as the house's sign-in counts it too."""
    return get_adapter().get_client_ip(request)
