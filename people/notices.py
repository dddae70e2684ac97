"""Notices: a row per person in the verb's own transaction; the text is rendered when it is read."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import Json

from people import outbox
from people.models import Membership, Notice, User
from people.models.notice import NoticeQuerySet
from people.roles import Role
from portal.lib import clock, wording

Judge = Callable[[Notice], bool]
PLACEHOLDER = re.compile(r"%\((\w+)\)")
# facts that name a person or hold what somebody typed: they never reach a group
PERSONAL = {"by", "counselor", "from", "leader", "mentor", "name", "note", "person", "reason", "who"}
SCHOOLS = frozenset({Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER})
VENUES = frozenset({Role.VENUE_LEAD, Role.VENUE_STAFF})
COUNSELORS = frozenset({Role.COUNSELOR})
OFFICES = frozenset({Role.BUREAU_OFFICER, Role.PARTNER_OFFICER})


@dataclass(frozen=True)
class NoticeKind:
    """One kind: who needs it is decided by the verb; title and body are filled from the notice's facts.

    A duty asks for an act and can't be muted. `urgent` mail keeps no quiet hours and waits for no digest. `holds` asks,
    just before sending, whether the cause still stands. `chat` is the sentence for a class or work chat.
    """

    code: str
    title: str | Promise
    body: str | Promise
    duty: bool = False
    urgent: bool | Judge = False
    holds: Judge | None = None
    chat: str | Promise = ""

    def is_urgent(self, notice: Notice) -> bool:
        return self.urgent(notice) if callable(self.urgent) else self.urgent

    def still_holds(self, notice: Notice) -> bool:
        return self.holds is None or self.holds(notice)

    @property
    def audience(self) -> frozenset[Role]:
        """The roles that ever hear it, by the longest start of the code that an app has named; else everybody."""
        named = [start for start in AUDIENCES if self.code.startswith(start)]
        return AUDIENCES[max(named, key=len)] if named else frozenset(Role)

    @property
    def chat_texts(self) -> list[str | Promise]:
        return [self.chat] if self.chat else [self.title, self.body]

    @property
    def group_texts(self) -> list[str | Promise]:
        """What a robot may say: the lines for the chat as far as they name nobody."""
        return [text for text in self.chat_texts if not PERSONAL & set(PLACEHOLDER.findall(str(text)))]


KINDS: dict[str, NoticeKind] = {}
AUDIENCES: dict[str, frozenset[Role]] = {}
GROUPS: set[str] = set()


def declare(
    code: str,
    title: str | Promise,
    body: str | Promise,
    *,
    duty: bool = False,
    urgent: bool | Judge = False,
    holds: Judge | None = None,
    chat: str | Promise = "",
) -> None:
    """Add a kind to the registry; each app declares its own in its notices.py."""
    KINDS[code] = NoticeKind(code, title, body, duty, urgent, holds, chat)


def audience(roles: frozenset[Role], *starts: str) -> None:
    """Say who ever hears the kinds whose codes start so; their settings show them to nobody else."""
    AUDIENCES.update(dict.fromkeys(starts, roles))


def tell_groups(*codes: str) -> None:
    """Let robots be set to these kinds: whoever sends them names the district."""
    GROUPS.update(codes)


INSERT = """
INSERT INTO people_notice (kind, subject, user_id, facts, path, due_slot, created_at)
SELECT %s, %s, reader, %s, %s, %s, %s FROM unnest(%s::bigint[]) AS reader
ON CONFLICT DO NOTHING RETURNING id, user_id
"""


def send(
    kind: str,
    *,
    to: Iterable[User],
    subject: str,
    path: str = "",
    due_slot: str = "",
    facts: Mapping[str, Any] | None = None,
    district: int | None = None,
) -> int:
    """Write one notice a person, and what leaves the house for it; telling somebody the same thing twice is a no-op.

    With `district`, the robots of that district hear it as well. Returns how many are new. Three statements at most.
    """
    assert kind in KINDS, f"notice kind {kind} is not declared"
    people = {user.pk: user for user in to}
    if not people:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT, [kind, subject, Json(dict(facts or {})), path, due_slot, clock.now(), sorted(people)]
        )  # fmt: skip
        new = {reader: pk for pk, reader in cursor.fetchall()}
    outbox.mail({pk: people[reader] for reader, pk in new.items()}, kind=kind, mutable=not KINDS[kind].duty)
    if new and district is not None:
        outbox.tell_robots(min(new.values()), kind=kind, about=f"{kind}|{subject}|{due_slot}", district_id=district)
    return len(new)


def members(organisation_id: int, *roles: Role) -> list[User]:
    """The people who wear one of these hats in an organisation today; all of them when no role is named."""
    hats = Membership.objects.active().filter(organisation_id=organisation_id).select_related("user")
    if roles:
        hats = hats.with_role(*roles)
    return [hat.user for hat in hats]


def wearers(*hats: Membership | None) -> list[User]:
    """The people of these hats, as far as they wear them still: whoever has left hears nothing more."""
    return [hat.user for hat in hats if hat and hat.is_active]


def officers(district_id: int) -> list[User]:
    """The officers of the district's bureau."""
    hats = Membership.objects.active().filter(organisation__district_id=district_id).with_role(Role.BUREAU_OFFICER)
    return [hat.user for hat in hats.select_related("user")]


