"""What the lists of credits read: totals of schools, classes and pupils in one term. Never ranked."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Sum

from credits.models import FROM_RESULTS, FROM_ROLLS, Entry
from partnerships.models import CreditPilot, Enrolment, School, SchoolClass, Student, Term
from people.models import District
from portal.lib import clock

COLUMNS = (*FROM_ROLLS, *FROM_RESULTS)


def term_of(district: District, wanted: str | None) -> tuple[Term | None, list[Term]]:
    """The term that the URL asks for, else the one under way or the last one begun; and all to choose from."""
    terms = list(Term.objects.filter(district=district, starts_on__lte=clock.today()))
    chosen = next((term for term in terms if str(term.pk) == wanted), None)
    return chosen or (terms[0] if terms else None), terms


@dataclass
class Total:
    """Credits of a school or class in one term: pupils with credits, entries that stand, points in thousandths."""

    of: School | SchoolClass
    pupils: int = 0
    with_credits: int = 0
    entries: int = 0
    points: int = 0
    is_pilot: bool = True

    @property
    def name(self) -> str:
        return self.of.label(clock.today()) if isinstance(self.of, SchoolClass) else self.of.name


def schools(district: District, visible: Iterable[School], term: Term) -> list[Total]:
    """Every pilot school of the term and every other with credits, by name."""
    sums: dict[int, dict[str, int]] = {
        row["school"]: {name: row[name] for name in ("with_credits", "entries", "points")}
        for row in Entry.objects.standing()
        .filter(district=district, concerns_term=term)
        .values("school")
        .annotate(with_credits=Count("account", distinct=True), entries=Count("pk"), points=Sum("points"))
    }
    pilots = set(
        CreditPilot.objects.filter(school__organisation__district=district, starts_on__lt=term.ends_on)
        .exclude(ends_on__lte=term.starts_on)
        .values_list("school", flat=True)
    )
    totals = [
        Total(of=school, is_pilot=school.pk in pilots, **sums.get(school.pk, {}))
        for school in visible
        if school.pk in pilots or school.pk in sums
    ]
    return sorted(totals, key=lambda total: (total.name, total.of.pk))


def classes(school: School, visible: Iterable[SchoolClass], term: Term) -> list[Total]:
    """Every class of the school, in order of grade and number, with the pupils that are in it today."""
    class_of = dict(
        Enrolment.objects.on(clock.today())
        .filter(school_class__school=school)
        .values_list("student_id", "school_class_id")
    )
    totals = {school_class.pk: Total(of=school_class) for school_class in visible}
    for school_class_id in class_of.values():
        if school_class_id in totals:
            totals[school_class_id].pupils += 1
    sums = Entry.objects.standing().filter(account__in=class_of, concerns_term=term).values("account")
    for row in sums.annotate(entries=Count("pk"), points=Sum("points")):
        total = totals.get(class_of[row["account"]])
        if total:
            total.with_credits += 1
            total.entries += row["entries"]
            total.points += row["points"]
    return list(totals.values())


@dataclass
class PupilRow:
    """One pupil of a class: points by code in the term, and in the school year."""

    student: Student
    seat: int | None = None
    label: str = ""
    by_code: dict[str, int] = field(default_factory=dict)
    term: int = 0
    year: int = 0

    @property
    def cells(self) -> list[int | None]:
        """In the order of the columns; None where the pupil has nothing."""
        return [self.by_code.get(code) for code in COLUMNS]


def pupils(school_class: SchoolClass, term: Term) -> list[PupilRow]:
    """The pupils who are in the class today, in no order yet: that depends on what the reader calls them."""
    enrolments = Enrolment.objects.on(clock.today()).filter(school_class=school_class).select_related("student")
    rows = {enrolment.student_id: PupilRow(enrolment.student, enrolment.seat) for enrolment in enrolments}
    sums = (
        Entry.objects.filter(account__in=rows, concerns_term__school_year=term.school_year)
        .values("account", "concerns_term", code=F("rule__code"))
        .annotate(sum=Sum("points"))
    )
    for line in sums:
        row = rows[line["account"]]
        row.year += line["sum"]
        if line["concerns_term"] == term.pk:
            row.term += line["sum"]
            row.by_code[line["code"]] = row.by_code.get(line["code"], 0) + line["sum"]
    return list(rows.values())
