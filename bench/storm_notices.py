"""Mail under kills (issue 3, "How it is judged", 3): a worker killed with -9 at claimed, sent and marked, a broker that is
wiped, two beats and two workers, a mail server that hangs, drops and is away. Nothing is lost; nothing is sent twice but
where the crash lies between the server's acceptance and our mark; all is out a minute after the trouble has ended.

Sizes by the environment, for a quick look: NOTICES (a part), KILLS (a point).
"""

import atexit
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

import redis

from bench import results, stand

HERE = stand.begin()

from django.db import connection  # noqa: E402

from people import notices  # noqa: E402
from people.models import Delivery, ThresholdValue, User  # noqa: E402
from people.roles import Role  # noqa: E402
from people.workflow import verb  # noqa: E402
from portal.lib import clock  # noqa: E402
from tests.factories.people import hat  # noqa: E402
from tests.lib.mailserver import MailServer  # noqa: E402

NOTICES = int(os.environ.get("NOTICES", "200"))
KILLS = int(os.environ.get("KILLS", "5"))
READERS = 20
DRAINED = 60  # seconds after the trouble has ended
subjects = itertools.count(1)


def main() -> int:
    storm = results.Storm("notices")
    readers = people()
    with MailServer() as server, tempfile.TemporaryDirectory() as folder:
        atexit.register(HERE.close)  # before the folder goes, whatever happens
        HERE.environment |= {
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "MAIL_FROM": "notices@guanxiao.example",
            "SITE_URL": "https://guanxiao.example",
            "BEAT_FILE": f"{folder}/beat",
        }
        settings_of_this_process(server)
        for point in os.environ.get("POINTS", "claimed,sent,marked").split(","):
            killed_at(storm, server, readers, point)
        killed_anywhere(storm, server, readers)
        broker_wiped(storm, server, readers)
        two_of_each(storm, server, readers, folder)
        failing(storm, server, readers, "hangs", seconds=12)
        failing(storm, server, readers, "drops", seconds=4)
        away(storm, server, readers)
        HERE.close()
    return storm.finish()


# --- the parts --------------------------------------------------------------------------------------------------------


def killed_at(storm: results.Storm, server: MailServer, readers: list[User], point: str) -> None:
    """KILLS workers in a row die at the same point; then a healthy one comes."""
    wanted = told(readers)
    HERE.start("beat")
    for _n in range(KILLS):
        HERE.environment["DIE_AT"] = point
        worker = HERE.spawn("-m", "bench.deadly_worker", stdout=subprocess.DEVNULL)
        if (code := worker.wait(90)) != -signal.SIGKILL:
            raise SystemExit(f"the deadly worker ended with {code} instead of dying at {point}")
    HERE.start("worker")
    seconds = drain()
    judged(storm, f"killed at {point}", server, wanted, seconds, extra=KILLS if point == "sent" else 0, kills=KILLS)


def killed_anywhere(storm: results.Storm, server: MailServer, readers: list[User]) -> None:
    """Workers killed from outside, wherever they are."""
    wanted = told(readers)
    HERE.start("beat")
    for n in range(KILLS):
        HERE.start("worker")
        busy(wanted, share=(n + 1) / (KILLS + 2))
        HERE.kill("worker")
    HERE.start("worker")
    seconds = drain()
    judged(storm, "killed anywhere", server, wanted, seconds, extra=KILLS, kills=KILLS)


