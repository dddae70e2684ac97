"""Versions of the rules: the starting set, a next version, and what a published one refuses."""

import datetime as dt

import pytest
from celery import current_app
from django.core.exceptions import PermissionDenied

from credits import ledger, rules, tasks  # noqa: F401 - tasks put themselves on the app's list
from credits.models import CreditRule
from partnerships import schools
from people.actors import SYSTEM
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import credits as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def test_adopt_defaults_publishes_the_nine_rules_once():
    district = people.district()
    assert len(rules.adopt_defaults(district, by=SYSTEM)) == 9
    assert rules.adopt_defaults(district, by=SYSTEM) == []
    visit = CreditRule.objects.get(district=district, code="VIS")
    assert (visit.points, visit.cap_year, visit.cap_venue, visit.minutes) == (1000, 6000, 3000, 120)
    assert visit.needs_task_sheet
    assert visit.is_default
    assert visit.is_published
    assert visit.grades == [5, 6, 7, 8]


def test_only_the_bureau_of_the_district_sets_rules():
    bureau = people.hat(Role.BUREAU_OFFICER)
    district = bureau.organisation.district
    rules.adopt_defaults(district, by=people.actor(bureau))
    for other in (people.hat(Role.BUREAU_OFFICER), people.hat(Role.PARTNER_OFFICER, of=district)):
        with pytest.raises(PermissionDenied):
            rules.draft(district, by=people.actor(other), code="EXP", starts_on=dt.date(2099, 1, 1))


def test_next_version_applies_from_its_first_day(clock):
    clock.to(dt.datetime(2026, 9, 20, 1, tzinfo=dt.UTC))
    world = make.world(pupils=1)
    draft = rules.draft(world.district, by=SYSTEM, code="EXP", starts_on=dt.date(2026, 10, 1), points=1500)
    assert (draft.version, draft.cap_year, draft.is_default, draft.is_published) == (2, 4000, False, False)
    rules.publish(draft, by=SYSTEM)
    ledger.post(make.attended(world, day=dt.date(2026, 9, 30)))
    ledger.post(make.attended(world, day=dt.date(2026, 10, 1)))
    assert make.points(world.pupils[0]) == [1000, 1500]


def test_a_rule_that_has_awarded_points_is_not_discarded():
    world = make.world(pupils=1)
    ledger.post(make.attended(world))
    with pytest.raises(Refused) as no:
        rules.discard(CreditRule.objects.get(district=world.district, code="EXP"), by=SYSTEM)
    assert no.value.code == "credits_rule_published"


def test_draft_earns_nothing():
    world = make.world(pupils=1, ruled=False)
    rules.draft(world.district, by=SYSTEM, code="EXP", starts_on=make.FIRST_DAY)
    assert ledger.post(make.attended(world)) == ledger.Outcome()


def test_later_version_never_starts_in_the_past_or_before_another():
    district = people.district()
    rules.adopt_defaults(district, by=SYSTEM)
    past = rules.draft(district, by=SYSTEM, code="EXP", starts_on=dt.date(2020, 1, 1))
    with pytest.raises(Refused) as no:
        rules.publish(past, by=SYSTEM)
    assert no.value.code == "credit_rule_starts"
    rules.discard(past, by=SYSTEM)
    rules.publish(rules.draft(district, by=SYSTEM, code="EXP", starts_on=dt.date(2099, 2, 1)), by=SYSTEM)
    early = rules.draft(district, by=SYSTEM, code="EXP", starts_on=dt.date(2099, 1, 1))
    with pytest.raises(Refused) as no:
        rules.publish(early, by=SYSTEM)
    assert no.value.code == "credit_rule_order"


def test_second_draft_of_a_code_is_refused_with_a_sentence():
    district = people.district()
    rules.draft(district, by=SYSTEM, code="EXP", starts_on=dt.date(2099, 1, 1))
    with pytest.raises(Refused) as no:
        rules.draft(district, by=SYSTEM, code="EXP", starts_on=dt.date(2099, 1, 1))
    assert no.value.code == "credit_rule_one_draft"
    assert str(no.value)


def test_new_rules_and_new_pilots_ring_for_the_full_sweep(monkeypatch):
    rung = []
    monkeypatch.setattr(rules, "ring", rung.append)
    monkeypatch.setattr(schools, "ring", rung.append)
    district = people.district()
    rules.adopt_defaults(district, by=SYSTEM)
    rules.adopt_defaults(district, by=SYSTEM)
    assert rung == ["credits.sweep"]
    rules.publish(rules.draft(district, by=SYSTEM, code="EXP", starts_on=dt.date(2099, 1, 1)), by=SYSTEM)
    pilot = schools.start_pilot(make.world(pilot=False, of=district).school, by=SYSTEM, starts_on=make.FIRST_DAY)
    schools.end_pilot(pilot, by=SYSTEM, ends_on=dt.date(2026, 12, 1))
    assert rung == ["credits.sweep"] * 4
    assert rung[0] in current_app.tasks
