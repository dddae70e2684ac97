"""学期课表: a term's sessions by spreadsheet, one a row. A row with a number changes that session; all are written, or none.

What goes out has the columns of what comes in: take the sheet out, change it, bring it in again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import changes, halls, sessions
from activities.change_plan import Plan, Wish, plan
from activities.models import Programme, Session
from partnerships.lists.cells import day_of, time_of
from partnerships.lists.tables import Line, Table, read_table
from partnerships.models import Hall, Venue
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Organisation
from people.roles import Permission
from people.workflow import CHANGED, verb
from portal.lib import clock, wording
from portal.lib.errors import Refused
from portal.lib.spreadsheets.sheets import Book

HEADINGS = {
    "number": "场次编号 编号 number",
    "programme": "活动项目 项目名称 programme",
    "day": "日期 day",
    "starts": "开始时间 开始 starts",
    "ends": "结束时间 结束 ends",
    "hall": "活动地点 展厅 教室 hall",
    "capacity": "名额 capacity",
    "held_back": "预留名额 held_back",
    "audience": "对象 面向 audience",
    "guide": "讲解员 guide",
    "channel": "预约渠道 channel",
}
REQUIRED = ("programme", "day", "starts")
COLUMNS = [names.split()[0] for names in HEADINGS.values()]
MOST_ROWS = 500
AUDIENCES = {"学校团体": "groups", "学生专场": "students", "亲子场": "families", "教师": "teachers"}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as the sheet wants it; `session` is the one that it changes, else it is new."""

    line: Line
    programme: Programme
    values: dict[str, Any]
    session: Session | None = None

    @property
    def starts_at(self) -> dt.datetime:
        return self.values["starts_at"]

    @property
    def ends_at(self) -> dt.datetime:
        return self.values["ends_at"]

    @property
    def hall(self) -> Hall | None:
        return self.values.get("hall") or (self.session.hall if self.session else None)

    @property
    def capacity(self) -> int:
        return self.values.get("capacity") or (self.session or self.programme).capacity

    @property
    def changed(self) -> list[str]:
        """The columns that differ from the session as it is."""
        if self.session is None:
            return []
        return sorted(name for name, value in self.values.items() if value != getattr(self.session, name))


@dataclass(slots=True)
class SessionSheet:
    """What a timetable holds: nothing is written while anything of it can't be."""

    rows: list[SessionRow]
    table: Table
    plan: Plan | None = None

    @property
    def new(self) -> list[SessionRow]:
        return [row for row in self.rows if row.session is None]

    @property
    def changed(self) -> list[SessionRow]:
        return [row for row in self.rows if row.changed]

    @property
    def unchanged(self) -> int:
        return len(self.rows) - len(self.new) - len(self.changed)

    @property
    def is_whole(self) -> bool:
        wanted = bool(self.new or self.changed)
        return wanted and not any(problem.is_error for problem in self.table.problems)


@dataclass(slots=True)
class Known:
    """What the words of a sheet may mean to this provider."""

    programmes: dict[str, Programme]
    halls: dict[str, Hall]
    sessions: dict[int, Session]
    twins: dict[tuple[int, dt.datetime], Session] = field(default_factory=dict)  # of rows without a number
    closed: frozenset[int] = frozenset()  # weekdays on which the venue is closed

    @classmethod
    def of(cls, provider: Organisation) -> "Known":
        own = Session.objects.filter(provider=provider, school=None).upcoming().exclude(state=Session.State.CANCELLED)
        found = list(own.select_related("programme", "provider", "place", "hall").order_by("-pk"))
        venue = Venue.objects.filter(pk=provider.pk).first()
        return cls(
            {each.name_zh: each for each in Programme.objects.filter(provider=provider).select_related("provider")},
            {hall.name: hall for hall in Hall.objects.filter(venue=provider.pk)},
            {session.pk: session for session in found},
            {(session.programme_id, session.starts_at): session for session in found},
            frozenset(venue.closing_weekdays) if venue else frozenset(),
        )


