"""The ledger under attack, under load, under kills, and under tampering (issue 3, "How it is judged", 2).

Sizes by the environment, for a quick look: WORKERS, POSTINGS (a worker), POSTERS (of one fact), KILLS.
"""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

from bench import results, stand

HERE = stand.begin()

from django.db import OperationalError, connections  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402

from activities.models import Booking, RollEntry  # noqa: E402
from bench import ledger_attacks, ledger_world  # noqa: E402
from credits import books as credit_books  # noqa: E402
from credits import ledger, sweep  # noqa: E402
from credits.models import Account, Chain, Entry, Posting  # noqa: E402
from portal import books  # noqa: E402
from portal.lib.doorbell import ring  # noqa: E402
from tests.factories import credits as make  # noqa: E402

WORKERS = int(os.environ.get("WORKERS", "16"))
POSTINGS = int(os.environ.get("POSTINGS", "2000"))
POSTERS = int(os.environ.get("POSTERS", "64"))
KILLS = int(os.environ.get("KILLS", "20"))
FORK = multiprocessing.get_context("fork")
BUSY_TRIES = 50
LOCK_TIMEOUT = "55P03"


def main() -> int:
    storm = results.Storm("ledger")
    for part in (attacked, tampered, one_fact, killed, worker_killed, loaded):
        part(storm)
    return storm.finish()


# --- attacks ----------------------------------------------------------------------------------------------------------


def attacked(storm: results.Storm) -> None:
    """Every attack is refused, and not a byte of the ledger is another afterwards."""

    world = ledger_world.world()
    bookings = [make.attended(world, pupils=world.pupils[:3]) for _ in range(25)]
    for booking in bookings:
        ledger.post(booking)
    make.correct(bookings[0], world.pupils[0], mark="absent")
    ledger.post(bookings[0])
    storm.promise("the application's role is neither superuser nor owner", int(not any(books.warnings())), 1)
    before, started, stood = ledger_attacks.fingerprint(), time.monotonic(), []
    tried = list(ledger_attacks.attacks())
    for name, attack in tried:
        if not ledger_attacks.refused(attack) or ledger_attacks.fingerprint() != before:
            stood.append(name)
    storm.promise(
        "attacks as the application's role refused", len(tried) - len(stood), len(tried),
        seconds=time.monotonic() - started, **({"went_through": stood} if stood else {}),
    )  # fmt: skip


def tampered(storm: results.Storm) -> None:
    """What only a superuser could do behind the triggers is found, and the right posting named."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.ledger_tampering"],
        env=HERE.environment | {"DATABASE_URL": HERE.owner_url}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    *complaints, last = done.stdout.splitlines()
    print("\n".join(complaints))
    outcome = json.loads(last)
    seconds = time.monotonic() - started
    storm.promise("single-field tamperings found, the posting named", *outcome["single"], seconds=seconds)
    storm.promise("swapped pairs found at their first place", *outcome["swapped"])
    storm.promise("cut tails found at the first posting gone", *outcome["cut"])


# --- many at once -----------------------------------------------------------------------------------------------------


def at_once(jobs: list) -> list:
    """Run each job in a forked process of its own, all started together; answers what they returned."""

    connections.close_all()
    gate, answers = FORK.Barrier(len(jobs)), FORK.SimpleQueue()

    def run(job) -> None:
        gate.wait()
        try:
            answers.put(job())
        except BaseException as fault:
            answers.put(f"{type(fault).__name__}: {fault}")
            raise

    processes = [FORK.Process(target=run, args=[job], daemon=True) for job in jobs]
    for process in processes:
        process.start()
    found = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return found


def posted(booking, busy: Counter):
    """Post, again after a lock that took longer than two seconds: what the worker's next bell would do."""

    for _ in range(BUSY_TRIES):
        try:
            return ledger.post(booking)
        except OperationalError as no:
            if getattr(no.__cause__, "pgcode", "") != LOCK_TIMEOUT:
                raise  # a deadlock, say: that must never happen
            busy["retries"] += 1
    raise SystemExit("the accounts were busy for too long")


def one_fact(storm: results.Storm) -> None:
    """64 processes post the same completed roll call at the same moment."""

    world, rounds, kept, awards, retries = ledger_world.world(), 5, 0, 0, 0
    started = time.monotonic()
    for _ in range(rounds):
        booking = make.attended(world, pupils=world.pupils[:1])

        def job(booking=booking):
            busy: Counter[str] = Counter()
            return posted(booking, busy).awards, busy["retries"]

        answers = at_once([job] * POSTERS)
        awards += sum(answer[0] for answer in answers)
        retries += sum(answer[1] for answer in answers)
        entries = Entry.objects.filter(roll_entry__booking=booking)
        kept += entries.count() == entries.standing().count() == 1
    storm.promise(
        f"one fact, {POSTERS} posters at once: one standing entry", kept, rounds,
        seconds=time.monotonic() - started, awards=awards, lock_waits_over_2s=retries,
    )  # fmt: skip


