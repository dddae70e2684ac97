"""Posting: what a completed roll call brings, once, and what a correction takes back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Booking, Session
from credits import books, ledger, sweep
from credits.models import Account, Chain, Entry, Posting
from partnerships.models import CreditPilot
from people.models import Notice
from tests.factories import credits as make

pytestmark = pytest.mark.django_db


def test_post_awards_every_pupil_who_was_there():
    world = make.world(pupils=3)
    booking = make.attended(world, "EXP")
    outcome = ledger.post(booking)
    assert (outcome.awards, outcome.reversals) == (3, 0)
    assert sorted(Account.objects.values_list("balance", "n")) == [(1000, 1)] * 3
    entry = Entry.objects.select_related("rule").first()
    assert (entry.points, entry.balance, entry.n, entry.nth, entry.grade) == (1000, 1000, 1, 1, 5)
    assert (entry.school_id, entry.district_id) == (world.school.pk, world.district.pk)
    assert entry.term_id == entry.concerns_term_id == world.term.pk
    assert entry.rule.code == "EXP"
    assert entry.inputs["booking"] == booking.pk
    assert entry.inputs["mark"] == "present"


def test_post_twice_writes_nothing_the_second_time():
    world = make.world()
    booking = make.attended(world)
    ledger.post(booking)
    assert ledger.post(booking) == ledger.Outcome()
    assert (Entry.objects.count(), Posting.objects.count()) == (3, 1)


def test_post_takes_the_same_number_of_statements_for_three_pupils_and_for_forty():
    small, large = make.world(pupils=3), make.world(pupils=40)
    counts = []
    for world in (small, large):
        ledger.post(make.attended(world))  # the chain of the term exists from here on
        booking = make.attended(world)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            ledger.post(booking)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    inside = [query["sql"] for query in seen if "FOR NO KEY UPDATE" in query["sql"]]
    assert len(inside) == 2  # accounts, then the head of the chain
    assert "credits_account" in inside[0]
    assert "credits_chain" in inside[1]


def test_postings_of_a_term_are_one_chain():
    world = make.world()
    for _ in range(3):
        ledger.post(make.attended(world))
    first, second, third = Posting.objects.order_by("seq")
    assert bytes(first.prev) == bytes(32)
    assert bytes(second.prev) == bytes(first.hash)
    assert bytes(third.prev) == bytes(second.hash)
    chain = Chain.objects.get()
    assert (chain.seq, bytes(chain.head)) == (3, bytes(third.hash))
    assert list(books.problems()) == []


def test_correction_to_absent_takes_the_points_back_and_back_to_present_awards_again():
    world = make.world(pupils=2)
    booking, pupil = make.attended(world), world.pupils[0]
    ledger.post(booking)
    make.correct(booking, pupil, mark="absent")
    assert ledger.post(booking).reversals == 1
    make.correct(booking, pupil, mark="present")
    assert ledger.post(booking).awards == 1
    entries = Entry.objects.filter(account=pupil.pk).order_by("n")
    assert [(e.points, e.balance, e.nth, e.is_reversal) for e in entries] == [
        (1000, 1000, 1, False),
        (-1000, 0, 1, True),
        (1000, 1000, 2, False),
    ]
    assert entries[1].reverses_id == entries[0].pk
    assert entries[1].inputs["why"] == "absent"
    assert make.points(world.pupils[1]) == [1000]
    assert list(books.problems()) == []


def test_pupil_marked_later_earns_later():
    world = make.world(pupils=2)
    booking = make.attended(world)
    make.correct(booking, world.pupils[0], mark="absent")
    ledger.post(booking)
    assert make.points(world.pupils[0]) == []
    make.correct(booking, world.pupils[0], mark="present")
    sweep.run()
    assert make.points(world.pupils[0]) == [1000]
    assert make.points(world.pupils[1]) == [1000]


def test_school_that_is_no_pilot_posts_nothing_until_it_is_one():
    world = make.world(pilot=False)
    booking = make.attended(world)
    assert ledger.post(booking) == ledger.Outcome()
    assert Posting.objects.count() == 0
    CreditPilot.objects.create(school=world.school, starts_on=make.FIRST_DAY)
    assert sweep.run().awards == 3


def test_sweep_finds_what_no_bell_announced_and_then_nothing():
    world = make.world()
    for code in ("EXP", "VIS", "LEC", "FES", "ONL"):
        make.attended(world, code)
    make.attended(world, "TRN", minutes=360)
    first = sweep.run()
    assert (first.looked_at, first.posted, first.awards, first.left) == (6, 6, 18, 0)
    assert sorted(make.points(world.pupils[0])) == [250, 500, 500, 1000, 1000, 2000]
    again = sweep.run()
    assert (again.looked_at, again.posted) == (6, 0)


def test_sweep_takes_back_what_is_no_longer_entitled():
    world = make.world()
    booking = make.attended(world)
    ledger.post(booking)
    CreditPilot.objects.all().delete()
    assert sweep.run().reversals == 3
    assert {account.balance for account in Account.objects.all()} == {0}


def test_clubs_research_and_competitions_do_not_post_from_a_roll():
    world = make.world()
    for code in ("CLB", "RES", "CMP"):
        assert ledger.post(make.attended(world, code)) == ledger.Outcome()


def test_visit_posts_only_for_pupils_who_handed_in_the_task_sheet():
    world = make.world(pupils=2)
    booking = make.attended(world, "VIS", task_sheet=False)
    booking.roll.filter(student=world.pupils[0]).update(task_sheet=True)
    assert ledger.post(booking).awards == 1
    assert make.points(world.pupils[0]) == [1000]
    assert make.points(world.pupils[1]) == []


def test_heads_only_booking_never_earns():
    world = make.world()
    booking = make.attended(world, by_roster=False)
    assert ledger.post(booking) == ledger.Outcome()


def test_same_programme_counts_once():
    world = make.world()
    programme = make.programme(world)
    ledger.post(make.attended(world, of=programme))
    assert ledger.post(make.attended(world, of=programme)) == ledger.Outcome()


def test_cap_of_the_year_is_never_exceeded_and_frees_up_after_a_reversal():
    world = make.world(pupils=1)
    pupil = world.pupils[0]
    bookings = [make.attended(world, "EXP") for _ in range(5)]
    assert sweep.run().awards == 4
    assert Account.objects.get().balance == 4000
    without = next(b for b in bookings if not Entry.objects.filter(roll_entry__booking=b).exists())
    earned = next(b for b in bookings if b != without)
    make.correct(earned, pupil, mark="absent")
    sweep.run()
    assert Entry.objects.standing().filter(roll_entry__booking=without).count() == 1
    assert Account.objects.get().balance == 4000
    assert list(books.problems()) == []


def test_sealed_term_sends_later_findings_to_the_next_term():
    world = make.world()
    booking = make.attended(world)
    ledger.post(booking)
    Chain.objects.update(sealed_at="2027-02-10T00:00Z", proposed_by="user:1", confirmed_by="user:2")
    next_term = world.district.terms.create(school_year=2026, half=2, starts_on="2027-02-20", ends_on="2027-07-10")
    make.correct(booking, world.pupils[0], mark="absent")
    assert ledger.post(booking).reversals == 1
    reversal = Entry.objects.get(reverses__isnull=False)
    assert reversal.term_id == next_term.pk
    assert reversal.concerns_term_id == world.term.pk
    assert reversal.posting.chain.term_id == next_term.pk


@pytest.mark.notice("credits_corrected")
def test_correction_tells_leader_and_coordinator_once_and_a_first_posting_nobody():
    world = make.world()
    booking = make.attended(world)
    ledger.post(booking)
    assert Notice.objects.count() == 0
    make.correct(booking, world.pupils[0], mark="absent")
    ledger.post(booking)
    ledger.post(booking)
    notice = Notice.objects.get(kind="credits_corrected")
    assert notice.user == world.coordinator.user
    assert notice.facts == {"booking": booking.number, "day": str(booking.session.day), "awards": 0, "reversals": 1}


def test_named_pupils_of_a_class_earn_although_others_are_counted_as_heads():
    world = make.world(pupils=2)
    booking = make.attended(world)
    Booking.objects.filter(pk=booking.pk).update(by_roster=False, pupils=4, seats_held=4)
    Session.objects.filter(pk=booking.session_id).update(taken=4)
    assert sweep.run().awards == 2
