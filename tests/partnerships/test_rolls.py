"""Class rosters: matched, written in one go, braked, and never more than may be stored."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from partnerships import rolls
from partnerships.models import Enrolment, SchoolClass, Student, StudentIdentity
from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.findings import Held, Pupil, Reading
from partnerships.rosters.reading import read_roster
from people import thresholds
from people.actors import SYSTEM
from people.models import AuditEvent
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.spreadsheets.reading import read
from tests.factories import partnerships as make
from tests.factories import people
from tests.rosters import layouts

pytestmark = pytest.mark.django_db
FIVE_THREE = ClassRef(3, grade=5)


AUTUMN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def autumn(clock):
    """The files speak of classes of this school year."""
    clock.to(AUTUMN)


@pytest.fixture
def school():
    place = make.a_district()
    thresholds.set_value(
        place, "identity_legal_basis", "示例办法第三条", by=SYSTEM, starts_on=clock.today(), reason="示例"
    )
    return make.a_school(place, stage="primary")


@pytest.fixture
def coordinator(school):
    return people.actor(people.hat(Role.COORDINATOR, at=school.organisation))


def roster(*names, ref=FIVE_THREE, held=()):
    """A reading of pupils: a name, or (name, number, seat)."""
    cells = [name if isinstance(name, tuple) else (name, "", "") for name in names]
    pupils = [Pupil("五3班", row, ref, *cell) for row, cell in enumerate(cells, start=2)]
    return Reading(pupils=pupils, held=[Held(name) for name in held])


def class_names(school, day=None):
    rows = (
        Enrolment.objects.on(day or clock.today())
        .filter(school_class__school=school)
        .select_related("student__identity")
    )
    return sorted(row.student.identity.name for row in rows)


def test_apply_writes_classes_pupils_and_sealed_names(school, coordinator):
    counts = rolls.apply(school, roster(("示例甲", "20220101", "1"), ("示例乙", "20220102", "2")), by=coordinator)
    assert counts == {"new": 2, "changed": 0, "unchanged": 0, "gone": 0, "classes": 1}
    assert class_names(school) == ["示例乙", "示例甲"]
    assert SchoolClass.objects.get(school=school).grade(clock.today()) == 5
    assert b"\xe7\xa4\xba" not in bytes(StudentIdentity.objects.first().name_ct)
    assert AuditEvent.objects.filter(verb="roster.import").count() == 1


def test_apply_the_same_file_again_changes_nothing(school, coordinator):
    file = roster(("示例甲", "20220101", "1"), "示例乙", "示例乙")
    rolls.apply(school, file, by=coordinator)
    assert rolls.preview(school, file).is_empty
    assert rolls.apply(school, file, by=coordinator) == {
        "new": 0,
        "changed": 0,
        "unchanged": 3,
        "gone": 0,
        "classes": 0,
    }


def test_preview_knows_a_pupil_by_number_whatever_else_changed(school, coordinator):
    rolls.apply(school, roster(("示例甲", "20220101", "1"), ("示例丙", "20220103", "3")), by=coordinator)
    moved = Pupil("s", 2, ClassRef(4, grade=5), "示例乙", "20220101", "7")
    file = Reading(pupils=[moved, *roster(("示例丙", "20220103", "3")).pupils])
    assert rolls.apply(school, file, by=coordinator)["changed"] == 1
    identity = StudentIdentity.objects.get(number_mac=rolls.number_digest(school.pk, "20220101"))
    assert (identity.name, identity.number) == ("示例乙", "20220101")
    enrolment = Enrolment.objects.on(clock.today()).get(student=identity.student)
    assert (enrolment.school_class.number, enrolment.seat) == (4, 7)


def test_move_to_another_class_ends_one_enrolment_and_begins_the_next(school, coordinator, clock):
    rolls.apply(school, roster(("示例甲", "1", "")), by=coordinator)
    clock.forward(days=10)
    rolls.apply(school, roster(("示例甲", "1", ""), ref=ClassRef(4, grade=5)), by=coordinator)
    rows = Enrolment.objects.order_by("starts_on")
    assert [(row.school_class.number, row.starts_on, row.ends_on) for row in rows] == [
        (3, rows[0].starts_on, clock.today()),
        (4, clock.today(), None),
    ]


def test_namesakes_without_number_are_told_apart_by_seat_or_left_unsure(school, coordinator):
    rolls.apply(school, roster(("示例甲", "", "1"), ("示例甲", "", "2")), by=coordinator)
    plan = rolls.preview(school, roster(("示例甲", "", "2")))
    assert (len(plan.comparison.unchanged), len(plan.comparison.gone)) == (1, 1)
    plan = rolls.preview(school, roster("示例甲"))
    assert (len(plan.comparison.unsure), len(plan.comparison.new), len(plan.comparison.gone)) == (1, 0, 0)


def test_leavers_are_proposed_and_only_leave_when_told(school, coordinator, clock):
    everybody = [layouts.name(number) for number in range(45)]
    rolls.apply(school, roster(*everybody), by=coordinator)
    clock.forward(days=1)
    fewer = roster(*everybody[1:])
    plan = rolls.preview(school, fewer)
    assert ([pupil.name for pupil in plan.comparison.gone], plan.is_braked) == (["示例甲"], False)
    rolls.apply(school, fewer, by=coordinator)
    assert len(class_names(school)) == 45
    rolls.apply(school, fewer, by=coordinator, leavers=True)
    assert class_names(school) == sorted(everybody[1:])


def test_people_whose_row_is_refused_or_asked_about_are_no_leavers(school, coordinator):
    rolls.apply(school, roster("示例甲", "示例乙"), by=coordinator)
    assert rolls.preview(school, roster("示例甲", held=["示例乙"])).comparison.gone == []


def test_brake_stops_eight_per_cent_until_another_person_who_leads_confirms(school, coordinator, clock):
    everybody = [layouts.name(number) for number in range(50)]
    rolls.apply(school, roster(*everybody), by=coordinator)
    clock.forward(days=1)
    file = roster(*everybody[4:])
    lead = make.lead_of(school)
    for by, proposer in [(coordinator, coordinator.user), (lead, lead.user), (lead, None)]:
        with pytest.raises(Refused) as refused:
            rolls.apply(school, file, by=by, leavers=True, proposed_by=proposer)
        assert refused.value.code == "roster_brake"
        assert refused.value.facts == {"percent": 8}
    assert len(class_names(school)) == 50
    assert rolls.apply(school, file, by=lead, leavers=True, proposed_by=coordinator.user)["gone"] == 4
    assert len(class_names(school)) == 46


def test_files_of_one_day_count_together(school, coordinator, clock):
    everybody = [layouts.name(number) for number in range(50)]
    rolls.apply(school, roster(*everybody), by=coordinator)
    clock.forward(days=1)
    rolls.apply(school, roster(*everybody[2:]), by=coordinator, leavers=True)
    plan = rolls.preview(school, roster(*everybody[4:]))
    assert (len(plan.comparison.gone), plan.gone_percent, plan.is_braked) == (2, 8.0, True)
    assert not rolls.preview(school, roster(*everybody[2:])).is_braked  # nobody more leaves
    clock.forward(days=1)
    assert not rolls.preview(school, roster(*everybody[4:])).is_braked


def test_pupil_who_left_comes_back_by_number(school, coordinator, clock):
    rolls.apply(school, roster(("示例甲", "1", ""), ("示例乙", "2", "")), by=coordinator)
    clock.forward(days=1)
    rolls.apply(school, roster(("示例乙", "2", "")), by=coordinator, leavers=True)
    clock.forward(days=30)
    rolls.apply(school, roster(("示例甲", "1", ""), ("示例乙", "2", "")), by=coordinator)
    assert Student.objects.filter(school=school).count() == 2
    assert class_names(school) == ["示例乙", "示例甲"]


def test_without_consent_or_legal_basis_pupils_are_heads_and_no_name_is_stored(clock):
    school = make.a_school(make.a_district())
    coordinator = people.actor(people.hat(Role.COORDINATOR, at=school.organisation))
    file = roster(("示例甲", "1", "1"), "示例乙")
    assert rolls.apply(school, file, by=coordinator)["new"] == 2
    assert list(StudentIdentity.objects.values_list("name_ct", "number_ct", "consent")) == [(None, None, "none")] * 2
    assert rolls.preview(school, file).is_empty
    clock.forward(days=1)
    assert rolls.apply(school, file, by=coordinator, consent=True)["new"] == 2
    assert class_names(school) == ["示例乙", "示例甲"]
    assert set(StudentIdentity.objects.exclude(name_ct=None).values_list("consent", "consented_on")) == {
        ("given", clock.today())
    }


def test_class_that_the_school_cannot_have_is_a_problem(school):
    plan = rolls.preview(school, roster("示例甲", ref=ClassRef(1, grade=8)))
    assert [problem.code for problem in plan.problems] == ["class_not_here"]
    assert plan.is_empty


def test_entry_year_that_fits_two_stages_is_asked_once(clock):
    school = make.a_school(make.a_district(), stage="nine_year")
    year = 2026
    file = roster("示例甲", "示例乙", ref=ClassRef(1, entry_year=year))
    question = rolls.preview(school, file, consent=True).questions[0]
    assert (question.key, question.options, len(question.rows)) == (f"stage:{year}", ("primary", "junior"), 2)
    plan = rolls.preview(school, file, consent=True, answers={f"stage:{year}": "junior"})
    assert [(line.key.stage, line.new) for line in plan.classes] == [("junior", 2)]


def test_apply_refuses_while_a_question_is_open(school, coordinator):
    reading = read_roster(read(layouts.mac_export(), "五年级"), "五年级")
    with pytest.raises(Refused) as refused:
        rolls.apply(school, reading, by=coordinator)
    assert refused.value.code == "roster_questions"


def test_apply_writes_a_whole_school_within_seconds_and_again_changes_nothing(school, coordinator):
    answers = {"status:在籍不在校": "no", "status:休学": "no", "status:转出中": "no"}
    file = read_roster(read(layouts.system_export(), "x"), "x", answers)
    begun = time.perf_counter()
    counts = rolls.apply(school, file, by=coordinator)
    assert time.perf_counter() - begun < 5
    assert counts == {"new": 1854, "changed": 0, "unchanged": 0, "gone": 0, "classes": 42}
    assert rolls.preview(school, file).is_empty


def test_strangers_may_not_import(school):
    stranger = people.actor(people.hat(Role.COORDINATOR, of=school.organisation.district))
    with pytest.raises(PermissionDenied):
        rolls.apply(school, roster("示例甲"), by=stranger)
    assert Student.objects.count() == 0
