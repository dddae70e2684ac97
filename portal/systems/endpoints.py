"""Verbs of WebhookEndpoint: where a system is told, with which secret, and when no longer."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from people import audit, notices
from people.access import require
from people.actors import SYSTEM, Actor
from people.events import TYPES
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock, outbound
from portal.lib.doorbell import ring
from portal.lib.errors import Refused
from portal.models import Client, WebhookEndpoint, WebhookMessage, WebhookSecret
from portal.systems import signing

OVERLAP = dt.timedelta(hours=24)
LAST = 2**63 - 1
DELIVER = "portal.deliver_webhooks"


@dataclass(frozen=True)
class Issued:
    """An endpoint together with its secret, shown once."""

    endpoint: WebhookEndpoint
    secret: str


@verb
def add(client: Client, *, by: Actor, url: str, types: Iterable[str]) -> Issued:
    """Tell a system of these events from now on. Raises Refused for an address that is never called."""
    require(by, Permission.CLIENT_MANAGE, client)
    outbound.check(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        begun = cursor.fetchone()[0]  # whatever is still being written now will be told
    endpoint = WebhookEndpoint.objects.create(
        client=client, url=url, types=_checked(types), after_xid=begun - 1, after_id=LAST
    )
    secret = _give(endpoint)
    audit.record("endpoint.add", endpoint, by=by, client=client.pk, types=endpoint.types)
    return Issued(endpoint, secret)


@verb
def change(endpoint: WebhookEndpoint, *, by: Actor, types: Iterable[str]) -> None:
    """Tell it of other events from now on."""
    require(by, Permission.CLIENT_MANAGE, endpoint)
    endpoint.types = _checked(types)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(types=endpoint.types)
    audit.record("endpoint.change", endpoint, by=by, types=endpoint.types)


@verb
def rotate(endpoint: WebhookEndpoint, *, by: Actor) -> Issued:
    """A new secret. For a day the old one signs along, so that the other side can change over in its own time."""
    require(by, Permission.CLIENT_MANAGE, endpoint)
    now = clock.now()
    WebhookSecret.objects.filter(endpoint=endpoint, ends_at__isnull=True).update(ends_at=now + OVERLAP)
    # of three, the oldest ends now: a header carries two signatures at most
    current = WebhookSecret.objects.filter(endpoint=endpoint).live().values_list("pk", flat=True)
    WebhookSecret.objects.filter(pk__in=list(current)[1:]).update(ends_at=now)
    secret = _give(endpoint)
    audit.record("endpoint.rotate", endpoint, by=by)
    return Issued(endpoint, secret)


@verb
def ping(endpoint: WebhookEndpoint, *, by: Actor) -> WebhookMessage:
    """Send a test message, once, without retries."""
    require(by, Permission.CLIENT_MANAGE, endpoint)
    if not endpoint.is_enabled:
        raise Refused("endpoint_disabled", _("This address is switched off. Switch it on first."))
    message = WebhookMessage.objects.create(endpoint=endpoint)
    audit.record("endpoint.ping", endpoint, by=by)
    ring(DELIVER)
    return message


@verb
def enable(endpoint: WebhookEndpoint, *, by: Actor) -> None:
    """Tell it again, from where it stopped: nothing of the time between is lost."""
    require(by, Permission.CLIENT_MANAGE, endpoint)
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=False).update(
        disabled_at=None, disabled_why=""
    ):
        audit.record("endpoint.enable", endpoint, by=by)
        ring(DELIVER)


@verb
def disable(endpoint: WebhookEndpoint, *, by: Actor, why: str = WebhookEndpoint.Why.PERSON) -> None:
    """Tell it nothing more until it is switched on again; where nobody decided that, whoever answers for it is told."""
    require(by, Permission.CLIENT_MANAGE, endpoint)
    open_ones = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True)
    if not open_ones.update(disabled_at=clock.now(), disabled_why=why):
        return
    audit.record("endpoint.disable", endpoint, by=by, is_now=why)
    if by == SYSTEM:
        notices.send(
            "webhook_disabled",
            to=[endpoint.client.principal],
            subject=f"endpoint:{endpoint.pk}",
            path=f"/endpoints/{endpoint.pk}/",
            due_slot=clock.now().isoformat(timespec="seconds"),
            facts={"system": endpoint.client.name, "host": endpoint.host},
        )


def _give(endpoint: WebhookEndpoint) -> str:
    secret = signing.fresh_secret()
    row = WebhookSecret(endpoint=endpoint)
    row.seal(secret)
    row.save(force_insert=True)
    return signing.shown(secret)


def _checked(types: Iterable[str]) -> list[str]:
    wanted = set(types)
    if not wanted or not wanted <= set(TYPES):
        raise Refused("endpoint_types", _("Choose at least one event from the list."))
    return [code for code in TYPES if code in wanted]
