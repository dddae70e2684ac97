"""A school's results of competitions as a spreadsheet: class and seat (or the school's number), competition, day, evidence."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from credits import results
from credits.models import Competition
from partnerships.lists.cells import day_of
from partnerships.lists.tables import Line, Table, read_table
from partnerships.models import Enrolment, School, StudentIdentity
from partnerships.models.identity import number_digest
from partnerships.rosters.class_names import Ambiguous, ClassRef, parse_class
from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.spreadsheets.sheets import Book

HEADINGS = {
    "class": "班级 class 班",
    "seat": "座号 座位号 seat",
    "number": "校内学号 学号 number",
    "competition": "赛事名称 竞赛名称 赛事 competition",
    "day": "参赛日期 比赛日期 日期 day",
    "evidence": "证明材料 证书编号 证明 evidence",
}
REQUIRED = ("competition", "day", "evidence")
LONGEST = {"evidence": 200}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One pupil in one competition."""

    line: Line
    student: uuid.UUID
    label: str  # of the class, as the school writes it
    seat: int | None
    competition: Competition
    day: dt.date
    evidence: str

    @property
    def row(self) -> int:
        return self.line.row


@dataclass(slots=True)
class ResultList:
    """The list as it would be written."""

    rows: list[ResultRow]
    table: Table


@dataclass(slots=True)
class Pupils:
    """The pupils of the school today, by class and seat and by the digest of the school's number."""

    by_seat: dict[tuple[int, int, int], list[Enrolment]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[bytes, uuid.UUID] = field(default_factory=dict)
    enrolments: dict[uuid.UUID, Enrolment] = field(default_factory=dict)

    @classmethod
    def of(cls, school: School, day: dt.date) -> "Pupils":
        found = cls()
        for enrolment in Enrolment.objects.on(day).filter(school_class__school=school).select_related("school_class"):
            found.enrolments[enrolment.student_id] = enrolment
            grade = enrolment.school_class.grade(day)
            if grade and enrolment.seat:
                found.by_seat[grade, enrolment.school_class.number, enrolment.seat].append(enrolment)
        known = StudentIdentity.objects.filter(school=school, number_mac__isnull=False)
        found.by_number = {bytes(mac): student for student, mac in known.values_list("pk", "number_mac") if mac}
        return found


def preview(book: Book, school: School) -> ResultList:
    """Every line that names a pupil and a competition of the white-list, and what is wrong with the others."""
    table = read_table(book, HEADINGS, required=REQUIRED)
    pupils = Pupils.of(school, clock.today())
    listed: dict[str, list[Competition]] = defaultdict(list)
    for competition in Competition.objects.filter(district=school.district_id):
        listed[competition.name].append(competition)
    rows: dict[tuple[uuid.UUID, int], ResultRow] = {}
    for line in table.lines:
        row = row_of(line, table, pupils, listed, school)
        if row is None:
            continue
        first = rows.setdefault((row.student, row.competition.pk), row)
        if first is not row:
            table.problem("listed_twice", line, "competition", is_error=False, other=first.row)
    return ResultList(list(rows.values()), table)


def row_of(
    line: Line, table: Table, pupils: Pupils, listed: dict[str, list[Competition]], school: School
) -> ResultRow | None:
    """A result, or None after saying what is wrong with the line."""
    for code in REQUIRED:
        if not line[code]:
            table.problem("cell_missing", line, code)
            return None
    if len(line["evidence"]) > LONGEST["evidence"]:
        table.problem("cell_too_long", line, "evidence", longest=LONGEST["evidence"])
        return None
    day = day_of(line["day"])
    if day is None:
        table.problem("day_unknown", line, "day", shown=line["day"])
        return None
    if day > clock.today():
        table.problem("day_to_come", line, "day")
        return None
    on_list = listed.get(line["competition"])
    if not on_list:
        table.problem("not_listed", line, "competition", shown=line["competition"])
        return None
    enrolment = pupil_of(line, table, pupils, school)
    if enrolment is None:
        return None
    competition = next((one for one in on_list if one.stands_on(day)), on_list[0])
    label = enrolment.school_class.label(clock.today())
    return ResultRow(line, enrolment.student_id, label, enrolment.seat, competition, day, line["evidence"])


def pupil_of(line: Line, table: Table, pupils: Pupils, school: School) -> Enrolment | None:
    """By the school's number where there is one, else by class and seat."""
    if line["number"]:
        student = pupils.by_number.get(number_digest(school.pk, line["number"]))
        if student in pupils.enrolments:
            return pupils.enrolments[student]
        table.problem("pupil_unknown", line, "number")
        return None
    ref = parse_class(line["class"]) if line["class"] else None
    if isinstance(ref, Ambiguous):
        ref = ref.options[0]
    if not isinstance(ref, ClassRef):
        table.problem("class_unknown" if line["class"] else "class_missing", line, "class", shown=line["class"])
        return None
    seat = line["seat"].removesuffix(".0").removesuffix("号")
    if not seat.isdecimal():
        table.problem("cell_missing", line, "seat")
        return None
    grade = ref.grade or _grade(ref, pupils)
    found = pupils.by_seat.get((grade, ref.number, int(seat)), []) if grade else []
    if len(found) != 1:
        table.problem("pupil_unknown", line, "seat")
        return None
    return found[0]


def _grade(ref: ClassRef, pupils: Pupils) -> int | None:
    """Today's grade of a class that is written by the year in which it entered."""
    today = clock.today()
    return next(
        (
            one.school_class.grade(today)
            for one in pupils.enrolments.values()
            if (one.school_class.entry_year, one.school_class.number) == (ref.entry_year, ref.number)
        ),
        None,
    )


@verb
def write(rows: list[ResultRow], *, by: Actor, school: School) -> Counter[str]:
    """Enter every result of the list; a pupil who has one of the same competition and school year keeps it. All or nothing."""
    require(by, Permission.RESULT_ENTER, school)
    counts: Counter[str] = Counter(new=0, unchanged=0)
    together: dict[tuple[Competition, dt.date, str], list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        together[row.competition, row.day, row.evidence].append(row.student)
    for (competition, day, evidence), students in together.items():
        entered = results.enter_competition(
            competition, school=school, students=students, happened_on=day, evidence=evidence, by=by
        )
        counts["new"] += len(entered.new)
        counts["unchanged"] += entered.known
    audit.record("result_list.import", school, by=by, counts=dict(counts))
    return counts
