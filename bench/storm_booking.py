"""Fifty sessions, far more groups than places, 64 clients over real HTTP: never oversold, never idle, never twice.

Sizes by the environment, for a quick look: CLIENTS, ATTEMPTS; SEED repeats a run's wishes (not its interleaving).
"""

import contextlib
import http.client
import json
import os
import random
import threading
import time
import uuid
from collections import Counter
from urllib.parse import urlsplit

from bench import results, stand

HERE = stand.begin()

from django.db import connection  # noqa: E402
from django.utils import translation  # noqa: E402

from activities import bookings, offering, waitlist  # noqa: E402
from activities.models import Booking, Session, VenueDay, WaitlistEntry  # noqa: E402
from bench import booking_world  # noqa: E402
from bench.booking_client import Client, Filler  # noqa: E402
from people.actors import Person  # noqa: E402
from portal import books  # noqa: E402

CLIENTS = int(os.environ.get("CLIENTS", "64"))
ATTEMPTS = int(os.environ.get("ATTEMPTS", "10000"))
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**6))))
CONTROLS = 8  # sessions of a control run, each for as many places as two of its groups need
# what overlaps: rows of one pupil or class
TWICE = (
    "SELECT count(*) FROM {table} a JOIN {table} b ON a.id < b.id AND a.{who} = b.{who} AND a.is_live AND b.is_live"
    " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
)


def main() -> int:
    storm = results.Storm("booking")
    print(f"  seed {SEED}", flush=True)
    translation.activate("zh-hans")
    world = booking_world.world(random.Random(SEED))
    HERE.manage("collectstatic", "--noinput", "-v", "0")
    HERE.start("web")
    HERE.start("worker")
    _await_web()
    found = blow(storm, world)
    found["control"] = control(storm, world)
    code = storm.finish()
    print(json.dumps({"storm": "booking", "seed": SEED, "clients": CLIENTS, **found, "broken": code}), flush=True)
    return code


def _await_web() -> None:
    address = urlsplit(HERE.address)
    for _n in range(300):
        try:
            link = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
            link.request("GET", "/accounts/login/")
            link.getresponse().read()
        except OSError:
            time.sleep(stand.SETTLE)
        else:
            return
    raise SystemExit("The web server does not answer.")


# --- the storm --------------------------------------------------------------------------------------------------------


