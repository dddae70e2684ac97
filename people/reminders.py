"""Reminders 提醒: what time alone brings about. Each app declares in its reminders.py which rows are due today."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import DatabaseError

from people import notices
from people.models import User
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reminder:
    """One thing to be told now. `slot` tells two reminders about one thing apart (“7”, “1” days before)."""

    subject: str
    to: Iterable[User]
    path: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    slot: str = ""
    district: int | None = None


Due = Callable[[dt.date], Iterable[Reminder]]
SOURCES: dict[str, list[Due]] = {}


def declare(kind: str, due: Due) -> None:
    """Add a source of reminders of a declared kind: `due(today)` answers everything that is due, told already or not."""
    SOURCES.setdefault(kind, []).append(due)


def run(*kinds: str) -> int:
    """Tell everybody what is due today, each once; only these kinds if any are named. Returns how many are new.

    Each source is a transaction of its own: one that fails keeps none of the others.
    """
    new = 0
    for kind in kinds or sorted(SOURCES):
        for due in SOURCES[kind]:
            try:
                new += _tell(kind, due)
            except (DatabaseError, Refused) as no:
                log.warning("reminders.left", kind=kind, fault=getattr(no, "code", type(no).__name__))
    return new


@verb
def _tell(kind: str, due: Due) -> int:
    return sum(
        notices.send(
            kind,
            to=reminder.to,
            subject=reminder.subject,
            path=reminder.path,
            due_slot=reminder.slot,
            facts=reminder.facts,
            district=reminder.district,
        )
        for reminder in due(clock.today())
    )
