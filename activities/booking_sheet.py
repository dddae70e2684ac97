"""预约清单: many bookings by spreadsheet, one a row, judged by the rules of the page; all of them are made, or none."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from activities import bookings, groups
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Booking, Session
from activities.verdicts import Verdict
from partnerships.lists.tables import Line, Table, read_table
from partnerships.models import ActivityGroup, School, SchoolClass
from partnerships.rosters.class_names import Ambiguous, ClassRef, parse_class
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import verb
from portal.lib.errors import Refused
from portal.lib.spreadsheets.sheets import Book

HEADINGS = {
    "session": "场次编号 场次 session",
    "group": "班级或社团 班级/社团 班级 社团 group",
    "pupils": "学生人数 人数 pupils",
    "adults": "随行成人数 带队人数 成人数 adults",
    "leader": "带队教师用户名 用户名 leader",
    "on_sheet": "凭确认单 确认单 on_sheet",
}
REQUIRED = ("session", "group", "adults", "leader")
COLUMNS = [names.split()[0] for names in HEADINGS.values()]
MOST_ROWS = 200
APART = re.compile(r"[、，,;；]+")
COUNT = re.compile(r"\d{1,4}(?:\.0)?")
YES, NO = frozenset({"是", "√", "yes", "y", "1"}), frozenset({"", "否", "no", "n", "0"})
KEY = re.compile(r"\d{1,18}(?:\.0)?")


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One booking that would be made, and what the rules say to it when those above it have been made."""

    line: Line
    session: Session
    group: Group
    leader: Membership
    verdict: Verdict

    @property
    def number(self) -> int:
        """As the spreadsheet program counts."""
        return self.line.row


@dataclass(slots=True)
class BookingSheet:
    """What a spreadsheet of bookings holds: nothing is booked while anything of it can't be."""

    rows: list[BookingRow]
    table: Table

    @property
    def refused(self) -> list[BookingRow]:
        return [row for row in self.rows if not row.verdict.may_book]

    @property
    def is_whole(self) -> bool:
        return bool(self.rows) and not self.refused and not any(problem.is_error for problem in self.table.problems)


@dataclass(slots=True)
class Known:
    """What the words of a sheet may mean to this school and this hat."""

    school: School
    sessions: dict[int, Session]
    leaders: dict[str, Membership]
    classes: list[SchoolClass]
    clubs: dict[str, ActivityGroup] = field(default_factory=dict)

    @classmethod
    def of(cls, school: School, lines: Iterable[Line], by: Actor) -> "Known":
        keys = {int(line["session"].removesuffix(".0")) for line in lines if KEY.fullmatch(line["session"])}
        rows = Session.objects.visible_to(by).filter(pk__in=keys)
        hats = Membership.objects.active().filter(organisation_id=school.pk).select_related("user").order_by("-pk")
        clubs = ActivityGroup.objects.filter(school=school).select_related("school__organisation").order_by("pk")
        return cls(
            school,
            {row.pk: row for row in rows.select_related("programme", "provider", "place", "hall")},
            {hat.user.username.lower(): hat for hat in hats},
            list(SchoolClass.objects.filter(school=school).select_related("school__organisation")),
            {club.name: club for club in clubs},
        )


def preview(book: Book, school: School, *, by: Actor) -> BookingSheet:
    """Every row with its verdict, in their order. Raises Refused when a column is missing."""
    require(by, Permission.BOOKING_REQUEST, school)
    table = read_table(book, HEADINGS, required=REQUIRED)
    for line in table.lines[MOST_ROWS:]:
        table.problem("rows_too_many", line, most=MOST_ROWS)
    lines = table.lines[:MOST_ROWS]
    known = Known.of(school, lines, by)
    found = [(line, *row) for line in lines if (row := _row(line, table, known))]
    return BookingSheet(_judged(found), table)


def _judged(found: Sequence[tuple[Line, Session, Group, Membership]]) -> list[BookingRow]:
    """One judge for all rows: each is judged as if those above it had been booked."""
    if not found:
        return []
    sessions = list({session.pk: session for _line, session, _group, _leader in found}.values())
    judge = Judge(sessions, groups.together([group for _line, _session, group, _leader in found]))
    rows = []
    for line, session, group, leader in found:
        verdict = judge.for_part(group).of(session)
        if verdict.may_book:
            judge.suppose(session, group, verdict)
        rows.append(BookingRow(line, session, group, leader, verdict))
    return rows


