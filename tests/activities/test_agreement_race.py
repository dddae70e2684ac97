"""Agreements against many bookings at once, in real processes: exactly what was promised, and never one that is over."""

import time
import uuid

import pytest
from django.db import OperationalError
from django.db.models import Sum

from activities import bookings, endings, groups
from activities.models import Booking, Session
from activities.options import Act
from activities.touched import look
from partnerships.models import Agreement, Commitment
from portal import books
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories.activities import a_class, a_programme, a_session, a_town, local, next_weekday
from tests.factories.people import actor
from tests.processes import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TEN = 10
BUSY = "busy"


def a_world(*, classes, dates):
    """A town whose agreement promises pupils, with classes of ten without names and wide sessions on other days."""
    town = a_town(pupils=0)
    term = make.a_term(town.district)
    town.agreement = make.an_agreement(town.venue, [town.school])
    party = town.agreement.parties.get(position=0)
    for kind, promised in (("pupils", 200), ("visits", 9999)):
        Commitment.objects.create(
            agreement=town.agreement, party=party, term=term, kind=kind, promised=promised, is_ceiling=kind == "pupils"
        )
    programme = a_programme(town.venue, capacity=9999)
    town.sessions = [
        a_session(town.venue, programme=programme, starts_at=local(next_weekday(3 + n, 10), 9, 30))
        for n in range(dates)
    ]
    town.classes = [a_class(town.school, number=10 + n) for n in range(classes)]
    town.museum = make.lead_of(town.venue)
    return town


def booking_of(town, school_class, session):
    """A call that books ten pupils of a class, again as long as the portal is busy, as a browser would."""
    group = groups.of_classes(town.school, [school_class], on=session.day, adults=2, heads={school_class.pk: TEN})
    key = uuid.uuid4()

    def book():
        return bookings.request(session, group, by=actor(town.coordinator), leader=town.teacher, request_key=key).pk

    return book


def test_fifty_groups_of_ten_against_two_hundred_reserve_exactly_two_hundred():
    town = a_world(classes=50, dates=1)
    left = [booking_of(town, one, town.sessions[0]) for one in town.classes]
    answers = []
    while left:
        now = at_once(left)
        answers += [answer for answer in now if answer != BUSY]
        left = [call for call, answer in zip(left, now, strict=True) if answer == BUSY]
    assert sum(isinstance(answer, int) for answer in answers) == 20
    assert {answer for answer in answers if isinstance(answer, str)} <= {
        "agreement.commitment",
        "commitment_within_ceiling",
    }
    assert Commitment.objects.values_list("reserved", "delivered", "released").get(kind="pupils") == (200, 0, 0)
    assert Session.objects.get().taken == Booking.objects.aggregate(n=Sum("pupils"))["n"] == 200
    assert list(books.problems()) == []


def test_no_booking_stands_under_an_agreement_that_ends_among_32_clients():
    town = a_world(classes=32, dates=2)
    Commitment.objects.filter(kind="pupils").update(is_ceiling=False)

    def client(school_class):
        """Books on every date, one after the other; answers how often it went well."""
        calls = [booking_of(town, school_class, session) for session in town.sessions]

        def book_all():
            done = 0
            for call in calls:
                for _again in range(5):
                    try:
                        done += call() > 0
                    except OperationalError:
                        continue
                    break
            return done

        return book_all

    def terminate():
        """As soon as some have booked: look, and end what is there then; what came since is treated as proposed."""
        while Booking.objects.count() < 8:
            time.sleep(0.02)
        agreement = Agreement.objects.get(pk=town.agreement.pk)
        change = endings.change_of(agreement, Act.TERMINATE, by=town.museum)
        seen = look(agreement, change, by=town.museum)
        keys = {row.name: row.key_of(row.options[-1]) for row in seen.rows}  # cancelled by the venue
        for _again in range(20):
            try:
                outcome = endings.carry_out(
                    agreement, change, by=town.museum, reason="场馆改造", keys=keys, meanwhile=True
                )
            except OperationalError:
                continue
            return len(outcome.bookings)
        return BUSY

    ended, *done = at_once([terminate, *(client(one) for one in town.classes)])
    town.agreement.refresh_from_db()
    assert town.agreement.state == "terminated"
    assert ended >= 8
    assert sum(done) == 32 * 2
    assert not Booking.objects.alive().filter(agreement=town.agreement).exists()
    later = Booking.objects.filter(agreement=None).count()
    cancelled = Booking.objects.filter(state="cancelled_by_venue").count()
    assert cancelled + later == 32 * 2
    assert Commitment.objects.filter(reserved__gt=0).count() == 0
    assert list(books.problems()) == []


def test_a_ceiling_of_one_party_does_not_hold_another_up():
    """Refused at a ceiling, nothing of the attempt stays: no slot, no seat, no reservation elsewhere."""
    town = a_world(classes=2, dates=1)
    Commitment.objects.filter(kind="pupils").update(promised=15)
    first, second = (booking_of(town, one, town.sessions[0]) for one in town.classes)
    assert first() > 0
    with pytest.raises(Refused) as no:
        second()
    assert no.value.code == "agreement.commitment"
    assert dict(Commitment.objects.values_list("kind", "reserved")) == {"pupils": 10, "visits": 1}
    assert Session.objects.get().taken == 10
