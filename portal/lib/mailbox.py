"""The way to the mail server: SMTP with a limit on the whole conversation, not only on each silence in it."""

import smtplib
import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail.backends.smtp import EmailBackend

SECONDS = 10  # for connecting, and again for each message


def settings_of(url: str) -> dict[str, Any]:
    """`smtp://user:password@host:587?tls=1` or `smtps://…:465` → Django's EMAIL_* settings; empty → no mail at all."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        return {"MAIL_ON": False}
    return {
        "MAIL_ON": True,
        "EMAIL_BACKEND": "portal.lib.mailbox.Backend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parse_qs(parts.query).get("tls", ["0"])[0] == "1",
    }


class _Hurried:
    """Gives every word of a conversation only what is left of its time; a server that hangs can't outlive a lease."""

    deadline = 0.0

    def hurry(self) -> None:
        self.deadline = time.monotonic() + SECONDS

    def _cut(self) -> None:
        if self.sock and self.deadline:  # type: ignore[attr-defined]
            self.sock.settimeout(max(self.deadline - time.monotonic(), 0.01))  # type: ignore[attr-defined]

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        self.hurry()
        return super().connect(*args, **kwargs)  # type: ignore[misc]

    def mail(self, *args: Any, **kwargs: Any) -> Any:
        self.hurry()
        return super().mail(*args, **kwargs)  # type: ignore[misc]

    def send(self, s: Any) -> None:
        self._cut()
        super().send(s)  # type: ignore[misc]

    def getreply(self) -> Any:
        self._cut()
        return super().getreply()  # type: ignore[misc]


class Plain(_Hurried, smtplib.SMTP):
    pass


class Safe(_Hurried, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timeout = SECONDS

    @property
    def connection_class(self) -> Any:
        return Safe if self.use_ssl else Plain
