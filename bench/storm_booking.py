"""Fifty sessions, far more groups than places, 64 clients over real HTTP: never oversold, never idle, never twice.

Sizes by the environment, for a quick look: CLIENTS, ATTEMPTS; SEED repeats a run's wishes (not its interleaving).
"""

import http.client
import json
import os
import random
import threading
import time
import uuid
from collections import Counter
from urllib.parse import urlencode, urlsplit

from bench import results, stand

HERE = stand.begin()

from django.db import connection, connections  # noqa: E402
from django.db.models import F  # noqa: E402

from activities import bookings, groups, offering, seats, waitlist  # noqa: E402
from activities.models import Booking, Session, WaitlistEntry  # noqa: E402
from bench import booking_world  # noqa: E402
from partnerships.models import SchoolClass  # noqa: E402
from people.actors import Person  # noqa: E402
from portal import books  # noqa: E402

CLIENTS = int(os.environ.get("CLIENTS", "64"))
ATTEMPTS = int(os.environ.get("ATTEMPTS", "10000"))
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**6))))
TOKEN = "s" * 32
# what a client wants next, and how often
WISHES = {"book": 62, "wait": 14, "cancel": 9, "reschedule": 8, "accept": 5, "leave": 2}


def main() -> int:
    storm = results.Storm("booking")
    print(f"  seed {SEED}", flush=True)
    world = booking_world.world(random.Random(SEED))
    HERE.manage("collectstatic", "--noinput", "-v", "0")
    HERE.start("web")
    HERE.start("worker")
    _await_web()
    blow(storm, world)
    control(storm, world)
    code = storm.finish()
    print(json.dumps({"storm": "booking", "seed": SEED, "attempts": ATTEMPTS, "broken": code}), flush=True)
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


