"""试算: the difference of a draft on a past term, by school, grade and category; the ledger stays as it is."""

import datetime as dt

import pytest

from credits import clubs, rules, sweep, trial
from credits.models import Chain, CreditRule, Entry, Posting
from partnerships.models import CreditPilot
from people.actors import SYSTEM
from people.roles import Role
from portal.lib import wording
from tests.factories import credits as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clock):
    clock.to(dt.datetime(2026, 12, 18, 9, tzinfo=make.SHANGHAI))
    made = make.world(pupils=2)
    for _ in range(5):
        make.attended(made, "EXP")
    make.attended(made, "LEC")
    return made


def draft(world, code="EXP", **values) -> CreditRule:
    return rules.draft(world.district, by=SYSTEM, code=code, starts_on=dt.date(2027, 9, 1), **values)


def whole(tried: trial.Trial) -> tuple[int, int, int, int]:
    cell = tried.whole
    return cell.points_before, cell.points_after, cell.pupils_before, cell.pupils_after


def test_draft_is_judged_beside_the_rules_of_the_days(world):
    other = make.world(pupils=1, grade=6, of=world.district, ruled=False)
    make.attended(other, "EXP")
    tried = trial.trial(draft(world, points=500, grades=[5], cap_year=2000), world.term)
    # five experiments under a cap of 4 points become four of half a point under a cap of 2; grade 6 no longer earns
    assert whole(tried) == (2 * 4500 + 1000, 2 * 2500, 3, 2)
    assert tried.pupils == 3
    own, theirs = tried.schools[world.school.pk], tried.schools[other.school.pk]
    assert (own.points_before, own.points_after, own.points_change) == (9000, 5000, -4000)
    assert (theirs.points_before, theirs.points_after, theirs.pupils_change) == (1000, 0, -1)
    assert {grade: cell.points_change for grade, cell in tried.grades.items()} == {5: -4000, 6: -1000}
    assert {name: (cell.points_before, cell.points_after) for name, cell in tried.categories.items()} == {
        "experiment": (9000, 4000),
        "into_school": (1000, 1000),
    }


def test_before_is_what_the_ledger_holds(world):
    sweep.run()
    tried = trial.trial(draft(world), world.term)
    assert tried.whole.points_before == sum(Entry.objects.values_list("points", flat=True))
    assert tried.whole.points_change == tried.whole.pupils_change == 0


def test_trial_writes_nothing(world):
    sweep.run()
    tables = (Entry, Posting, Chain, CreditRule)
    rule = draft(world, points=250)
    counts = [table.objects.count() for table in tables]
    trial.trial(rule, world.term)
    assert [table.objects.count() for table in tables] == counts
    assert CreditRule.objects.get(pk=rule.pk).state == "draft"


def test_district_without_pilots_is_judged_as_if_every_school_were_one(world):
    CreditPilot.objects.all().delete()
    tried = trial.trial(draft(world, points=2000, cap_year=None), world.term)
    assert tried.is_as_if
    assert whole(tried) == (9000, 2 * 10500, 2, 2)


def test_results_are_tried_too(world):
    make.took_part(world)
    make.club(world, dates=1)
    clubs.settle_all()
    tried = trial.trial(draft(world, "CMP", points=2000, cap_year=2000), world.term)
    assert tried.categories["competition"].points_change == 2000
    assert tried.categories["club"].points_change == 0
    assert tried.categories["club"].points_before == 4000
    withdrawn = trial.trial(draft(world, "CLB", points=0), world.term)
    assert withdrawn.categories["club"].points_after == 0


def test_batches_do_not_change_the_sums(world, monkeypatch):
    make.took_part(world, pupils=world.pupils[:1])
    rule = draft(world, points=500)
    at_once = trial.trial(rule, world.term)
    monkeypatch.setattr(trial, "BATCH", 1)
    assert whole(trial.trial(rule, world.term)) == whole(at_once)


def test_queries_grow_with_batches_and_not_with_pupils(world, django_assert_max_num_queries):
    rule = draft(world, points=500)
    with django_assert_max_num_queries(40) as few:
        trial.trial(rule, world.term)
    many = make.world(pupils=30, of=world.district, ruled=False)
    make.attended(many, "EXP")
    with django_assert_max_num_queries(40) as more:
        trial.trial(rule, world.term)
    assert len(few) == len(more)


def test_page_shows_the_difference_to_the_offices_only(world, client):
    rule = draft(world, points=500)
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=people.bureau(world.district)))
    page = client.get(f"/credits/rules/{rule.pk}/trial/?term={world.term.pk}")
    assert page.status_code == 200
    assert world.school.name in page.content.decode()
    assert wording.points(-3000) in page.content.decode()
    assert client.get(f"/credits/rules/{rule.pk}/trial/?term=999999").status_code == 200
    people.login(client, world.coordinator)
    assert client.get(f"/credits/rules/{rule.pk}/trial/").status_code == 404
    people.login(client, people.hat(Role.BUREAU_OFFICER))
    assert client.get(f"/credits/rules/{rule.pk}/trial/").status_code == 404
