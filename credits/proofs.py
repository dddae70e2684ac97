"""Reads what `earning` judges of results: the occasion and the one pupil of a competition, a project, a club's term."""

import datetime as dt
import uuid
from collections.abc import Iterable

from credits.background import CLUB, Background
from credits.earning import Fact, Occasion, Proof, Why
from credits.facts import Past, past
from credits.models import Competition, Dispute, Entry, Result
from partnerships.models import Enrolment, School, SchoolClass

WAITS_FOR = {
    Result.State.ENTERED: Why.UNVOUCHED,
    Result.State.VOUCHED: Why.UNCONFIRMED,
    Result.State.WITHDRAWN: Why.WITHDRAWN,
}
Classes = dict[uuid.UUID, list[Enrolment]]


def occasions(results: Iterable[Result], *, around: Background | None = None) -> dict[int, tuple[Occasion, Fact]]:
    """Occasion and pupil of each result, in six queries however many; give results with competition and school."""
    results = list(results)
    around = around or Background((result.district_id for result in results), (result.school_id for result in results))
    classes = _classes({result.student_id for result in results})
    overruled = set(
        Dispute.objects.upheld().filter(entry__result__in=[result.pk for result in results]).values_list(
            "entry__result", flat=True
        )
    )  # fmt: skip
    return {result.pk: _judged_on(result, around, classes, is_overruled=result.pk in overruled) for result in results}


def _judged_on(result: Result, around: Background, classes: Classes, *, is_overruled: bool) -> tuple[Occasion, Fact]:
    district, day = result.district_id, result.happened_on
    school_class = _class_on(day, classes.get(result.student_id, []))
    term = around.term(district, day)
    occasion = Occasion(
        booking_id=None,
        session_id=None,
        school_id=result.school_id,
        district_id=district,
        day=day,
        minutes=0,
        code=result.code,
        programme_id=None,
        venue_id=None,
        term_id=term.pk if term else None,
        school_year=term.school_year if term else None,
        is_complete=True,
        has_roll=True,
        is_pilot=around.is_pilot(result.school_id, day),
        rule=around.rule(district, result.code, day),
        proof=_proof(result, school_class, percent=around.percent(CLUB, district, day)),
    )
    fact = Fact(
        roll_entry_id=None,
        student_id=result.student_id,
        mark="",
        was_there=True,
        grade=school_class.grade(day) if school_class else None,
        is_overruled=is_overruled,
        result_id=result.pk,
    )
    return occasion, fact


def _proof(result: Result, school_class: SchoolClass | None, *, percent: int) -> Proof:
    competition = result.competition
    return Proof(
        result_id=result.pk,
        kind=result.kind,
        name=result.name,
        waits_for=WAITS_FOR.get(Result.State(result.state)),
        is_listed=competition is None or competition.stands_on(result.happened_on),
        is_right_stage=competition is None or bool(stages_of(school_class, result.school) & set(competition.stages)),
        stages=competition.stages_in_words if competition else "",
        dates=result.dates or 0,
        present=result.present or 0,
        percent=percent,
    )


def stages_of(school_class: SchoolClass | None, school: School) -> set[str]:
    """How the white-list calls the stage of a class: senior classes of a vocational school are vocational."""
    if school_class is None:
        return set()
    if school_class.stage == SchoolClass.Stage.SENIOR and school.stage == School.Stage.VOCATIONAL:
        return {Competition.Stage.VOCATIONAL}
    return {school_class.stage}


def _classes(students: set[uuid.UUID]) -> Classes:
    found: Classes = {student: [] for student in students}
    for enrolment in Enrolment.objects.filter(student__in=students).select_related("school_class"):
        found[enrolment.student_id].append(enrolment)
    return found


def _class_on(day: dt.date, enrolments: list[Enrolment]) -> SchoolClass | None:
    return next(
        (
            enrolment.school_class
            for enrolment in enrolments
            if enrolment.starts_on <= day and (enrolment.ends_on is None or day < enrolment.ends_on)
        ),
        None,
    )


def posted(results: Iterable[int]) -> dict[int, Past]:
    """What has been posted so far, by result."""
    return past(Entry.objects.filter(result__in=results), "result_id")
