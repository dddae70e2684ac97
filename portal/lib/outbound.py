"""The one way out of the house by HTTP: HTTPS to public addresses, judged after resolution, without redirects.

What a name resolves to is looked at once, and the connection goes to exactly that address: a name that answers
differently the second time (DNS rebinding) reaches nothing inside. Addresses that people typed hold keys: not logged.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.lib.errors import Refused

QUIET_SECONDS = 10  # nothing heard for so long
WHOLE_SECONDS = 20  # however steadily an answer drips
MOST_BODY = 4096
MOST_ADDRESSES = 2  # of one name are tried
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # carries an IPv4 address of anybody's choice

ADDRESS_NEEDED = _("Enter a complete address that begins with https://, without user name or password.")
NOT_PUBLIC = _("This address leads into a private network. Only public addresses are called.")


@dataclass(frozen=True)
class Answer:
    """What the other side said: status, the first bytes, and for how many seconds it asks us to stay away."""

    status: int
    body: bytes = b""
    retry_after: int = 0


class Unreachable(Exception):
    """No answer came. `code` says why: address, name, time, tls or connection."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(url: str) -> None:
    """Refuse what no post could ever reach: for forms. The real judgement is made at each call, after resolution."""
    parts = _parts(url)
    try:
        literal = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return
    if not is_allowed(str(literal)):
        raise Refused("address_private", NOT_PUBLIC)


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send one POST and hear its answer; a redirect is an answer like any other. Raises Unreachable."""
    try:
        parts = _parts(url)
    except Refused:
        raise Unreachable("address") from None
    connection = _open(parts)
    watchdog = threading.Timer(WHOLE_SECONDS, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(MOST_BODY), _seconds(answer.headers.get("Retry-After", "")))
    except TimeoutError:
        raise Unreachable("time") from None
    except ssl.SSLError:
        raise Unreachable("time" if connection.was_cut else "tls") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Unreachable("time" if connection.was_cut else "connection") from None
    finally:
        watchdog.cancel()
        connection.close()


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, and holds no other address inside."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip.version == 6 and (ip not in GLOBAL_V6 or ip in SIX_TO_FOUR):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_allowed(address: str) -> bool:
    """Public; the tests' own loopback servers too, under a setting that production can't carry (portal/checks.py)."""
    return is_public(address) or (settings.OUTBOUND_LOOPBACK and ipaddress.ip_address(address).is_loopback)


class _Pinned(http.client.HTTPConnection):
    """A connection to judged addresses, the first that answers; name and certificate are those of the host."""

    def __init__(self, parts: SplitResult, addresses: list[tuple[str, int]]) -> None:
        self.is_safe = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if self.is_safe else 80), timeout=QUIET_SECONDS)
        self.default_port = 443 if self.is_safe else 80  # which the Host header leaves out
        self.addresses = addresses
        self.was_cut = False

    def connect(self) -> None:
        for place, address in enumerate(self.addresses, start=1):
            try:
                self.sock = socket.create_connection(address, self.timeout)
                break
            except OSError:
                if place == len(self.addresses) or self.was_cut:
                    raise
        if self.is_safe:
            self.sock = trust().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def cut(self) -> None:
        """From the watchdog's thread: whatever the other side is dripping ends here."""
        self.was_cut = True
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return


def trust() -> ssl.SSLContext:
    """Certificates of the system's authorities, checked against the name."""
    return ssl.create_default_context()


def _open(parts: SplitResult) -> _Pinned:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    addresses = list(dict.fromkeys((str(where[0]), port) for _family, _type, _proto, _name, where in found))
    # one private answer among public ones is an attack or a mistake: neither is called
    if not addresses or not all(is_allowed(address) for address, _port in addresses):
        raise Unreachable("address")
    return _Pinned(parts, addresses[:MOST_ADDRESSES])


def _parts(url: str) -> SplitResult:
    """The parts of an address that may be called at all."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise Refused("address_needed", ADDRESS_NEEDED) from None
    schemes = {"https", "http"} if settings.OUTBOUND_LOOPBACK else {"https"}
    odd = any(ord(letter) <= 32 or ord(letter) >= 127 for letter in url)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or odd:
        raise Refused("address_needed", ADDRESS_NEEDED)
    return parts


def _seconds(text: str) -> int:
    """Retry-After as seconds; dates and nonsense count as nothing."""
    return min(int(text), 24 * 3600) if text.isascii() and text.isdigit() and len(text) < 9 else 0
