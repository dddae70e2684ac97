"""Telling other systems: events become messages, messages are tried until they arrive or are given up.

A worker that dies between the other side's answer and our mark lets its lease run out, and the message is sent again
under the same id. Nothing of the network happens inside a transaction.
"""

import datetime as dt
import json

import structlog
from django.db import transaction

from people import events
from people.models import Event
from portal.lib import clock, outbound
from portal.models import Delivery, WebhookEndpoint, WebhookSecret
from portal.systems import signing

log = structlog.get_logger(__name__)
# after the first try, as the standard's table goes on; its last step twice makes ten retries, over four days
RETRIES = tuple(
    dt.timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600, 24 * 3600)
)
LEASE = dt.timedelta(seconds=60)
KEPT = dt.timedelta(days=30)
BATCH = 500
MOST_A_RUN = 500
ENOUGH = dt.timedelta(seconds=150)  # below the time limit of a task


def run() -> int:
    """Everything that is due: new events into messages, then one try each. Returns how many were tried."""
    for endpoint in WebhookEndpoint.objects.open().order_by("pk"):
        while fan_out(endpoint) == BATCH:
            pass
    return deliver_due()


@transaction.atomic
def fan_out(endpoint: WebhookEndpoint) -> int:
    """Make messages of the next events and move the endpoint past them. Returns how many events were looked at.

    Beside itself: the row of the endpoint is locked, whoever comes second leaves it alone.
    """
    rows = WebhookEndpoint.objects.open().select_for_update(of=("self",), skip_locked=True).select_related("client")
    mine = rows.filter(pk=endpoint.pk).first()
    if mine is None:
        return 0
    wanted = set(mine.types) & set(events.opened_by(mine.client.scopes))
    new = list(
        Event.objects.of_district(mine.client.district_id).settled().after(mine.after_xid, mine.after_id)[:BATCH]
    )
    now = clock.now()
    Delivery.objects.bulk_create(
        [Delivery(endpoint=mine, event=event, next_at=now, created_at=now) for event in new if event.type in wanted],
        ignore_conflicts=True,
    )
    if new:
        WebhookEndpoint.objects.filter(pk=mine.pk).update(after_xid=new[-1].xid, after_id=new[-1].pk)
    return len(new)


def deliver_due() -> int:
    """Try what is due, oldest first; an address that lets us wait is left alone for the rest of the run."""
    started, tried, slow = clock.now(), 0, set[int]()
    while tried < MOST_A_RUN and clock.now() - started < ENOUGH:
        delivery = claim(slow)
        if delivery is None:
            break
        if attempt(delivery) == "time":
            slow.add(delivery.endpoint_id)
        tried += 1
    return tried


@transaction.atomic
def claim(slow: set[int]) -> Delivery | None:
    """Take the next message for a minute; two workers never take the same one."""
    rows = Delivery.objects.due().exclude(endpoint__in=slow).select_for_update(of=("self",), skip_locked=True)
    found = rows.order_by("next_at", "pk").first()
    if found is None:
        return None
    now = clock.now()
    found.attempts, found.tried_at, found.leased_until = found.attempts + 1, now, now + LEASE
    found.save(update_fields=["attempts", "tried_at", "leased_until"])
    return Delivery.objects.select_related("endpoint__client", "event").get(pk=found.pk)


def attempt(delivery: Delivery) -> str:
    """One try of a claimed message. Returns the fault, or "" where somebody answered."""
    endpoint = delivery.endpoint
    if delivery.event and delivery.event.type not in events.opened_by(endpoint.client.scopes):
        mark(delivery, fault="scope", given_up=True)  # the district has taken this scope back meanwhile
        return ""
    body = signing.payload(delivery.event) if delivery.event else ping_of(delivery)
    live = [secret.open() for secret in WebhookSecret.objects.filter(endpoint=endpoint).live()]
    try:
        answer = outbound.post(endpoint.url, body, signing.headers(live, delivery.message_id, body))
    except outbound.Unreachable as away:
        judge(delivery, status=None, fault=away.code)
        return away.code
    judge(delivery, status=answer.status, retry_after=answer.retry_after)
    return ""


def ping_of(delivery: Delivery) -> bytes:
    """A test message; it names no row."""
    said = {"id": 0, "type": "ping", "timestamp": delivery.created_at.isoformat(), "data": {}}
    return json.dumps(said, separators=(",", ":")).encode()


def judge(delivery: Delivery, *, status: int | None, fault: str = "", retry_after: int = 0) -> None:
    """2xx has arrived; 410 ends the address; anything else, a redirect too, comes again until the retries are over."""
    if status is not None and 200 <= status < 300:
        mark(delivery, status=status, arrived=True)
    elif status == 410:
        mark(delivery, status=status, given_up=True)
        disable(delivery.endpoint, WebhookEndpoint.Why.GONE)
    elif delivery.event is None or delivery.attempts > len(RETRIES):  # a test is tried once
        mark(delivery, status=status, fault=fault, given_up=True)
        if delivery.event and not has_arrived_since(delivery):
            disable(delivery.endpoint, WebhookEndpoint.Why.FAILING)
    else:
        pause = RETRIES[delivery.attempts - 1]
        spread = pause * (delivery.key.int % 100) / 1000  # up to a tenth more, so that retries don't come in waves
        mark(delivery, status=status, fault=fault, pause=max(pause + spread, dt.timedelta(seconds=retry_after)))


def mark(
    delivery: Delivery,
    *,
    status: int | None = None,
    fault: str = "",
    arrived: bool = False,
    given_up: bool = False,
    pause: dt.timedelta = dt.timedelta(0),
) -> None:
    """Write down how a try ended; a lease that somebody else has taken over meanwhile is not ours to mark."""
    now = clock.now()
    Delivery.objects.waiting().filter(pk=delivery.pk, leased_until=delivery.leased_until).update(
        status=status,
        fault=fault,
        leased_until=None,
        arrived_at=now if arrived else None,
        given_up_at=now if given_up else None,
        next_at=now + pause,
    )
    if not arrived:
        log.info("webhook.unheard", endpoint=delivery.endpoint_id, attempt=delivery.attempts, status=status, fault=fault)


def has_arrived_since(delivery: Delivery) -> bool:
    return Delivery.objects.filter(endpoint=delivery.endpoint_id, arrived_at__gt=delivery.created_at).exists()


def disable(endpoint: WebhookEndpoint, why: str) -> None:
    """Tell this address nothing more until somebody switches it on again."""
    open_ones = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True)
    if open_ones.update(disabled_at=clock.now(), disabled_why=why):
        log.warning("webhook.disabled", endpoint=endpoint.pk, why=why)


def forget() -> int:
    """Forget messages that ended a month ago. Returns how many."""
    before = clock.now() - KEPT
    over = Delivery.objects.filter(arrived_at__lt=before) | Delivery.objects.filter(given_up_at__lt=before)
    return over.delete()[0]