def broker_wiped(storm: results.Storm, server: MailServer, readers: list[User]) -> None:
    """FLUSHALL again and again while notices are written and sent."""
    broker = redis.Redis.from_url(HERE.redis_url)
    HERE.start("beat")
    HERE.start("worker")
    wanted, wiped = [], 0
    for _n in range(10):
        wanted += told(readers, NOTICES // 10)
        broker.flushall()
        wiped += 1
        time.sleep(0.7)
    seconds = drain()
    judged(storm, "broker wiped", server, wanted, seconds, flushes=wiped)


def two_of_each(storm: results.Storm, server: MailServer, readers: list[User], folder: str) -> None:
    """Two beats and two workers at once."""
    for name in ("beat", "worker"):
        HERE.start(name, BEAT_FILE=f"{folder}/second")
        HERE.running[f"second {name}"] = HERE.running.pop(name)
        HERE.start(name)
    wanted = told(readers)
    seconds = drain()
    judged(storm, "two beats, two workers", server, wanted, seconds)


def failing(storm: results.Storm, server: MailServer, readers: list[User], how: str, *, seconds: float) -> None:
    """The mail server hangs or drops at one word after the other, then recovers."""
    wanted = told(readers)
    HERE.start("beat")
    HERE.start("worker")
    for word in ("EHLO", "RCPT", "DATA"):
        setattr(server, how, word)
        time.sleep(seconds)
    setattr(server, how, "")
    judged(storm, f"mail server {how}", server, wanted, drain())


def away(storm: results.Storm, server: MailServer, readers: list[User]) -> None:
    """Nobody listens at the mail server's address, then it is there again."""
    wanted = told(readers)
    server.__exit__()
    HERE.start("beat")
    HERE.start("worker")
    time.sleep(15)
    server.__enter__()
    seconds = drain()
    judged(storm, "mail server away", server, wanted, seconds)


# --- what they share --------------------------------------------------------------------------------------------------


def people() -> list[User]:
    """Readers with addresses, in a district without quiet hours: a storm may blow at night."""
    first = hat(Role.COORDINATOR)
    district = first.organisation.district
    for code in ("quiet_from", "quiet_until"):
        ThresholdValue.objects.create(
            district=district, code=code, value=0, starts_on=clock.today(), reason="storm", set_at=clock.now()
        )
    readers = [first.user, *(hat(Role.COORDINATOR, at=first.organisation).user for _n in range(READERS - 1))]
    for reader in readers:
        reader.email = f"{reader.username}@school.example"
        reader.save(update_fields=["email"])
    return readers


def settings_of_this_process(server: MailServer) -> None:
    """This process writes notices as the web does, and sends nothing."""
    from django.conf import settings  # noqa: PLC0415 - set up by now

    for name, value in server.settings().items():
        setattr(settings, name, value)


def told(readers: list[User], count: int = NOTICES) -> list[int]:
    """So many notices, READERS a transaction; their deliveries' keys."""
    before = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for _n in range(count // len(readers)):
        tell(readers)
    return list(Delivery.objects.filter(pk__gt=before).values_list("pk", flat=True))


@verb
def tell(readers: list[User]) -> None:
    facts = {"organisation": "示例学校"}
    notices.send("membership.ended", to=readers, subject=f"membership:{next(subjects)}", facts=facts)


def busy(wanted: list[int], share: float) -> None:
    """Until this share of the letters is out, or ten seconds have passed."""
    end = time.monotonic() + 10
    while time.monotonic() < end and sent(wanted) < share * len(wanted):
        time.sleep(0.02)


def sent(wanted: list[int]) -> int:
    return Delivery.objects.filter(pk__in=wanted, sent_at__isnull=False).count()


def drain() -> float:
    """Seconds until nothing waits; at most twice the promise. Then everything is stopped."""
    began = time.monotonic()
    while Delivery.objects.waiting().exists() and time.monotonic() - began < 2 * DRAINED:
        time.sleep(stand.SETTLE)
    seconds = time.monotonic() - began
    HERE.close()
    HERE.running.clear()
    connection.close()
    return seconds


def judged(
    storm: results.Storm, name: str, server: MailServer, wanted: list[int], seconds: float, *, extra: int = 0, **notes
) -> None:
    """0 lost, no more than `extra` too many, and out in time."""
    arrived = Counter(server.ids)
    server.taken.clear()
    mine = {f"<notice.{pk}@guanxiao.example>" for pk in wanted}
    too_many = sum(arrived.values()) - len(arrived)
    storm.promise(f"{name}: arrived", len(mine & set(arrived)), len(mine), seconds=seconds, **notes)
    storm.promise(f"{name}: strangers", len(set(arrived) - mine), 0)
    storm.promise(f"{name}: sent twice, at most {extra}", max(too_many - extra, 0), 0, twice=too_many)
    storm.promise(f"{name}: out within {DRAINED} s", int(seconds <= DRAINED), 1, seconds=seconds)


if __name__ == "__main__":
    sys.exit(main())
