"""Telling other systems: events become messages, messages are tried until they arrive or are given up.

A worker that dies between the other side's answer and our mark lets its lease run out, and the message is sent again
under the same id. Nothing of the network happens inside a transaction.
"""

import datetime as dt
import json

import structlog
from django.db import transaction

from people import events
from people.actors import SYSTEM
from people.models import Event
from portal.lib import clock, outbound
from portal.models import WebhookEndpoint, WebhookMessage, WebhookSecret
from portal.systems import endpoints, signing

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
    WebhookMessage.objects.bulk_create(
        [
            WebhookMessage(endpoint=mine, event=event, next_at=now, created_at=now)
            for event in new
            if event.type in wanted
        ],
        ignore_conflicts=True,
    )
    if new:
        WebhookEndpoint.objects.filter(pk=mine.pk).update(after_xid=new[-1].xid, after_id=new[-1].pk)
    return len(new)


def due() -> int:
    """How many messages could be tried now."""
    return WebhookMessage.objects.due().count()


def deliver_due() -> int:
    """Try what is due, oldest first; an address that lets us wait is left alone for the rest of the run."""
    started, tried, slow = clock.now(), 0, set[int]()
    while tried < MOST_A_RUN and clock.now() - started < ENOUGH:
        message = claim(slow)
        if message is None:
            break
        if attempt(message) == "time":
            slow.add(message.endpoint_id)
        tried += 1
    return tried


@transaction.atomic
def claim(slow: set[int]) -> WebhookMessage | None:
    """Take the next message for a minute; two workers never take the same one."""
    rows = WebhookMessage.objects.due().exclude(endpoint__in=slow).select_for_update(of=("self",), skip_locked=True)
    found = rows.order_by("next_at", "pk").first()
    if found is None:
        return None
    now = clock.now()
    found.attempts, found.tried_at, found.leased_until = found.attempts + 1, now, now + LEASE
    found.save(update_fields=["attempts", "tried_at", "leased_until"])
    return WebhookMessage.objects.select_related("endpoint__client__principal", "event").get(pk=found.pk)


def attempt(message: WebhookMessage) -> str:
    """One try of a claimed message. Returns the fault, or "" where somebody answered."""
    endpoint = message.endpoint
    if message.event and message.event.type not in events.opened_by(endpoint.client.scopes):
        mark(message, fault="scope", given_up=True)  # the district has taken this scope back meanwhile
        return ""
    body = signing.payload(message.event) if message.event else ping_of(message)
    live = [secret.open() for secret in WebhookSecret.objects.filter(endpoint=endpoint).live()]
    try:
        answer = outbound.post(endpoint.url, body, signing.headers(live, message.message_id, body))
    except outbound.Unreachable as away:
        judge(message, status=None, fault=away.code)
        return away.code
    judge(message, status=answer.status, retry_after=answer.retry_after)
    return ""


def ping_of(message: WebhookMessage) -> bytes:
    """A test message; it names no row."""
    said = {"id": 0, "type": "ping", "timestamp": message.created_at.isoformat(), "data": {}}
    return json.dumps(said, separators=(",", ":")).encode()


def judge(message: WebhookMessage, *, status: int | None, fault: str = "", retry_after: int = 0) -> None:
    """2xx has arrived; 410 ends the address; anything else, a redirect too, comes again until the retries are over."""
    if status is not None and 200 <= status < 300:
        mark(message, status=status, arrived=True)
    elif status == 410:
        mark(message, status=status, given_up=True)
        endpoints.disable(message.endpoint, by=SYSTEM, why=WebhookEndpoint.Why.GONE)
    elif message.event is None or message.attempts > len(RETRIES):  # a test is tried once
        mark(message, status=status, fault=fault, given_up=True)
        if message.event and not has_arrived_since(message):
            endpoints.disable(message.endpoint, by=SYSTEM, why=WebhookEndpoint.Why.FAILING)
    else:
        pause = RETRIES[message.attempts - 1]
        spread = pause * (message.key.int % 100) / 1000  # up to a tenth more, so that retries don't come in waves
        mark(message, status=status, fault=fault, pause=max(pause + spread, dt.timedelta(seconds=retry_after)))


def mark(
    message: WebhookMessage,
    *,
    status: int | None = None,
    fault: str = "",
    arrived: bool = False,
    given_up: bool = False,
    pause: dt.timedelta = dt.timedelta(0),
) -> None:
    """Write down how a try ended; a lease that somebody else has taken over meanwhile is not ours to mark."""
    now = clock.now()
    WebhookMessage.objects.waiting().filter(pk=message.pk, leased_until=message.leased_until).update(
        status=status,
        fault=fault,
        leased_until=None,
        arrived_at=now if arrived else None,
        given_up_at=now if given_up else None,
        next_at=now + pause,
    )
    if not arrived:
        log.info("webhook.unheard", endpoint=message.endpoint_id, attempt=message.attempts, status=status, fault=fault)


def has_arrived_since(message: WebhookMessage) -> bool:
    return WebhookMessage.objects.filter(endpoint=message.endpoint_id, arrived_at__gt=message.created_at).exists()


def forget() -> int:
    """Forget messages that ended a month ago. Returns how many."""
    before = clock.now() - KEPT
    over = WebhookMessage.objects.filter(arrived_at__lt=before) | WebhookMessage.objects.filter(given_up_at__lt=before)
    return over.delete()[0]