def _row(line: Line, table: Table, known: Known) -> tuple[Session, Group, Membership] | None:
    """Session, group and leader of a row, or None after saying what is wrong with it."""
    for code in ("session", "adults", "leader"):
        if not line[code]:
            table.problem("cell_missing", line, code)
            return None
    is_number = KEY.fullmatch(line["session"])
    session = known.sessions.get(int(line["session"].removesuffix(".0"))) if is_number else None
    if session is None:
        table.problem("session_unknown", line, "session", shown=line["session"])
        return None
    adults, pupils = _count(line, table, "adults"), _count(line, table, "pupils")
    if adults is None or pupils is None:
        return None
    leader = known.leaders.get(line["leader"].lower())
    if leader is None:
        table.problem("leader_unknown", line, "leader", shown=line["leader"])
        return None
    on_sheet = line["on_sheet"].lower()
    if on_sheet not in YES | NO:
        table.problem("yes_or_no", line, "on_sheet", shown=line["on_sheet"])
        return None
    group = _group(line, table, known, session, adults, pupils)
    return (session, replace(group, on_sheet=on_sheet in YES), leader) if group else None


def _count(line: Line, table: Table, code: str) -> int | None:
    if not line[code]:
        return 0
    if not COUNT.fullmatch(line[code]):
        table.problem("count_unknown", line, code, shown=line[code])
        return None
    return int(line[code].removesuffix(".0"))


def _group(line: Line, table: Table, known: Known, session: Session, adults: int, pupils: int) -> Group | None:
    """Classes, a club by its name, or a head count where no group is named."""
    text, day = line["group"], session.day
    try:
        if not text:
            return groups.of_heads(known.school, pupils, on=day, adults=adults)
        if text in known.clubs:
            group = groups.of_activity_group(known.clubs[text], on=day, adults=adults)
        else:
            classes = [_class(word, known, session) for word in APART.split(text) if word.strip()]
            if None in classes:
                table.problem("group_unknown", line, "group", shown=text)
                return None
            chosen = [one for one in dict.fromkeys(classes) if one]
            heads = {one.pk: pupils for one in chosen} if len(chosen) == 1 else {}
            group = groups.of_classes(known.school, chosen, on=day, adults=adults, heads=heads)
    except Refused as no:
        table.problem("said", line, "group", said=str(no))
        return None
    if pupils and pupils != group.pupils:
        table.problem("pupils_by_list", line, "pupils", is_error=False, shown=pupils, listed=group.pupils)
    return group


def _class(word: str, known: Known, session: Session) -> SchoolClass | None:
    ref = parse_class(word.strip())
    if isinstance(ref, Ambiguous):
        ref = ref.options[0]
    if not isinstance(ref, ClassRef):
        return None
    return next(
        (
            one
            for one in known.classes
            if one.number == ref.number
            and one.grade(session.day) is not None
            and (one.grade(session.day) == ref.grade if ref.grade else one.entry_year == ref.entry_year)
        ),
        None,
    )


@verb
def write(sheet: BookingSheet, school: School, *, by: Actor, seed: uuid.UUID) -> list[Booking]:
    """Book every row, or none of them. The same `seed` gives the same bookings.

    Raises Refused with the row that stands in the way."""
    require(by, Permission.BOOKING_REQUEST, school)
    if not sheet.is_whole:
        raise Refused("booking_sheet.broken", _("Nothing was booked: mend the rows that are named first."))
    # the preview has counted its own rows into the sessions that it read
    sessions = Session.objects.select_related("programme", "provider").in_bulk([row.session.pk for row in sheet.rows])
    made = []
    for row in sheet.rows:
        key = uuid.uuid5(seed, str(row.line.row))
        try:
            made.append(
                bookings.request(sessions[row.session.pk], row.group, by=by, leader=row.leader, request_key=key)
            )
        except Refused as no:
            raise Refused(
                "booking_sheet.row", _("Nothing was booked. Row %(row)s: %(why)s"), row=row.line.row, why=str(no)
            ) from no
    audit.record("booking_sheet.import", school, by=by, bookings=len(made))
    return made


def rows_of(rows: Iterable[Booking]) -> list[list[str | int]]:
    """Bookings (`with_names`) as the same spreadsheet, with what people read behind its columns."""
    found: list[list[str | int]] = [[*COLUMNS, "预约编号", "活动项目", "场馆", "日期", "开始", "结束", "状态"]]
    with translation.override("zh-hans"):  # so that it can be read in again
        found += [_cells(booking, booking.session) for booking in rows]
    return found


def _cells(booking: Booking, session: Session) -> list[str | int]:
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    group = "" if booking.by == Booking.By.HEADS else booking.who
    leader, on_sheet = booking.leader.user.username, "是" if booking.on_sheet else ""
    own = [session.pk, group, booking.pupils, booking.adults, leader, on_sheet]
    about = [booking.number, session.programme.name_zh, session.provider.name_zh, session.day.isoformat()]
    return [*own, *about, f"{start:%H:%M}", f"{end:%H:%M}", str(booking.get_state_display())]
