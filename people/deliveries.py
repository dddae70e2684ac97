"""Delivering: lease → is it still so? → send → mark. A crash anywhere costs time; only one between the other side's
acceptance and our mark can make a second letter. No transaction is open while anything goes over the network."""

import datetime as dt
import time
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people import audit, mail, matters, notices, outbox, quiet, robots, thresholds
from people.access import require
from people.actors import Actor
from people.faults import Away, Refusal
from people.models import Delivery, District, Mute
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

LEASE = dt.timedelta(seconds=30)  # longer than any one letter can take (portal.lib.mailbox, portal.lib.outbound)
AWAY_FIRST, AWAY_MOST = 10, 20  # seconds between two knocks at a server that is away
BACK_OFF_FIRST, BACK_OFF_MOST = 60, 3600  # seconds after a "not now" about one letter
NO_LONGER_SO = "no longer so"
CHECK_FAILED = "check failed"
thresholds.declare(
    "deliveries_kept_days",
    int,
    180,
    _("Days for which the portal keeps what it sent; what could not be delivered stays"),
    _("Default, not policy"),
    least=30,
    most=1100,
)
MAIL = Delivery.Channel.MAIL
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """What leaves together: one delivery, or all that wait for one reader's daily mail."""

    parts: list[Delivery]
    leased_until: dt.datetime

    @property
    def channel(self) -> str:
        return self.parts[0].channel


def run(seconds: float = 20) -> int:
    """Send what is due, for so many seconds at most; returns how many deliveries were sent.

    A server that is away ends the run for its channel: the others go on, and the next run knocks again.
    """
    end = time.monotonic() + seconds
    away: set[str] = set()
    sent = 0
    with mail.Post() as post:
        while time.monotonic() < end and (letter := _take(but=away)):
            try:
                _send(letter, post)
            except Away as fault:
                post.close()
                away.add(letter.channel)
                _put_back(letter, fault.code, AWAY_FIRST, AWAY_MOST)
            except Refusal as fault:
                if fault.is_final:
                    _mark(letter, dead_at=clock.now(), fault=fault.code)
                else:
                    _put_back(letter, fault.code, BACK_OFF_FIRST, BACK_OFF_MOST)
            else:
                sent += _mark(letter, sent_at=clock.now(), fault="")
    return sent


def waiting() -> int:
    """How many deliveries are due now."""
    return Delivery.objects.due().count()


def forget() -> int:
    """Forget what was sent, or dropped for want of a cause, so long ago; dead letters stay. Returns how many.

    Letters belong to no district alone: they are kept for as long as the most patient of all districts wants.
    """
    districts = (None, *District.objects.values_list("pk", flat=True))
    days = max(thresholds.of(district)["deliveries_kept_days"] for district in districts[1:] or districts)
    return Delivery.objects.over(clock.now() - dt.timedelta(days=days)).delete()[0]


@verb
def retry(delivery: Delivery, *, by: Actor) -> None:
    """Take a dead letter up again, at once and for another three days."""
    require(by, Permission.DELIVERY_RETRY)
    now = clock.now()
    taken_up = Delivery.objects.dead().filter(pk=delivery.pk)
    if not taken_up.update(dead_at=None, attempts=0, next_try_at=now, give_up_at=now + outbox.PATIENCE):
        raise Refused("delivery_not_dead", _("This delivery is not given up any more."))
    audit.record("delivery.retry", delivery, by=by)


def _send(letter: Letter, post: mail.Post) -> None:
    """Hand a letter over. Raises Away or Refusal; an error of ours is a refusal of this one letter."""
    try:
        if letter.channel == MAIL:
            post.send(letter.parts)
        else:
            robots.say(letter.parts[0])
    except (Away, Refusal):
        raise
    except Exception as broken:
        log.exception("delivery.broken", delivery=letter.parts[0].pk)
        raise Refusal(type(broken).__name__) from broken


