"""Groups in line as they are by now: classes grow, shrink and go elsewhere; the venue's day is part of whose turn it is."""

import datetime as dt
import uuid

import pytest

from activities import bookings, groups, offering, waitlist
from activities.models import Booking, Offer, Session, WaitlistEntry
from people.models import Notice
from portal import books
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_class, a_group, a_programme, a_pupil, a_session, a_town, local
from tests.factories.people import actor, hat
from tests.factories.rules import venue_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town(pupils=3)


def wait(town, session, *classes, **wishes):
    session.refresh_from_db()
    group = wishes.pop("group", None) or a_group(town, session, *classes)
    details = {"by": actor(town.coordinator), "leader": town.teacher, "request_key": uuid.uuid4()}
    return waitlist.join(session, group, **details | wishes)


def heads(town, session, pupils):
    return groups.of_heads(town.school, pupils, on=session.day, adults=9)


def fresh(entry):
    return WaitlistEntry.objects.with_names().get(pk=entry.pk)


def offered(session):
    """How many places are offered to whom."""
    offering.offer_places(session.pk)
    return dict(Offer.objects.filter(session=session, state="open").values_list("entry", "seats"))


def free(town, *holders):
    for booking in holders:
        bookings.cancel(booking, by=actor(town.coordinator))


def test_a_class_that_grew_while_it_waited_is_offered_what_it_needs_by_now(town):
    session = a_session(town.venue, capacity=6)
    holder = a_booking(town, session, a_class(town.school, 6))
    entry = wait(town, session, town.class_a)
    a_pupil(town.class_a)
    free(town, holder)
    assert offered(session) == {entry.pk: 4}
    assert waitlist.accept(fresh(entry), by=actor(town.coordinator)).pupils == 4


def test_who_joins_the_class_after_the_offer_comes_along_where_a_place_is_free(town):
    session = a_session(town.venue, capacity=6)
    holder = a_booking(town, session, a_class(town.school, 6))
    entry = wait(town, session, town.class_a)
    free(town, holder)
    offered(session)
    a_pupil(town.class_a)
    assert waitlist.accept(fresh(entry), by=actor(town.coordinator)).pupils == 4
    assert list(books.problems()) == []


def test_nobody_waits_on_for_pupils_who_have_left_their_class(town):
    session = a_session(town.venue, capacity=3)
    holder = a_booking(town, session, a_class(town.school, 3))
    entry = wait(town, session, town.class_a, may_split=True)
    free(town, holder)
    offered(session)
    town.class_a.enrolments.update(ends_on=portal_clock.today())
    a_pupil(town.class_a)
    assert waitlist.accept(fresh(entry), by=actor(town.coordinator)).pupils == 1
    assert fresh(entry).state == "accepted"


def test_the_part_of_a_group_that_can_come_is_offered_its_places(town):
    session = a_session(town.venue, capacity=8)
    holder = a_booking(town, session, a_class(town.school, 8))
    other = a_class(town.school, 2)
    entry = wait(town, session, town.class_a, other, smallest=2, may_split=True)
    elsewhere = a_session(town.venue, starts_at=session.starts_at, ends_at=session.ends_at)
    a_booking(town, elsewhere, town.class_a)
    free(town, holder)
    assert offered(session) == {entry.pk: 2}
    assert offering.part_of(fresh(entry)) == {"classes": (other.pk,)}
    waitlist.accept(fresh(entry), by=actor(town.coordinator), classes=[other.pk])
    assert (fresh(entry).heads, fresh(entry).state) == (3, "waiting")


def test_who_waits_for_the_venue_s_day_is_passed_over_and_counted(town):
    venue_rules(town.venue, heads_per_day=6, lead_days=0)
    session = a_session(town.venue, capacity=30)
    holders = [a_booking(town, session, a_class(town.school, 3)) for _n in range(2)]
    large = wait(town, session, group=heads(town, session, 6))
    small = wait(town, session, town.class_a)
    free(town, holders[0])
    assert (offered(session), fresh(large).skipped) == ({small.pk: 3}, 1)
    Offer.objects.update(until=portal_clock.now())
    WaitlistEntry.objects.filter(pk=large.pk).update(skipped=3)
    offering.sweep()
    late = wait(town, session, town.class_b)
    assert offered(session) == {}  # the day gathers for the first
    assert [rule.code for rule in offering.why(fresh(late))] == ["waitlist.gathers"]


