"""Thresholds: defaults, values that start on a day, rows that are only added."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from people import thresholds
from people.actors import SYSTEM
from people.models import AuditEvent, ThresholdValue
from people.roles import Role
from people.threshold_lines import lines
from portal.lib.errors import Refused
from tests.factories.people import actor, district, hat

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """A registry of four kinds, whatever the apps declare today."""
    monkeypatch.setattr(thresholds, "REGISTRY", {})
    monkeypatch.setattr("people.threshold_lines.REGISTRY", thresholds.REGISTRY)
    thresholds.declare("lead_days", int, 7, "Lead days", "policy", least=1, most=30)
    thresholds.declare("need", str, "warn", "Need", choices=(("warn", "warns"), ("block", "blocks")))
    thresholds.declare("ways", list, ["a"], "Ways", choices=(("a", "A"), ("b", "B")))
    thresholds.declare("open", bool, True, "Open")


@pytest.fixture
def officer():
    return hat(Role.BUREAU_OFFICER)


def put(officer, code="lead_days", value=10, *, after=1, reason="光教〔2026〕12号", today=None):
    day = officer.organisation.district
    start = (today or thresholds.clock.today()) + after * DAY
    return thresholds.set_value(day, code, value, by=actor(officer), starts_on=start, reason=reason)


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_default_holds_until_a_value_starts(officer, clock):
    where = officer.organisation.district_id
    put(officer, value=10, after=1)
    put(officer, value=12, after=3)
    assert (thresholds.of(where)["lead_days"], thresholds.of(where).is_default("lead_days")) == (7, True)
    seen = []
    for _day in range(4):
        clock.forward(days=1)
        seen.append(thresholds.of(where)["lead_days"])
    assert seen == [10, 10, 12, 12]
    assert thresholds.of(where, on=clock.today() - 2 * DAY)["lead_days"] == 10
    assert thresholds.of(district().pk)["lead_days"] == 7


def test_value_starts_tomorrow_at_the_earliest(officer):
    for after in (0, -1):
        assert code_of(put, officer, after=after) == "threshold_starts"
    put(officer, after=1)
    thresholds.set_value(
        officer.organisation.district, "open", False, by=SYSTEM, starts_on=dt.date(2026, 1, 1), reason="seed"
    )
    assert ThresholdValue.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "value", "refusal"),
    [
        ("lead_days", 0, "threshold_range"),
        ("lead_days", 31, "threshold_range"),
        ("lead_days", "7", "threshold_value"),
        ("lead_days", True, "threshold_value"),
        ("need", "never", "threshold_value"),
        ("ways", ["a", "c"], "threshold_value"),
        ("open", 1, "threshold_value"),
        ("unheard_of", 1, "threshold_unknown"),
    ],
)
def test_value_must_fit_its_threshold(officer, code, value, refusal):
    assert code_of(put, officer, code, value) == refusal
    assert ThresholdValue.objects.count() == 0


def test_value_needs_a_reason_and_a_day_of_its_own(officer):
    assert code_of(put, officer, reason="  ") == "threshold_reason"
    put(officer)
    assert code_of(put, officer) == "threshold_once_a_day"


def test_value_is_set_by_the_bureau_of_the_district_alone(officer):
    where = officer.organisation.district
    tomorrow = thresholds.clock.today() + DAY
    for somebody in (hat(Role.BUREAU_OFFICER), hat(Role.INSPECTOR, at=officer.organisation), hat(Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            thresholds.set_value(where, "open", False, by=actor(somebody), starts_on=tomorrow, reason="x")


def test_value_leaves_a_trail(officer):
    put(officer)
    event = AuditEvent.objects.get(verb="threshold.set")
    assert (event.facts["code"], event.is_now, event.district_id) == (
        "lead_days",
        "10",
        officer.organisation.district_id,
    )


def test_values_of_a_day_take_one_query(officer, django_assert_num_queries):
    put(officer)
    with django_assert_num_queries(1):
        values = thresholds.of(officer.organisation.district_id)
        assert dict(values) == {"lead_days": 7, "need": "warn", "ways": ["a"], "open": True}


def test_declaring_twice_is_a_mistake():
    with pytest.raises(ValueError, match="lead_days"):
        thresholds.declare("lead_days", int, 7, "again")


def test_lines_say_value_source_and_what_comes(officer, clock):
    put(officer, value=10, after=1)
    clock.forward(days=1)
    put(officer, value=12, after=5)
    line = lines(officer.organisation.district_id, on=clock.today())[0]
    assert (line.shown, line.shown_coming, line.shown_default) == ("10", "12", "7")
    assert [shown for _row, shown in line.history] == ["12", "10"]
