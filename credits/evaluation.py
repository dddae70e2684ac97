"""综合素质评价: final credits of a school year in the columns of the district's own template. The mapping is data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from credits import certificates, sources
from credits.models import Entry, EvaluationColumn
from partnerships import identities
from partnerships.identities import Name
from partnerships.models import Enrolment, IdentityLook, SchoolClass
from people import audit, thresholds
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock, wording
from portal.lib.errors import Refused

Field = EvaluationColumn.Field
# What a district starts with: ours, not the template of any district.
DEFAULT = (
    ("学校", Field.SCHOOL), ("班级", Field.CLASS), ("学号", Field.NUMBER), ("姓名", Field.NAME), ("学年", Field.YEAR),
    ("活动次数", Field.TIMES), ("科普学分", Field.POINTS), ("是否达标", Field.TARGET), ("活动内容", Field.CONTENT),
)  # fmt: skip
MOST = 30


@dataclass(frozen=True)
class Column:
    title: str
    field: str


def columns_of(district_id: int) -> list[Column]:
    """The district's columns in order, or the ones to start with."""
    own = [Column(row.title, row.field) for row in EvaluationColumn.objects.filter(district=district_id)]
    return own or [Column(title, field.value) for title, field in DEFAULT]


def is_default(district_id: int) -> bool:
    return not EvaluationColumn.objects.filter(district=district_id).exists()


@verb
def set_columns(district: District, columns: Sequence[Column], *, by: Actor) -> None:
    """Replace the district's columns by these, in this order."""
    require(by, Permission.EVALUATION_EDIT, district)
    if not columns or len(columns) > MOST:
        raise Refused("evaluation_columns", _("A template has between 1 and %(most)s columns."), most=MOST)
    titles = [column.title for column in columns]
    if len(set(titles)) < len(titles):
        raise Refused("evaluation_titles", _("Two columns have the same title."))
    EvaluationColumn.objects.filter(district=district).delete()
    EvaluationColumn.objects.bulk_create(
        EvaluationColumn(district=district, position=n, title=column.title, field=column.field)
        for n, column in enumerate(columns, start=1)
    )
    audit.record("evaluation.set_columns", district, by=by, columns=len(columns))


@dataclass(frozen=True)
class Row:
    """One pupil of the export."""

    school_class: SchoolClass
    seat: int | None
    name: Name | None
    entries: list[Entry]
    school_year: int
    target: int
    wanted_kinds: int

    @property
    def points(self) -> int:
        return sum(entry.points for entry in self.entries)

    @property
    def kinds(self) -> int:
        return len({entry.rule.code for entry in self.entries})


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _content(row: Row) -> str:
    told = [f"{e.inputs['day']} {sources.source_of(e).activity['zh']} {wording.points(e.points)}" for e in row.entries]
    return "；".join(told)


WRITES: dict[str, Callable[[Row], Any]] = {
    Field.SCHOOL: lambda row: row.school_class.school.organisation.name_zh,
    Field.CLASS: lambda row: row.school_class.label(clock.today()),
    Field.GRADE: lambda row: row.school_class.grade(clock.today()),
    Field.SEAT: lambda row: row.seat,
    Field.NUMBER: lambda row: row.name.number if row.name else "",
    Field.NAME: lambda row: row.name.name if row.name else "",
    Field.YEAR: lambda row: f"{row.school_year}—{row.school_year + 1}",
    Field.POINTS: lambda row: row.points / 1000,
    Field.KINDS: lambda row: row.kinds,
    Field.TIMES: lambda row: len(row.entries),
    Field.TARGET: lambda row: _yes(row.points >= row.target and row.kinds >= row.wanted_kinds),
    Field.CONTENT: _content,
    Field.EMPTY: lambda row: "",
}
NAMES = {Field.NAME.value, Field.NUMBER.value}


@verb
def export(school_class: SchoolClass, school_year: int, *, by: Actor) -> list[list[Any]]:
    """The table of one class, titles first, in the order of the roster. Names are looked at on purpose, and logged."""
    require(by, Permission.EVALUATION_EXPORT, school_class)
    columns = columns_of(school_class.school.district_id)
    today = clock.today()
    enrolments = list(Enrolment.objects.on(today).filter(school_class=school_class))
    students = [enrolment.student_id for enrolment in enrolments]
    names: dict[Any, Name] = {}
    if NAMES & {column.field for column in columns}:
        names = identities.look(
            students, by=by, school=school_class.school, purpose=IdentityLook.Purpose.CREDITS, school_class=school_class
        )
    final = certificates.final_entries(students)
    values = thresholds.of(school_class.school.district_id, on=today)
    rows = [
        Row(
            school_class,
            enrolment.seat,
            names.get(enrolment.student_id),
            [entry for entry in final[enrolment.student_id] if entry.concerns_term.school_year == school_year],
            school_year,
            values["credits.year_target"] * 1000,
            values["credits.year_categories"],
        )
        for enrolment in enrolments
    ]
    rows.sort(key=lambda row: (row.seat or 10_000, row.name.number if row.name else "~"))
    audit.record("evaluation.export", school_class, by=by, pupils=len(rows), school_year=school_year)
    return [[column.title for column in columns], *([WRITES[c.field](row) for c in columns] for row in rows)]
