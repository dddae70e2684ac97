"""Which class of a school a written class means: the grade today, the school's stages, the classes it has."""

import datetime as dt
from collections.abc import Mapping

from partnerships.models import School, SchoolClass
from partnerships.models.school_class import school_year_of
from partnerships.roster_plan import ClassKey, Listed
from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.findings import Problem, Pupil, Question

Stage = SchoolClass.Stage
STAGES: dict[str, tuple[str, ...]] = {
    School.Stage.PRIMARY: (Stage.PRIMARY,),
    School.Stage.JUNIOR: (Stage.JUNIOR,),
    School.Stage.SENIOR: (Stage.SENIOR,),
    School.Stage.NINE_YEAR: (Stage.PRIMARY, Stage.JUNIOR),
    School.Stage.COMPLETE_SECONDARY: (Stage.JUNIOR, Stage.SENIOR),
    School.Stage.VOCATIONAL: (Stage.SENIOR,),
}
EVERY_STAGE = (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR)
MOST_SEATS = 32_000
# so many classes of a grade are offered where a file does not say the class
MOST_CLASSES = 20


def classes_to_choose(school: School) -> tuple[str, ...]:
    """Keys of every class that the school may have, grade by grade: what a person chooses from."""
    grades: list[int] = []
    for stage in STAGES.get(school.stage, EVERY_STAGE):
        first, years = SchoolClass.GRADES[Stage(stage)]
        grades += range(first, first + years)
    return tuple(ClassRef(number, grade=grade).key for grade in grades for number in range(1, MOST_CLASSES + 1))


class Resolver:
    """Turns rows with written classes into rows with classes of this school, on one day."""

    def __init__(self, school: School, day: dt.date, answers: Mapping[str, str]):
        self.year = school_year_of(day)
        self.stages = STAGES.get(school.stage, EVERY_STAGE)
        self.answers = answers
        rows = SchoolClass.objects.filter(school=school).values_list("stage", "entry_year", "number")
        self.existing = {ClassKey(*row) for row in rows}
        self.problems: list[Problem] = []
        self.questions: dict[str, Question] = {}
        # names whose class is unknown: they must not be taken for leavers
        self.left_out: set[str] = set()

    def listed(self, pupils: list[Pupil]) -> list[Listed]:
        """The rows whose class is known."""
        found = []
        for pupil in pupils:
            key = self.key_of(pupil)
            if key is None:
                self.left_out.add(pupil.name)
            else:
                seat = int(pupil.seat) if pupil.seat.isdecimal() and int(pupil.seat) < MOST_SEATS else None
                found.append(Listed(pupil.sheet, pupil.row, key, pupil.name, pupil.number, seat))
        return found

    def key_of(self, pupil: Pupil) -> ClassKey | None:
        ref = pupil.class_ref
        if ref is None:
            return None
        keys = self.candidates(ref)
        if len(keys) > 1:
            keys = [key for key in keys if key in self.existing] or keys
        if len(keys) > 1:
            return self.ask(pupil, ref, keys)
        if not keys:
            self.problems.append(Problem("class_not_here", pupil.sheet, pupil.row, "", {"ref": ref}))
            return None
        return keys[0]

    def candidates(self, ref: ClassRef) -> list[ClassKey]:
        """Every class of today that the text may mean: 2024级1班 of a nine-year school is in grade 3 or in grade 9."""
        found = []
        for stage in self.stages:
            first, years = SchoolClass.GRADES[Stage(stage)]
            entered = self.year - (ref.grade - first) if ref.grade else ref.entry_year
            if entered is not None and 0 <= self.year - entered < years:
                found.append(ClassKey(stage, entered, ref.number))
        return found

    def ask(self, pupil: Pupil, ref: ClassRef, keys: list[ClassKey]) -> ClassKey | None:
        """Which stage is meant: asked once for all classes of an entry year."""
        name = f"stage:{ref.entry_year}"
        answer = self.answers.get(name, "")
        options = tuple(str(key.stage) for key in keys)
        question = Question(name, "stage", [], options, {"year": ref.entry_year}, answer)
        self.questions.setdefault(name, question).rows.append((pupil.sheet, pupil.row))
        return next((key for key in keys if key.stage == answer), None)
