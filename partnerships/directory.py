"""The directory of venues: who stands in it for a reader, what it can be narrowed by, and how many each choice leaves.

A district lists some hundreds of venues at most: they are read once, in a constant number of queries, and narrowed,
counted and put in order here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnerships import distance
from partnerships.distance import Position
from partnerships.models import Agreement, Campus, Listing, Recognition, School, Venue
from people.actors import Actor
from people.thresholds import Values
from portal.lib import clock

NEAR = (3, 5, 10, 20, 50)  # kilometres by road


@dataclass(frozen=True, slots=True)
class Start:
    """Where a way begins: a school's site or a campus."""

    key: str
    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Entry:
    """One venue as the directory narrows it; `metres` by road from the reader's start, None where unknown."""

    pk: int
    name: str
    name_is_english: bool
    kind: str
    national_class: str
    facilities: tuple[str, ...]
    levels: tuple[str, ...]
    listing: str
    is_paired: bool
    position: Position | None
    metres: int | None

    @property
    def near(self) -> list[str]:
        """The choices of distance that hold it."""
        return [str(km) for km in NEAR if self.metres is not None and self.metres <= km * 1000]


FACETS: dict[str, Callable[[Entry], Iterable[str]]] = {
    "kind": lambda entry: [entry.kind] if entry.kind else [],
    "national_class": lambda entry: [entry.national_class] if entry.national_class else [],
    "level": lambda entry: entry.levels,
    "facility": lambda entry: entry.facilities,
    "near": lambda entry: entry.near,
    "paired": lambda entry: ["yes"] if entry.is_paired else [],
    "listing": lambda entry: [entry.listing] if entry.listing else [],
}


def labels(facet: str) -> dict[str, Any]:
    """What the values of a facet are called, in their order."""
    said: dict[str, Callable[[], dict[str, Any]]] = {
        "kind": lambda: dict(Venue.Kind.choices),
        "national_class": lambda: dict(Venue.NationalClass.choices),
        "level": lambda: dict(Recognition.Level.choices),
        "facility": lambda: dict(Venue.Facility.choices),
        "near": lambda: {str(km): _("up to %(n)s km") % {"n": km} for km in NEAR},
        "paired": lambda: {"yes": _("partners of our school")},
        "listing": lambda: dict(Listing.State.choices),
    }
    return said[facet]()


@dataclass(frozen=True)
class Directory:
    """All entries that a reader may find, and what has been chosen."""

    entries: list[Entry]
    chosen: dict[str, str]

    def kept_by(self, entry: Entry, *, but: str = "") -> bool:
        return all(value in FACETS[facet](entry) for facet, value in self.chosen.items() if facet != but)

    @property
    def found(self) -> list[Entry]:
        """What fits every choice, in the directory's order."""
        return [entry for entry in self.entries if self.kept_by(entry)]

    def choices(self, facet: str) -> list[tuple[str, str]]:
        """The values of a facet with what each would leave beside the other choices; those that leave none are left out."""
        left = Counter(
            value for entry in self.entries if self.kept_by(entry, but=facet) for value in FACETS[facet](entry)
        )
        chosen = self.chosen.get(facet)
        return [
            (value, f"{label} ({left[value]})")
            for value, label in labels(facet).items()
            if left[value] or value == chosen
        ]


def starts_of(actor: Actor) -> list[Start]:
    """Where the reader may measure from: the sites of the own school, or every school of the office's district."""
    known = Q(latitude__isnull=False, longitude__isnull=False)
    schools = School.objects.visible_to(actor).filter(known)
    campuses = Campus.objects.visible_to(actor).filter(known).select_related("school__organisation")
    found = [(f"school-{row.pk}", row.name, position_of(row)) for row in schools]
    found += [(f"campus-{row.pk}", f"{row.school.name} {row.name}", position_of(row)) for row in campuses]
    return [Start(key, name, position) for key, name, position in found if position]


def position_of(row: School | Campus | Venue) -> Position | None:
    """A row's position as numbers."""
    if not row.has_position:
        return None
    return distance.position(row.latitude, row.longitude, row.position_is_sample)


def entries_of(rows: QuerySet[Venue], actor: Actor, start: Start | None, values: Values) -> list[Entry]:
    """The entries of the venues in `rows`, nearest first where there is a start; four queries however many."""
    today = clock.today()
    keys = rows.values("pk")
    levels: dict[int, set[str]] = defaultdict(set)
    for pk, level in Recognition.objects.valid(today).filter(venue__in=keys).values_list("venue_id", "level"):
        levels[pk].add(level)
    states = dict(
        Listing.objects.visible_to(actor).filter(organisation__in=keys).values_list("organisation_id", "state")
    )
    partners: set[int] = set()
    if actor.is_school:
        partners = set(
            Agreement.objects.in_force(today)
            .with_school(actor.organisation_id, today)
            .values_list("venue_id", flat=True)
        )
    reads_english = (get_language() or "").startswith("en")
    found = []
    for venue in rows.order_by("organisation__name_zh", "pk"):
        position = position_of(venue)
        found.append(
            Entry(
                pk=venue.pk,
                name=venue.name,
                name_is_english=reads_english and bool(venue.organisation.name_en),
                kind=venue.kind,
                national_class=venue.national_class,
                facilities=tuple(venue.facilities),
                levels=tuple(levels[venue.pk]),
                listing=states.get(venue.pk, ""),
                is_paired=venue.pk in partners,
                position=position,
                metres=distance.metres(start.position, position, values) if start else None,
            )
        )
    if start:
        found.sort(key=lambda entry: (entry.metres is None, entry.metres or 0))
    return found
