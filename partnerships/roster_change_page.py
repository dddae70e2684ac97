"""What the pages of roll changes show: a change before it is written, and what becomes of the classes next year."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from partnerships import roster_changes
from partnerships.models import Enrolment, GroupMember, RosterChange, School, SchoolClass
from partnerships.models.school_class import NEW_YEAR_MONTH, school_year_of
from portal.lib import clock

Kind = RosterChange.Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One class of the preview with its pupils before and after."""

    label: str
    before: int
    after: int
    is_new: bool = False
    is_dissolved: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    lines: list[Line]
    seats: int  # seat numbers that are taken in the new class and have to be given anew
    groups: int  # memberships in activity groups that end
    is_stale: bool  # a pupil is no longer where the proposal saw them


def preview(change: RosterChange) -> Preview:
    """What writing the change would do, as things are now."""
    day = change.day if change.kind == Kind.ONWARD else clock.today()
    target = roster_changes.target_of(change)
    here = [row for row in (change.source, target) if row is not None and row.pk]
    heads = Counter(Enrolment.objects.on(day).filter(school_class__in=here).values_list("school_class_id", flat=True))
    lines = []
    if change.source is not None:
        before = len(roster_changes.finishing(change.source)) if change.kind == Kind.ONWARD else heads[change.source.pk]
        label = change.source.label(clock.today())
        lines.append(Line(label, before, before - change.pupils, is_dissolved=change.kind == Kind.MERGE))
    seats = 0
    if target is not None:
        before = heads[target.pk] if target.pk else 0
        is_new = target.pk is None or target.closed_on is not None
        lines.append(Line(target.label(day), before, before + change.pupils, is_new=is_new))
        seats = seats_given_up(change, target, day)
    return Preview(lines, seats, groups_left(change), bool(set(change.students) - roster_changes.concerned(change)))


def seats_given_up(change: RosterChange, target: SchoolClass, day: dt.date) -> int:
    """Pupils who had a seat number that somebody has in the new class."""
    if change.source is None:
        return 0
    rows = Enrolment.objects.filter(school_class=change.source, student__in=change.students, seat__isnull=False)
    wanted = list(rows.values_list("student_id", "seat"))
    free = roster_changes.free_seats(target, wanted, day)
    return sum(free[student] is None for student, _seat in wanted)


def groups_left(change: RosterChange) -> int:
    if change.kind != Kind.LEAVE:
        return 0
    members = GroupMember.objects.on(clock.today())
    return members.filter(group__school=change.school, student__in=change.students).count()


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a class on 1 September."""

    school_class: SchoolClass
    now: str
    then: str  # empty: it leaves
    pupils: int
    goes_on: bool  # its pupils stay in the school, in the next stage
    change: RosterChange | None


def next_year(school: School, day: dt.date) -> tuple[dt.date, list[Next]]:
    """The coming 1 September, and every class of today with what becomes of it then."""
    turn = dt.date(school_year_of(day) + 1, NEW_YEAR_MONTH, 1)
    keeps = roster_changes.kept_past(school)
    heads = Counter(
        Enrolment.objects.on(day).filter(school_class__school=school).values_list("school_class_id", flat=True)
    )
    onward = RosterChange.objects.filter(school=school, kind=Kind.ONWARD).exclude(state=RosterChange.State.WITHDRAWN)
    changes = {change.source_id: change for change in onward}
    return turn, [
        Next(
            row,
            row.label(day),
            "" if row.grade(turn) is None else row.label(turn),
            heads[row.pk],
            row.grade(turn) is None and row.stage in keeps,
            changes.get(row.pk),
        )
        for row in SchoolClass.objects.filter(school=school).studying(day).in_order()
    ]
