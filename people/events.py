"""Events 事件: what other systems of a district are told. One row a district, written in the act's own transaction.

Each app declares its types in its `events.py`: what the type is called outside, which acts of the trail it follows, and
which scope opens it. An event names a row and says nothing about it: whoever wants to know asks the API, as itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise

from people.models import Event
from portal.lib import clock

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class EventType:
    """One public type: `booking.confirmed`. `scope` is the client's scope without which it is not told."""

    code: str
    label: str | Promise
    scope: str
    subject: str = ""  # the API's word for the noun, where the code does not begin with it
    districts: Callable[[Any], Iterable[int]] | None = field(default=None, repr=False)

    @property
    def subject_type(self) -> str:
        return self.subject or self.code.partition(".")[0]


TYPES: dict[str, EventType] = {}
# act of the trail → the types that it is told as, each with a test of the row
FOLLOWED: dict[str, list[tuple[EventType, Test | None]]] = {}


def declare(
    code: str,
    label: str | Promise,
    *,
    scope: str,
    acts: Iterable[str] = (),
    only: dict[str, Test] | None = None,
    subject: str = "",
    districts: Callable[[Any], Iterable[int]] | None = None,
) -> None:
    """Add a public type. `acts` are verbs of the trail that it follows; in `only` those that are told for some rows.

    `districts` answers whom it concerns; otherwise the row's own `district_ids()`.
    """
    kind = TYPES[code] = EventType(code, label, scope, subject, districts)
    for act in acts:
        FOLLOWED.setdefault(act, []).append((kind, None))
    for act, test in (only or {}).items():
        FOLLOWED.setdefault(act, []).append((kind, test))


def follow(act: str, obj: models.Model) -> None:
    """Tell what an act of the trail means outside, if anything; `audit.record` calls this."""
    found = FOLLOWED.get(act, ())
    Event.objects.bulk_create(row for kind, test in found if test is None or test(obj) for row in _rows(kind, obj))


def tell(code: str, *objs: models.Model, districts: Iterable[int] | None = None) -> None:
    """Tell of rows that no act of the trail stands for."""
    Event.objects.bulk_create(row for obj in objs for row in _rows(TYPES[code], obj, districts))


def _rows(kind: EventType, obj: Any, districts: Iterable[int] | None = None) -> list[Event]:
    if districts is None:
        districts = kind.districts(obj) if kind.districts else obj.district_ids()
    return [
        Event(
            at=clock.now(),
            type=kind.code,
            subject_type=kind.subject_type,
            subject_id=str(obj.pk),
            district_id=district_id,
        )
        for district_id in sorted(set(districts))
    ]


def opened_by(scopes: Iterable[str]) -> list[str]:
    """The types that a client with these scopes is told."""
    held = set(scopes)
    return [code for code, kind in TYPES.items() if kind.scope in held]
