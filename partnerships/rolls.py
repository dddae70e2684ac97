"""Class rosters of a school: what an import would change, and writing it (set-based, in one transaction)."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships import brake
from partnerships.models import Enrolment, School, SchoolClass, Student, StudentIdentity
from partnerships.models.identity import number_digest
from partnerships.roster_classes import Resolver
from partnerships.roster_plan import ClassKey, Comparison, Known, Listed, Pair, compare
from partnerships.rosters.findings import Problem, Question, Reading
from people import audit, thresholds
from people.access import may, require
from people.actors import Actor
from people.models import User
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

BATCH = 1000
NOTICE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of the file in the preview."""

    key: ClassKey
    is_new: bool
    pupils: int
    new: int
    changed: int
    gone: int


@dataclass(slots=True)
class Plan:
    """What an import would do. Counts for the page; the comparison stays in memory."""

    school: School
    day: dt.date
    comparison: Comparison
    problems: list[Problem]
    questions: list[Question]
    classes: list[ClassLine]
    new_classes: list[ClassKey]
    # why names may be stored: "consent", the district's legal basis, or "" — then pupils are heads
    basis: str
    # heads without a name: how many come (no basis), and which give way to named pupils (basis)
    new_heads: dict[ClassKey, int] = field(default_factory=dict)
    old_heads: list[Known] = field(default_factory=list)
    enrolled: int = 0
    gone_before: int = 0  # of the file's classes, by other changes and files of the day
    brake_percent: int = 5
    brake_least: int = 3

    @property
    def new(self) -> int:
        return sum(self.new_heads.values()) if not self.basis else len(self.comparison.new)

    @property
    def unchanged(self) -> int:
        """Rows that change nothing; a head that fills a listed place is there already."""
        return len(self.comparison.unchanged) + (0 if self.basis else len(self.comparison.new) - self.new)

    @property
    def is_empty(self) -> bool:
        """Nothing would change."""
        found = self.comparison
        return not (self.new or found.changed or found.gone or self.old_heads or self.new_classes)

    @property
    def gone_percent(self) -> float:
        """Share of the pupils of the file's classes who leave today, in per cent."""
        return 100 * self._leaving / self._before if self._before else 0.0

    @property
    def is_braked(self) -> bool:
        """异常减少保护: more leavers than the district's threshold allows to one person."""
        stops = brake.exceeds(self._leaving, self._before, percent=self.brake_percent, least=self.brake_least)
        return bool(self.comparison.gone) and stops

    @property
    def _leaving(self) -> int:
        return len(self.comparison.gone) + self.gone_before

    @property
    def _before(self) -> int:
        return self.enrolled + self.gone_before


def preview(
    school: School, reading: Reading, *, answers: Mapping[str, str] | None = None, consent: bool = False
) -> Plan:
    """Compare a reading with the school's classes today. Writes nothing; names stay in the answer's memory."""
    day = clock.today()
    resolver = Resolver(school, day, answers or {})
    listed = resolver.listed(reading.pupils)
    keys = {row.key for row in listed}
    known = known_pupils(school, day) + former_pupils(school, day, [row.number for row in listed if row.number])
    comparison = compare(listed, known, {held.name for held in reading.held} | resolver.left_out)
    values = thresholds.of(school.district_id)
    basis = "consent" if consent else values["identity_legal_basis"]
    plan = Plan(
        school=school,
        day=day,
        comparison=comparison,
        problems=resolver.problems,
        questions=list(resolver.questions.values()),
        classes=[],
        new_classes=sorted(keys - resolver.existing),
        basis=basis,
        enrolled=sum(pupil.key in keys for pupil in known),
        gone_before=sum(_key(row.school_class) in keys for row in brake.gone_today(school).values()),
        brake_percent=values["roster_brake_percent"],
        brake_least=values["roster_brake_least"],
    )
    count_heads(plan, known, keys)
    plan.classes = lines_of(plan, listed)
    return plan


def count_heads(plan: Plan, known: list[Known], keys: set[ClassKey]) -> None:
    """Heads without a name: they fill up what a file lists while no name may be stored, and give way once it may.

    A head's past is never given to a child by name: nobody knows whose it was.
    """
    heads = [pupil for pupil in known if not pupil.name and pupil.key in keys and pupil.enrolment]
    if plan.basis:
        filled = {row.key for row in plan.comparison.new}
        plan.old_heads = [pupil for pupil in heads if pupil.key in filled]
        return
    there = Counter(pupil.key for pupil in heads)
    wanted = Counter(row.key for row in plan.comparison.new)
    plan.new_heads = {key: number - there[key] for key, number in wanted.items() if number > there[key]}


