"""Activity groups (社团) of one school from a list: members matched to the school's pupils, groups founded and joined."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from partnerships import schools
from partnerships.models import ActivityGroup, GroupMember, School, SchoolClass, Student, Term
from partnerships.rolls import known_pupils
from partnerships.roster_classes import Resolver
from partnerships.roster_plan import ClassKey, Known
from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.clubs import Membership
from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock

# a group of a district without a term lasts as long as a usual one
USUAL_TERM = dt.timedelta(weeks=20)
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A member who is not on the class lists, or fits several pupils."""

    row: int
    group: str
    name: str = field(repr=False)
    class_text: str = ""
    fits_several: bool = False


@dataclass(slots=True)
class GroupLine:
    """One group in the preview; `joining` are new to it, `there` are in it already."""

    name: str
    time: str
    group: ActivityGroup | None
    joining: list[UUID] = field(default_factory=list)
    there: int = 0


@dataclass(slots=True)
class ClubPlan:
    """What a list would do at one school. Nobody is taken out of a group by a list."""

    school: School
    groups: list[GroupLine]
    unmatched: list[Unmatched]
    starts_on: dt.date
    ends_on: dt.date

    @property
    def joining(self) -> int:
        return sum(len(line.joining) for line in self.groups)

    @property
    def is_empty(self) -> bool:
        return not self.joining and all(line.group for line in self.groups if line.there or line.joining)


def preview(school: School, members: list[Membership]) -> ClubPlan:
    """Match the members by name within their class, their grades, or the school; writes nothing."""
    day = clock.today()
    term = Term.objects.on(day).filter(district_id=school.district_id).first()
    ends_on = term.ends_on if term else day + USUAL_TERM
    resolver = Resolver(school, day, {})
    pupils = defaultdict(list)
    for pupil in known_pupils(school, day):
        if pupil.name:
            pupils[pupil.name].append(pupil)
    groups = {group.name: group for group in ActivityGroup.objects.on(day).filter(school=school)}
    there = defaultdict(set)
    rows = GroupMember.objects.on(day).filter(group__in=groups.values()).values_list("group__name", "student_id")
    for name, student in rows:
        there[name].add(student)
    lines: dict[str, GroupLine] = {}
    unmatched = []
    for member in members:
        name = member.group[:LONGEST_NAME]
        line = lines.setdefault(name, GroupLine(name, member.time, groups.get(name)))
        found = [pupil for pupil in pupils[member.name] if fits(pupil, member, resolver, day)]
        if len(found) != 1:
            unmatched.append(Unmatched(member.row, name, member.name, written_class(member), len(found) > 1))
        elif found[0].student in there[name]:
            line.there += 1
        elif found[0].student not in line.joining:
            line.joining.append(found[0].student)
    return ClubPlan(school, list(lines.values()), unmatched, day, ends_on)


def fits(pupil: Known, member: Membership, resolver: Resolver, day: dt.date) -> bool:
    """Whether a pupil is in the class or one of the grades that the list says."""
    if pupil.key is None:
        return False
    if member.class_ref is not None:
        return pupil.key in resolver.candidates(member.class_ref)
    return not member.grades or grade_of(pupil.key, day) in member.grades


def grade_of(key: ClassKey, day: dt.date) -> int | None:
    return SchoolClass(stage=key.stage, entry_year=key.entry_year, number=key.number).grade(day)


def written_class(member: Membership) -> str:
    if member.class_ref is not None:
        return member.class_ref.key
    return "、".join(str(grade) for grade in member.grades)


@verb
def apply(school: School, members: list[Membership], *, by: Actor) -> Counter[str]:
    """Found the groups that are new, for the rest of the term, and let matched pupils join. Returns the counts."""
    require(by, Permission.ROSTER_IMPORT, school)
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    plan = preview(school, members)
    counts: Counter[str] = Counter(new=0, groups=0, unchanged=0, skipped=len(plan.unmatched))
    for line in plan.groups:
        students = Student.objects.filter(pk__in=line.joining)
        if line.group is None and line.joining:
            schools.add_group(
                school, by=by, name=line.name, starts_on=plan.starts_on, ends_on=plan.ends_on, students=students
            )
            counts["groups"] += 1
        elif line.group is not None and line.joining:
            schools.add_members(line.group, by=by, students=students)
        counts["new"] += len(line.joining)
        counts["unchanged"] += line.there
    audit.record("group_list.import", school, by=by, counts=dict(counts))
    return counts


def to_part(members: list[Membership]) -> list[list[Any]]:
    """A school's part of a district's list as plain values: groups, names and classes only."""
    return [
        [
            member.row,
            member.group,
            member.time,
            member.name,
            member.class_ref.key if member.class_ref else "",
            list(member.grades),
        ]
        for member in members
    ]


def from_part(values: list[list[Any]]) -> list[Membership]:
    """The members of a part again."""
    return [
        Membership("", row, "", group, time, name, ClassRef.from_key(key) if key else None, tuple(grades))
        for row, group, time, name, key, grades in values
    ]
