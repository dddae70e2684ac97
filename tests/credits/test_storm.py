"""Many posters at once, on real connections: one standing entry a fact, and no drift between entries and balances."""

import random
import threading

import pytest
from django.db import connection

from credits import books, ledger, sweep
from credits.models import Account, Entry
from tests.factories import credits as make


def at_once(jobs) -> list:
    """Run every job in its own thread and connection, started together; returns the results."""
    jobs, results = list(jobs), []
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            results.append(job())
        except Exception as fault:
            results.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_eight_posters_of_one_roll_call_leave_one_standing_entry_a_fact():
    world = make.world(pupils=5)
    booking = make.attended(world)
    outcomes = at_once([lambda: ledger.post(booking)] * 8)
    assert sorted(outcome.awards for outcome in outcomes) == [0] * 7 + [5]
    assert Entry.objects.standing().count() == Entry.objects.count() == 5
    assert list(books.problems()) == []


@pytest.mark.django_db(transaction=True)
def test_small_storm_of_posts_and_corrections_ends_without_drift():
    chance = random.Random(7)
    world = make.world(pupils=6)
    bookings = [make.attended(world, chance.choice(["EXP", "LEC", "FES", "VIS"])) for _ in range(12)]

    def worker(seed: int):
        own = random.Random(seed)

        def work():
            for _ in range(12):
                booking = own.choice(bookings)
                if own.random() < 0.4:
                    mark = own.choice(["present", "absent"])
                    make.correct(booking, own.choice(world.pupils), mark=mark, task_sheet=mark == "present")
                ledger.post(booking)

        return work

    faults = [result for result in at_once(worker(seed) for seed in range(4)) if result is not None]
    assert faults == []
    sweep.run()
    assert list(books.problems()) == []
    assert sweep.run().posted == 0
    assert sum(Entry.objects.values_list("points", flat=True)) == sum(Account.objects.values_list("balance", flat=True))
    for pupil in world.pupils:
        for code, cap in (("EXP", 4000), ("LEC", 3000), ("FES", 2000)):
            assert sum(Entry.objects.filter(account=pupil.pk, rule__code=code).values_list("points", flat=True)) <= cap
