"""What a booking takes of the commitments of its agreement."""

import pytest

from activities import bookings
from activities.models import CommitmentUse, RollEntry
from partnerships.models import Commitment
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_programme, a_session, a_town
from tests.factories.partnerships import a_term, an_agreement
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    found.agreement = an_agreement(found.venue, [found.school])
    found.term = a_term(found.district)
    return found


def promise(town, kind, promised, **fields):
    party = town.agreement.parties.get(position=0)
    return Commitment.objects.create(
        agreement=town.agreement, party=party, term=town.term, kind=kind, promised=promised, **fields
    )


def counters(*commitments):
    for commitment in commitments:
        commitment.refresh_from_db()
    return [(commitment.reserved, commitment.delivered) for commitment in commitments]


def test_a_visit_reserves_and_attendance_delivers(town):
    visits, pupils, free = (promise(town, kind, 100) for kind in ("visits", "pupils", "free_places"))
    in_school = promise(town, "in_school", 9)
    booking = a_booking(town, a_session(town.venue))
    assert counters(visits, pupils, free, in_school) == [(1, 0), (3, 0), (3, 0), (0, 0)]
    there = booking.roll.order_by("pk")[:2].values_list("pk", flat=True)
    RollEntry.objects.filter(pk__in=list(there)).update(mark="present", marked_at=clock.now(), marked_by=town.teacher)
    bookings.complete(booking, by=actor(town.teacher))
    assert counters(visits, pupils, free) == [(0, 1), (0, 2), (0, 2)]
    assert sorted(CommitmentUse.objects.values_list("reserved", "delivered")) == [(0, 1), (0, 2), (0, 2)]


def test_a_paid_activity_at_school_uses_other_commitments(town):
    free, in_school = promise(town, "free_places", 100), promise(town, "in_school", 9)
    programme = a_programme(town.venue, direction="bring_in")
    a_booking(town, a_session(town.venue, programme=programme, price_kind="paid", list_price=9, paid_price=9))
    assert counters(free, in_school) == [(0, 0), (1, 0)]


def test_cancellation_releases(town):
    visits = promise(town, "visits", 5)
    booking = a_booking(town, a_session(town.venue))
    bookings.cancel(booking, by=actor(town.coordinator))
    assert counters(visits) == [(0, 0)]


def test_a_ceiling_refuses_what_is_beyond_it(town):
    promise(town, "visits", 1, is_ceiling=True)
    a_booking(town, a_session(town.venue), town.class_a)
    session = a_session(town.venue)
    with pytest.raises(Refused) as no:
        a_booking(town, session, town.class_b)
    assert no.value.code == "agreement.commitment"
    session.refresh_from_db()
    assert session.taken == 0


def test_an_agreement_that_is_ended_meanwhile_refuses_the_booking(town, monkeypatch):
    from activities.eligibility import Judge
    from partnerships.models import Agreement

    judged = Judge.agreement_for

    def ended_just_now(judge, session):
        found = judged(judge, session)
        Agreement.objects.update(state="terminated", terminated_on=clock.today())
        return found

    monkeypatch.setattr(Judge, "agreement_for", ended_just_now)
    with pytest.raises(Refused) as no:
        a_booking(town, a_session(town.venue))
    assert no.value.code == "agreement.ended"
