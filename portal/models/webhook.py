"""WebhookEndpoint: where another system is told what happened; its secrets, and every message as a row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.models import Event
from portal.lib import clock, sealing
from portal.lib.keys import fresh

from .client import Client


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, actor: Actor) -> "WebhookEndpointQuerySet":
        return self.filter(client__in=Client.objects.visible_to(actor))

    def open(self) -> "WebhookEndpointQuerySet":
        """Those that are told anything: not disabled, and their client is one that may ask."""
        return self.filter(disabled_at__isnull=True, client__is_active=True, client__principal__is_active=True)


class WebhookEndpoint(models.Model):
    """A follower of the events that we run ourselves: `after_xid` and `after_id` say how far it has been told."""

    class Why(models.TextChoices):
        PERSON = "person", pgettext_lazy("endpoint", "switched off here")
        GONE = "gone", pgettext_lazy("endpoint", "the other system answered 410: no longer wanted")
        FAILING = (
            "failing",
            pgettext_lazy("endpoint", "every retry of a message failed, and nothing else arrived meanwhile"),
        )

    client = models.ForeignKey(Client, models.PROTECT, related_name="endpoints", verbose_name=_("connected system"))
    url = models.CharField(_("address"), max_length=500)
    types = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list)
    after_xid = models.BigIntegerField(editable=False)
    after_id = models.BigIntegerField(editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    disabled_at = models.DateTimeField(_("disabled"), null=True, blank=True)
    disabled_why = models.CharField(_("reason"), max_length=8, choices=Why, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="webhook_disabled_says_why",
                condition=Q(disabled_at__isnull=True, disabled_why="")
                | Q(disabled_at__isnull=False) & ~Q(disabled_why=""),
                violation_error_message=_("A disabled address says why."),
            ),
            models.UniqueConstraint(
                name="webhook_address_once",
                fields=["client", "url"],
                violation_error_message=_("This system is told at this address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    @property
    def host(self) -> str:
        """What pages and logs show: an address may carry a key in its path."""
        return self.url.split("/")[2] if self.url.count("/") > 1 else ""

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return self.client.district_ids()


class WebhookSecretQuerySet(models.QuerySet["WebhookSecret"]):
    def live(self) -> "WebhookSecretQuerySet":
        """Those that sign now, the newest first: after a change the old one signs along for a day."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())).order_by("-created_at", "-pk")


class WebhookSecret(models.Model):
    """What both sides sign and check with; sealed, bound to its row."""

    id = models.UUIDField(primary_key=True, default=fresh, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="secrets")
    sealed = models.BinaryField(editable=False)
    key_id = models.SmallIntegerField(editable=False)
    created_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    objects = WebhookSecretQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="webhook_secret_newest_once",
                fields=["endpoint"],
                condition=Q(ends_at__isnull=True),
                violation_error_message=_("The secret has just been changed by somebody else."),
            )
        ]

    def seal(self, secret: bytes) -> None:
        self.key_id, self.sealed = sealing.seal(secret, bound_to=f"webhook_secret:{self.pk}")

    def open(self) -> bytes:
        return sealing.open_sealed(self.sealed, key_id=self.key_id, bound_to=f"webhook_secret:{self.pk}")


class WebhookMessageQuerySet(models.QuerySet["WebhookMessage"]):
    def visible_to(self, actor: Actor) -> "WebhookMessageQuerySet":
        return self.filter(endpoint__in=WebhookEndpoint.objects.visible_to(actor))

    def waiting(self) -> "WebhookMessageQuerySet":
        """Neither arrived nor given up."""
        return self.filter(arrived_at__isnull=True, given_up_at__isnull=True)

    def due(self) -> "WebhookMessageQuerySet":
        """Those that may be tried now: their time has come, and nobody holds them."""
        now = clock.now()
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.waiting().filter(free, next_at__lte=now, endpoint__in=WebhookEndpoint.objects.open())


class WebhookMessage(models.Model):
    """One message to one address: an event, or a test without one. `key` is the message's id through all its tries."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="messages")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(default=fresh, unique=True, editable=False)
    attempts = models.SmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("time"), default=clock.now)
    next_at = models.DateTimeField(_("next try"), default=clock.now)
    leased_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(_("last try"), null=True)
    status = models.SmallIntegerField(_("answer"), null=True)  # of the last try; none where nobody answered
    fault = models.CharField(max_length=12, blank=True)  # why nobody answered
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)

    objects = WebhookMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="webhook_message_waiting",
                condition=Q(arrived_at__isnull=True, given_up_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="webhook_message_once",
                fields=["endpoint", "event"],
                violation_error_message=_("This address has been told of this event already."),
            ),
            models.CheckConstraint(
                name="webhook_message_one_end",
                condition=Q(arrived_at__isnull=True) | Q(given_up_at__isnull=True),
                violation_error_message=_("A message has arrived or was given up, not both."),
            ),
        ]

    @property
    def message_id(self) -> str:
        return f"msg_{self.key.hex}"

    @property
    def type(self) -> str:
        return self.event.type if self.event else "ping"

    @property
    def is_waiting(self) -> bool:
        return self.arrived_at is None and self.given_up_at is None
