"""Thirty-two clients book over real HTTP while their agreement is terminated: never a booking under it afterwards.

Before it, fifty groups of ten against two hundred promised pupils: exactly two hundred are reserved. SEED repeats wishes.
"""

import http.client
import json
import os
import random
import re
import threading
import time
import uuid
from collections import Counter
from urllib.parse import urlencode, urlsplit

from bench import results, stand

HERE = stand.begin()

from django.db import connections  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from activities.models import Booking, Session  # noqa: E402
from partnerships.models import Agreement, Commitment  # noqa: E402
from people.roles import Role  # noqa: E402
from portal import books  # noqa: E402
from tests.factories import activities as make  # noqa: E402
from tests.factories import partnerships as sides  # noqa: E402
from tests.factories.people import hat, login  # noqa: E402

CLIENTS, GROUPS, HEADS, PROMISED = 32, 50, 10, 200
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**6))))
TOKEN = "s" * 32


class Link:
    """One browser: a session cookie and a connection of its own; a busy portal is asked again."""

    def __init__(self, cookie: str) -> None:
        self.cookie, self.answers = cookie, Counter()
        address = urlsplit(HERE.address)
        self.link = http.client.HTTPConnection(address.hostname, address.port, timeout=60)

    def ask(self, method: str, path: str, **fields) -> tuple[int, str, str]:
        """Status, the address to which the answer leads, and its text."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.cookie}; csrftoken={TOKEN}",
        }
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields}) if method == "POST" else ""
        while True:
            self.link.request(method, path, body, headers)
            answer = self.link.getresponse()
            text = answer.read().decode(errors="replace")
            self.answers[answer.status] += 1
            if answer.status != 503:
                return answer.status, answer.getheader("Location") or "", text
            time.sleep(min(float(answer.getheader("Retry-After") or 1), 1))


class World:
    """A town with an agreement, classes of ten pupils without names, and wide sessions on other days."""

    def __init__(self, *, classes: int, dates: int, is_ceiling: bool) -> None:
        self.town = make.a_town(pupils=0)
        term = sides.a_term(self.town.district)
        self.agreement = sides.an_agreement(self.town.venue, [self.town.school])
        Commitment.objects.create(
            agreement=self.agreement, party=self.agreement.parties.get(position=0), term=term, kind="pupils",
            promised=PROMISED, is_ceiling=is_ceiling,
        )  # fmt: skip
        programme = make.a_programme(self.town.venue, capacity=9999)
        days = (make.next_weekday(3 + n, 10) for n in range(dates))
        self.sessions = [
            make.a_session(self.town.venue, programme=programme, starts_at=make.local(day, 9, 30)) for day in days
        ]
        self.classes = [make.a_class(self.town.school, number=10 + n) for n in range(classes)]

    def enter(self, who) -> Link:
        return Link(login(Browser(), who).cookies["sessionid"].value)

    def group(self, school_class) -> dict:
        return {
            "by": "classes", "classes": school_class.pk, f"heads_{school_class.pk}": HEADS, "adults": 2,
            "leader": self.town.teacher.pk, "request_key": uuid.uuid4(), "step_free": 0,
        }  # fmt: skip


def main() -> int:
    storm = results.Storm("agreement")
    print(f"  seed {SEED}", flush=True)
    dice = random.Random(SEED)
    HERE.manage("collectstatic", "--noinput", "-v", "0")
    promised = World(classes=GROUPS, dates=1, is_ceiling=True)
    ending = World(classes=CLIENTS, dates=4, is_ceiling=False)
    HERE.start("web")
    _await_web()
    fifty_against_two_hundred(storm, promised)
    ended_among_clients(storm, ending, dice)
    wrong = list(books.problems())
    storm.promise("books that are right", int(not wrong), 1, **({"wrong": wrong[:5]} if wrong else {}))
    code = storm.finish()
    print(json.dumps({"storm": "agreement", "seed": SEED, "clients": CLIENTS, "broken": code}), flush=True)
    return code


def _await_web() -> None:
    for _n in range(300):
        try:
            Link("").ask("GET", "/accounts/login/")
        except OSError:
            time.sleep(stand.SETTLE)
        else:
            return
    raise SystemExit("The web server does not answer.")


def _together(calls) -> float:
    threads = [threading.Thread(target=call) for call in calls]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    return time.monotonic() - started


def fifty_against_two_hundred(storm: results.Storm, world: World) -> None:
    links = [world.enter(world.town.coordinator) for _each in world.classes]
    path = f"/sessions/{world.sessions[0].pk}/book/"
    took = _together(
        [
            lambda link=link, one=one: link.ask("POST", path, **world.group(one))
            for link, one in zip(links, world.classes, strict=True)
        ]
    )
    commitment = Commitment.objects.get(agreement=world.agreement)
    storm.promise("pupils reserved of those promised", commitment.reserved, PROMISED, seconds=took)
    taken = Session.objects.values_list("taken", flat=True).get(pk=world.sessions[0].pk)
    storm.promise("places taken by them", taken, PROMISED)
    _no_faults(storm, "fifty groups", links)


def ended_among_clients(storm: results.Storm, world: World, dice: random.Random) -> None:
    lead = world.enter(hat(Role.VENUE_LEAD, at=world.town.venue.organisation))
    links = [world.enter(world.town.coordinator) for _each in world.classes]
    orders = [dice.sample(world.sessions, len(world.sessions)) for _each in links]

    def client(link, one, sessions):
        for session in sessions:
            link.ask("POST", f"/sessions/{session.pk}/book/", **world.group(one))

    ended = {}

    def terminate():
        while Booking.objects.filter(agreement=world.agreement).count() < CLIENTS:
            time.sleep(0.02)
        path = f"/agreements/{world.agreement.pk}/terminate/"
        for attempt in range(1, 40):
            _status, _to, page = lead.ask("GET", path)
            status, _to, page = lead.ask("POST", path, **_sent(page))
            if status == 302:
                ended.update(attempt=attempt, at=Booking.objects.filter(school=world.town.school).count())
                break
        connections.close_all()

    calls = [lambda args=args: client(*args) for args in zip(links, world.classes, orders, strict=True)]
    took = _together([terminate, *calls])
    agreement = Agreement.objects.get(pk=world.agreement.pk)
    storm.promise(
        "agreement terminated while they booked", int(agreement.state == "terminated"), 1, seconds=took, **ended
    )
    under = Booking.objects.alive().filter(agreement=agreement).count()
    storm.promise("bookings under the terminated agreement", under, 0)
    kept = Booking.objects.alive().filter(school=world.town.school, agreement=None).count()
    storm.promise("groups that have their place, without it", kept, CLIENTS * len(world.sessions))
    _no_faults(storm, "thirty-two clients", [lead, *links])


def _sent(page: str) -> dict:
    """The form as the browser would send it: what is proposed, also for what is booked meanwhile."""
    radios = re.findall(r'name="((?:booking|session|assignment)_\d+)" value="([^"]+)" checked', page)
    shown = re.search(r'name="shown" value="(\w+)"', page)
    day = re.search(r'name="last_day" value="([\d-]+)"', page)
    fields = {"shown": shown[1] if shown else "", "last_day": day[1] if day else "", "reason": "场馆改造", "step": "do"}
    return {**fields, **dict(radios), "meanwhile": "on"}


def _no_faults(storm: results.Storm, who: str, links: list[Link]) -> None:
    answers = sum((link.answers for link in links), Counter())
    faults = sum(count for status, count in answers.items() if status >= 500 and status != 503)
    storm.promise(
        f"answers to {who} that are faults", faults, 0, answers={str(key): n for key, n in sorted(answers.items())}
    )


if __name__ == "__main__":
    raise SystemExit(main())
