"""The API against made-up requests and against impatient callers (issue 3, "How it is judged", 5).

Sizes by the environment, for a quick look: EXAMPLES (an operation and caller), KEYS, CALLERS (of one key at once).
"""

import logging
import os
import threading
import time
import uuid

os.environ.setdefault("API_REQUESTS_A_MINUTE", "1000000")
os.environ.setdefault("API_REQUESTS_A_MINUTE_OF_NOBODY", "1000000")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")

from bench import results, stand

HERE = stand.begin()

import httpx  # noqa: E402
import structlog  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from activities.models import Booking, Session  # noqa: E402
from people.roles import Role  # noqa: E402
from portal.lib import clock  # noqa: E402
from tests import world as worlds  # noqa: E402
from tests.api import conformance  # noqa: E402
from tests.factories.activities import a_class, a_programme, a_session, a_town  # noqa: E402
from tests.factories.api import a_client, a_token  # noqa: E402
from tests.factories.people import login  # noqa: E402
from tests.walking import Walk  # noqa: E402

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))
KEYS = int(os.environ.get("KEYS", "10"))
CALLERS = int(os.environ.get("CALLERS", "64"))


def main() -> int:
    logging.disable(logging.CRITICAL)  # refusals are what is asked for here
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    storm = results.Storm("api")
    conforming(storm)
    repeated(storm)
    return storm.finish()


# --- made-up requests -------------------------------------------------------------------------------------------------


def conforming(storm: results.Storm) -> None:
    """Every operation by a client, a coordinator and nobody: no fault, no answer that the schema does not tell."""
    with Walk(clock) as walk, transaction.atomic(), conformance.kept_open():
        world = worlds.build(walk)
        walk.to(worlds.TODAY)
        real, secret = conformance.keys(world), "x" * 32
        browser = login(Client(), world.hat(Role.COORDINATOR))
        session = {name: found.value for name, found in browser.cookies.items()} | {"csrftoken": secret}
        callers = {
            "client": ({"Authorization": f"Bearer {a_token(a_client(world.districts['A']))}"}, {}),
            "coordinator": ({"X-CSRFToken": secret}, session),
            "nobody": ({}, {}),
        }
        for name, who in callers.items():
            asked(storm, name, who, real)
        transaction.set_rollback(True)


def asked(storm: results.Storm, name: str, who: tuple[dict, dict], real: dict) -> None:
    started, answered, operations, wrong = time.monotonic(), [], list(conformance.operations()), {}
    for operation in operations:
        try:
            conformance.trial(operation, who, real, EXAMPLES, answered)()
        except (Exception, BaseExceptionGroup) as fault:
            wrong[operation.label] = "; ".join(str(each)[:300] for each in getattr(fault, "exceptions", [fault]))
    storm.promise(
        f"operations without a wrong answer, as {name}", len(operations) - len(wrong), len(operations),
        seconds=time.monotonic() - started, requests=len(answered), **({"wrong": wrong} if wrong else {}),
    )  # fmt: skip


# --- one key, many callers --------------------------------------------------------------------------------------------


def repeated(storm: results.Storm) -> None:
    """The same request with the same key, at once and over real connections: one booking a key, identical answers."""
    town = a_town(pupils=0)
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=1000))
    first, second = (a_token(a_client(town.district)) for _client in range(2))
    HERE.start("web")
    wait_for(f"{HERE.address}/api/v1/schema/")
    started, same, alike = time.monotonic(), 0, 0
    for n in range(KEYS):
        group = a_class(town.school, number=10 + n)
        body = {
            "session": session.pk, "school": town.school.pk, "leader": town.teacher.pk, "classes": [group.pk],
            "heads": [{"school_class": group.pk, "pupils": 10}], "adults": 2,
        }  # fmt: skip
        answers = at_once(first, body, str(uuid.uuid4()))
        same += Booking.objects.filter(classes__school_class=group).count() == 1
        alike += len(set(answers)) == 1 and answers[0][0] == 201
    seconds = time.monotonic() - started
    storm.promise(f"keys with one effect under {CALLERS} callers", same, KEYS, seconds=seconds)
    storm.promise("keys whose callers all got the same bytes", alike, KEYS)
    taken = Session.objects.get(pk=session.pk).taken
    storm.promise("places taken once a key", taken, KEYS * 10)
    key = str(uuid.uuid4())
    mine = {"session": session.pk, "school": town.school.pk, "leader": town.teacher.pk, "pupils": 5, "adults": 1}
    done = {ask(token, mine, key)[1] for token in (first, second)}
    storm.promise("effects of one key of two clients", len(done), 2)
    HERE.stop("web")


def at_once(token: str, body: dict, key: str) -> list[tuple]:
    start, answers = threading.Barrier(CALLERS), [()] * CALLERS

    def run(place: int) -> None:
        start.wait(60)
        answers[place] = ask(token, body, key)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def ask(token: str, body: dict, key: str) -> tuple:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    answer = httpx.post(f"{HERE.address}/api/v1/bookings/", json=body, headers=headers, timeout=60)
    return answer.status_code, answer.content, answer.headers.get("Location")


def wait_for(address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if httpx.get(address, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > until:
            raise SystemExit("The web process did not come up.")
        time.sleep(0.5)


if __name__ == "__main__":
    raise SystemExit(main())
