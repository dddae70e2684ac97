"""Verbs of certificates and record sheets: freeze what is final under a code, revoke it, issue it anew."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from credits import sources
from credits.models import Account, Certificate, CreditRule, Entry, Publication
from credits.models.certificate import digest
from partnerships.models import School, SchoolClass, Student
from people import audit, events, notices, thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

LEVELS = ("credits.certificate_first", "credits.certificate_second", "credits.certificate_third")
READ = ("rule", "posting__chain__term", "published__publication", "concerns_term", *sources.READ)


def levels(district_id: int, *, on: dt.date | None = None) -> list[int]:
    """The per cents at which a certificate is due, each once, the lowest first."""
    values = thresholds.of(district_id, on=on)
    return sorted({values[code] for code in LEVELS})


@dataclass(frozen=True)
class Target:
    """What a stage asks for: the target of a year for each of its eligible grades. Points in thousandths."""

    stage: str
    grades: tuple[int, ...]
    points: int


def targets(district_id: int, *, on: dt.date) -> dict[str, Target]:
    """By stage; a stage without eligible grades has none."""
    rules = CreditRule.objects.filter(district=district_id).in_force(on=on)
    eligible = {grade for rule in rules if rule.points for grade in rule.grades}
    yearly = thresholds.of(district_id, on=on)["credits.year_target"] * 1000
    found = {}
    for stage, (first, years) in SchoolClass.GRADES.items():
        grades = tuple(sorted(eligible & set(range(first, first + years))))
        if grades:
            found[stage.value] = Target(stage.value, grades, yearly * len(grades))
    return found


def final_entries(students: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Entry]]:
    """Final, standing entries of each pupil, wherever they were earned, in the order of the account."""
    found: dict[uuid.UUID, list[Entry]] = defaultdict(list)
    rows = Entry.objects.final().filter(account__in=list(students)).select_related(*READ).order_by("account", "n")
    for entry in rows:
        found[entry.account_id].append(entry)
    return found


@dataclass
class Standing:
    """Where one pupil of a class stands: what counts, the level reached, and the certificates held."""

    student: Student
    target: Target | None
    levels: list[int]
    entries: list[Entry] = field(default_factory=list)
    held: list[Certificate] = field(default_factory=list)
    label: str = ""
    seat: str = ""

    @property
    def points(self) -> int:
        return sum(entry.points for entry in self.entries)

    @property
    def level(self) -> int | None:
        """The highest level reached, None below the first."""
        target = self.target
        if target is None:
            return None
        return max((level for level in self.levels if self.points * 100 >= level * target.points), default=None)

    @property
    def is_due(self) -> bool:
        """A level is reached for which no valid certificate has been issued."""
        return self.level is not None and self.level not in {one.level for one in self.held if one.is_valid}


def standings(school_class: SchoolClass) -> list[Standing]:
    """The pupils who are in the class today, in no order yet."""
    today = clock.today()
    students = list(Student.objects.enrolled_in(school_class, today).select_related("school__organisation__district"))
    keys = [student.pk for student in students]
    entries, held = final_entries(keys), defaultdict(list)
    for certificate in Certificate.objects.of_levels().filter(account__in=keys, stage=school_class.stage):
        held[certificate.account_id].append(certificate)
    district = school_class.school.district_id
    target, due = targets(district, on=today).get(school_class.stage), levels(district)
    first, years = SchoolClass.GRADES[SchoolClass.Stage(school_class.stage)]
    return [
        Standing(
            student,
            target,
            due,
            [entry for entry in entries[student.pk] if first <= entry.grade < first + years],
            held[student.pk],
        )
        for student in students
    ]


@verb
def issue_due(school_class: SchoolClass, *, by: Actor) -> list[Certificate]:
    """A certificate for every pupil of the class who has reached a level and holds none of it."""
    require(by, Permission.CERTIFICATE_ISSUE, school_class)
    due = sorted((one for one in standings(school_class) if one.is_due), key=lambda one: one.student.pk)
    if not due:
        raise Refused("certificate_none_due", _("No pupil of this class has reached a further level."))
    made = [_issue(one, school_class.school, by=by) for one in due]
    audit.record("certificate.issue", school_class, by=by, count=len(made))
    notices.send(
        "certificates_issued",
        to=[user for user in notices.members(school_class.school_id, Role.SCHOOL_LEAD, Role.COORDINATOR) if user != by.user],
        subject=f"certificates:{school_class.pk}",
        path=f"/classes/{school_class.pk}/certificates/",
        due_slot=str(made[0].pk),
        facts={"class": school_class.label(clock.today()), "count": len(made)},
    )  # fmt: skip
    return made


def _issue(one: Standing, school: School, *, by: Actor, replaces: Certificate | None = None) -> Certificate:
    assert one.target is not None
    assert one.level is not None
    content = _about(school, one.entries) | {
        "kind": Certificate.Kind.CERTIFICATE.value,
        "stage": one.target.stage,
        "level": one.level,
        "target": one.target.points,
    }
    return _freeze(
        content, one.entries, school, one.student, by=by, stage=one.target.stage, level=one.level, replaces=replaces
    )


@verb
def issue_sheet(student: Student, school_year: int, *, by: Actor) -> Certificate:
    """The record sheet of a school year under a code; the same content keeps the code that it has."""
    require(by, Permission.CERTIFICATE_ISSUE, student)
    entries = [
        entry for entry in final_entries([student.pk])[student.pk] if entry.concerns_term.school_year == school_year
    ]
    if not entries:
        raise Refused("sheet_nothing_final", _("Nothing of this school year is final yet: publish the class first."))
    content = _about(student.school, entries) | {
        "kind": Certificate.Kind.SHEET.value,
        "school_year": school_year,
        "lines": [_line(entry) for entry in entries],
    }
    Account.objects.select_for_update(no_key=True).get(pk=student.pk)  # two who press at once get one code
    before = Certificate.objects.valid().filter(
        account=student.pk, kind=Certificate.Kind.SHEET, school_year=school_year
    )
    for sheet in before:
        if bytes(sheet.sha256) == digest(content):
            return sheet
    made = _freeze(
        content, entries, student.school, student, by=by, kind=Certificate.Kind.SHEET, school_year=school_year
    )
    audit.record("certificate.issue", made, by=by, kind=made.kind)
    return made


@verb
def revoke(certificate: Certificate, *, by: Actor, reason: str) -> None:
    """From now on the public page says revoked. There is no way back: issue a new one."""
    require(by, Permission.CERTIFICATE_REVOKE, certificate)
    if not reason.strip():
        raise Refused("certificate_reason", _("Say why it is revoked."))
    who = by.label[:120] or by.ref
    move(certificate, "revoke", by=by, revoked_at=clock.now(), revoked_by=who, reason=free_text(reason))


@verb
def reissue(certificate: Certificate, *, by: Actor) -> Certificate:
    """In place of a revoked certificate, one that says what is final today."""
    require(by, Permission.CERTIFICATE_ISSUE, certificate)
    if certificate.is_valid:
        raise Refused("certificate_valid", _("This certificate is valid: revoke it first."))
    student = certificate.account.student
    if certificate.school_year is not None:
        return issue_sheet(student, certificate.school_year, by=by)
    today, first = clock.today(), SchoolClass.GRADES[SchoolClass.Stage(certificate.stage)]
    entries = [entry for entry in final_entries([student.pk])[student.pk] if first[0] <= entry.grade < sum(first)]
    target = targets(certificate.district_id, on=today).get(certificate.stage)
    one = Standing(student, target, levels(certificate.district_id), entries)
    if one.level is None:
        raise Refused("certificate_level", _("By the final entries of today no level is reached."))
    made = _issue(one, certificate.school, by=by, replaces=certificate)
    audit.record("certificate.reissue", made, by=by, replaces=str(certificate.pk))
    return made


# --- what is frozen: codes, whole numbers and names of places, never of a pupil ---------------------------------------


def _about(school: School, entries: list[Entry]) -> dict[str, Any]:
    by_code: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_code[entry.rule.code].append(entry)
    return {
        "version": 1,
        "district": sources.both(school.organisation.district),
        "school": sources.both(school.organisation),
        "points": sum(entry.points for entry in entries),
        "kinds": [
            {
                "code": code,
                **_said(CreditRule.Code(code).label),
                "times": len(by_code[code]),
                "points": sum(entry.points for entry in by_code[code]),
                "rules": sorted({str(entry.rule) for entry in by_code[code]}),
            }
            for code in CreditRule.Code.values
            if code in by_code
        ],
        "entries": [entry.pk for entry in entries],
    }


def _line(entry: Entry) -> dict[str, Any]:
    source, posting = sources.source_of(entry), entry.posting
    return {
        "day": entry.inputs["day"],
        "activity": source.activity,
        "given_by": source.given_by,
        "proof": _said(source.proof),
        "rule": str(entry.rule),
        "points": entry.points,
        "posting": posting.seq,
        "hash": bytes(posting.hash).hex()[:16],
    }


def _said(words: Any) -> dict[str, str]:
    """A sentence of ours in both languages, as it is said on the day of issue."""
    told = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            told[key] = str(words)
    return told


def _freeze(
    content: dict[str, Any],
    entries: list[Entry],
    school: School,
    student: Student,
    *,
    by: Actor,
    kind: str = Certificate.Kind.CERTIFICATE,
    **fields: Any,
) -> Certificate:
    newest: Publication = max(
        (entry.published.publication for entry in entries), key=lambda one: (one.finalised_at, one.pk)
    )
    made = Certificate.objects.create(
        kind=kind,
        account_id=student.pk,
        school=school,
        district_id=school.district_id,
        publication=newest,
        content=content,
        sha256=digest(content),
        issued_at=clock.now(),
        issued_by=by.label[:120] or by.ref,
        **fields,
    )
    events.tell("certificate.issued", made)
    return made
