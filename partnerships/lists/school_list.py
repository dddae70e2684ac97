"""A list of schools: those of the bureau's own district, found by name or brought in; credit pilots from a day on."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from partnerships import schools
from partnerships.lists.tables import Line, Table, place_in, read_table
from partnerships.models import School
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import verb
from portal.lib.errors import Refused
from portal.lib.spreadsheets.sheets import Book

HEADINGS = {
    "name_zh": "name_zh 学校名称 学校 名称 校名 name",
    "name_en": "name_en 英文名称",
    "stage": "stage 学段 办学类型",
    "district": "district 所在区 区县 所属区",
    "credit_pilot": "credit_pilot 学分试点 试点学校 试点",
    "note": "note 备注 说明",
    "position": "position 位置 经纬度 坐标",
}
REQUIRED = ("name_zh",)
LONGEST = {"name_zh": 120, "name_en": 200, "note": 200}
YES = {"yes", "true", "1", "是", "√", "试点"}
# words of a note that say that the name itself is in doubt
PROVISIONAL = ("provisional", "back-translated", "校名待核", "暂名", "暂定")


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school of the list."""

    line: Line
    name_zh: str
    name_en: str
    stage: str
    note: str
    is_provisional: bool
    is_pilot: bool
    is_known: bool = False
    position: tuple[Decimal, Decimal] | None = None

    @property
    def row(self) -> int:
        return self.line.row

    @property
    def stage_label(self) -> str:
        """The stage in the reader's language, "" where it is not known."""
        return str(School.Stage(self.stage).label) if self.stage else ""


@dataclass(slots=True)
class SchoolList:
    """The list as it would be written. `elsewhere` are rows of other districts, which are left alone."""

    rows: list[SchoolRow]
    elsewhere: list[Line]
    table: Table

    @property
    def new(self) -> list[SchoolRow]:
        return [row for row in self.rows if not row.is_known]

    @property
    def known(self) -> int:
        return len(self.rows) - len(self.new)

    @property
    def has_pilots(self) -> bool:
        return any(row.is_pilot for row in self.rows)


def preview(book: Book, district: District) -> SchoolList:
    """Every school of this district in the list with its problems; raises Refused when a column is missing."""
    table = read_table(book, HEADINGS, required=REQUIRED)
    known = set(School.objects.filter(organisation__district=district).values_list("organisation__name_zh", flat=True))
    rows: dict[str, SchoolRow] = {}
    elsewhere = []
    for line in table.lines:
        if line["district"] and district.name_zh not in line["district"]:
            elsewhere.append(line)
            continue
        row = row_of(line, table, known)
        if row is None:
            continue
        first = rows.setdefault(row.name_zh, row)
        if first is not row:
            table.problem("listed_twice", line, "name_zh", is_error=False, other=first.row)
    return SchoolList(list(rows.values()), elsewhere, table)


def row_of(line: Line, table: Table, known: set[str]) -> SchoolRow | None:
    """A school, or None after saying what is wrong with the line."""
    if not line["name_zh"]:
        table.problem("cell_missing", line, "name_zh")
        return None
    for code, longest in LONGEST.items():
        if len(line[code]) > longest:
            table.problem("cell_too_long", line, code, longest=longest)
            return None
    stage = stage_of(line["stage"])
    if stage is None:
        table.problem("stage_of_school", line, "stage", shown=line["stage"])
        return None
    note = line["note"]
    return SchoolRow(
        line=line,
        name_zh=line["name_zh"],
        name_en=line["name_en"],
        stage=stage,
        note=note,
        is_provisional=any(word in note for word in PROVISIONAL),
        is_pilot=line["credit_pilot"].lower() in YES,
        is_known=line["name_zh"] in known,
        position=place_in(line, table),
    )


def stage_of(text: str) -> str | None:
    """The stage by its code or any of its names; "" where nothing is known, None for a strange word."""
    names = {str(value): str(value) for value in School.Stage.values}
    names |= {str(label): str(value) for value, label in School.Stage.choices}
    names |= ZH_STAGES
    return names.get(text) if text else ""


ZH_STAGES = {
    "小学": School.Stage.PRIMARY.value,
    "初中": School.Stage.JUNIOR.value,
    "初级中学": School.Stage.JUNIOR.value,
    "高中": School.Stage.SENIOR.value,
    "九年一贯制": School.Stage.NINE_YEAR.value,
    "九年一贯制学校": School.Stage.NINE_YEAR.value,
    "完全中学": School.Stage.COMPLETE_SECONDARY.value,
    "十二年一贯制": School.Stage.TWELVE_YEAR.value,
    "职业高中": School.Stage.VOCATIONAL.value,
}


@verb
def write(rows: list[SchoolRow], *, by: Actor, district: District, pilots_from: dt.date | None = None) -> Counter[str]:
    """Bring in every school of the list; those marked as pilots post credits from `pilots_from`. All or nothing.

    A school that is known stays as it is, but for a position where it has none yet.
    """
    require(by, Permission.LIST_IMPORT, district)
    if pilots_from is None and any(row.is_pilot for row in rows):
        raise Refused("pilots_from", _("Say from which day the pilot schools of the list are pilots."))
    counts: Counter[str] = Counter(new=0, unchanged=0, pilots=0)
    for row in rows:
        school, is_new = schools.register(
            row.name_zh,
            by=by,
            district=district,
            name_en=row.name_en,
            is_provisional_name=row.is_provisional,
            stage=row.stage,
            note=row.note,
            **School().placed(row.position),
        )
        if row.position and not is_new and (school.position_is_sample or not school.has_position):
            schools.change(school, by=by, **school.placed(row.position))
            counts["changed"] += 1
        counts["new" if is_new else "unchanged"] += 1
        if row.is_pilot and pilots_from and not school.pilots.exists():
            schools.start_pilot(school, by=by, starts_on=pilots_from)
            counts["pilots"] += 1
    audit.record("school_list.import", district, by=by, counts=dict(counts))
    return counts
