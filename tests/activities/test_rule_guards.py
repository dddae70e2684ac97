"""What the database itself refuses about holds, exceptions and alternatives, each under its own name."""

import pytest

from activities.models import Alternative, ExemptionUse
from tests.breaking import change, copy, refused_as
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.rules import a_hold, an_exemption

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


@pytest.mark.guards("hold_ends_after_start")
@pytest.mark.guards("hold_lifted_by_somebody")
@pytest.mark.parametrize(
    ("name", "settings"),
    [("hold_ends_after_start", "ends_on = starts_on"), ("hold_lifted_by_somebody", "lifted_at = now()")],
)
def test_a_hold_is_refused(town, name, settings):
    with refused_as(name):
        change("activities_hold", a_hold(town.school, town.venue).pk, settings)


@pytest.mark.guards("hold_one_at_a_time")
def test_two_holds_at_a_time_are_refused_and_a_lifted_one_does_not_count(town):
    hold = a_hold(town.school, town.venue)
    with refused_as("hold_one_at_a_time"):
        copy("activities_hold", hold.pk)
    change("activities_hold", hold.pk, f"lifted_at = now(), lifted_by_id = {town.staff.pk}")
    a_hold(town.school, town.venue)


@pytest.mark.guards("exemption_ends_after_start")
@pytest.mark.guards("exemption_counts_ok")
@pytest.mark.guards("exemption_decided_as_state_says")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("exemption_ends_after_start", "ends_on = starts_on"),
        ("exemption_counts_ok", "most = 0"),
        ("exemption_counts_ok", "pupils = 0"),
        ("exemption_decided_as_state_says", "state = 'granted'"),
        ("exemption_decided_as_state_says", "decided_at = now()"),
    ],
)
def test_an_exception_is_refused(town, name, settings):
    with refused_as(name):
        change("activities_exemption", an_exemption(a_session(town.venue), town.school).pk, settings)


@pytest.mark.guards("exemption_asked_once")
def test_asking_twice_is_refused(town):
    asked = an_exemption(a_session(town.venue), town.school)
    with refused_as("exemption_asked_once"):
        copy("activities_exemption", asked.pk)


@pytest.mark.guards("exemption_decided_by_owner")
@pytest.mark.parametrize("who", ["bureau", "coordinator"])
def test_a_decision_of_anybody_but_the_owner_is_refused(town, who):
    asked = an_exemption(a_session(town.venue), town.school)
    with refused_as("exemption_decided_by_owner"):
        change(
            "activities_exemption",
            asked.pk,
            f"state = 'granted', decided_at = now(), answer = '同意', decided_by_id = {getattr(town, who).pk}",
        )


@pytest.mark.guards("exemptionuse_once")
@pytest.mark.guards("alternative_once")
def test_a_use_and_an_alternative_are_written_once(town):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    use = ExemptionUse.objects.create(exemption=an_exemption(session, town.school, granted=town.staff), booking=booking)
    with refused_as("exemptionuse_once"):
        copy("activities_exemptionuse", use.pk)
    named = Alternative.objects.create(booking=booking, session=session)
    with refused_as("alternative_once"):
        copy("activities_alternative", named.pk)
