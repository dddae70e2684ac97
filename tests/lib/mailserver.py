"""A real mail server on loopback that keeps what it takes, and fails as it is told."""

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP


@dataclass
class MailServer:
    """`answer` is what it says to the end of a letter; `hangs` and `drops` name the word after which it fails."""

    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: str = "250 OK"
    to_recipient: str = "250 OK"
    hangs: str = ""
    drops: str = ""
    port: int = 0

    def __enter__(self) -> "MailServer":
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)  # a dropped client is what tests want
        factory = self.loop.create_server(
            lambda: SMTP(self, hostname="mail.example", loop=self.loop, ident="tests"), "127.0.0.1", self.port
        )
        self.listening = self.loop.run_until_complete(factory)
        self.port = self.listening.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.loop.call_soon_threadsafe(self._end)
        self.thread.join(5)
        self.loop.close()

    def _end(self) -> None:
        self.listening.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.call_later(0.05, self.loop.stop)

    async def _fail(self, server, word: str) -> None:
        if self.hangs == word:
            await asyncio.sleep(3600)
        if self.drops == word:
            server.transport.abort()
            await asyncio.sleep(3600)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        await self._fail(server, "EHLO")
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._fail(server, "RCPT")
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server, session, envelope):
        await self._fail(server, "DATA")
        if self.answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
        await self._fail(server, "ANSWER")
        return self.answer

    # --- what tests ask ---

    @property
    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.taken]

    def settings(self) -> dict[str, object]:
        """For the `settings` fixture."""
        return {
            "MAIL_ON": True,
            "EMAIL_BACKEND": "portal.lib.mailbox.Backend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": "",
            "EMAIL_HOST_PASSWORD": "",
            "EMAIL_USE_SSL": False,
            "EMAIL_USE_TLS": False,
            "MAIL_FROM": "馆校通 <notices@guanxiao.example>",
            "SITE_URL": "https://guanxiao.example",
        }


def text_of(letter: EmailMessage) -> str:
    """The plain part, without the newlines of mail."""
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