def lines_of(plan: Plan, listed: list[Listed]) -> list[ClassLine]:
    found = plan.comparison
    pupils = Counter(row.key for row in listed)
    new = Counter(plan.new_heads) if not plan.basis else Counter(row.key for row in found.new)
    changed = Counter(pair.listed.key for pair in found.changed)
    gone = Counter(pupil.key for pupil in found.gone)
    return [
        ClassLine(key, key in plan.new_classes, pupils[key], new[key], changed[key], gone[key])
        for key in sorted(pupils, key=lambda key: (key.stage != "primary", key.stage, -key.entry_year, key.number))
    ]


def known_pupils(school: School, day: dt.date) -> list[Known]:
    """Everybody enrolled at the school today and tomorrow, names opened for the comparison only."""
    rows = (
        Enrolment.objects.on(day)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day + dt.timedelta(days=1)), school_class__school=school)
        .select_related("school_class", "student__identity")
    )
    return [known_of(row) for row in rows]


def known_of(row: Enrolment) -> Known:
    identity = getattr(row.student, "identity", None)
    key = _key(row.school_class)
    name, number = (identity.name, identity.number) if identity else ("", "")
    return Known(row.student_id, row.pk, key, name, number, row.seat)


def _key(school_class: SchoolClass) -> ClassKey:
    return ClassKey(school_class.stage, school_class.entry_year, school_class.number)


def former_pupils(school: School, day: dt.date, numbers: list[str]) -> list[Known]:
    """Pupils of the school with one of these numbers who are in no class now."""
    digests = [number_digest(school.pk, number) for number in numbers]
    rows = StudentIdentity.objects.filter(school=school, number_mac__in=digests).exclude(
        student__in=Enrolment.objects.on(day).filter(school_class__school=school).values("student_id")
    )
    return [Known(row.student_id, None, None, row.name, row.number) for row in rows]


@verb
def apply(
    school: School,
    reading: Reading,
    *,
    by: Actor,
    answers: Mapping[str, str] | None = None,
    consent: bool = False,
    leavers: bool = False,
    proposed_by: User | None = None,
) -> Counter[str]:
    """Write a roster: classes, pupils, changes; leavers only where `leavers` says so. Returns the counts.

    Raises Refused while a question is open, and past the brake unless a head other than `proposed_by` confirms.
    """
    require(by, Permission.ROSTER_IMPORT, school)
    # two imports of one school wait for each other, so that nobody is written twice
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    plan = preview(school, reading, answers=answers, consent=consent)
    if reading.open_questions or any(not question.answer for question in plan.questions):
        raise Refused("roster_questions", _("Answer the questions above first."))
    if leavers and plan.is_braked and not may_release(by, school, proposed_by):
        raise Refused(
            "roster_brake",
            _(
                "This would remove %(percent)s %% of the pupils and has stopped. Check the file, or ask your head to confirm."
            ),
            percent=round(plan.gone_percent),
        )
    counts = write(plan, consent=consent, leavers=leavers)
    audit.record(
        "roster.import",
        school,
        by=by,
        is_now=f"{counts['new']}/{counts['changed']}/{counts['gone']}",
        counts=dict(counts),
    )
    return counts


def may_release(by: Actor, school: School, proposed_by: User | None) -> bool:
    """Whether this hat may let a braked import pass: a head, and not the person who brought it."""
    is_other = proposed_by is not None and by.user is not None and by.user.pk != proposed_by.pk
    return is_other and may(by, Permission.ROSTER_RELEASE, school)


def write(plan: Plan, *, consent: bool, leavers: bool) -> Counter[str]:
    """All rows of a plan, a few statements each, however many pupils."""
    found = plan.comparison
    SchoolClass.objects.bulk_create(
        SchoolClass(school=plan.school, stage=key.stage, entry_year=key.entry_year, number=key.number)
        for key in plan.new_classes
    )
    rows = SchoolClass.objects.filter(school=plan.school)
    classes = {ClassKey(row.stage, row.entry_year, row.number): row for row in rows}
    listed = [classes[line.key].pk for line in plan.classes]
    rows.filter(pk__in=listed, closed_on__isnull=False).update(closed_on=None)  # dissolved once, opened again
    end(plan.old_heads, plan.day)
    if leavers:
        end(found.gone, plan.day)
    if plan.basis:
        add_pupils(plan, classes, [(row.key, row) for row in found.new], consent=consent)
    else:
        heads = [(key, None) for key, number in plan.new_heads.items() for _head in range(number)]
        add_pupils(plan, classes, heads, consent=False)
    change_pupils(plan, classes)
    return Counter(
        new=plan.new,
        changed=len(found.changed),
        unchanged=plan.unchanged,
        gone=len(found.gone) if leavers else 0,
        classes=len(plan.new_classes),
    )


