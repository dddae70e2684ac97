"""Notices: a row per person in the verb's own transaction; the text is rendered when it is read."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Notice, User
from people.models.notice import NoticeQuerySet
from people.roles import Role
from portal.lib import clock, wording


@dataclass(frozen=True)
class NoticeKind:
    """One kind: who needs it is decided by the verb; title and body are filled from the notice's facts."""

    code: str
    title: str | Promise
    body: str | Promise
    duty: bool = False  # a duty asks for an act and can't be muted


KINDS: dict[str, NoticeKind] = {}


def declare(code: str, title: str | Promise, body: str | Promise, *, duty: bool = False) -> None:
    """Add a kind to the registry; each app declares its own in its notices.py."""
    KINDS[code] = NoticeKind(code, title, body, duty)


def send(
    kind: str,
    *,
    to: Iterable[User],
    subject: str,
    path: str = "",
    due_slot: str = "",
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Write one notice a person; telling somebody the same thing twice is a no-op. Returns how many are new."""
    assert kind in KINDS, f"notice kind {kind} is not declared"
    now = clock.now()
    rows = [
        Notice(
            kind=kind, subject=subject, user=user, facts=dict(facts or {}), path=path, due_slot=due_slot, created_at=now
        )
        for user in {user.pk: user for user in to}.values()
    ]
    before = Notice.objects.filter(kind=kind, subject=subject, due_slot=due_slot).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return Notice.objects.filter(kind=kind, subject=subject, due_slot=due_slot).count() - before


def members(organisation_id: int, *roles: Role) -> list[User]:
    """The people who wear one of these hats in an organisation today; all of them when no role is named."""
    hats = Membership.objects.active().filter(organisation_id=organisation_id).select_related("user")
    if roles:
        hats = hats.with_role(*roles)
    return [hat.user for hat in hats]


def title(notice: Notice) -> str:
    return str(KINDS[notice.kind].title) % _said(notice.facts)


def body(notice: Notice) -> str:
    return str(KINDS[notice.kind].body) % _said(notice.facts)


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
)
declare(
    "work.handed_over",
    _("Work was handed over to you"),
    _("%(from)s handed over to you what was open: %(count)s in all. It stands on your pages from now on."),
    duty=True,
)
