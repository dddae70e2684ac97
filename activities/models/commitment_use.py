"""What one booking takes of what an agreement promises."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CommitmentUse(models.Model):
    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="uses")
    commitment = models.ForeignKey("partnerships.Commitment", models.PROTECT, related_name="uses")
    reserved = models.IntegerField(default=0)
    delivered = models.IntegerField(default=0)
    released = models.IntegerField(default=0)  # reserved once: cancelled, or fewer came

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "commitment"],
                name="commitmentuse_once",
                violation_error_message=_("This booking already counts toward the commitment."),
            ),
            models.CheckConstraint(
                name="commitmentuse_not_negative",
                condition=Q(reserved__gte=0, delivered__gte=0, released__gte=0),
                violation_error_message=_("A commitment can't be used less than not at all."),
            ),
        ]
