"""The white-list as a spreadsheet: name, organisers, stages, and from when until when each competition counts."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from credits import competitions
from credits.models import Competition
from partnerships.lists.cells import day_of
from partnerships.lists.tables import Line, Table, read_table
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import verb
from portal.lib import wording
from portal.lib.spreadsheets.sheets import Book

HEADINGS = {
    "name": "name_zh 赛事名称 竞赛名称 竞赛活动名称 赛事 名称 name",
    "organisers": "organisers 主办单位 主办方 举办单位",
    "stages": "stages 学段 组别 面向学段",
    "starts_on": "valid_from 有效期自 开始日期 有效期起",
    "last_day": "valid_until 有效期至 结束日期 有效期止",
}
REQUIRED = ("name", "stages", "starts_on", "last_day")
LONGEST = {"name": 120, "organisers": 200}
DAY = dt.timedelta(days=1)
STAGES = {
    "primary": ("primary", "小学"),
    "junior": ("junior", "初中"),
    "senior": ("senior", "高中", "普通高中"),
    "vocational": ("vocational", "中职", "中等职业学校", "职业高中"),
}


@dataclass(frozen=True, slots=True)
class CompetitionRow:
    """One competition of the list; `last_day` is the last day on which it counts."""

    line: Line
    name: str
    organisers: str
    stages: tuple[str, ...]
    starts_on: dt.date
    last_day: dt.date
    is_known: bool

    @property
    def row(self) -> int:
        return self.line.row

    @property
    def stages_in_words(self) -> str:
        return wording.listed([str(Competition.Stage(stage).label) for stage in self.stages])


@dataclass(slots=True)
class CompetitionList:
    """The list as it would be written."""

    rows: list[CompetitionRow]
    table: Table

    @property
    def new(self) -> list[CompetitionRow]:
        return [row for row in self.rows if not row.is_known]

    @property
    def known(self) -> int:
        return len(self.rows) - len(self.new)


def preview(book: Book, district: District) -> CompetitionList:
    """Every competition of the list with its problems; raises Refused when a column is missing."""
    table = read_table(book, HEADINGS, required=REQUIRED)
    known = list(Competition.objects.filter(district=district).values_list("name", "starts_on", "ends_on"))
    rows: dict[str, CompetitionRow] = {}
    for line in table.lines:
        row = row_of(line, table, known)
        if row is None:
            continue
        first = rows.setdefault(row.name, row)
        if first is not row:
            table.problem("listed_twice", line, "name", is_error=False, other=first.row)
    return CompetitionList(list(rows.values()), table)


def row_of(line: Line, table: Table, known: list[tuple[str, dt.date, dt.date]]) -> CompetitionRow | None:
    """A competition, or None after saying what is wrong with the line."""
    for code in REQUIRED:
        if not line[code]:
            table.problem("cell_missing", line, code)
            return None
    for code, longest in LONGEST.items():
        if len(line[code]) > longest:
            table.problem("cell_too_long", line, code, longest=longest)
            return None
    stages = stages_of(line["stages"])
    if stages is None:
        table.problem("stage_of_school", line, "stages", shown=line["stages"])
        return None
    days = {code: day_of(line[code]) for code in ("starts_on", "last_day")}
    for code, day in days.items():
        if day is None:
            table.problem("day_unknown", line, code, shown=line[code])
            return None
    starts_on, last_day = days["starts_on"], days["last_day"]
    assert starts_on
    assert last_day
    if last_day < starts_on:
        table.problem("days_reversed", line, "last_day")
        return None
    stands = any(name == line["name"] and first <= last_day and starts_on < ends for name, first, ends in known)
    return CompetitionRow(line, line["name"], line["organisers"], stages, starts_on, last_day, stands)


def stages_of(text: str) -> tuple[str, ...] | None:
    """The stages in their order, from codes or Chinese names apart by ; 、 , or spaces; None for a strange word."""
    words = set(re.split(r"[;；、,，\s]+", text)) - {""}
    found = {code for code, names in STAGES.items() if words & set(names)}
    strange = words - {name for names in STAGES.values() for name in names}
    return tuple(code for code in STAGES if code in found) if found and not strange else None


@verb
def write(rows: list[CompetitionRow], *, by: Actor, district: District) -> Counter[str]:
    """Bring the list in. A competition that stands there in overlapping time stays as it is. All or nothing."""
    require(by, Permission.COMPETITION_EDIT, district)
    counts: Counter[str] = Counter(new=0, unchanged=0)
    for row in rows:
        if row.is_known:
            counts["unchanged"] += 1
            continue
        competitions.enter(
            district, by=by, name=row.name, organisers=row.organisers, stages=row.stages,
            starts_on=row.starts_on, ends_on=row.last_day + DAY,
        )  # fmt: skip
        counts["new"] += 1
    audit.record("competition_list.import", district, by=by, counts=dict(counts))
    return counts