def test_no_more_groups_are_offered_places_than_the_venue_s_day_receives(town):
    venue_rules(town.venue, groups_per_day=2, lead_days=0)
    session = a_session(town.venue, capacity=12)
    holders = [a_booking(town, session, a_class(town.school, 6)) for _n in range(2)]
    large = wait(town, session, group=heads(town, session, 7))
    first, _second = wait(town, session, town.class_a), wait(town, session, town.class_b)
    free(town, holders[0])
    assert (offered(session), fresh(large).skipped) == ({first.pk: 3}, 1)


def test_places_that_count_groups_ask_how_many_heads_the_day_receives(town):
    venue_rules(town.venue, heads_per_day=10, lead_days=0)
    session = a_session(town.venue, capacity=2, unit=Session.Unit.GROUPS)
    holders = [a_booking(town, session, group=heads(town, session, 5)) for _n in range(2)]
    large, small = wait(town, session, group=heads(town, session, 9)), wait(town, session, town.class_a)
    free(town, holders[0])
    assert (offered(session), fresh(large).skipped) == ({small.pk: 1}, 1)


@pytest.mark.parametrize(("pupils", "smallest"), [(9, 9), (31, 31)])
def test_nobody_waits_for_what_the_venue_or_the_session_never_has(town, pupils, smallest):
    venue_rules(town.venue, heads_per_half_day=8, lead_days=0)
    session = a_session(town.venue, capacity=30)
    with pytest.raises(Refused) as no:
        wait(town, session, group=heads(town, session, pupils), smallest=smallest)
    assert no.value.code == "waitlist.too_large"


def test_no_part_of_whole_classes_that_fits_is_too_large_as_well(town):
    session = a_session(town.venue, capacity=2)
    with pytest.raises(Refused) as no:
        wait(town, session, town.class_a, town.class_b, smallest=1)
    assert no.value.code == "waitlist.too_large"


def test_places_do_not_gather_for_a_group_that_fits_no_more(town):
    session = a_session(town.venue, capacity=6)
    holder = a_booking(town, session, a_class(town.school, 6))
    large, small = wait(town, session, group=heads(town, session, 6)), wait(town, session, town.class_a)
    WaitlistEntry.objects.filter(pk=large.pk).update(skipped=3)
    free(town, holder)
    Session.objects.filter(pk=session.pk).update(capacity=5)
    assert offered(session) == {small.pk: 3}


def test_held_back_places_stay_held_back_when_they_are_accepted(town, clock):
    town.school.locality = "rural"
    town.school.save()
    session = a_session(town.venue, capacity=6, held_back=3, held_until=clock.today() + dt.timedelta(days=5))
    holder = a_booking(town, session, a_class(town.school, 6))
    entry = wait(town, session, town.class_a)
    free(town, holder)
    offered(session)
    booking = waitlist.accept(fresh(entry), by=actor(town.coordinator))
    session.refresh_from_db()
    assert (booking.held_seats, session.held_taken, session.held_open) == (3, 3, 0)


def test_an_offer_shortly_before_the_visit_is_heard_and_ends_by_day(town, clock):
    session = a_session(
        town.venue, programme=a_programme(town.venue), starts_at=local(clock.today() + dt.timedelta(3), 9)
    )
    day = session.day - dt.timedelta(days=1)
    clock.to(local(day, 22))  # nothing is sent before seven
    assert offering.until_of(session, town.district) == local(session.day, 8)
    clock.to(local(day, 19))  # half-way would be two o'clock at night
    assert offering.until_of(session, town.district) == local(session.day, 7)


def test_accepting_twice_is_one_booking(town):
    session = a_session(town.venue, capacity=3)
    holder = a_booking(town, session, a_class(town.school, 3))
    entry = wait(town, session, town.class_a)
    free(town, holder)
    offered(session)
    first, second = [waitlist.accept(fresh(entry), by=actor(town.coordinator)) for _n in range(2)]
    assert first == second
    free(town, first)
    with pytest.raises(Refused) as no:
        waitlist.accept(fresh(entry), by=actor(town.coordinator))
    assert no.value.code == "waitlist.lapsed"


def test_a_group_whose_leader_has_left_is_led_by_whoever_takes_its_places_and_who_left_hears_nothing(town, clock):
    session = a_session(town.venue, capacity=3)
    holder = a_booking(town, session, a_class(town.school, 3))
    gone = hat("coordinator", at=town.school.organisation)
    entry = wait(town, session, town.class_a, by=actor(gone), leader=gone)
    gone.ends_on = clock.today()
    gone.save()
    free(town, holder)
    offered(session)
    assert not Notice.objects.filter(kind="waitlist.offered", user=gone.user).exists()
    assert Notice.objects.filter(kind="waitlist.offered", user=town.coordinator.user).exists()
    assert waitlist.accept(fresh(entry), by=actor(town.coordinator)).leader == town.coordinator
    assert Booking.objects.alive().count() == 1
