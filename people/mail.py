"""Mail: a notice, or a day's notices, as text and HTML in the reader's language, over one connection a run."""

import hashlib
import smtplib
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext, override

from people import links, notices
from people.faults import Away, Refusal
from people.models import Delivery

TRY_LATER = range(400, 500)


class Post:
    """A connection to the mail server, opened with the first letter and after every fault."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; a server that does not answer the goodbye is left alone."""
        connection, self.connection = self.connection, None
        if connection:
            try:
                connection.close()
            except (OSError, smtplib.SMTPException):
                return

    def send(self, parts: list[Delivery]) -> None:
        """Send one letter. Raises Away where the server fails us, Refusal where it turns down this letter."""
        letter = write(parts)
        try:
            if self.connection is None:
                self.connection = get_connection(fail_silently=False)
                self.connection.open()
            self.connection.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as no:
            raise _fault(max(code for code, _words in no.recipients.values())) from None
        except smtplib.SMTPDataError as no:
            raise _fault(no.smtp_code) from None
        except smtplib.SMTPException as away:
            code = getattr(away, "smtp_code", "")
            raise Away(f"{type(away).__name__} {code}".strip()) from None
        except OSError as away:
            raise Away(type(away).__name__) from None


def _fault(code: int) -> Away | Refusal:
    """421 closes the shop; anything else is about this letter (a sender that is refused is about all of them: Away)."""
    if code == 421:
        return Away("smtp 421")
    return Refusal(f"smtp {code}", is_final=code not in TRY_LATER)


def write(parts: list[Delivery]) -> EmailMultiAlternatives:
    """One notice as a letter of its own, several as the day's list."""
    reader = parts[0].notice.user
    with override(reader.language or settings.LANGUAGE_CODE):
        lines = [_line(row) for row in parts]
        subject = lines[0]["title"] if len(lines) == 1 else _subject_of(lines)
        language = "zh-Hans" if (reader.language or settings.LANGUAGE_CODE).startswith("zh") else "en"
        context = {
            "lines": lines,
            "is_digest": len(lines) > 1,
            "subject": subject,
            "language": language,
            "settings_address": links.absolute("people:notice-settings"),
        }
        letter = EmailMultiAlternatives(
            subject=gettext("[Guanxiao] %(line)s") % {"line": " ".join(subject.split())},
            body=render_to_string("people/mail/notice.txt", context),
            from_email=settings.MAIL_FROM,
            to=[reader.email],
            headers={
                "Message-ID": message_id(parts),
                "Date": format_datetime(parts[-1].notice.created_at),
                "Auto-Submitted": "auto-generated",
                "Content-Language": language,
            },
        )
        letter.attach_alternative(render_to_string("people/mail/notice.html", context), "text/html")
    return letter


def _line(row: Delivery) -> dict[str, Any]:
    notice = row.notice
    return {
        "title": notices.title(notice),
        "body": notices.body(notice),
        "address": links.of(notice),
        "is_duty": notices.KINDS[notice.kind].duty,
    }


def _subject_of(lines: list[dict[str, Any]]) -> str:
    return ngettext("%(count)s notice today", "%(count)s notices today", len(lines)) % {"count": len(lines)}


def message_id(parts: list[Delivery]) -> str:
    """The same for the same deliveries, however often they are tried: mail programs show a second copy once."""
    keys = ",".join(str(row.pk) for row in parts)
    name = keys if len(parts) == 1 else hashlib.sha256(keys.encode()).hexdigest()[:32]
    return f"<notice.{name}@{parseaddr(settings.MAIL_FROM)[1].rpartition('@')[2]}>"
