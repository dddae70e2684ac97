"""Which organisations a district office reaches: its own district's, and those that higher apps list there."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from people.models import Organisation

# Each answers the ids of organisations without a district that are listed in this one (venues, counselors).
LISTED: list[Callable[[int], Iterable[int]]] = []


def tell(function: Callable[[int], Iterable[int]]) -> Callable[[int], Iterable[int]]:
    """Register a source of listed organisations; apps do it in their `reach.py`."""
    LISTED.append(function)
    return function


def listed(district_id: int) -> set[int]:
    return {pk for source in LISTED for pk in source(district_id)}


def within(district_id: int, path: str = "") -> Q:
    """The condition "belongs to the district or is listed there" on an organisation, or on what `path` leads to."""
    return Q(**{f"{path}district_id": district_id}) | Q(**{f"{path}pk__in": listed(district_id)})


def reaches(district_id: int | None, organisation: "Organisation") -> bool:
    if district_id is None:
        return False
    return organisation.district_id == district_id or organisation.pk in listed(district_id)
