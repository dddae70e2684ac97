"""A class roster that another system sends: the reading, the plan and the verb of an uploaded file, an answer a row.

Rows become a sheet in memory and go the way of every sheet, so that each rule (R1–R10) is the same rule. Answers name
rows by number and never repeat what stood in them: they are kept beside the caller's key for a day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships import rolls
from partnerships.models import School
from partnerships.rosters import sentences
from partnerships.rosters.findings import Problem, Question, Reading
from partnerships.rosters.reading import NO, YES, read_roster
from people import thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.imports import uploads
from portal.lib.errors import Refused
from portal.lib.spreadsheets.cells import sheet_of
from portal.lib.spreadsheets.sheets import Book

# field of a row → heading, as the reader knows it
HEADINGS = {
    "class_name": "班级",
    "seat": "座号",
    "name": "姓名",
    "number": "校内学号",
    "status": "学生状态",
    "remark": "备注",
}
MOST_ROWS = 5000
OUTCOMES = ("new", "changed", "unchanged", "counted", "left_out", "refused")
HIDDEN = "…"


class Unanswered(Refused):
    """Rows that only somebody who knows the school can decide. `questions` say which, and how they may be answered."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__("roster_questions", _("Answer the questions first, by `answers` of the same rows."))
        self.questions = questions


@dataclass(frozen=True)
class Line:
    """What became of one row, counted from 1 in the order sent."""

    row: int
    outcome: str  # one of OUTCOMES
    code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """Counts, and a line for every row. `gone` are those whom no row names; `removed` says whether they left."""

    counts: Mapping[str, int]
    lines: list[Line]
    gone: int
    removed: bool
    is_braked: bool
    warnings: list[Line] = field(default_factory=list)


@verb
def upsert(
    school: School,
    rows: Sequence[Mapping[str, str]],
    *,
    by: Actor,
    answers: Mapping[str, str] | None = None,
    consent: bool = False,
    leavers: bool = False,
    rehearsal: bool = False,
) -> Outcome:
    """Bring a school's roster up to date; a `rehearsal` says what would happen and writes nothing.

    Raises Unanswered for rows that a person must decide, Refused past the brake: no system may release it.
    """
    require(by, Permission.ROSTER_IMPORT, school)
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)  # what is said is what will be written
    answers = uploads.remembered(school.pk) | dict(answers or {})
    consent = consent and not thresholds.of(school.district_id)["identity_legal_basis"]
    reading = read_roster(book_of(rows), "", dict(answers))
    plan = rolls.preview(school, reading, answers=answers, consent=consent)
    questions = [each for each in (*reading.questions.values(), *plan.questions) if not is_answered(each, answers)]
    if questions:
        raise Unanswered(questions)
    counts: Mapping[str, int] = {}
    if not rehearsal:
        counts = rolls.apply(school, reading, by=by, answers=answers, consent=consent, leavers=leavers)
    else:
        counts = {"new": plan.new, "changed": len(plan.comparison.changed), "unchanged": plan.unchanged}
    return Outcome(
        counts={name: counts.get(name, 0) for name in ("new", "changed", "unchanged", "classes")},
        lines=lines_of(rows, reading, plan),
        gone=len(plan.comparison.gone),
        removed=leavers and not rehearsal,
        is_braked=plan.is_braked,
        warnings=[_line(problem, "warning") for problem in reading.warnings],
    )


def book_of(rows: Iterable[Mapping[str, str]]) -> Book:
    """The rows as a sheet with a heading; numbers shaped like an identity are emptied here, before anybody reads."""
    cells = [[row.get(name, "") for name in HEADINGS] for row in rows]
    return Book("json", [sheet_of("", [list(HEADINGS.values()), *cells])])


def is_answered(question: Question, answers: Mapping[str, str]) -> bool:
    """Only an answer that is among the question's own counts."""
    return answers.get(question.key, "") in {YES, NO, *question.options}


def lines_of(rows: Sequence[Any], reading: Reading, plan: rolls.Plan) -> list[Line]:
    """One line a row, whatever became of it."""
    found: dict[int, Line] = {}
    comparison = plan.comparison
    nameless = str(_("Counted without a name: neither consent nor a legal basis is recorded."))
    for row in comparison.new:
        found[row.row - 1] = (
            Line(row.row - 1, "new") if plan.basis else Line(row.row - 1, "counted", "no_basis", nameless)
        )
    for outcome, pairs in (("changed", comparison.changed), ("unchanged", comparison.unchanged)):
        found |= {pair.listed.row - 1: Line(pair.listed.row - 1, outcome) for pair in pairs}
    for row in comparison.unsure:
        sentence = str(_("Several pupils of this class have this name. Send the school number or the seat."))
        found[row.row - 1] = Line(row.row - 1, "left_out", "namesakes", sentence)
    for problem in (*reading.errors, *plan.problems):
        found[problem.row - 1] = _line(problem, "refused")
    for problem in reading.warnings:
        if problem.code == "twice":  # the same pupil again: the row counts with the first
            found[problem.row - 1] = _line(problem, "left_out")
    for skipped in reading.skipped:
        if skipped.row > 1:
            found.setdefault(
                skipped.row - 1, Line(skipped.row - 1, "left_out", skipped.reason, sentences.reason(skipped))
            )
    by_answer = str(_("Left out by an answer, or without a name."))
    return [found.get(row) or Line(row, "left_out", "left_out", by_answer) for row in range(1, len(rows) + 1)]


def _line(problem: Problem, outcome: str) -> Line:
    return Line(problem.row - 1, outcome, problem.code, sentences.problem(_hidden(problem)))


def _hidden(problem: Problem) -> Problem:
    """The same without what the row said: sentences are kept, names are not. Other rows are counted as they were sent."""
    facts: dict[str, Any] = {key: HIDDEN if isinstance(value, str) else value for key, value in problem.facts.items()}
    if "other" in facts:
        facts["other"] -= 1
    return Problem(problem.code, "", problem.row, problem.column, facts, problem.is_error)


def asked(question: Question) -> dict[str, Any]:
    """A question as the API says it: by rows, without names."""
    return {
        "key": question.key,
        "kind": question.kind,
        "options": [YES, NO] if not question.options else [*question.options, NO],
        "rows": [row - 1 for _sheet, row in question.rows],
    }
