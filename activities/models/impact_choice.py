"""What shall become of a booking, a session or a counselor when a supplement shortens the agreement."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lib import clock


class ImpactChoice(models.Model):
    """Chosen beforehand by one of the parties, done when the supplement is filed."""

    amendment = models.ForeignKey("partnerships.Agreement", models.CASCADE, related_name="+")
    touched = models.CharField(max_length=40)  # which row: activities.options.Row.name
    choice = models.CharField(max_length=40)  # what, and where to: activities.options.Option.wish
    chosen_at = models.DateTimeField(default=clock.now)
    chosen_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "touched"],
                name="impactchoice_once",
                violation_error_message=_("Something has been chosen for this already."),
            ),
        ]
