"""VenueDay: how many groups and heads a venue has taken in a half-day and in the whole day, against its quota."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NOON = 12  # a group that comes before twelve o'clock counts for the morning


class VenueDay(models.Model):
    """A counter over all sessions of the venue, taken by one statement. Quotas are those of the last taking; none: NULL."""

    class Part(models.TextChoices):
        MORNING = "am", pgettext_lazy("half-day", "Morning")
        AFTERNOON = "pm", pgettext_lazy("half-day", "Afternoon")
        DAY = "day", pgettext_lazy("half-day", "Whole day")

    @classmethod
    def parts_of(cls, session) -> tuple[str, str]:
        """The day, and the half-day in which a session begins: in the order of the locks."""
        morning = timezone.localtime(session.starts_at).hour < NOON
        return (cls.Part.DAY, cls.Part.MORNING if morning else cls.Part.AFTERNOON)

    venue = models.ForeignKey("partnerships.Venue", models.PROTECT, related_name="days", db_index=False)
    date = models.DateField()
    part = models.CharField(max_length=3, choices=Part)
    groups = models.IntegerField(default=0)
    heads = models.IntegerField(default=0)
    groups_quota = models.IntegerField(null=True)
    heads_quota = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="venueday_once", fields=["venue", "date", "part"]),
            models.CheckConstraint(
                name="venueday_groups_ok",
                condition=Q(groups__gte=0) & (Q(groups_quota__isnull=True) | Q(groups__lte=F("groups_quota"))),
                violation_error_message=_("The venue receives no more groups that day. Choose another day."),
            ),
            models.CheckConstraint(
                name="venueday_heads_ok",
                condition=Q(heads__gte=0) & (Q(heads_quota__isnull=True) | Q(heads__lte=F("heads_quota"))),
                violation_error_message=_("The venue has not so many places left that day. Choose another day."),
            ),
        ]
