import datetime as dt

import pytest

from partnerships import commitments
from partnerships.agreements import Promise
from partnerships.models import Commitment, Term
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    district = make.a_district()
    term = make.a_term(district)
    venue = make.a_venue(listed_in=[district])
    promises = [
        Promise(venue.pk, term, "visits", 16),
        Promise(venue.pk, term, "free_places", 100, is_ceiling=True),
    ]
    return make.an_agreement(venue, [make.a_school(district)], promises=promises)


@pytest.fixture
def floor(agreement):
    return Commitment.objects.get(kind="visits")


@pytest.fixture
def ceiling(agreement):
    return Commitment.objects.get(kind="free_places")


def counters(commitment):
    commitment.refresh_from_db()
    return commitment.reserved, commitment.delivered


def test_take_deliver_and_give_back_move_the_counters(floor):
    commitments.take(floor, 5)
    commitments.deliver(floor, reserved=2, delivered=1)
    commitments.give_back(floor, 1)
    assert counters(floor) == (2, 1)


def test_take_fills_a_ceiling_and_refuses_one_more(ceiling):
    commitments.take(ceiling, 60)
    commitments.deliver(ceiling, reserved=60, delivered=55)
    commitments.take(ceiling, 45)
    with pytest.raises(Refused) as no:
        commitments.take(ceiling, 1)
    assert no.value.code == "commitment_within_ceiling"
    assert counters(ceiling) == (45, 55)


def test_take_goes_beyond_a_floor(floor):
    commitments.take(floor, 20)
    assert counters(floor) == (20, 0)


def test_nothing_is_given_back_or_delivered_that_was_not_reserved(floor):
    commitments.take(floor, 2)
    for act in (
        lambda: commitments.give_back(floor, 3),
        lambda: commitments.deliver(floor, reserved=3, delivered=3),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "commitment_not_reserved"
    assert counters(floor) == (2, 0)


def test_correct_follows_a_corrected_roll(floor):
    commitments.correct(floor, delivered=3)
    commitments.correct(floor, delivered=-1)
    assert counters(floor) == (0, 2)
    with pytest.raises(Refused) as no:
        commitments.correct(floor, delivered=-3)
    assert no.value.code == "commitment_not_delivered"


def test_of_visit_finds_the_term_of_the_day(agreement, floor):
    today = clock.today()
    assert commitments.of_visit(agreement, today, ["visits", "pupils"]) == [floor]
    assert commitments.of_visit(agreement, today + dt.timedelta(days=400), ["visits"]) == []


def test_due_grows_with_the_weeks_of_the_term():
    term = Term(starts_on=dt.date(2026, 8, 31), ends_on=dt.date(2027, 1, 18))
    promise = Commitment(term=term, promised=100)
    days = [dt.date(2026, 8, 1), dt.date(2026, 9, 6), dt.date(2026, 11, 2), dt.date(2027, 1, 17), dt.date(2027, 5, 1)]
    assert [promise.due_by(day) for day in days] == [0, 5, 50, 100, 100]


def test_behind_counts_what_is_reserved_and_never_a_ceiling():
    term = Term(starts_on=dt.date(2026, 8, 31), ends_on=dt.date(2027, 1, 18))
    day = dt.date(2026, 11, 2)
    behind = [
        Commitment(term=term, promised=100, delivered=delivered, reserved=reserved, is_ceiling=ceiling).is_behind(day)
        for delivered, reserved, ceiling in ((49, 0, False), (40, 10, False), (0, 0, True))
    ]
    assert behind == [True, False, False]
    assert Commitment(promised=16, delivered=9, reserved=4).missing == 3
