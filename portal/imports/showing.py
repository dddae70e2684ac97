"""Turns what an import found into the lines of a page: sentences, short lists, labels of classes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from partnerships.models import School, SchoolClass
from partnerships.roster_plan import ClassKey
from partnerships.rosters import sentences
from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.findings import Problem, Question, Reading
from partnerships.rosters.reading import NO, YES

# of one kind of problem so many rows are shown, the rest counted
SHOWN = 12


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """Problems of one kind in one column."""

    sentence: str
    column: str
    rows: list[tuple[str, int]]
    more: int
    is_error: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question with its answers to choose from."""

    key: str
    sentence: str
    options: list[tuple[str, str]]
    answer: str
    rows: list[tuple[str, int]]
    more: int

    @property
    def is_long(self) -> bool:
        """Too many answers for buttons: a list to choose from."""
        return len(self.options) > 5


def problems(found: Iterable[Problem]) -> list[ProblemLine]:
    """Errors before warnings; rows that say the same together."""
    places = defaultdict(list)
    for problem in found:
        places[not problem.is_error, sentences.problem(problem), problem.column].append((problem.sheet, problem.row))
    return [
        ProblemLine(sentence, column, rows[:SHOWN], max(0, len(rows) - SHOWN), not is_warning)
        for (is_warning, sentence, column), rows in sorted(places.items(), key=lambda each: each[0][0])
    ]


def questions(asked: Iterable[Question]) -> list[QuestionLine]:
    return [
        QuestionLine(
            question.key,
            sentences.question(question),
            options_of(question),
            question.answer,
            list(question.rows[:SHOWN]),
            max(0, len(question.rows) - SHOWN),
        )
        for question in asked
    ]


def options_of(question: Question) -> list[tuple[str, str]]:
    """(value, words) of every answer."""
    if question.kind == "consent":
        return [(YES, _("Yes: names are kept")), (NO, _("No: pupils are counted without names"))]
    if question.kind == "stage":
        return [(stage, str(SchoolClass.Stage(stage).label)) for stage in question.options]
    if question.kind == "school":
        names = School.objects.filter(pk__in=[int(pk) for pk in question.options]).select_related("organisation")
        return [*((str(school.pk), school.name) for school in names), (NO, _("None of these: leave the rows out"))]
    if question.kind == "namesake":
        return [(YES, _("Yes, two pupils")), (NO, _("No, the same pupil"))]
    if question.options:
        return [*((key, sentences.option(key)) for key in question.options), (NO, _("Another: leave the rows out"))]
    return [(YES, _("Yes")), (NO, _("No"))]


def skipped(reading: Reading) -> list[tuple[str, str, list[int], int]]:
    """(sheet, why, rows, how many more) of rows and sheets without pupils."""
    rows = defaultdict(list)
    for each in reading.skipped:
        rows[each.sheet, sentences.reason(each)].append(each.row)
    return [
        (sheet, why, [number for number in numbers if number][:SHOWN], max(0, len(numbers) - SHOWN))
        for (sheet, why), numbers in rows.items()
    ]


def class_label(key: ClassKey, day: dt.date) -> str:
    return SchoolClass(stage=key.stage, entry_year=key.entry_year, number=key.number).label(day)


def written_class(key: str) -> str:
    """A class as a list wrote it, for members that are not on the class lists."""
    return sentences.option(key) if ClassRef.from_key(key) else key
