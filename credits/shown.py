"""The rows of a publication as families read them: masked name, last digits of the number, activity, points."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from credits import labels, sources
from credits.models import Dispute, Entry, Publication
from credits.sources import Source
from partnerships import identities
from partnerships.models import Enrolment, School, SchoolClass, Student
from people.actors import Actor
from portal.lib import clock


@dataclass(frozen=True)
class Row:
    """One entry. `is_first` of its pupil: the name stands once."""

    entry: Entry
    label: str
    tail: str
    source: Source
    is_first: bool
    is_taken_back: bool
    dispute: Dispute | None


@dataclass(frozen=True)
class Called:
    """What a pupil is called on a list of a class: masked name, and digits that tell namesakes apart."""

    label: str
    tail: str

    @property
    def order(self) -> tuple[str, str]:
        return (self.tail or "~", self.label)


def called(
    students: Iterable[Student], school_class: SchoolClass, *, by: Actor, school: School
) -> dict[uuid.UUID, Called]:
    """By id. The digits are the seat's where the roster has seats, else the last two of the school number."""
    students = list(students)
    keys = [student.pk for student in students]
    names = labels.of(students, by=by, school=school)
    tails = identities.number_tails(keys, by=by, school=school)
    seats = Enrolment.objects.filter(school_class=school_class, student__in=keys, seat__isnull=False)
    if by.organisation_id == school.pk:
        tails |= {row.student_id: f"{row.seat:02}" for row in seats.order_by("starts_on")}
    return {key: Called(names[key], tails.get(key, "")) for key in keys}


def rows_of(publication: Publication, *, by: Actor) -> list[Row]:
    """In the order of the roster, each pupil's entries by day."""
    entries = list(
        Entry.objects.filter(published__publication=publication)
        .select_related("rule", "account__student", *sources.READ)
        .prefetch_related("reversals")
    )
    students = {entry.account_id: entry.account.student for entry in entries}
    names = called(students.values(), publication.school_class, by=by, school=publication.school)
    latest = {dispute.entry_id: dispute for dispute in reversed(disputes_of(publication))}
    entries.sort(key=lambda entry: (names[entry.account_id].order, entry.account_id, entry.inputs["day"], entry.n))
    rows, before = [], None
    for entry in entries:
        name = names[entry.account_id]
        rows.append(
            Row(
                entry,
                name.label,
                name.tail,
                sources.source_of(entry),
                entry.account_id != before,
                bool(entry.reversals.all()),
                latest.get(entry.pk),
            )
        )
        before = entry.account_id
    return rows


def disputes_of(publication: Publication) -> list[Dispute]:
    """The newest first."""
    return list(publication.disputes.select_related("raised_by", "decided_by").order_by("-raised_at", "-pk"))


def pupils_of(school_class: SchoolClass, *, by: Actor) -> list[tuple[str, str]]:
    """Choices of a form: key and masked name of everybody in the class today, in the order of the roster."""
    students = list(Student.objects.enrolled_in(school_class, clock.today()).select_related("school__organisation"))
    names = called(students, school_class, by=by, school=school_class.school)
    ordered = sorted(names.items(), key=lambda item: (item[1].order, item[0]))
    return [(str(key), f"{name.label} {name.tail}".strip()) for key, name in ordered]


def name_of(student: Student, *, by: Actor, school: School) -> str:
    """Masked for the own school, a pseudonym for everybody else."""
    return labels.of([student], by=by, school=school)[student.pk]