def killed(storm: results.Storm) -> None:
    """kill -9 between commit and answer, and at any other moment; then the same again, to its end."""

    world, chance = ledger_world.world(), random.Random(9)
    connections.close_all()
    usual = usual_time(world)
    for name in ("between commit and answer", "at any moment"):
        kept = answered = committed = 0
        started = time.monotonic()
        for _ in range(KILLS):
            booking = make.attended(world, pupils=world.pupils[:2])
            connections.close_all()
            reader, writer = FORK.Pipe(duplex=False)

            def job(booking=booking, writer=writer, name=name) -> None:
                outcome = ledger.post(booking)
                if name == "between commit and answer":
                    os.kill(os.getpid(), signal.SIGKILL)
                writer.send(outcome.awards)

            process = FORK.Process(target=job, daemon=True)
            process.start()
            if name == "at any moment":
                time.sleep(chance.uniform(0, 2 * usual))
                process.kill()
            process.join()
            writer.close()
            answered += was_answered(reader)
            entries = Entry.objects.filter(roll_entry__booking=booking)
            committed += entries.count() == 2
            ledger.post(booking)
            kept += entries.count() == entries.standing().count() == 2
        storm.promise(
            f"kill -9 {name}, then retry: one standing entry a fact", kept, KILLS,
            seconds=time.monotonic() - started, committed_before_the_kill=committed, answered=answered,
        )  # fmt: skip
    storm.promise("no contradiction after the kills", int(not any(credit_books.problems())), 1)


def usual_time(world: make.World) -> float:
    """Seconds from the fork to the end of one posting that nobody disturbs."""
    booking = make.attended(world, pupils=world.pupils[:2])
    connections.close_all()
    started = time.monotonic()
    process = FORK.Process(target=ledger.post, args=[booking])
    process.start()
    process.join()
    return time.monotonic() - started


def was_answered(reader) -> bool:
    """Whether anything came through the pipe before its other end closed."""
    try:
        reader.recv()
    except EOFError:
        return False
    return True


def worker_killed(storm: results.Storm) -> None:
    """A real Celery worker is killed while it posts; the sweep finishes what its bells had announced."""
    world, started = ledger_world.world(), time.monotonic()
    bookings = ledger_world.facts(world, 300)
    HERE.start("worker")
    before = Posting.objects.count()
    for booking in bookings:
        ring("credits.post", booking)
    end = time.monotonic() + 60
    while Posting.objects.count() < before + 20 and time.monotonic() < end:
        time.sleep(0.02)
    HERE.kill("worker")
    done = Posting.objects.count() - before
    sweep.run()
    entries, facts = Entry.objects.filter(school=world.school), RollEntry.objects.filter(booking__in=bookings).count()
    storm.promise(
        "worker killed while posting, then sweep: one standing entry a fact",
        entries.standing().values("roll_entry").distinct().count() if entries.count() == entries.standing().count() else 0,
        facts, seconds=time.monotonic() - started, postings_before_the_kill=done,
    )  # fmt: skip
    storm.promise("no contradiction after the worker's death", int(not any(credit_books.problems())), 1)


def loaded(storm: results.Storm) -> None:
    """16 workers post 2,000 facts each on 20 hot accounts; every tenth time also one that belongs to another worker."""
    world, wanted = ledger_world.world(), WORKERS * POSTINGS
    keys = ledger_world.facts(world, wanted)
    random.Random(1).shuffle(keys)
    shares = [keys[i::WORKERS] for i in range(WORKERS)]

    def worker(number: int):
        own, others = shares[number], shares[(number + 1) % WORKERS]
        chance = random.Random(number)

        def job():
            counted: Counter[str] = Counter()
            for i, key in enumerate(own):
                counted["postings"] += posted(Booking(pk=key), counted).posting_id is not None
                if i % 10 == 0:
                    counted["postings"] += posted(Booking(pk=chance.choice(others)), counted).posting_id is not None
                    counted["again"] += 1
            return counted

        return job

    started = time.monotonic()
    answers = at_once([worker(number) for number in range(WORKERS)])
    seconds = time.monotonic() - started
    total: Counter[str] = sum(answers, Counter())
    entries = Entry.objects.filter(school=world.school)
    facts = entries.count()
    storm.promise(
        f"{WORKERS} workers × {POSTINGS:,} postings on {ledger_world.PUPILS} hot accounts", total["postings"], wanted,
        seconds=seconds, a_second=round(wanted / seconds), again=total["again"], lock_waits_over_2s=total["retries"],
    )  # fmt: skip
    doubled = entries.values("roll_entry").annotate(n=Count("pk")).filter(n__gt=1).count()
    rolls = RollEntry.objects.filter(booking__school=world.school).count()
    storm.promise("facts with exactly one entry", facts - doubled, rolls)
    sums = dict(entries.values_list("account").annotate(Sum("points")))
    whole = sum(
        (sums[account.pk], 1000 * account.n) == (account.balance, account.balance)
        for account in Account.objects.filter(pk__in=sums)
    )
    storm.promise("accounts whose balance is the sum of their entries", whole, ledger_world.PUPILS)
    chain = Chain.objects.get(district=world.district)
    storm.promise("postings in one unbroken chain", Posting.objects.filter(chain=chain).count(), chain.seq)
    started = time.monotonic()
    found = list(credit_books.problems())
    storm.promise(
        "no contradiction anywhere in the books", int(not found), 1, seconds=time.monotonic() - started, found=found[:5]
    )


if __name__ == "__main__":
    sys.exit(main())