class Client(threading.Thread):
    """One coordinator at a browser: wishes at random, answers counted."""

    def __init__(self, desk: booking_world.Desk, sessions: list[int], attempts: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.desk, self.sessions, self.attempts = desk, sessions, attempts
        self.dice = random.Random(seed)
        self.answers: Counter = Counter()
        self.faults: list[str] = []

    def run(self) -> None:
        address = urlsplit(HERE.address)
        self.link = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        for _n in range(self.attempts):
            wish = self.dice.choices(list(WISHES), list(WISHES.values()))[0]
            getattr(self, wish)()
        connections.close_all()

    def post(self, wish: str, path: str, **fields) -> str:
        """Send a form; the place to which the answer leads, or nothing."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.desk.cookie}; csrftoken={TOKEN}",
        }
        try:
            self.link.request("POST", path, body, headers)
            answer = self.link.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as gone:
            self.link.close()
            self.faults.append(f"{wish}: {type(gone).__name__}")
            return ""
        self.answers[f"{wish} {answer.status}"] += 1
        if answer.status == 503 and not answer.getheader("Retry-After"):
            self.faults.append("503 without Retry-After")
        elif answer.status >= 500 and answer.status != 503:
            self.faults.append(f"{wish}: {answer.status}")
        return answer.getheader("Location") or ""

    def group(self) -> dict:
        key, heads = self.dice.choice(list(self.desk.classes.items()))
        return {
            "by": "classes", "classes": key, f"heads_{key}": heads, "adults": 4, "leader": self.desk.hat.pk,
            "request_key": uuid.UUID(int=self.dice.getrandbits(128), version=4), "step_free": 0,
        }  # fmt: skip

    def book(self) -> None:
        sent = self.group()
        path = f"/sessions/{self.dice.choice(self.sessions)}/book/"
        first = self.post("book", path, **sent)
        if first and self.dice.random() < 0.1:  # a double press: the same booking
            again = self.post("again", path, **sent)
            if again and again != first:
                self.faults.append(f"a double press made {first} and {again}")

    def wait(self) -> None:
        heads = self.group()
        self.post("wait", f"/sessions/{self.dice.choice(self.sessions)}/book/", wait=1, **heads)

    def cancel(self) -> None:
        if found := self._mine(Booking.objects.upcoming()):
            name = "cancel" if found.state == Booking.State.CONFIRMED else "withdraw"
            self.post(name, f"/bookings/{found.pk}/{name}/")

    def reschedule(self) -> None:
        if found := self._mine(Booking.objects.upcoming()):
            host = Session.objects.filter(provider=found.session.provider_id).values_list("pk", flat=True)
            self.post("reschedule", f"/bookings/{found.pk}/reschedule/", session=self.dice.choice(list(host)))

    def accept(self) -> None:
        rows = WaitlistEntry.objects.filter(state=WaitlistEntry.State.OFFERED)
        if found := self._mine(rows):
            self.post("accept", f"/waiting/{found.pk}/accept/")

    def leave(self) -> None:
        if found := self._mine(WaitlistEntry.objects.live()):
            self.post("leave", f"/waiting/{found.pk}/leave/")

    def _mine(self, rows):
        found = list(rows.filter(school=self.desk.hat.organisation_id).select_related("session")[:40])
        return self.dice.choice(found) if found else None


def blow(storm: results.Storm, world: booking_world.World) -> None:
    started = time.monotonic()
    clients = [
        Client(world.desks[n % len(world.desks)], world.sessions, -(-ATTEMPTS // CLIENTS), SEED + n)
        for n in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        offering.sweep()  # what the timetable does once a minute
        time.sleep(1)
    took = time.monotonic() - started
    answers = sum((client.answers for client in clients), Counter())
    faults = [fault for client in clients for fault in client.faults]
    sent = answers.total()
    storm.promise(
        "answers without a fault", sent - len(faults), sent, seconds=took,
        a_second=round(sent / took, 1), answers=dict(sorted(answers.items())), faults=Counter(faults).most_common(5),
    )  # fmt: skip
    _serve_the_rest()
    _invariants(storm)


def _serve_the_rest() -> None:
    """Whoever is offered places takes them, until nobody in line fits anywhere: what the days until the visit do."""
    for _n in range(200):
        offering.sweep()
        offered = list(WaitlistEntry.objects.filter(state=WaitlistEntry.State.OFFERED).with_names())
        if not offered:
            return
        for entry in offered:
            try:
                waitlist.accept(entry, by=Person(entry.leader.user, entry.leader))
            except bookings.Refused:
                waitlist.leave(entry, by=Person(entry.leader.user, entry.leader))


def _invariants(storm: results.Storm) -> None:
    rows = list(Session.objects.all())
    storm.promise(
        "sessions not oversold, not below zero", sum(0 <= one.taken <= one.capacity for one in rows), len(rows)
    )
    wrong = list(books.problems())
    storm.promise("books that are right", int(not wrong), 1, **({"wrong": wrong[:5]} if wrong else {}))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM activities_bookingclass a JOIN activities_bookingclass b ON a.id < b.id AND"
            " a.school_class_id = b.school_class_id AND a.is_live AND b.is_live"
            " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
        storm.promise("classes in two places", cursor.fetchone()[0], 0)
        cursor.execute(
            "SELECT count(*) FROM activities_venueday WHERE groups > groups_quota OR heads > heads_quota OR heads < 0"
        )
        storm.promise("days over a venue's quota", cursor.fetchone()[0], 0)
    idle = [entry.pk for entry in WaitlistEntry.objects.waiting().with_names() if _fits(entry)]
    waiting = WaitlistEntry.objects.waiting().count()
    storm.promise("groups left waiting that would fit", len(idle), 0, waiting=waiting)
    places, sold = sum(one.capacity for one in rows), sum(one.taken for one in rows)
    storm.promise("places sold are no more than there are", int(sold <= places), 1, sold=sold, places=places)


def _fits(entry: WaitlistEntry) -> bool:
    """Whether the first in its line could be served: with `last call` far away later ones may stand behind it."""
    first = entry.session.waitlist.waiting().first()
    return first is not None and first.pk == entry.pk and offering.could_be_served(entry)


# --- the control ------------------------------------------------------------------------------------------------------


def control(storm: results.Storm, world: booking_world.World) -> None:
    """Without the application's guard the database refuses; without that too it must oversell, or nothing was tested."""
    for name, sql, held in (
        ("guard of the application off: the database refuses", "", True),
        ("guard and constraint off: it must oversell", "DROP CONSTRAINT session_seats_ok", False),
    ):
        if sql:
            with HERE.owner() as cursor:
                cursor.execute(f"ALTER TABLE activities_session {sql}")
        session = booking_world.make.a_session(world.venues[4], capacity=30)
        _book_at_once(world, session)
        session.refresh_from_db()
        storm.promise(
            name, int((session.taken <= session.capacity) == held), 1, taken=session.taken, places=session.capacity
        )


def _book_at_once(world: booking_world.World, session: Session) -> None:
    """Sixteen schools bring a class each, with a `take` that asks for nothing."""

    def careless(session, needed, *, entitled):
        Session.objects.filter(pk=session.pk).update(taken=F("taken") + needed)
        return 0

    kept, seats.take = seats.take, careless
    gate = threading.Barrier(len(world.desks))

    def book(desk):
        key, heads = next(iter(desk.classes.items()))
        school_class = SchoolClass.objects.select_related("school__organisation").get(pk=key)
        group = groups.of_classes(school_class.school, [school_class], on=session.day, adults=4, heads={key: heads})
        gate.wait()
        try:
            bookings.request(
                session, group, by=Person(desk.hat.user, desk.hat), leader=desk.hat, request_key=uuid.uuid4()
            )
        except bookings.Refused:
            pass
        connections.close_all()

    threads = [threading.Thread(target=book, args=(desk,)) for desk in world.desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seats.take = kept


if __name__ == "__main__":
    raise SystemExit(main())
