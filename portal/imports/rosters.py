"""Class rosters: what the preview shows, and writing it."""

from dataclasses import dataclass, replace

from partnerships import rolls
from partnerships.models import School
from partnerships.roster_classes import classes_to_choose
from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.findings import Question, Reading
from partnerships.rosters.header import find_header
from partnerships.rosters.reading import NO, YES, read_names, read_roster
from people import thresholds
from people.actors import Actor
from people.models import Upload, User
from people.workflow import verb
from portal.imports import uploads
from portal.models import ImportRun

# a file with a great many rows and a stray answer must not become a great many questions
MOST_QUESTIONS = 60


@dataclass(slots=True)
class Preview:
    """Everything that the page of a class roster shows. Nothing of it is kept."""

    upload: Upload
    reading: Reading
    plan: rolls.Plan
    questions: list[Question]
    consent: bool

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if not question.answer]


def look_at(upload: Upload) -> Preview:
    """Read the upload with the answers so far and compare it with the school. Writes nothing."""
    school = School.objects.select_related("organisation__district").get(pk=upload.owner_id)
    answers = uploads.answers_of(upload)
    reading = reading_of(upload, answers)
    # the open ones first, so that answering a page of them brings the next
    questions = sorted(reading.questions.values(), key=lambda question: bool(question.answer))[:MOST_QUESTIONS]
    choices = classes_to_choose(school)
    questions = [replace(each, options=choices) if each.kind == "sheet" else each for each in questions]
    asks_consent = not thresholds.of(school.district_id)["identity_legal_basis"]
    consent = asks_consent and answers.get("consent") == YES
    plan = rolls.preview(school, reading, answers=answers, consent=consent)
    if asks_consent and reading.pupils:
        questions.insert(0, Question("consent", "consent", [], answer=answers.get("consent", "")))
    return Preview(upload, reading, plan, [*questions, *plan.questions], consent)


def reading_of(upload: Upload, answers: dict[str, str]) -> Reading:
    """A file as a table; pasted text as a table where it has a heading, else as names of the class that was chosen."""
    book = uploads.opened(upload.open(), upload.file_name)
    given_class = ClassRef.from_key(upload.facts.get("class", ""))
    if given_class and not any(find_header(sheet) for sheet in book.sheets):
        return read_names(upload.open().decode(), given_class)
    return read_roster(book, upload.file_name.rsplit(".", 1)[0], answers)


def accepted(questions: list[Question], given: dict[str, str]) -> dict[str, str]:
    """The answers that belong to a question of this preview and are among its options."""
    return {
        question.key: given[question.key]
        for question in questions
        if given.get(question.key) in {YES, NO, *question.options}
    }


@verb
def write(upload: Upload, preview: Preview, *, by: Actor, leavers: bool) -> ImportRun:
    """Write the roster and forget the file, in one transaction."""
    upload = uploads.claim(upload)
    proposer = User.objects.filter(pk=upload.facts["proposed_by"]).first()
    counts = rolls.apply(
        preview.plan.school,
        preview.reading,
        by=by,
        answers=uploads.answers_of(upload),
        consent=preview.consent,
        leavers=leavers,
        proposed_by=proposer,
    )
    counts["skipped"] = len(preview.reading.errors) + len(preview.plan.problems)
    was_braked = leavers and preview.plan.is_braked
    return uploads.finish(
        upload,
        by=by,
        counts=counts,
        district_id=preview.plan.school.district_id,
        was_braked=was_braked,
        proposed_by=proposer if was_braked else None,
    )
