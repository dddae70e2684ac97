"""What shall become of a booking when a supplement shortens its agreement."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lib import clock


class ImpactChoice(models.Model):
    """Chosen beforehand by one of the parties, done when the supplement is filed."""

    amendment = models.ForeignKey("partnerships.Agreement", models.CASCADE, related_name="+")
    booking = models.ForeignKey("activities.Booking", models.CASCADE, related_name="+")
    choice = models.CharField(max_length=40)  # what, and where to: activities.touched.Option.wish
    chosen_at = models.DateTimeField(default=clock.now)
    chosen_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "booking"],
                name="impactchoice_once",
                violation_error_message=_("Something has been chosen for this booking already."),
            ),
        ]
