"""Turns what an import found into the lines of a page: sentences, short lists, labels of classes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    where: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question with its answers to choose from."""

    key: str
    sentence: str
    options: list[tuple[str, str]]
    answer: str
    where: str

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
        ProblemLine(sentence, column, where(rows), not is_warning)
        for (is_warning, sentence, column), rows in sorted(places.items(), key=lambda each: each[0][0])
    ]


def where(rows: Sequence[tuple[str, int]]) -> str:
    """第 7、30—45 行, by sheet where there are several: “五1班”第 7 行；“五2班”第 7 行等共 19 行."""
    sheets = defaultdict(list)
    for sheet, first, last in runs(rows)[:SHOWN]:
        sheets[sheet].append(str(first) if first == last else f"{first}—{last}")
    several = len({sheet for sheet, _row in rows}) > 1
    places = []
    for sheet, numbers in sheets.items():
        count = 1 if len(numbers) == 1 and numbers[0].isdecimal() else 2
        listed = ngettext("row %(rows)s", "rows %(rows)s", count) % {"rows": ", ".join(numbers)}
        places.append(_("“%(sheet)s” %(rows)s") % {"sheet": sheet, "rows": listed} if several else listed)
    text = "; ".join(places)
    if len(runs(rows)) <= SHOWN:
        return text
    return _("%(places)s … %(count)s rows in all") % {"places": text, "count": len(rows)}


def runs(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """(sheet, first, last) of rows that follow each other."""
    found: list[tuple[str, int, int]] = []
    for sheet, row in rows:
        if found and found[-1][0] == sheet and row == found[-1][2] + 1:
            found[-1] = (sheet, found[-1][1], row)
        else:
            found.append((sheet, row, row))
    return found


def questions(asked: Iterable[Question]) -> list[QuestionLine]:
    return [
        QuestionLine(
            question.key,
            sentences.question(question),
            options_of(question),
            question.answer,
            where(question.rows),
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
    if question.kind == "blank_class":
        return [(YES, _("Take the class above")), (NO, _("Leave these rows out"))]
    return [(YES, _("Import these rows")), (NO, _("Leave these rows out"))]


def skipped(reading: Reading) -> list[tuple[str, str, str]]:
    """(sheet, why, rows) of rows and whole sheets without pupils."""
    rows = defaultdict(list)
    for each in reading.skipped:
        rows[each.sheet, sentences.reason(each)].extend([(each.sheet, each.row)] if each.row else [])
    return [(sheet, why, where(numbers)) for (sheet, why), numbers in rows.items()]


def class_label(key: ClassKey, day: dt.date) -> str:
    return SchoolClass(stage=key.stage, entry_year=key.entry_year, number=key.number).label(day)


def written_class(key: str) -> str:
    """A class as a list wrote it, for members that are not on the class lists."""
    return sentences.option(key) if ClassRef.from_key(key) else key
