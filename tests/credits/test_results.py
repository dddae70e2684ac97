"""Competitions and projects: what they take, what they earn, once, and what a withdrawal takes back."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from credits import books, competitions, judging, ledger, results, sweep
from credits.models import Entry, Result
from partnerships.models import CreditPilot, School
from people.actors import SYSTEM
from people.models import Notice
from people.notices import KINDS
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import counselors, people
from tests.factories import credits as make

pytestmark = pytest.mark.django_db
DAY = make.FIRST_DAY + dt.timedelta(days=30)


@pytest.fixture
def world(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=make.SHANGHAI))
    return make.world(pupils=2)


def why(result: Result) -> str:
    return str(judging.judged_results([Result.objects.get(pk=result.pk)])[0].verdict.why)


def act(world):
    return people.actor(world.coordinator)


def vouched(world, **fields) -> Result:
    result = make.project(world, pupils=world.pupils[:1], **fields)[0]
    results.vouch(result, by=people.actor(result.mentor))
    return result


def test_competition_earns_its_points_with_the_result_as_its_source(world):
    first, _second = make.took_part(world)
    assert ledger.post(first).awards == 1
    entry = Entry.objects.get()
    assert (entry.points, entry.rule.code, entry.result_id, entry.roll_entry_id) == (1000, "CMP", first.pk, None)
    assert (entry.grade, entry.school_id, entry.concerns_term_id) == (5, world.school.pk, world.term.pk)
    assert entry.inputs == {"result": first.pk, "kind": "competition", "day": DAY.isoformat()}
    assert ledger.post(first) == ledger.Outcome()
    assert sweep.run().awards == 1
    assert make.points(world.pupils[1]) == [1000]
    assert list(books.problems()) == []


def test_same_competition_counts_once_a_school_year_and_again_in_the_next(world):
    competition = make.competition(world)
    make.took_part(world, competition)
    again = results.enter_competition(
        competition, school=world.school, students=[world.pupils[0].pk], happened_on=DAY + dt.timedelta(days=9),
        evidence="二等奖", by=act(world),
    )  # fmt: skip
    assert (again.new, again.known) == ([], 1)
    assert sweep.run().awards == 2
    world.district.terms.create(school_year=2025, half=2, starts_on="2026-02-20", ends_on="2026-07-10")
    world.pupils[0].enrolments.update(starts_on=dt.date(2025, 9, 1))
    CreditPilot.objects.update(starts_on=dt.date(2025, 9, 1))
    earlier = make.took_part(world, competition, day=dt.date(2026, 5, 1), pupils=world.pupils[:1])
    assert [result.school_year for result in earlier] == [2025]


def test_withdrawal_takes_the_points_back_and_the_next_entry_awards_them_again(world):
    competition = make.competition(world)
    result = make.took_part(world, competition, pupils=world.pupils[:1])[0]
    ledger.post(result)
    results.withdraw(result, why="报名后没有参加", by=act(world))
    assert ledger.post(result).reversals == 1
    assert Entry.objects.get(reverses__isnull=False).inputs["why"] == "withdrawn"
    again = make.took_part(world, competition, day=DAY + dt.timedelta(days=3), pupils=world.pupils[:1])
    assert [one.pk for one in again] == [result.pk]
    ledger.post(result)
    assert make.points(world.pupils[0]) == [1000, -1000, 1000]
    assert list(Entry.objects.values_list("nth", flat=True)) == [1, 1, 2]
    assert Result.objects.get().happened_on == DAY + dt.timedelta(days=3)
    assert list(books.problems()) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"starts_on": DAY + dt.timedelta(days=1)}, "off_list"),
        ({"ends_on": DAY}, "off_list"),
        ({"stages": ["junior", "senior"]}, "stage"),
    ],
)
def test_competition_earns_only_on_the_list_and_at_the_right_stage(world, change, reason):
    result = make.took_part(world, make.competition(world, **change), pupils=world.pupils[:1])[0]
    assert ledger.post(result) == ledger.Outcome()
    assert why(result) == reason


def test_line_of_the_list_that_is_corrected_takes_back_what_it_earned(world):
    competition = make.competition(world)
    make.took_part(world, competition)
    sweep.run()
    competitions.change(competition, ends_on=DAY, by=SYSTEM)
    assert sweep.run().reversals == 2
    competitions.change(competition, ends_on=DAY + dt.timedelta(days=1), by=SYSTEM)
    assert sweep.run().awards == 2
    assert list(books.problems()) == []


def test_stage_of_a_senior_class_at_a_vocational_school_is_vocational(world):
    school = School(stage="vocational")
    senior = world.school_class.__class__(stage="senior")
    primary = world.school_class.__class__(stage="primary")
    from_proofs = judging.proofs.stages_of
    assert from_proofs(senior, school) == {"vocational"}
    assert from_proofs(primary, school) == {"primary"}
    assert from_proofs(None, school) == set()


def test_caps_and_pilots_hold_for_results_too(world):
    for _ in range(3):
        make.took_part(world, pupils=world.pupils[:1])
    sweep.run()
    assert make.points(world.pupils[0]) == [1000, 1000]
    CreditPilot.objects.all().delete()
    assert sweep.run().reversals == 2


def test_project_counts_once_mentor_and_school_have_confirmed_it(world):
    result = make.project(world, pupils=world.pupils[:1])[0]
    assert (why(result), ledger.post(result).awards) == ("unvouched", 0)
    results.vouch(result, by=people.actor(result.mentor))
    assert (why(result), ledger.post(result).awards) == ("unconfirmed", 0)
    results.confirm(result, by=act(world))
    assert ledger.post(result).awards == 1
    assert make.points(world.pupils[0]) == [3000]


def test_mentor_who_keeps_the_books_leaves_the_second_word_to_somebody_else(world):
    result = vouched(world, mentor=world.coordinator)
    with pytest.raises(Refused) as no:
        results.confirm(result, by=act(world))
    assert no.value.code == "result_two_people"
    second = people.hat(Role.COORDINATOR, at=world.school.organisation)
    results.confirm(Result.objects.get(pk=result.pk), by=people.actor(second))
    assert Result.objects.get().state == "confirmed"


def test_only_the_mentor_vouches(world):
    result = make.project(world, pupils=world.pupils[:1])[0]
    with pytest.raises(PermissionDenied):
        results.vouch(result, by=act(world))
    with pytest.raises(PermissionDenied):
        results.confirm(result, by=people.actor(result.mentor))


@pytest.mark.notice("result_to_vouch")
def test_mentor_is_told_once_for_all_pupils_of_a_project(world):
    made = make.project(world, title="水质调查")
    notice = Notice.objects.get(kind="result_to_vouch")
    assert (notice.user_id, notice.facts["name"]) == (made[0].mentor.user_id, "水质调查")
    assert KINDS["result_to_vouch"].holds(notice)
    results.vouch(made[0], by=people.actor(made[0].mentor))
    assert not KINDS["result_to_vouch"].holds(notice)


@pytest.mark.notice("result_to_confirm")
def test_school_is_told_when_the_mentor_has_confirmed(world):
    result = vouched(world)
    notice = Notice.objects.get(kind="result_to_confirm")
    assert notice.user_id == world.coordinator.user_id
    assert KINDS["result_to_confirm"].holds(notice)
    results.confirm(result, by=act(world))
    assert not KINDS["result_to_confirm"].holds(notice)


@pytest.mark.notice("credits_result_corrected")
def test_school_is_told_when_points_of_a_result_change(world):
    result = make.took_part(world, pupils=world.pupils[:1])[0]
    ledger.post(result)
    assert not Notice.objects.filter(kind="credits_result_corrected").exists()
    CreditPilot.objects.all().delete()
    ledger.post(result)
    notice = Notice.objects.get(kind="credits_result_corrected")
    assert (notice.user_id, notice.facts["reversals"]) == (world.coordinator.user_id, 1)


def test_project_withdrawn_before_both_confirmed_can_not_be_restored(world):
    result = vouched(world)
    results.withdraw(result, why="重复录入", by=act(world))
    with pytest.raises(Refused) as no:
        results.restore(result, by=act(world))
    assert no.value.code == "result_two_people"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"happened_on": dt.date(2026, 11, 19)}, "result_future"),
        ({"happened_on": dt.date(2026, 8, 31)}, "result_pupils"),
        ({"students": []}, "result_nobody"),
        ({"evidence": " "}, "result_has_evidence"),
    ],
)
def test_entering_is_refused_with_a_reason(world, fields, code):
    said = {"students": [world.pupils[0].pk], "happened_on": DAY, "evidence": "参赛证"} | fields
    with pytest.raises(Refused) as no:
        results.enter_competition(make.competition(world), school=world.school, by=act(world), **said)
    assert no.value.code == code
    assert Result.objects.count() == 0


def test_pupils_and_competitions_of_elsewhere_are_refused(world):
    other = make.world(pupils=1)
    said = {"happened_on": DAY, "evidence": "参赛证", "by": act(world), "school": world.school}
    with pytest.raises(Refused) as no:
        results.enter_competition(make.competition(world), students=[other.pupils[0].pk], **said)
    assert no.value.code == "result_pupils"
    with pytest.raises(Refused) as no:
        results.enter_competition(make.competition(other), students=[world.pupils[0].pk], **said)
    assert no.value.code == "result_competition"
    with pytest.raises(PermissionDenied):
        results.enter_competition(
            make.competition(world), students=[world.pupils[0].pk], **said | {"by": people.actor(other.coordinator)}
        )


def test_day_before_the_first_term_is_refused(world):
    world.pupils[0].enrolments.update(starts_on=dt.date(2025, 9, 1))
    with pytest.raises(Refused) as no:
        make.took_part(world, day=dt.date(2026, 3, 1), pupils=world.pupils[:1])
    assert no.value.code == "result_term"


def test_mentor_is_of_the_school_or_a_counselor_whom_it_has_appointed(world):
    people.bureau(world.district)
    appointed = counselors.a_counselor(listed_in=[world.district])
    lead = people.hat(Role.SCHOOL_LEAD, at=world.school.organisation)
    counselors.an_appointment(world.school, appointed, lead)
    for stranger in (people.hat(Role.TEACHER), people.hat(Role.COUNSELOR), people.hat(Role.VENUE_STAFF)):
        with pytest.raises(Refused) as no:
            make.project(world, mentor=stranger)
        assert no.value.code == "result_mentor"
    result = make.project(world, mentor=counselors.hat_of(appointed), pupils=world.pupils[:1])[0]
    assert list(Result.objects.visible_to(counselors.actor_of(appointed))) == [result]
    results.vouch(result, by=counselors.actor_of(appointed))
    assert Result.objects.get().state == "vouched"


def test_results_are_seen_by_the_school_its_district_and_the_mentor(world):
    result = make.project(world, pupils=world.pupils[:1])[0]
    other = people.hat(Role.TEACHER, at=world.school.organisation)
    seers = {
        Role.COORDINATOR: world.coordinator,
        Role.TEACHER: result.mentor,
        Role.INSPECTOR: people.hat(Role.INSPECTOR, at=people.bureau(world.district)),
    }
    for hat in seers.values():
        assert list(Result.objects.visible_to(people.actor(hat))) == [result]
    for hat in (other, people.hat(Role.COORDINATOR), people.hat(Role.BUREAU_OFFICER), people.hat(Role.VENUE_STAFF)):
        assert not Result.objects.visible_to(people.actor(hat)).exists()
    assert Entry.objects.visible_to(people.actor(result.mentor)).count() == 0
    results.vouch(result, by=people.actor(result.mentor))
    results.confirm(result, by=act(world))
    ledger.post(result)
    assert Entry.objects.visible_to(people.actor(result.mentor)).count() == 1
    assert Entry.objects.visible_to(people.actor(other)).count() == 0


def test_reason_names_the_competition_and_its_stages(world):
    result = make.took_part(world, make.competition(world, name="星空赛", stages=["senior"]), pupils=world.pupils[:1])[
        0
    ]
    with translation.override("en"):
        sentence = judging.judged_results([result])[0].verdict.sentence
    assert sentence == "星空赛 is for other stages: senior secondary"
    assert clock.today() == dt.date(2026, 11, 18)
