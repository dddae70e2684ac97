"""Schools: bringing them in, their campuses and slots, credit pilots, classes and activity groups."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.models import ActivityGroup, Campus, CreditPilot, GroupMember, School, SchoolClass, Slot, Student
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District, Organisation
from people.roles import Permission
from people.workflow import CHANGED, verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

SWEEP_CREDITS = "credits.sweep"  # rung by name: credits stand above partnerships
FOLLOW_CLUB = "activities.follow_club"  # as well: the rolls of its dates to come


@verb
def register(
    name_zh: str,
    *,
    by: Actor,
    district: District,
    name_en: str = "",
    is_provisional_name: bool = False,
    **facts: Any,
) -> tuple[School, bool]:
    """Find the district's school of this name, or bring it in; says whether it is new. A known school is not changed."""
    require(by, Permission.SCHOOL_EDIT, district)
    organisation, _new = Organisation.objects.get_or_create(
        kind=Organisation.Kind.SCHOOL,
        district=district,
        name_zh=name_zh,
        defaults={"name_en": name_en, "is_provisional_name": is_provisional_name},
    )
    school, is_new = School.objects.get_or_create(organisation=organisation, defaults=facts)
    if is_new:
        audit.record("school.register", school, by=by)
    return school, is_new


# Facts that decide who gets held-back places and how coverage is counted: the bureau's to say.
BY_BUREAU = {"locality", "is_underserved", "stage", "cluster"}


@verb
def change(school: School, *, by: Actor, **facts: Any) -> School:
    """Change facts of a school; what the bureau decides can't be changed by the school itself."""
    require(by, Permission.SCHOOL_EDIT, school)
    if by.is_school and BY_BUREAU & set(facts):
        raise Refused("school_by_bureau", _("Stage, locality and cluster are entered by the bureau."))
    for field, value in facts.items():
        setattr(school, field, value)
    school.save(update_fields=list(facts))
    audit.record("school.change", school, by=by, fields=sorted(facts))
    return school


@verb
def add_campus(school: School, *, by: Actor, name: str, **facts: Any) -> Campus:
    require(by, Permission.SCHOOL_EDIT, school)
    campus = Campus.objects.create(school=school, name=name, **facts)
    audit.record("campus.add", campus, by=by)
    return campus


@verb
def change_campus(campus: Campus, *, by: Actor, **facts: Any) -> Campus:
    """Change name, address or position; the trail names the fields, not their values."""
    require(by, Permission.SCHOOL_EDIT, campus)
    for field, value in facts.items():
        setattr(campus, field, value)
    campus.save(update_fields=list(facts))
    audit.record("campus.change", campus, by=by, fields=sorted(facts))
    return campus


@verb
def add_slot(school: School, *, by: Actor, weekday: int, starts: dt.time, ends: dt.time) -> Slot:
    """Add an after-school slot: a weekday of the timetable, and from when to when."""
    require(by, Permission.CLASS_EDIT, school)
    if ends <= starts:
        raise Refused("slot_ends_after_start", _("The slot must end after it begins."))
    slot = Slot.objects.create(school=school, weekday=weekday, starts=starts, ends=ends)
    audit.record("slot.add", slot, by=by)
    return slot


@verb
def drop_slot(slot: Slot, *, by: Actor) -> None:
    """Take a slot out of the school's week; series that were booked in it stay as they are."""
    require(by, Permission.CLASS_EDIT, slot)
    audit.record("slot.drop", slot, by=by)
    slot.delete()


@verb
def start_pilot(school: School, *, by: Actor, starts_on: dt.date, ends_on: dt.date | None = None) -> CreditPilot:
    """Make the school a credit pilot from a day on; only the bureau may."""
    require(by, Permission.CALENDAR_EDIT, school)
    pilot = CreditPilot.objects.create(school=school, starts_on=starts_on, ends_on=ends_on)
    audit.record("credit_pilot.start", school, by=by, is_now=str(starts_on))
    ring(SWEEP_CREDITS)
    return pilot


@verb
def end_pilot(pilot: CreditPilot, *, by: Actor, ends_on: dt.date) -> CreditPilot:
    require(by, Permission.CALENDAR_EDIT, pilot)
    if ends_on <= pilot.starts_on:
        raise Refused("credit_pilot_ends_after_start", _("The pilot must end after it begins."))
    pilot.ends_on = ends_on
    pilot.save(update_fields=["ends_on"])
    audit.record("credit_pilot.end", pilot.school, by=by, is_now=str(ends_on))
    ring(SWEEP_CREDITS)
    return pilot


@verb
def add_class(school: School, *, by: Actor, stage: str, entry_year: int, number: int) -> SchoolClass:
    require(by, Permission.CLASS_EDIT, school)
    key = {"school": school, "stage": stage, "entry_year": entry_year, "number": number}
    school_class = SchoolClass.objects.filter(**key, closed_on__isnull=False).first()
    if school_class is None:
        school_class = SchoolClass.objects.create(**key)
    else:  # dissolved once, opened again
        school_class.closed_on = None
        school_class.save(update_fields=["closed_on"])
    audit.record("school_class.add", school_class, by=by)
    return school_class


@verb
def add_group(
    school: School,
    *,
    by: Actor,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    students: Iterable[Student] = (),
) -> ActivityGroup:
    """Found an activity group of pupils of this school, from any classes. Raises Refused for a pupil of another."""
    require(by, Permission.CLASS_EDIT, school)
    if ends_on <= starts_on:
        raise Refused("activity_group_ends_after_start", _("The group must end after it begins."))
    group = ActivityGroup.objects.create(school=school, name=name, starts_on=starts_on, ends_on=ends_on)
    audit.record("activity_group.add", group, by=by)
    add_members(group, by=by, students=students, starts_on=starts_on)
    return group


@verb
def add_members(
    group: ActivityGroup, *, by: Actor, students: Iterable[Student], starts_on: dt.date | None = None
) -> int:
    """Let pupils join from a day on; who is in already stays. Returns how many are new."""
    require(by, Permission.CLASS_EDIT, group)
    day = starts_on or max(clock.today(), group.starts_on)
    if not group.starts_on <= day < group.ends_on:
        raise Refused("group_member_in_time", _("Pupils join while the group lasts."))
    students = list(students)
    if any(student.school_id != group.school_id for student in students):
        raise Refused("group_other_school", _("Only pupils of this school can join the group."))
    there = set(
        GroupMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), group=group).values_list(
            "student_id", flat=True
        )
    )
    joining = [student for student in students if student.pk not in there]
    GroupMember.objects.bulk_create([GroupMember(group=group, student=student, starts_on=day) for student in joining])
    if joining:
        audit.record("activity_group.join", group, by=by, pupils=len(joining), starts_on=str(day))
        ring(FOLLOW_CLUB, group.pk)
    return len(joining)


@verb
def end_memberships(members: Iterable[GroupMember], *, by: Actor, ends_on: dt.date | None = None) -> None:
    """Let pupils leave a group before a day, today if none is said; who would join only then was never in it."""
    day = ends_on or clock.today()
    for member in members:
        require(by, Permission.CLASS_EDIT, member)
        rows = GroupMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), pk=member.pk)
        if day <= member.starts_on:
            rows.delete()
        elif rows.update(ends_on=day) != 1:
            raise Refused("changed", CHANGED)
        audit.record("activity_group.leave", member.group, by=by, starts_on=str(day))
        ring(FOLLOW_CLUB, member.group_id)
