"""影响范围: what ending an agreement touches. Higher apps tell it in their `impact.py`; nothing is imported upwards."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from partnerships.models import Agreement
from people.actors import Actor
from people.models import Organisation


@dataclass(frozen=True)
class Touched:
    """One booking to come that rests on the agreement."""

    session_id: int
    starts_at: dt.datetime
    what: str
    organisation: Organisation
    url: str


Teller = Callable[[Agreement, Actor, int | None], list[Touched]]
TELLERS: list[Teller] = []


def tell(function: Teller) -> Teller:
    """Register a source: (agreement, reader, one school or None for all) → what is touched and seen by the reader."""
    TELLERS.append(function)
    return function


def touched(agreement: Agreement, *, actor: Actor, school_id: int | None = None) -> list[Touched]:
    """Everything that ending the agreement (for one school) touches, earliest first."""
    found = [row for teller in TELLERS for row in teller(agreement, actor, school_id)]
    return sorted(found, key=lambda row: (row.starts_at, row.session_id))
