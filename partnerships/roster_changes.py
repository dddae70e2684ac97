"""Class moves: 并班 / 分班, into the next stage, 转出 / 转入. Each is proposed, previewed, then written as previewed."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships import brake, rolls
from partnerships.models import Enrolment, GroupMember, RosterChange, School, SchoolClass, Student, StudentIdentity
from partnerships.models.school_class import school_year_of
from people import notices, thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission, Role
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused

Kind, State = RosterChange.Kind, RosterChange.State
# Schools that keep their pupils beyond a stage.
KEEPS_PAST = {"nine_year": {"primary"}, "complete_secondary": {"junior"}, "twelve_year": {"primary", "junior"}}
AHEAD = dt.timedelta(days=100)  # from the end of May the next school year may be prepared


def target_of(change: RosterChange) -> SchoolClass | None:
    """The class into which the pupils go as it is now, unsaved where it would be founded; None: out of the school."""
    new = change.target_class()
    if new is None:
        return None
    same = SchoolClass.objects.filter(school=change.school, stage=new.stage, entry_year=new.entry_year)
    return same.filter(number=new.number).first() or new


@verb
def merge(source: SchoolClass, *, by: Actor, number: int) -> RosterChange:
    """Propose 并班: everybody of `source` into another class of the same year; `source` is dissolved."""
    if not SchoolClass.objects.beside(source).studying(clock.today()).filter(number=number).exists():
        raise Refused("roster_change_target", _("Choose another class of the same grade."))
    return _propose(source.school, Kind.MERGE, by=by, source=source, number=number, students=in_class(source))


@verb
def split(source: SchoolClass, *, by: Actor, students: Collection[UUID], number: int) -> RosterChange:
    """Propose 分班: some pupils of `source` into another class of the same year, founded where it is new."""
    if number == source.number:
        raise Refused("roster_change_target", _("Choose another class of the same grade."))
    return _propose(source.school, Kind.SPLIT, by=by, source=source, number=number, students=students)


@verb
def onward(source: SchoolClass, *, by: Actor, number: int) -> RosterChange:
    """Propose that a class that has been through its stage goes on in the same school, on 1 September."""
    school, day = source.school, source.leaves_on()
    if source.stage not in kept_past(school):
        raise Refused("roster_change_stage", _("After this stage the pupils of this school go to another one."))
    if clock.today() < day - AHEAD:
        raise Refused("roster_change_early", _("The next school year can be prepared from the end of May on."))
    return _propose(school, Kind.ONWARD, by=by, source=source, number=number, students=finishing(source), day=day)


@verb
def leave(
    source: SchoolClass, *, by: Actor, students: Collection[UUID], to_school: School | None = None
) -> RosterChange:
    """Propose 转出: some pupils leave the school, for another one of the district that takes them in, or elsewhere.

    Above the district's share of the school's pupils it is braked: a head other than the proposer must confirm.
    """
    if to_school is not None and (
        to_school.pk == source.school_id or to_school.district_id != source.school.district_id
    ):
        raise Refused("roster_change_school", _("Choose another school of the district."))
    return _propose(source.school, Kind.LEAVE, by=by, source=source, students=students, to_school=to_school)


@verb
def join(leaving: RosterChange, *, by: Actor, school: School, number: int) -> RosterChange:
    """Propose 转入: the pupils whom another school has let go, into a class of the same grade; or back again."""
    require(by, Permission.ROSTER_IMPORT, school)
    if leaving.kind != Kind.LEAVE or school.pk not in leaving.open_to():
        raise Refused("changed", CHANGED)
    return _propose(school, Kind.JOIN, by=by, follows=leaving, number=number, students=leaving.students)


def _propose(
    school: School, kind: str, *, by: Actor, students: Collection[UUID], day: dt.date | None = None, **facts: Any
) -> RosterChange:
    require(by, Permission.ROSTER_IMPORT, school)
    change = RosterChange(school=school, kind=kind, day=day or clock.today(), students=sorted(students), **facts)
    if not students or set(students) - concerned(change):
        raise Refused("roster_change_pupils", _("Choose at least one pupil of the class."))
    if kind == Kind.LEAVE:
        School.objects.select_for_update(of=("self",)).get(pk=school.pk)  # proposals of one school are counted in turn
        leaving = brake.gone_today(school).keys() | brake.proposed(school) | set(students)
        _weigh(change, len(leaving))
    change.proposed_by, change.proposed_at = by.user, clock.now()
    change.save()
    if change.is_braked:
        _tell_braked(change, by=by)
    return change


def _weigh(change: RosterChange, leaving: int) -> None:
    """Count the change together with all that take pupils off the roll on the same day."""
    change.leaving, change.enrolled = leaving, brake.enrolled(change.school)
    change.is_braked = brake.stops(change.school, leaving, change.enrolled)


def _tell_braked(change: RosterChange, *, by: Actor) -> None:
    notices.send(
        "roster_change_braked",
        to=[user for user in notices.members(change.school_id, Role.SCHOOL_LEAD) if user != change.proposed_by],
        subject=f"rosterchange:{change.pk}",
        path=f"/roster-changes/{change.pk}/",
        facts={"by": by.label, "pupils": change.pupils},
    )


def kept_past(school: School) -> set[str]:
    """The stages after which pupils may stay in this school."""
    return KEEPS_PAST.get(school.stage, set())


def in_class(source: SchoolClass) -> set[UUID]:
    """Who is in the class today."""
    return set(Enrolment.objects.on(clock.today()).filter(school_class=source).values_list("student_id", flat=True))


def finishing(source: SchoolClass) -> set[UUID]:
    """Who goes through the class to the end of its stage and is in no later class."""
    day = source.leaves_on()
    to_the_end = Enrolment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on=day), school_class=source)
    later = Enrolment.objects.filter(starts_on__gte=day).exclude(school_class=source)
    return set(to_the_end.exclude(student__in=later.values("student")).values_list("student_id", flat=True))


def concerned(change: RosterChange) -> set[UUID]:
    """Whom a change of this kind could concern today."""
    if change.source is None:
        here = Enrolment.objects.on(clock.today()).filter(student__in=change.follows.students)
        return set(change.follows.students) - set(here.values_list("student_id", flat=True))
    return finishing(change.source) if change.kind == Kind.ONWARD else in_class(change.source)


def apply(change: RosterChange, *, by: Actor, consent: bool = False) -> RosterChange:
    """Write what was previewed. `consent`: the guardians of pupils taken in agree that the new school keeps the names.

    Raises Refused when a pupil is no longer where the preview saw them, and past the brake unless a head other than
    the proposer confirms; pupils who have left since it was proposed count with it.
    """
    weigh(change, by=by)
    return _apply(change, by=by, consent=consent)


@verb
def weigh(change: RosterChange, *, by: Actor) -> None:
    """Brake a proposal that was small when it was made, if with what has left today it no longer is."""
    require(by, Permission.ROSTER_IMPORT, change)
    School.objects.select_for_update(of=("self",)).get(pk=change.school_id)
    change = RosterChange.objects.with_classes().select_for_update(of=("self",)).get(pk=change.pk)
    if change.kind != Kind.LEAVE or change.state != State.PROPOSED or change.is_braked:
        return
    _weigh(change, len(brake.gone_today(change.school).keys() | set(change.students)))
    if change.is_braked:
        change.save(update_fields=["leaving", "enrolled", "is_braked"])
        _tell_braked(change, by=by)


@verb
def _apply(change: RosterChange, *, by: Actor, consent: bool) -> RosterChange:
    require(by, Permission.ROSTER_IMPORT, change)
    # one roll change or import of a school at a time
    School.objects.select_for_update(of=("self",)).get(pk=change.school_id)
    change = RosterChange.objects.with_classes().select_for_update(of=("self",)).get(pk=change.pk)
    if change.state != State.PROPOSED or set(change.students) - concerned(change):
        raise Refused("changed", CHANGED)
    if change.is_braked and not rolls.may_release(by, change.school, change.proposed_by):
        raise Refused(
            "roster_brake",
            _(
                "Together with what has left today this takes %(percent)s %% of the pupils off the roll and has stopped. "
                "Another head has to confirm it."
            ),
            percent=round(change.percent, 1),
        )
    day = change.day if change.kind == Kind.ONWARD else clock.today()
    target = _opened(change)
    if target is None:
        _let_go(change, day)
    elif change.kind == Kind.JOIN:
        _take_in(change, target, day, consent=consent)
    else:
        _move_over(change, target, day)
    if change.kind == Kind.MERGE:
        SchoolClass.objects.filter(pk=change.source_id).update(closed_on=day)
    facts = {"pupils": change.pupils, "kind": change.kind}
    move(change, "apply", by=by, facts=facts, done_by=by.user, done_at=clock.now(), target=target, day=day)
    if change.to_school is not None:
        notices.send(
            "roster_change_offered",
            to=notices.members(change.to_school.pk, Role.COORDINATOR),
            subject=f"rosterchange:{change.pk}",
            path=f"/roster-changes/{change.pk}/join/",
            facts={"school": str(change.school), "pupils": change.pupils},
        )
    return change


@verb
def withdraw(change: RosterChange, *, by: Actor) -> RosterChange:
    """Drop a proposal; nothing of it was written."""
    move(change, "withdraw", by=by)
    return change


def _opened(change: RosterChange) -> SchoolClass | None:
    """The class into which the pupils go, founded or opened again."""
    target = target_of(change)
    if target is not None and (target.pk is None or target.closed_on):
        target.closed_on = None
        target.save()
    return target


def _move_over(change: RosterChange, target: SchoolClass, day: dt.date) -> None:
    """From the old class into the new from a day on; an enrolment that began that day is put right instead."""
    rows = Enrolment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), student__in=change.students)
    rows = rows.filter(school_class=change.source)
    seats = free_seats(target, rows.values_list("student_id", "seat"), day)
    begun = list(rows.filter(starts_on__gte=day))
    moving = list(rows.filter(starts_on__lt=day))
    for row in begun:
        row.school_class, row.seat = target, seats[row.student_id]
    Enrolment.objects.bulk_update(begun, ["school_class", "seat"])
    Enrolment.objects.filter(pk__in=[row.pk for row in moving]).update(ends_on=day)
    Enrolment.objects.bulk_create(
        Enrolment(student_id=row.student_id, school_class=target, seat=seats[row.student_id], starts_on=day)
        for row in moving
    )


def free_seats(target: SchoolClass, wanted: Iterable[tuple[UUID, int | None]], day: dt.date) -> dict[UUID, int | None]:
    """Each pupil's seat number if nobody has it in the new class; otherwise none, for the school to give anew."""
    there = Enrolment.objects.on(day).filter(school_class=target) if target.pk else Enrolment.objects.none()
    taken = set(there.values_list("seat", flat=True))
    seats = {}
    for student, seat in wanted:
        seats[student] = None if seat in taken else seat
        taken.add(seat)
    return seats


