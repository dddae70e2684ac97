"""Two answers to one request at the same moment: one counts, and what it made is all there is."""

import pytest

from activities import requests
from activities.models import Booking, Request, Session
from tests.activities.test_race import at_once
from tests.factories.activities import a_town
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor
from tests.factories.requests import a_request, a_term, wanted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked():
    town = a_town()
    a_term(town)
    an_agreement(town.venue, [town.school])
    return town, a_request(town, times=[wanted(), wanted(1)])


def test_a_double_press_and_a_colleague_accept_once(asked):
    town, request = asked
    first, second = request.times.order_by("number")
    answers = at_once(
        *(lambda time=time: requests.accept(request, time, by=actor(town.staff)).pk for time in (first, second, first))
    )
    assert sorted(map(str, answers)) == sorted([str(request.pk), "changed", "changed"])
    assert (Session.objects.count(), Booking.objects.count()) == (1, 1)


def test_withdrawing_and_accepting_leave_one_of_both(asked):
    town, request = asked
    time = request.times.first()
    answers = at_once(
        lambda: requests.accept(request, time, by=actor(town.staff)).pk,
        lambda: requests.withdraw(request, by=actor(town.coordinator)),
    )
    assert "changed" in answers
    state = Request.objects.get().state
    assert (state, Booking.objects.count(), Session.objects.count()) in {("accepted", 1, 1), ("withdrawn", 0, 0)}
