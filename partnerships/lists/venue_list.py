"""A list of venues: matched by name and place, brought in with their titles, proposed where the bureau ticks."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from partnerships import listings, venues
from partnerships.lists.tables import Line, Table, place_in, read_table
from partnerships.lists.titles import Title, titles_in
from partnerships.models import Listing, Recognition, Venue
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District, Organisation
from people.roles import Permission
from people.workflow import verb
from portal.lib.spreadsheets.sheets import Book

HEADINGS = {
    "name_zh": "name_zh 场馆名称 名称 单位名称 基地名称 name",
    "name_en": "name_en 英文名称",
    "national_class": "national_class 类别 科普教育基地类别",
    "recognitions": "recognitions 称号 基地认定",
    "place": "place 所在地 地区",
    "position": "position 位置 经纬度 坐标",
}
REQUIRED = ("name_zh", "place")
LONGEST = {"name_zh": 120, "name_en": 200, "place": 60}


@dataclass(frozen=True, slots=True)
class VenueRow:
    """One venue of the list, and what the portal knows of it already."""

    line: Line
    name_zh: str
    name_en: str
    place: str
    national_class: str
    titles: tuple[Title, ...]
    is_in_city: bool
    position: tuple[Decimal, Decimal] | None = None
    is_known: bool = False
    listing: str = ""

    @property
    def row(self) -> int:
        return self.line.row

    @property
    def may_be_proposed(self) -> bool:
        return not self.listing


@dataclass(slots=True)
class VenueList:
    """The list as it would be written."""

    rows: list[VenueRow]
    table: Table

    @property
    def new(self) -> list[VenueRow]:
        return [row for row in self.rows if not row.is_known]

    @property
    def known(self) -> int:
        return len(self.rows) - len(self.new)


def preview(book: Book, district: District) -> VenueList:
    """Every venue of the list with its problems; raises Refused when a column is missing."""
    table = read_table(book, HEADINGS, required=REQUIRED)
    rows: dict[tuple[str, str], VenueRow] = {}
    for line in table.lines:
        row = row_of(line, table, district)
        if row is None:
            continue
        first = rows.setdefault((row.name_zh, row.place), row)
        if first is not row:
            table.problem("listed_twice", line, "name_zh", is_error=False, other=first.row)
    return VenueList(with_known(list(rows.values()), district), table)


def row_of(line: Line, table: Table, district: District) -> VenueRow | None:
    """A venue, or None after saying what is wrong with the line."""
    for code in REQUIRED:
        if not line[code]:
            table.problem("cell_missing", line, code)
            return None
    for code, longest in LONGEST.items():
        if len(line[code]) > longest:
            table.problem("cell_too_long", line, code, longest=longest)
            return None
    national_class = class_of(line["national_class"])
    if national_class is None:
        table.problem("class_of_venue", line, "national_class", shown=line["national_class"])
        return None
    titles = tuple(titles_in(line["recognitions"]))
    return VenueRow(
        line,
        line["name_zh"],
        line["name_en"],
        line["place"],
        national_class,
        titles,
        in_city(line["place"], district),
        place_in(line, table),
    )


def class_of(text: str) -> str | None:
    """The national class by its code or any of its names; "" for an empty cell, None for a strange one."""
    names = {str(value): str(value) for value in Venue.NationalClass.values}
    names |= {str(label): str(value) for value, label in Venue.NationalClass.choices}
    return names.get(text) if text else ""


def in_city(place: str, district: District) -> bool:
    """Whether a place lies in the district's own city: the rows that are ticked for listing at first."""
    city = district.city_zh or district.name_zh
    return city in place


def with_known(rows: list[VenueRow], district: District) -> list[VenueRow]:
    """The same rows with what is known of each, in two queries."""
    known = Organisation.objects.filter(
        kind=Organisation.Kind.VENUE, name_zh__in=[row.name_zh for row in rows], venue__isnull=False
    )
    ids = {(name, place): pk for pk, name, place in known.values_list("pk", "name_zh", "place_code")}
    states = dict(
        Listing.objects.filter(district=district, organisation__in=ids.values()).values_list("organisation_id", "state")
    )
    found = []
    for row in rows:
        pk = ids.get((row.name_zh, row.place))
        found.append(
            VenueRow(
                row.line,
                row.name_zh,
                row.name_en,
                row.place,
                row.national_class,
                row.titles,
                row.is_in_city,
                row.position,
                pk is not None,
                states.get(pk, "") if pk else "",
            )
        )
    return found


@verb
def write(rows: list[VenueRow], *, ticked: Collection[int], by: Actor, district: District) -> Counter[str]:
    """Bring in every venue of the list and propose those whose row is ticked; all or nothing.

    A venue that is known stays as it is. Titles come with a new venue only: of others its own people and its
    district decide.
    """
    require(by, Permission.LIST_IMPORT, district)
    counts: Counter[str] = Counter(new=0, unchanged=0, proposed=0)
    for row in rows:
        venue, is_new = venues.register(
            row.name_zh,
            by=by,
            place=row.place,
            name_en=row.name_en,
            national_class=row.national_class,
            **Venue().placed(row.position),
        )
        counts["new" if is_new else "unchanged"] += 1
        if is_new:
            add_titles(venue, row.titles)
        if row.row in ticked and not Listing.objects.filter(district=district, organisation_id=venue.pk).exists():
            listings.propose(venue.organisation, by=by, district=district)
            counts["proposed"] += 1
    audit.record("venue_list.import", district, by=by, counts=dict(counts))
    return counts


def add_titles(venue: Venue, titles: tuple[Title, ...]) -> None:
    """The titles of a venue that has just been brought in; the same title twice in one cell counts once."""
    once = {title.title: title for title in titles}
    Recognition.objects.bulk_create(
        Recognition(venue=venue, title=title.title, level=title.level, starts_on=title.starts_on, ends_on=title.ends_on)
        for title in once.values()
    )
