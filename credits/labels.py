"""What a pupil is called on pages of credits: masked for the own school, a pseudonym for everybody else."""

import uuid
from collections.abc import Iterable

from partnerships import identities
from partnerships.models import School, Student
from people.actors import Actor


def of(students: Iterable[Student], *, by: Actor, school: School) -> dict[uuid.UUID, str]:
    """陈＊诺 or 3FA91C by id. Nobody's name in clear: that is a look on purpose, and logged."""
    students = list(students)
    masked = identities.masked_names([student.pk for student in students], by=by, school=school)
    return {student.pk: masked.get(student.pk) or student.pseudonym for student in students}
