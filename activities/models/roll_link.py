"""RollLink: a substitute leader calls one roll on one day, without an account, by a link and a PIN."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from portal.lib import clock


class RollLinkQuerySet(models.QuerySet["RollLink"]):
    def visible_to(self, actor: Actor):
        """The school's own."""
        if actor.is_system:
            return self
        if not actor.is_school:
            return self.none()
        own = self.filter(booking__school=actor.organisation_id or 0)
        return own.filter(booking__leader=actor.membership) if actor.is_teacher else own

    def usable(self):
        """Not revoked, not locked by wrong PINs, and on its day."""
        now = clock.now()
        return self.filter(revoked_at__isnull=True, wrong__lt=MOST_WRONG, starts_at__lte=now, ends_at__gt=now)


MOST_WRONG = 5


class RollLink(models.Model):
    """Good from `starts_at` to `ends_at` (instants: the local day of the session); only digests are kept."""

    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="links")
    for_whom = models.CharField(_("who leads instead"), max_length=40)
    token_digest = models.BinaryField(max_length=32, unique=True)
    pin_digest = models.CharField(max_length=128)  # as a password is kept
    wrong = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("people.Membership", models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = RollLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"],
                condition=Q(revoked_at__isnull=True),
                name="rolllink_one_standing",
                violation_error_message=_("Somebody has just made a link for this roll."),
            ),
            models.CheckConstraint(
                name="rolllink_one_day",
                condition=Q(ends_at__gt=models.F("starts_at")),
                violation_error_message=_("A link for a roll is good for one day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.for_whom}"
