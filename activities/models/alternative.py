"""Alternative: another session that a venue names when it declines a group."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alternative(models.Model):
    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="alternatives")
    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["session__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="alternative_once",
                fields=["booking", "session"],
                violation_error_message=_("This session is named already."),
            )
        ]