def blow(storm: results.Storm, world: booking_world.World) -> dict:
    started = time.monotonic()
    clients = [
        Client(HERE.address, world.desks[n % len(world.desks)], world.sessions, -(-ATTEMPTS // CLIENTS), SEED + n)
        for n in range(CLIENTS)
    ]
    _run(clients)
    took = time.monotonic() - started
    answers = sum((client.answers for client in clients), Counter())
    faults = [fault for client in clients for fault in client.faults]
    sent = answers.total()
    storm.promise(
        "answers without a fault", sent - len(faults), sent, seconds=took,
        a_second=round(sent / took, 1), answers=dict(sorted(answers.items())), faults=Counter(faults).most_common(5),
    )  # fmt: skip
    storm.promise("attempts", int(sent >= ATTEMPTS), 1, sent=sent)
    _serve_the_rest()
    found = _invariants(storm)
    _sell_out(storm, world)
    _books(storm)
    busy = sum(count for answer, count in answers.items() if answer.endswith(" 503"))
    kept = {"attempts": sent, "a_second": round(sent / took, 1), "busy_503": busy, "faults": len(faults)}
    return kept | found


def _run(clients: list) -> None:
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        offering.sweep()  # what the timetable does once a minute
        time.sleep(4)


def _serve_the_rest() -> None:
    """Whoever is offered places takes them, until nobody in line fits anywhere: what the days until the visit do."""
    for _n in range(400):
        offering.sweep()
        offered = list(WaitlistEntry.objects.filter(state=WaitlistEntry.State.OFFERED).with_names())
        if not offered:
            return
        for entry in offered:
            by = Person(entry.leader.user, entry.leader)
            try:
                waitlist.accept(entry, by=by, **offering.part_of(entry))
            except bookings.Refused:
                waitlist.leave(entry, by=by)


def _invariants(storm: results.Storm) -> dict:
    rows = list(Session.objects.all())
    oversold, negative = sum(one.taken > one.capacity for one in rows), sum(one.taken < 0 for one in rows)
    storm.promise("sessions oversold", oversold, 0, sessions=len(rows))
    storm.promise("sessions below zero", negative, 0)
    twice = {}
    for name, table, who in (
        ("classes", "activities_bookingclass", "school_class_id"),
        ("pupils", "activities_rollentry", "student_id"),
    ):
        twice[name] = _count(TWICE.format(table=table, who=who))
        storm.promise(f"{name} in two places", twice[name], 0)
    over = _count("SELECT count(*) FROM activities_venueday WHERE groups > groups_quota OR heads > heads_quota")
    storm.promise("days over a venue's quota", over, 0)
    idle = [entry.pk for entry in WaitlistEntry.objects.waiting().with_names() if _fits(entry)]
    waiting = WaitlistEntry.objects.waiting().count()
    storm.promise("groups left waiting that would fit", len(idle), 0, waiting=waiting)
    returned = _count("SELECT coalesce(sum(returned), 0) FROM activities_booking")
    skipped = _count("SELECT coalesce(max(skipped), 0) FROM activities_waitlistentry")
    storm.promise("nobody passed over more than three times", int(skipped <= 3), 1, most=skipped)
    return {
        "oversold": oversold, "negative": negative, "twice": twice, "quota_broken": over, "idle": len(idle),
        "waiting": waiting, "pupils_returned": returned,
    }  # fmt: skip


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _fits(entry: WaitlistEntry) -> bool:
    """Whether the first in its line could be served: before the last call later ones may stand behind it."""
    first = entry.session.waitlist.waiting().first()
    return first is not None and first.pk == entry.pk and offering.could_be_served(entry)


def _sell_out(storm: results.Storm, world: booking_world.World) -> None:
    """Whoever waits gives up; small groups come for every place that is left: exactly all of them are sold."""
    HERE.stop("worker")  # it would offer what each of them leaves to the next
    while entries := list(WaitlistEntry.objects.live().with_names()):
        for entry in entries:
            with contextlib.suppress(bookings.Refused):  # it was offered places just now: next time round
                waitlist.leave(entry, by=Person(entry.leader.user, entry.leader))
    for _n in range(20):
        left = [one.pk for one in Session.objects.filter(pk__in=world.sessions) if one.left and not _is_shut(one)]
        if not left:
            break
        _run([Filler(HERE.address, desk, left, 0, SEED + n) for n, desk in enumerate(world.desks)])
    rows = list(Session.objects.filter(pk__in=world.sessions))
    sold_out = sum(one.taken == one.capacity or _is_shut(one) for one in rows)
    storm.promise(
        "sessions sold out, or stopped by the venue's day", sold_out, len(rows),
        sold=sum(one.taken for one in rows), places=sum(one.capacity for one in rows),
        full=sum(one.taken == one.capacity for one in rows),
    )  # fmt: skip


def _is_shut(session: Session) -> bool:
    """The venue receives nobody more that day or half-day."""
    days = VenueDay.objects.filter(venue=session.place_id, date=session.day, part__in=VenueDay.parts_of(session))
    return any(
        (day.groups_quota is not None and day.groups >= day.groups_quota)
        or (day.heads_quota is not None and day.heads >= day.heads_quota)
        for day in days
    )


def _books(storm: results.Storm) -> None:
    wrong = list(books.problems())
    storm.promise("books that are right", int(not wrong), 1, **({"wrong": wrong[:5]} if wrong else {}))


# --- the control ------------------------------------------------------------------------------------------------------


def control(storm: results.Storm, world: booking_world.World) -> dict:
    """Without the application's guard the database refuses; without that too it must oversell, or nothing was tested."""
    HERE.stop("web")
    HERE.start("web", application="bench.careless:application")
    _await_web()
    guarded = _rush(world, 0)
    storm.promise("guard of the application off: sessions oversold", guarded["oversold"], 0, **guarded)
    storm.promise("… and the database has refused some", int(guarded["refused"] > 0), 1)
    with HERE.owner() as cursor:
        cursor.execute("ALTER TABLE activities_session DROP CONSTRAINT session_seats_ok")
    bare = _rush(world, CONTROLS)
    storm.promise("guard and constraint off: it must oversell", int(bare["oversold"] > 0), 1, **bare)
    return {"guard_off": guarded, "guard_and_constraint_off": bare}


class Rusher(Client):
    """Books one class in one session, at the same moment as all others."""

    gate: threading.Barrier
    key: int

    def run(self) -> None:
        sent = {"by": "classes", "classes": self.key, f"heads_{self.key}": 12, "adults": 2, "step_free": 0}
        sent |= {"leader": self.desk.hat.pk, "request_key": uuid.uuid4()}
        self.gate.wait()
        self.post("rush", f"/sessions/{self.sessions[0]}/book/", **sent)


def _rush(world: booking_world.World, first: int) -> dict:
    """Every desk comes with twelve pupils for each of some sessions with room for two of them; `first` of its classes."""
    made = []
    for n in range(CONTROLS):
        session = booking_world.make.a_session(world.venues[4], capacity=25)
        made.append(session.pk)
        rushers = [Rusher(HERE.address, desk, [session.pk], 1, n) for desk in world.desks]
        gate = threading.Barrier(len(rushers))
        for rusher in rushers:
            free = sorted(key for key, heads in rusher.desk.classes.items() if heads)
            rusher.gate, rusher.key = gate, free[first + n]
            rusher.start()
        for rusher in rushers:
            rusher.join()
    rows = list(Session.objects.filter(pk__in=made))
    booked = Booking.objects.alive().filter(session__in=made).count()
    return {
        "oversold": sum(one.taken > one.capacity for one in rows),
        "most": max(one.taken for one in rows),
        "places": rows[0].capacity,
        "booked": booked,
        "refused": CONTROLS * len(world.desks) - booked,
    }


if __name__ == "__main__":
    raise SystemExit(main())
