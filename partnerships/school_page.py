"""What the pages of schools and classes show."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from partnerships import identities
from partnerships.models import Enrolment, IdentityLook, School, SchoolClass, Student
from people.actors import Actor
from people.roles import Role


def status_word(school: School, actor: Actor) -> str:
    """薄弱学校 for bureau and inspector, 重点支持学校 for the school itself, nothing for anybody else."""
    if not school.is_underserved:
        return ""
    if actor.role in (Role.BUREAU_OFFICER, Role.INSPECTOR):
        return _("underserved school")
    return _("school with priority support") if actor.organisation_id == school.pk else ""


@dataclass(frozen=True)
class ClassLine:
    school_class: SchoolClass
    label: str
    pupils: int


def classes_by_grade(school: School, day: dt.date) -> list[tuple[int, list[ClassLine]]]:
    """The classes that study on `day`, by grade, each with the pupils enrolled that day."""
    pupils = Counter(
        Enrolment.objects.on(day).filter(school_class__school=school).values_list("school_class_id", flat=True)
    )
    grades: dict[int, list[ClassLine]] = defaultdict(list)
    for school_class in SchoolClass.objects.filter(school=school).studying(day).in_order():
        grade = school_class.grade(day)
        grades[grade].append(ClassLine(school_class, school_class.label(day), pupils[school_class.pk]))
    return sorted(grades.items())


@dataclass(frozen=True, repr=False)
class Pupil:
    """One line of a list of pupils: what this reader may see of the name."""

    id: UUID
    pseudonym: str
    name: str
    number: str


def pupils(
    students: list[Student],
    *,
    actor: Actor,
    school: School,
    with_names: bool,
    purpose: str = IdentityLook.Purpose.ROSTER,
    school_class: SchoolClass | None = None,
) -> list[Pupil]:
    """Masked names for the school, pseudonyms for offices; names in clear only on purpose, which is logged.

    Sorted by number where numbers are shown, by masked name or pseudonym otherwise.
    """
    ids = [student.pk for student in students]
    if with_names:
        clear = identities.look(ids, by=actor, school=school, purpose=purpose, school_class=school_class)
        rows = [
            Pupil(student.pk, student.pseudonym, clear[student.pk].name, clear[student.pk].number)
            if student.pk in clear
            else Pupil(student.pk, student.pseudonym, "", "")
            for student in students
        ]
        return sorted(rows, key=lambda row: (len(row.number), row.number, row.name, row.pseudonym))
    masked = identities.masked_names(ids, by=actor, school=school)
    rows = [Pupil(student.pk, student.pseudonym, masked.get(student.pk, ""), "") for student in students]
    return sorted(rows, key=lambda row: (row.name, row.pseudonym))
