"""试算: what one term would have been worth under a draft, beside what it is worth under the rules of its days.

Both sides are judged by the same engine, pupil by pupil in the order of the days, so that caps bite as they would have.
Nothing is written, and pupils pass by in batches: memory grows with schools and grades, never with pupils.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.db.models import Q

from activities.models import Booking, RollEntry
from credits import earning, facts, proofs
from credits.background import Background
from credits.earning import Fact, Line, Occasion
from credits.models import CreditRule, Result
from partnerships.models import CreditPilot, School, Term

BATCH = 500
Happening = tuple[Occasion, Fact]


@dataclass
class Cell:
    """Points in thousandths and pupils with points, under the rules of the days and under the draft."""

    points_before: int = 0
    points_after: int = 0
    pupils_before: int = 0
    pupils_after: int = 0

    @property
    def points_change(self) -> int:
        return self.points_after - self.points_before

    @property
    def pupils_change(self) -> int:
        return self.pupils_after - self.pupils_before

    def add(self, before: int, after: int) -> None:
        """One pupil's points under this heading."""
        self.points_before += before
        self.points_after += after
        self.pupils_before += before > 0
        self.pupils_after += after > 0


@dataclass
class Trial:
    """The difference that a draft would have made in one term, by school, grade and category."""

    rule: CreditRule
    term: Term
    is_as_if: bool  # the district has no pilots in the term: judged as if every school were one
    pupils: int = 0
    whole: Cell = field(default_factory=Cell)
    schools: dict[int, Cell] = field(default_factory=lambda: defaultdict(Cell))
    grades: dict[int, Cell] = field(default_factory=lambda: defaultdict(Cell))
    categories: dict[str, Cell] = field(default_factory=lambda: defaultdict(Cell))


@dataclass
class Sum:
    """One pupil's points by heading, on one side."""

    schools: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    grades: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    categories: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    whole: int = 0


def trial(rule: CreditRule, term: Term) -> Trial:
    """Judge every roll and result of the term twice. `rule` stands in for its code on every day of the term."""
    pilots = CreditPilot.objects.filter(school__organisation__district=term.district_id, starts_on__lt=term.ends_on)
    is_as_if = not pilots.exclude(ends_on__lte=term.starts_on).exists()
    made = Trial(rule, term, is_as_if)
    schools = School.objects.filter(organisation__district=term.district_id).values_list("pk", flat=True)
    around = Background([term.district_id], schools)
    until = _until(term)
    for students in _batches(term, until):
        happened = _happenings(students, term, until, around)
        lines = facts.tally(students)
        for student in students:
            if not happened[student]:
                continue
            made.pupils += 1
            elsewhere = [line for line in lines[student] if line.term_id != term.pk]
            own = [_as_if(one) for one in happened[student]] if is_as_if else happened[student]
            before = _sum(own, elsewhere, None)
            after = _sum(own, elsewhere, rule)
            _add(made, before, after)
    return made


def _until(term: Term) -> dt.date | None:
    """The first day of the next term: days of the holidays belong to the term before them."""
    later = Term.objects.filter(district=term.district_id, starts_on__gt=term.starts_on).order_by("starts_on")
    return later.values_list("starts_on", flat=True).first()


def _days(path: str, term: Term, until: dt.date | None) -> Q:
    days = Q(**{f"{path}__gte": term.starts_on})
    return days & Q(**{f"{path}__lt": until}) if until else days


def _batches(term: Term, until: dt.date | None) -> Iterator[list[uuid.UUID]]:
    """Pupils with a roll or a result in the term, so many at a time, by id."""
    on_rolls = RollEntry.objects.filter(
        _days("session__starts_at__date", term, until),
        booking__district=term.district_id,
        booking__state=Booking.State.ATTENDED,
    )
    with_results = Result.objects.filter(district=term.district_id, term=term)
    last = uuid.UUID(int=0)
    while True:
        found = {
            student
            for rows in (on_rolls, with_results)
            for student in rows.filter(student__gt=last)
            .order_by("student")
            .values_list("student", flat=True)
            .distinct()[:BATCH]
        }
        batch = sorted(found)[:BATCH]
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1]


def _happenings(
    students: list[uuid.UUID], term: Term, until: dt.date | None, around: Background
) -> dict[uuid.UUID, list[Happening]]:
    """What each of these pupils did in the term, in the order of the days."""
    found: dict[uuid.UUID, list[Happening]] = defaultdict(list)
    bookings = list(
        Booking.objects.attended()
        .filter(
            _days("session__starts_at__date", term, until),
            district=term.district_id,
            pk__in=RollEntry.objects.filter(student__in=students).values("booking"),
        )
        .select_related("session__programme")
    )
    occasions = facts.occasions(bookings, around=around)
    for booking_id, roll in facts.rolls([booking.pk for booking in bookings], of=students).items():
        for fact in roll:
            found[fact.student_id].append((occasions[booking_id], fact))
    results = Result.objects.filter(student__in=students, term=term, district=term.district_id)
    for occasion, fact in proofs.occasions(
        results.select_related("competition", "group", "school"), around=around
    ).values():
        found[fact.student_id].append((occasion, fact))
    for happened in found.values():
        happened.sort(key=lambda one: (one[0].day, one[1].roll_entry_id or 0, one[1].result_id or 0))
    return found


def _as_if(happening: Happening) -> Happening:
    occasion, fact = happening
    return replace(occasion, is_pilot=True), fact


def _sum(happened: list[Happening], elsewhere: list[Line], draft: CreditRule | None) -> Sum:
    """One pupil's points when the facts are posted in their order."""
    lines, made = list(elsewhere), Sum()
    for one, fact in happened:
        occasion = replace(one, rule=draft) if draft and one.code == draft.code else one
        verdict = earning.decide(occasion, fact, lines)
        if not verdict.earns or occasion.rule is None:
            continue
        assert occasion.school_year is not None
        assert occasion.term_id is not None
        lines.append(
            Line(verdict.points, occasion.code, occasion.school_year, occasion.term_id, occasion.programme_id, occasion.venue_id)
        )  # fmt: skip
        made.whole += verdict.points
        made.schools[occasion.school_id] += verdict.points
        made.grades[fact.grade or 0] += verdict.points
        made.categories[occasion.rule.category] += verdict.points
    return made


def _add(made: Trial, before: Sum, after: Sum) -> None:
    made.whole.add(before.whole, after.whole)
    for school in {*before.schools, *after.schools}:
        made.schools[school].add(before.schools[school], after.schools[school])
    for grade in {*before.grades, *after.grades}:
        made.grades[grade].add(before.grades[grade], after.grades[grade])
    for category in {*before.categories, *after.categories}:
        made.categories[category].add(before.categories[category], after.categories[category])