def add_pupils(plan: Plan, classes, rows, *, consent: bool) -> None:
    """New pupils with their enrolment and, where there is a basis, their sealed name and number."""
    students = [Student(school=plan.school) for _row in rows]
    Student.objects.bulk_create(students, batch_size=BATCH)
    enrolments, identities = [], []
    for student, (key, row) in zip(students, rows, strict=True):
        seat = row.seat if row else None
        enrolments.append(Enrolment(student=student, school_class=classes[key], seat=seat, starts_on=plan.day))
        identity = StudentIdentity(student=student, school=plan.school)
        if row is not None:
            allow(identity, plan, consent=consent)
            identity.set_name(row.name)
            if row.number:
                identity.set_number(row.number)
        identities.append(identity)
    Enrolment.objects.bulk_create(enrolments, batch_size=BATCH)
    StudentIdentity.objects.bulk_create(identities, batch_size=BATCH)


def allow(identity: StudentIdentity, plan: Plan, *, consent: bool) -> None:
    """Write down why the name may be stored."""
    if consent:
        identity.consent = StudentIdentity.Consent.GIVEN
        identity.consented_on, identity.notice_version = plan.day, NOTICE_VERSION
    else:
        identity.legal_basis = plan.basis


def change_pupils(plan: Plan, classes) -> None:
    """Names, numbers and seats that changed; a move ends one enrolment and begins the next."""
    pairs = plan.comparison.changed
    move_pupils(plan, classes, [pair for pair in pairs if pair.moves])
    enrolments = Enrolment.objects.in_bulk([pair.known.enrolment for pair in pairs if not pair.moves])
    seated = []
    for pair in pairs:
        if not pair.moves and pair.listed.seat is not None:
            row = enrolments[pair.known.enrolment]
            row.seat = pair.listed.seat
            seated.append(row)
    Enrolment.objects.bulk_update(seated, ["seat"], batch_size=BATCH)
    identities = StudentIdentity.objects.in_bulk([pair.known.student for pair in pairs])
    for pair in pairs:
        # both are sealed anew: one key number stands for both columns
        identity = identities[pair.known.student]
        identity.set_name(pair.listed.name)
        if number := pair.listed.number or pair.known.number:
            identity.set_number(number)
    columns = ["name_ct", "number_ct", "number_mac", "key_id"]
    StudentIdentity.objects.bulk_update(identities.values(), columns, batch_size=BATCH)


def move_pupils(plan: Plan, classes, pairs: list[Pair]) -> None:
    """Into another class from today on; an enrolment that began today is put right instead."""
    began_today = set(
        Enrolment.objects.filter(
            pk__in=[pair.known.enrolment for pair in pairs if pair.known.enrolment], starts_on=plan.day
        ).values_list("pk", flat=True)
    )
    ending = [
        pair.known.enrolment for pair in pairs if pair.known.enrolment and pair.known.enrolment not in began_today
    ]
    Enrolment.objects.filter(pk__in=ending).update(ends_on=plan.day)
    begin = []
    for pair in pairs:
        target, seat = classes[pair.listed.key], pair.listed.seat
        if pair.known.enrolment in began_today:
            Enrolment.objects.filter(pk=pair.known.enrolment).update(school_class=target, seat=seat)
        else:
            begin.append(Enrolment(student_id=pair.known.student, school_class=target, seat=seat, starts_on=plan.day))
    Enrolment.objects.bulk_create(begin, batch_size=BATCH)


def end(pupils: list[Known], day: dt.date) -> None:
    """No longer in class from `day` on; who came today leaves tomorrow, because a day is the shortest stay."""
    rows = Enrolment.objects.filter(pk__in=[pupil.enrolment for pupil in pupils])
    rows.filter(starts_on__lt=day).update(ends_on=day)
    rows.filter(starts_on__gte=day).update(ends_on=day + dt.timedelta(days=1))