def title(notice: Notice) -> str:
    return str(KINDS[notice.kind].title) % _said(notice.facts)


def body(notice: Notice) -> str:
    return str(KINDS[notice.kind].body) % _said(notice.facts)


def chat(notice: Notice, address: str) -> str:
    """Plain text to copy into a class or work chat, with the short address of the page."""
    return _lines(KINDS[notice.kind].chat_texts, notice, address)


def group_text(notice: Notice, address: str) -> str:
    """What a robot says in its group: names nobody."""
    return _lines(KINDS[notice.kind].group_texts, notice, address)


def for_groups() -> list[NoticeKind]:
    """Kinds that a robot can say at all."""
    return [kind for _code, kind in sorted(KINDS.items()) if kind.code in GROUPS and kind.group_texts]


def _lines(texts: list[str | Promise], notice: Notice, address: str) -> str:
    said = _said(notice.facts)
    lines = [str(text) % said for text in texts]
    return "\n".join([str(_("[Guanxiao] %(line)s")) % {"line": lines[0]}, *lines[1:], address])


ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the reader writes them: days and times are kept in ISO form and said in their language."""
    return {
        key: _day(value) if isinstance(value, str) and ISO.fullmatch(value) else value for key, value in facts.items()
    }


def _day(text: str) -> str:
    """11月24日（周二）, with the time where there is one; what only looks like a day is left as it is."""
    try:
        moment = dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    except ValueError:
        return text
    return wording.when(moment) if isinstance(moment, dt.datetime) else wording.day(moment)


def mark_read(rows: NoticeQuerySet) -> int:
    """Mark these notices as read; returns how many were unread."""
    return rows.unread().update(read_at=clock.now())


# What people themselves tell each other; every other app declares its kinds in its own notices.py.
declare(
    "invitation.accepted",
    _("An invitation was accepted"),
    _("%(name)s accepted your invitation to %(organisation)s."),
)
declare(
    "membership.ended",
    _("Your membership has ended"),
    _("You no longer act for %(organisation)s. If this is a mistake, ask its lead."),
)
declare(
    "password.link",
    _("A link for a new password was printed"),
    _("%(name)s printed a link that sets a new password for your account. If you did not ask for it, tell your lead."),
    urgent=True,
)
declare(
    "work.handed_over",
    _("Work was handed over to you"),
    _("%(from)s handed over to you what was open: %(count)s in all. It stands on your pages from now on."),
    duty=True,
)
