"""How far it is, and how long the bus takes: an estimate from two positions and the district's numbers. Pure but for
`places`, which reads positions."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from partnerships.models import School, Venue
from people.thresholds import Values

EARTH = 6_371_000  # mean radius, metres


class Place(Protocol):
    """A school, a campus, a venue, or what `places` found: degrees, None where nobody has entered them."""

    @property
    def latitude(self) -> object: ...

    @property
    def longitude(self) -> object: ...


class Position(NamedTuple):
    """Where an organisation is, in degrees; a sample is a position that the demo invented."""

    latitude: float
    longitude: float
    is_sample: bool = False


def position(latitude: Any, longitude: Any, is_sample: bool) -> Position:
    """A position out of the columns of a row that has one."""
    return Position(float(latitude), float(longitude), is_sample)


def straight(start: Place | None, end: Place | None) -> float | None:
    """Metres as the crow flies (haversine); None where one of the two has no position."""
    known = [(point.latitude, point.longitude) for point in (start, end) if point is not None]
    if len(known) < 2 or any(degree is None for point in known for degree in point):
        return None
    (a, b), (c, d) = ((math.radians(float(str(x))), math.radians(float(str(y)))) for x, y in known)
    chord = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(chord))


def metres(start: Place | None, end: Place | None, values: Values) -> int | None:
    """Metres by road, estimated: the straight line × the district's detour (1.4). None where a position is missing."""
    line = straight(start, end)
    return None if line is None else round(line * values["travel_detour_percent"] / 100)


def minutes(metres: int | None, values: Values) -> int | None:
    """Minutes from door to door, rounded up: the way at the district's speed (25 km/h) and what getting on and off
    takes (15 min). No way takes no time; None stays None."""
    if not metres:
        return metres
    return math.ceil(metres * 60 / (values["travel_kmh"] * 1000)) + values["travel_extra_minutes"]


def places(organisations: Iterable[int]) -> dict[int, Position]:
    """Positions of schools and venues by the id of their organisation, in two queries; without a position: not in it."""
    keys = set(organisations)
    found = {}
    for nouns in (School.objects, Venue.objects):
        rows = nouns.filter(pk__in=keys, latitude__isnull=False, longitude__isnull=False)
        for pk, latitude, longitude, is_sample in rows.values_list(
            "pk", "latitude", "longitude", "position_is_sample"
        ).order_by():
            found[pk] = position(latitude, longitude, is_sample)
    return found