def _take(*, but: set[str]) -> Letter | None:
    """Lease the next letter that is really to be sent; what has lost its cause or must wait is settled on the way."""
    while True:
        with transaction.atomic():
            rows = _due(but=but)[:1]
            if not rows:
                return None
            if rows[0].channel == MAIL and rows[0].notice.user.wants_digest:
                rows = [*rows, *_due(but=but, beside=rows[0])]
            until = clock.now() + LEASE
            parts = [row for row in rows if _is_to_be_sent(row)]
            for row in parts:
                row.attempts += 1
                _settle(row, attempts=row.attempts, leased_until=until)
        if parts:
            return Letter(sorted(parts, key=lambda row: row.notice_id), until)


def _due(*, but: set[str], beside: Delivery | None = None) -> list[Delivery]:
    """Due rows that nobody else is looking at, locked; with `beside` the other mails of that reader."""
    rows = Delivery.objects.due().exclude(channel__in=but).select_related("notice__user", "robot__district")
    if beside:
        rows = rows.filter(channel=MAIL, notice__user=beside.notice.user_id).exclude(pk=beside.pk)
    else:
        rows = rows.order_by("next_try_at", "pk")[:1]
    return list(rows.select_for_update(of=("self",), skip_locked=True))


def _is_to_be_sent(row: Delivery) -> bool:
    """Whether this row goes out now; if not, it is dropped, put off or backed off in the same transaction."""
    now = clock.now()
    if row.notice.kind not in notices.KINDS or not _is_wanted(row):
        _settle(row, dropped_at=now, fault=NO_LONGER_SO)
        return False
    kind = notices.KINDS[row.notice.kind]
    try:
        with transaction.atomic():
            holds = kind.still_holds(row.notice)
            ready = now if kind.is_urgent(row.notice) else _ready_at(row, now)
    except Exception:  # one broken check must not hold up all others
        log.exception("delivery.check_failed", delivery=row.pk, kind=row.notice.kind)
        attempts = row.attempts + 1
        dead = {"dead_at": now} if now >= row.give_up_at else {}
        _settle(row, attempts=attempts, next_try_at=now + _pause(attempts, BACK_OFF_FIRST, BACK_OFF_MOST),
                fault=CHECK_FAILED, **dead)  # fmt: skip
        return False
    if not holds:
        _settle(row, dropped_at=now, fault=NO_LONGER_SO)
        return False
    if ready > now:
        _settle(row, next_try_at=ready)
    return ready <= now


def _is_wanted(row: Delivery) -> bool:
    """Whether the reader can still be reached and has not muted the kind meanwhile; whether the robot is still on."""
    if row.robot:
        return row.robot.is_on
    notice = row.notice
    if not outbox.is_mailed(notice.user):
        return False
    kind = notices.KINDS[notice.kind]
    return kind.duty or not Mute.objects.filter(user=notice.user_id, kind=notice.kind).exists()


def _ready_at(row: Delivery, now: dt.datetime) -> dt.datetime:
    """Not in quiet hours; for whoever wants one mail a day, not before the first end of them after the notice."""
    hours = (
        quiet.of_district(row.robot.district)
        if row.robot
        else quiet.of(row.notice.user, matters.districts_of(row.notice))
    )
    earliest = now
    if not row.robot and row.notice.user.wants_digest:
        earliest = max(now, hours.next_end(row.notice.created_at))
    return hours.after(earliest)


def _settle(row: Delivery, **fields: object) -> None:
    """Write what becomes of a row that this transaction holds."""
    Delivery.objects.filter(pk=row.pk).update(**{"leased_until": None, **fields})


def _mark(letter: Letter, **fields: object) -> int:
    """Write what became of a leased letter; where somebody else has taken it over meanwhile, their word stands."""
    mine = Delivery.objects.waiting().filter(pk__in=[row.pk for row in letter.parts], leased_until=letter.leased_until)
    return mine.update(leased_until=None, **fields)


def _put_back(letter: Letter, fault: str, first: int, most: int) -> None:
    """Try again later; what has been tried for three days is given up."""
    now = clock.now()
    for row in letter.parts:
        one = Letter([row], letter.leased_until)
        if now >= row.give_up_at:
            _mark(one, dead_at=now, fault=fault)
        else:
            _mark(one, next_try_at=now + _pause(row.attempts, first, most), fault=fault)


def _pause(attempts: int, first: int, most: int) -> dt.timedelta:
    """Twice as long after each attempt, up to a limit."""
    return dt.timedelta(seconds=min(first * 2 ** min(attempts - 1, 20), most))
