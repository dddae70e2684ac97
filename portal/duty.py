"""A duty: something that can wait for somebody, as a queryset and the way one of its rows is said."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from people.actors import Actor
from people.roles import Role
from portal.lib import wording
from portal.navigation import address

SCHOOL = frozenset({Role.SCHOOL_LEAD, Role.COORDINATOR})
VENUE = frozenset({Role.VENUE_LEAD, Role.VENUE_STAFF})
LEADS = frozenset({Role.SCHOOL_LEAD, Role.VENUE_LEAD})
FILERS = frozenset({Role.BUREAU_OFFICER})
REVIEWERS = frozenset({Role.BUREAU_OFFICER, Role.PARTNER_OFFICER})


@dataclass(frozen=True)
class Line:
    """One waiting thing as the page shows it. Without `due` it stands after everything that has one."""

    title: str
    facts: list[Any]
    url: str
    due: dt.datetime | dt.date | None = None
    is_late: bool = False
    kind: str | Promise = ""
    action: str | Promise = ""

    @property
    def order(self) -> tuple[bool, dt.date, bool]:
        day = wording.local(self.due) if self.due else dt.date.max
        return (not self.is_late, day.date() if isinstance(day, dt.datetime) else day, self.due is None)


@dataclass(frozen=True)
class Duty:
    """`list_url` names the pages that hold all of it, the first existing one wins."""

    kind: str | Promise
    action: str | Promise
    roles: frozenset[Role]
    rows: Callable[[Actor], QuerySet]
    line: Callable[[Any], Line]
    list_url: tuple[str, ...]


def address_of(name: str, pk: int, *otherwise: str) -> str:
    """The page of the row, or a list that holds it."""
    return address(name, pk=pk) or address(*otherwise)
