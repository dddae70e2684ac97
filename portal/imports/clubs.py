"""Activity groups: a district's list split into one sealed part per school, and a school's own list or part."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from partnerships import club_rolls
from partnerships.models import School
from partnerships.rosters.clubs import Membership, read_clubs, school_key
from partnerships.rosters.findings import Question, Reading
from people import audit, notices
from people.access import require
from people.actors import Actor
from people.models import Upload
from people.roles import Permission, Role
from people.workflow import verb
from portal.imports import uploads
from portal.imports.lists import district_of
from portal.lib import clock
from portal.lib.errors import Refused
from portal.models import ImportPart, ImportRun

NONE = "no"


@dataclass(slots=True)
class Part:
    """One school of a district's list, in counts; the names are for the school only."""

    school: School
    members: list[Membership] = field(repr=False)

    @property
    def groups(self) -> int:
        return len({member.group for member in self.members})


@dataclass(slots=True)
class DistrictPreview:
    """A district's list before it is handed over."""

    upload: Upload
    reading: Reading
    parts: list[Part]
    questions: list[Question]
    left_out: int

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if not question.answer]


def look_at_district(upload: Upload) -> DistrictPreview:
    """Split the members by school; names of schools that are not understood are asked and remembered."""
    clubs = read_clubs(uploads.opened(upload.open(), upload.file_name), upload.file_name)
    answers = uploads.answers_of(upload)
    schools = list(School.objects.filter(organisation__district=district_of(upload)).select_related("organisation"))
    by_key = {school_key(school.organisation.name_zh): school for school in schools}
    by_pk = {str(school.pk): school for school in schools}
    options = tuple(sorted(by_pk))
    members: dict[School, list[Membership]] = defaultdict(list)
    questions: dict[str, Question] = {}
    left_out = 0
    for member in clubs.members:
        school = by_key.get(school_key(member.school))
        if school is None:
            name = f"school:{member.school}"
            said = answers.get(name, "")
            question = Question(name, "school", [], options, {"shown": member.school}, said)
            questions.setdefault(name, question).rows.append((member.sheet, member.row))
            school = by_pk.get(said)
        if school is None:
            left_out += 1
        else:
            members[school].append(member)
    parts = [Part(school, rows) for school, rows in sorted(members.items(), key=lambda each: each[0].name)]
    return DistrictPreview(upload, without_names(clubs.reading), parts, list(questions.values()), left_out)


def without_names(reading: Reading) -> Reading:
    """The bureau reads of rows and columns, never of names."""
    reading.problems = [problem for problem in reading.problems if not {"name", "remark"} & set(problem.facts)]
    return reading


@verb
def hand_over(upload: Upload, preview: DistrictPreview, *, by: Actor) -> ImportRun:
    """Give every school its part, sealed for that school, for at most 7 days; the whole list is forgotten."""
    upload = uploads.claim(upload)
    require(by, Permission.LIST_IMPORT, upload)
    if preview.open_questions:
        raise Refused("roster_questions", _("Answer the questions above first."))
    if not preview.parts:
        raise Refused("clubs_empty", _("No row of the list belongs to a school of the district."))
    counts = Counter(
        schools=len(preview.parts),
        groups=sum(part.groups for part in preview.parts),
        members=sum(len(part.members) for part in preview.parts),
        skipped=preview.left_out + len(preview.reading.errors),
    )
    run = uploads.finish(upload, by=by, counts=counts, district_id=district_of(preview.upload).pk)
    for part in preview.parts:
        give(part, run)
    audit.record("club_list.hand_over", run, by=by, counts=dict(counts))
    return run


def give(part: Part, run: ImportRun) -> None:
    """One school's part: its own upload, a row of counts for the bureau, a notice."""
    data = json.dumps(club_rolls.to_part(part.members), ensure_ascii=False).encode()
    own = uploads.store(
        data, kind=ImportRun.Kind.GROUPS, owner=part.school.organisation, facts={"part": True}, life=uploads.PART
    )
    ImportPart.objects.create(
        run=run,
        school=part.school,
        upload_number=own.pk,
        groups=part.groups,
        members=len(part.members),
        expires_at=own.expires_at,
    )
    notices.send(
        "club_part",
        to=notices.members(part.school.pk, Role.COORDINATOR, Role.SCHOOL_LEAD),
        subject=f"upload:{own.pk}",
        path=f"/imports/{own.pk}/",
        facts={"groups": part.groups, "members": len(part.members)},
    )


@dataclass(slots=True)
class SchoolPreview:
    """A school's own list of groups, or its part of a district's list."""

    upload: Upload
    reading: Reading
    plan: club_rolls.ClubPlan
    members: list[Membership] = field(repr=False)


def look_at_school(upload: Upload) -> SchoolPreview:
    """Match the members with the school's class lists. Writes nothing."""
    school = School.objects.select_related("organisation").get(pk=upload.owner_id)
    if upload.facts["part"]:
        reading, members = Reading(), club_rolls.from_part(json.loads(upload.open()))
    else:
        clubs = read_clubs(uploads.opened(upload.open(), upload.file_name), upload.file_name)
        own = school_key(school.organisation.name_zh)
        members = [member for member in clubs.members if not member.school or school_key(member.school) == own]
        reading = clubs.reading
    return SchoolPreview(upload, reading, club_rolls.preview(school, members), members)


@verb
def write(upload: Upload, preview: SchoolPreview, *, by: Actor) -> ImportRun:
    """Found the groups and let the matched pupils join; answers the district's part, if it is one."""
    upload = uploads.claim(upload)
    number = upload.pk
    counts = club_rolls.apply(preview.plan.school, preview.members, by=by)
    run = uploads.finish(upload, by=by, counts=counts, district_id=preview.plan.school.district_id)
    ImportPart.objects.filter(upload_number=number, answer__isnull=True, expires_at__gt=clock.now()).update(answer=run)
    return run
