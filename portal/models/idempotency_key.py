"""IdempotencyKey: the answer that a caller got for one key, kept as long as a retry may come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lib import clock


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def expired(self) -> "IdempotencyKeyQuerySet":
        return self.filter(expires_at__lte=clock.now())


class IdempotencyKey(models.Model):
    """Claimed first and filled last in the transaction of the effect: there is an answer exactly where there is an effect."""

    caller = models.CharField(max_length=60)  # the actor's stable key
    route = models.CharField(max_length=200)  # method and path
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)  # SHA-256 of the body
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="idempotency_key_once",
                fields=["caller", "route", "key"],
                violation_error_message=_("This key has been used already."),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="idempotency_key_by_expiry")]
