"""One coordinator at a browser: wishes at random over real HTTP, answers counted."""

import http.client
import random
import threading
import uuid
from collections import Counter
from urllib.parse import urlencode, urlsplit

from django.db import connections

from activities.models import Booking, Session, WaitlistEntry
from bench.booking_world import Desk

TOKEN = "s" * 32
# what a client wants next, and how often
WISHES = {"book": 56, "wait": 14, "resize": 10, "cancel": 7, "reschedule": 7, "accept": 4, "leave": 2}


class Client(threading.Thread):
    """Sends so many forms. `answers` counts them by wish and status, `faults` holds what must not happen."""

    def __init__(self, address: str, desk: Desk, sessions: list[int], attempts: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.desk, self.sessions, self.attempts = desk, sessions, attempts
        self.dice = random.Random(seed)
        self.answers: Counter = Counter()
        self.faults: list[str] = []
        where = urlsplit(address)
        self.link = http.client.HTTPConnection(where.hostname, where.port, timeout=60)

    def run(self) -> None:
        while self.answers.total() + len(self.faults) < self.attempts:
            wish = self.dice.choices(list(WISHES), list(WISHES.values()))[0]
            getattr(self, wish)()
        connections.close_all()

    def post(self, wish: str, path: str, **fields) -> str:
        """Send a form; the place to which the answer leads, or nothing."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields}, doseq=True)
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
        """A class or two, a club, or a few heads."""
        sent = {"adults": 6, "leader": self.desk.hat.pk, "step_free": 0}
        sent["request_key"] = uuid.UUID(int=self.dice.getrandbits(128), version=4)
        kind = self.dice.random()
        if kind < 0.15:
            return sent | {"by": "heads", "pupils": self.dice.randint(1, 9)}
        if kind < 0.25:
            return sent | {"by": "group", "activity_group": self.desk.club}
        chosen = self.dice.sample(sorted(self.desk.classes), self.dice.choice((1, 1, 1, 2)))
        heads = {f"heads_{key}": self.desk.classes[key] for key in chosen if self.desk.classes[key]}
        return sent | {"by": "classes", "classes": chosen, **heads}

    def book(self) -> None:
        sent = self.group()
        path = f"/sessions/{self.dice.choice(self.sessions)}/book/"
        first = self.post("book", path, **sent)
        if first and self.dice.random() < 0.1:  # a double press: the same booking
            again = self.post("again", path, **sent)
            if again and again != first:
                self.faults.append(f"a double press made {first} and {again}")

    def wait(self) -> None:
        part = {"smallest": self.dice.randint(1, 20), "may_split": "on"} if self.dice.random() < 0.5 else {}
        self.post("wait", f"/sessions/{self.dice.choice(self.sessions)}/book/", wait=1, **self.group(), **part)

    def resize(self) -> None:
        """Some pupils more or fewer, or one class of two stays at school."""
        if found := self._mine(Booking.objects.upcoming().prefetch_related("classes")):
            sent: dict = {"adults": found.adults}
            if found.by == Booking.By.HEADS:
                sent["pupils"] = max(1, found.pupils + self.dice.randint(-6, 6))
            rows = list(found.classes.all())
            stays = self.dice.choice(rows).pk if len(rows) > 1 and self.dice.random() < 0.5 else 0
            sent["classes"] = [row.school_class_id for row in rows if row.pk != stays]
            for row in rows:
                if row.heads and row.pk != stays:
                    sent[f"heads_{row.school_class_id}"] = max(1, row.heads + self.dice.randint(-9, 4))
            self.post("resize", f"/bookings/{found.pk}/heads/", **sent)

    def cancel(self) -> None:
        if found := self._mine(Booking.objects.upcoming()):
            name = "cancel" if found.state == Booking.State.CONFIRMED else "withdraw"
            self.post(name, f"/bookings/{found.pk}/{name}/")

    def reschedule(self) -> None:
        if found := self._mine(Booking.objects.upcoming()):
            host = Session.objects.filter(provider=found.session.provider_id).values_list("pk", flat=True)
            self.post("reschedule", f"/bookings/{found.pk}/reschedule/", session=self.dice.choice(list(host)))

    def accept(self) -> None:
        offered = WaitlistEntry.objects.filter(state=WaitlistEntry.State.OFFERED).prefetch_related("classes", "offers")
        if found := self._mine(offered):
            seats = found.offer.seats if found.offer else 0
            part: dict = {}
            if found.by == Booking.By.HEADS:
                part = {"pupils": min(seats, found.heads)}
            elif found.by == Booking.By.CLASSES and seats < found.heads:
                part = {"classes": [row.school_class_id for row in found.classes.all() if row.pupils <= seats][:1]}
            self.post("accept", f"/waiting/{found.pk}/accept/", **part)

    def leave(self) -> None:
        if found := self._mine(WaitlistEntry.objects.live()):
            self.post("leave", f"/waiting/{found.pk}/leave/")

    def _mine(self, rows):
        own = rows.filter(school=self.desk.hat.organisation_id).select_related("session")
        found = list(own.order_by("?")[:1])
        return found[0] if found else None


class Filler(Client):
    """Takes what is left, in the end a head at a time, until the sessions are full."""

    def run(self) -> None:
        tired = 0
        while tired < 3:
            left = Session.objects.get(pk=self.dice.choice(self.sessions))
            most = 3 if left.left < 12 else 40
            sent = {"by": "heads", "pupils": min(self.dice.randint(1, most), max(left.left, 1)), "adults": 3}
            sent |= {"leader": self.desk.hat.pk, "request_key": uuid.uuid4(), "step_free": 0}
            tired = 0 if self.post("fill", f"/sessions/{left.pk}/book/", **sent) else tired + 1
        connections.close_all()