def preview(book: Book, provider: Organisation, *, by: Actor) -> SessionSheet:
    """Every row with its problems, and what the changed ones touch. Raises Refused when a column is missing."""
    require(by, Permission.SESSION_EDIT, provider)
    table = read_table(book, HEADINGS, required=REQUIRED)
    for line in table.lines[MOST_ROWS:]:
        table.problem("rows_too_many", line, most=MOST_ROWS)
    known = Known.of(provider)
    rows: dict[Any, SessionRow] = {}
    for line in table.lines[:MOST_ROWS]:
        row = _row(line, table, known)
        if row is None:
            continue
        first = rows.setdefault(row.session.pk if row.session else (row.programme.pk, row.starts_at), row)
        if first is not row:
            table.problem("listed_twice", line, "number" if row.session else "starts", other=first.line.row)
    sheet = SessionSheet(list(rows.values()), table)
    _tell_halls(sheet)
    if sheet.changed:
        sheet.plan = plan(_wishes(sheet))
        _tell_touched(sheet)
    return sheet


def _row(line: Line, table: Table, known: Known) -> SessionRow | None:
    """A session of the sheet, or None after saying what is wrong with its row."""
    for code in REQUIRED:
        if not line[code]:
            table.problem("cell_missing", line, code)
            return None
    programme = known.programmes.get(line["programme"])
    if programme is None:
        table.problem("programme_unknown", line, "programme", shown=line["programme"])
        return None
    times = _times(line, table, programme)
    if times is None:
        return None
    session = None
    if line["number"]:
        digits = line["number"].removesuffix(".0")
        session = known.sessions.get(int(digits)) if digits.isdecimal() and len(digits) < 19 else None
        if session is None or session.programme_id != programme.pk:
            table.problem("session_not_own", line, "number", shown=line["number"])
            return None
    session = session or known.twins.get((programme.pk, times[0]))
    values = _values(line, table, known, programme, session)
    if values is None:
        return None
    if timezone.localtime(times[0]).isoweekday() in known.closed:
        table.problem("closing_day", line, "day", is_error=False)
    return SessionRow(line, programme, {"starts_at": times[0], "ends_at": times[1], **values}, session)


def _times(line: Line, table: Table, programme: Programme) -> tuple[dt.datetime, dt.datetime] | None:
    """When it begins and ends: as the row says, else after the programme's usual length."""
    day, starts = day_of(line["day"]), time_of(line["starts"])
    ends = time_of(line["ends"]) if line["ends"] else None
    if day is None:
        table.problem("day_unknown", line, "day", shown=line["day"])
        return None
    if starts is None or (line["ends"] and ends is None):
        column = "starts" if starts is None else "ends"
        table.problem("time_unknown", line, column, shown=line[column])
        return None
    starts_at = clock.moment(day, starts)
    ends_at = clock.moment(day, ends) if ends else starts_at + dt.timedelta(minutes=programme.minutes)
    if ends_at <= starts_at:
        table.problem("ends_before", line, "ends")
        return None
    if starts_at <= clock.now():
        table.problem("time_past", line, "day")
        return None
    return starts_at, ends_at


def _values(
    line: Line, table: Table, known: Known, programme: Programme, session: Session | None
) -> dict[str, Any] | None:
    """Hall, places, audience, guide and channel; an empty cell leaves what is, or takes the programme's own."""
    values: dict[str, Any] = {}
    if line["hall"]:
        values["hall"] = known.halls.get(line["hall"])
        if values["hall"] is None:
            table.problem("hall_unknown", line, "hall", shown=line["hall"])
            return None
    for code in ("capacity", "held_back"):
        text = line[code].removesuffix(".0")
        if text and not (text.isdecimal() and len(text) < 5):
            table.problem("count_unknown", line, code, shown=line[code])
            return None
        if text:
            values[code] = int(text)
    if line["audience"]:
        values["audience"] = _audience(line["audience"])
        if values["audience"] is None:
            table.problem("audience_unknown", line, "audience", shown=line["audience"])
            return None
    values |= {code: line[code][:length] for code, length in (("guide", 40), ("channel", 120)) if line[code]}
    usual = session or Session(programme=programme, capacity=programme.capacity, place_id=programme.provider_id)
    if values.get("channel", usual.channel) and values.get("audience", usual.audience) != Session.Audience.FAMILIES:
        table.problem("channel_of_families", line, "channel")
        return None
    try:
        halls.check(
            values.get("hall", usual.hall),
            place_id=usual.place_id,
            capacity=values.get("capacity", usual.capacity),
            unit=usual.unit,
        )
    except Refused as no:
        table.problem("said", line, "hall", said=str(no))
        return None
    return values