def _let_go(change: RosterChange, day: dt.date) -> None:
    """Out of class and groups; who came today leaves tomorrow, because a day is the shortest stay."""
    enrolments = Enrolment.objects.on(day).filter(school_class=change.source, student__in=change.students)
    members = GroupMember.objects.on(day).filter(group__school=change.school, student__in=change.students)
    for rows in (enrolments, members):
        rows.filter(starts_on__lt=day).update(ends_on=day)
        rows.filter(starts_on=day, ends_on__isnull=True).update(ends_on=day + dt.timedelta(days=1))


def _take_in(change: RosterChange, target: SchoolClass, day: dt.date, *, consent: bool) -> None:
    """The same pupils, with their credits, into the new school. Their number stays behind; so does the name, unless
    there is a reason to store it."""
    last = Enrolment.objects.filter(student__in=change.students, ends_on__gt=day).values_list("student_id", "ends_on")
    later = dict(last)
    Student.objects.filter(pk__in=change.students).update(school=change.school)
    Enrolment.objects.bulk_create(
        Enrolment(student_id=student, school_class=target, starts_on=later.get(student, day))
        for student in change.students
    )
    basis = thresholds.of(change.school.district_id)["identity_legal_basis"]
    identities = StudentIdentity.objects.filter(pk__in=change.students)
    facts: dict[str, Any] = {"school": change.school, "number_ct": None, "number_mac": None}
    if change.school_id == change.follows.school_id:
        return
    if consent:
        facts |= {"consent": "given", "consented_on": day, "notice_version": rolls.NOTICE_VERSION, "legal_basis": ""}
    elif basis:
        facts |= {"legal_basis": basis}
    else:
        facts |= {"name_ct": None, "consent": "none", "consented_on": None, "notice_version": "", "legal_basis": ""}
    identities.update(**facts)


def finish_classes() -> int:
    """End the enrolments of classes that have been through their stage, on the 1 September that ended it."""
    ended = 0
    open_ones = Enrolment.objects.filter(ends_on__isnull=True)
    for stage, entry_year in left_with_pupils():
        day = SchoolClass(stage=stage, entry_year=entry_year).leaves_on()
        rows = open_ones.filter(school_class__stage=stage, school_class__entry_year=entry_year)
        ended += rows.filter(starts_on__lt=day).update(ends_on=day)
        ended += rows.filter(starts_on__gte=day).update(ends_on=F("starts_on") + dt.timedelta(days=1))
    return ended


def left_with_pupils() -> list[tuple[str, int]]:
    """Stages and entry years that have left and still have somebody enrolled."""
    year = school_year_of(clock.today())
    over = Q(pk__in=[])
    for stage, (_first, years) in SchoolClass.GRADES.items():
        over |= Q(stage=stage, entry_year__lte=year - years)
    rows = SchoolClass.objects.filter(over, enrolments__ends_on__isnull=True, enrolments__isnull=False)
    return list(rows.order_by().values_list("stage", "entry_year").distinct())
