"""What reading a roster finds: pupils, questions to the person, problems by row and column. Held in memory only."""

from dataclasses import dataclass, field

from .class_names import ClassRef


@dataclass(frozen=True, slots=True)
class Pupil:
    """One row that would be written. `row` counts from 1 as the spreadsheet program shows it."""

    sheet: str
    row: int
    class_ref: ClassRef | None
    name: str = field(repr=False)
    number: str = field(default="", repr=False)
    # the number within the class, where the file gives one that identifies (座号, not 序号)
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about one place. An error keeps its row out; a warning does not."""

    code: str
    sheet: str
    row: int
    column: str = ""
    facts: dict = field(default_factory=dict)
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person knows. Until it is answered the rows concerned stay out.

    `options` are the answers besides no; a question without options is answered yes or no.
    """

    key: str
    kind: str
    rows: list[tuple[str, int]]
    options: tuple[str, ...] = ()
    facts: dict = field(default_factory=dict)
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows, or a whole sheet (row 0), that hold no pupil, and why."""

    reason: str
    sheet: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody who stands in the file and will not be written (yet)."""

    name: str = field(repr=False)
    class_ref: ClassRef | None = None


@dataclass(slots=True)
class Ignored:
    """A column that is neither read nor kept."""

    label: str
    held_identity: bool = False


@dataclass(slots=True)
class Reading:
    """Everything that was found in one upload."""

    pupils: list[Pupil] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    ignored: dict[str, Ignored] = field(default_factory=dict)
    # rows that hold somebody, whatever became of them
    rows_seen: int = 0
    # people whose row is refused or still asked about: nobody may conclude that they have left
    held: list[Held] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.is_error]

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions.values() if not question.answer]