def _audience(text: str) -> str | None:
    named = AUDIENCES | {str(label): value for value, label in Session.Audience.choices}
    return text if text in Session.Audience.values else named.get(text)


def _tell_halls(sheet: SessionSheet) -> None:
    """Halls that would be used twice: within the sheet, or by sessions that are open already."""
    wanted = [(row, row.hall) for row in sheet.rows if row.hall]
    own = [row.session.pk for row, _hall in wanted if row.session]
    taken = halls.occupied([(hall.pk, row.starts_at, row.ends_at) for row, hall in wanted], but=own)
    for place, (row, hall) in enumerate(wanted):
        for other in taken:
            if other.hall_id == hall.pk and other.starts_at < row.ends_at and other.ends_at > row.starts_at:
                shown = wording.when(other.starts_at, other.ends_at)
                sheet.table.problem("hall_taken", row.line, "hall", hall=hall.name, shown=shown)
        for earlier, same in wanted[:place]:
            if same.pk == hall.pk and earlier.starts_at < row.ends_at and earlier.ends_at > row.starts_at:
                sheet.table.problem("hall_twice", row.line, "hall", hall=hall.name, other=earlier.line.row)


def _wishes(sheet: SessionSheet) -> list[Wish]:
    return [Wish(row.session, {name: row.values[name] for name in row.changed}) for row in sheet.changed if row.session]


def _tell_touched(sheet: SessionSheet) -> None:
    """Changes for which the host has to say where groups go are made on the session's own page."""
    assert sheet.plan
    rows = {row.session.pk: row for row in sheet.changed if row.session}
    for pk in sheet.plan.missing:
        sheet.table.problem("too_few_places", rows[pk].line, "capacity", shown=rows[pk].session.taken)
    for touch in sheet.plan.touches:
        if touch.is_busy:
            sheet.table.problem("group_busy", rows[touch.wish.session.pk].line, "starts", shown=touch.booking.number)


@verb
def write(sheet: SessionSheet, provider: Organisation, *, by: Actor) -> Counter[str]:
    """Make the new sessions and change the known ones, all or nothing; new ones of published programmes are opened."""
    require(by, Permission.SESSION_EDIT, provider)
    if not sheet.is_whole:
        raise Refused("changed", CHANGED)
    if sheet.plan:
        changes.make(_wishes(sheet), by=by, reason=str(_("New timetable")), agreed=sheet.plan.key)
    for row in sheet.new:
        sessions.create_open(row.programme, by=by, **row.values)
    counts = Counter(new=len(sheet.new), changed=len(sheet.changed), unchanged=sheet.unchanged)
    audit.record("session_sheet.import", provider, by=by, counts=dict(counts))
    return counts


def rows_of(found: Iterable[Session]) -> Sequence[Sequence[Any]]:
    """Sessions in the columns in which they come in."""
    words = {code: name for name, code in AUDIENCES.items()}
    rows: list[Sequence[Any]] = [COLUMNS]
    for session in found:
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        rows.append(
            [
                session.pk, session.programme.name_zh, f"{starts:%Y-%m-%d}", f"{starts:%H:%M}", f"{ends:%H:%M}",
                session.hall.name if session.hall else "", session.capacity, session.held_back,
                words[session.audience], session.guide, session.channel,
            ]
        )  # fmt: skip
    return rows
