"""The page on which an agreement ends: proposed, chosen, shown once more, done."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Booking
from people import thresholds
from people.actors import SYSTEM
from people.roles import Role
from portal.lib import clock
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.counselors import a_counselor, an_assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    found.agreement = make.an_agreement(found.venue, [found.school])
    return found


@pytest.fixture
def booking(town):
    return a_booking(town, a_session(town.venue))


@pytest.fixture
def museum(client, town):
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    return client


def address(town, name="terminate"):
    return reverse(f"activities:agreement-{name}", args=[town.agreement.pk])


def sent(page, **more):
    """The form as a browser sends it: the checked radio of each booking, and what was shown."""
    shown = [one for kind in ("bookings", "sessions", "assignments") for one in page.context["sums"][kind]]
    chosen = {
        one.row.name: next(choice.key for choice in one.choices if choice.is_chosen) for one in shown if one.may_choose
    }
    fields = {
        "last_day": clock.today().isoformat(),
        "reason": "场馆改造",
        "shown": page.context["sums"]["digest"],
        "step": "do",
    }
    return fields | chosen | more


def outcomes(page):
    """What may become of the first booking, and its state then."""
    return [":".join(choice.key.split(":")[:2]) for choice in page.context["sums"]["bookings"][0].choices]


def test_one_press_does_what_the_page_has_shown(museum, town, booking):
    page = museum.get(address(town))
    assert outcomes(page) == ["keep:confirmed", "cancel:cancelled_by_venue"]
    done = museum.post(address(town), sent(page))
    assert done.url == reverse("partnerships:agreement-page", args=[town.agreement.pk])
    booking.refresh_from_db()
    town.agreement.refresh_from_db()
    assert (booking.state, booking.agreement_id) == ("confirmed", None)
    assert (town.agreement.state, town.agreement.terminated_on) == ("terminated", clock.today() + dt.timedelta(days=1))


def test_another_choice_is_shown_before_it_is_done(museum, town, booking):
    page = museum.get(address(town))
    cancel = page.context["sums"]["bookings"][0].choices[-1].key
    other = {f"booking_{booking.pk}": cancel}
    again = museum.post(address(town), sent(page, **other))
    assert (again.status_code, again.context["is_new"], again.context["sums"]["cancel"]) == (200, True, 1)
    town.agreement.refresh_from_db()
    assert town.agreement.state == "filed"
    museum.post(address(town), sent(again))
    booking.refresh_from_db()
    assert booking.state == "cancelled_by_venue"


def test_another_last_day_is_looked_at_first(museum, town, booking):
    page = museum.get(address(town))
    later = museum.post(address(town), sent(page, last_day=booking.session.day.isoformat()))
    assert (later.context["is_new"], later.context["sums"]["bookings"]) == (True, [])
    museum.post(address(town), sent(later, last_day=booking.session.day.isoformat()))
    town.agreement.refresh_from_db()
    assert town.agreement.terminated_on == booking.session.day + dt.timedelta(days=1)
    assert Booking.objects.get().agreement_id == town.agreement.pk


def test_a_booking_made_meanwhile_brings_the_page_back(museum, town, booking):
    page = museum.get(address(town))
    a_booking(town, a_session(town.venue), town.class_b)
    again = museum.post(address(town), sent(page))
    assert (bool(again.context["refused"]), len(again.context["sums"]["bookings"])) == (True, 2)
    town.agreement.refresh_from_db()
    assert town.agreement.state == "filed"
    assert museum.post(address(town), sent(page, meanwhile="on")).status_code == 302
    assert not Booking.objects.filter(agreement=town.agreement).exists()


def test_a_day_that_is_over_and_a_missing_reason_are_said(museum, town, booking):
    page = museum.get(address(town))
    yesterday = (clock.today() - dt.timedelta(days=1)).isoformat()
    assert museum.post(address(town), sent(page, last_day=yesterday)).context["refused"]
    assert museum.post(address(town), sent(page, reason="")).context["form"].errors


def test_a_counselor_who_comes_to_a_touched_group_is_told_of(museum, town, booking):
    assignment = an_assignment(booking.session, a_counselor(listed_in=[town.district]), town.staff)
    page = museum.get(address(town, "suspend"))
    assert [one.row.assignment for one in page.context["sums"]["assignments"]] == [assignment]


def test_a_school_that_leaves_sees_its_own(client, town):
    neighbour = make.a_school(town.district)
    town.agreement = make.an_agreement(town.venue, [town.school, neighbour])
    booking = a_booking(town, a_session(town.venue))
    Booking.objects.update(agreement=town.agreement)
    for side, rows in ((town.school, [booking]), (neighbour, [])):
        people.login(client, people.hat(Role.SCHOOL_LEAD, at=side.organisation))
        assert [one.row.booking for one in client.get(address(town, "leave")).context["sums"]["bookings"]] == rows


def test_what_a_district_demands_takes_the_choice_away(museum, town, booking):
    thresholds.set_value(
        town.district,
        "agreement_needed_go_out",
        "block",
        by=SYSTEM,
        starts_on=clock.today() - dt.timedelta(days=90),
        reason="规定",
    )
    assert outcomes(museum.get(address(town))) == ["cancel:cancelled_by_venue"]
