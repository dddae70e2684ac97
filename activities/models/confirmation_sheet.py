"""ConfirmationSheet 活动确认单: what school and host both said yes to for one visit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .booking import Booking


class SheetQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(booking__in=Booking.objects.visible_to(actor).values("pk"))

    def accepted(self):
        """Both sides said yes; whether to what the booking is now, says `holds_for`."""
        return self.filter(school_at__isnull=False, host_at__isnull=False)


class ConfirmationSheet(models.Model):
    """One a booking. `digest` is of the content that was accepted: another content voids both words.

    `session` is the one that was accepted: a booking without an agreement is confirmed for no other (a trigger)."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="sheet")
    session = models.ForeignKey("activities.Session", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    school_at = models.DateTimeField(null=True, blank=True)
    school_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    host_at = models.DateTimeField(null=True, blank=True)
    host_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="confirmationsheet_signed",
                condition=(
                    Q(school_at__isnull=True, school_by__isnull=True)
                    | Q(school_at__isnull=False, school_by__isnull=False)
                )
                & (Q(host_at__isnull=True, host_by__isnull=True) | Q(host_at__isnull=False, host_by__isnull=False)),
                violation_error_message=_("Whoever accepts a confirmation sheet says when and by whom."),
            )
        ]

    @property
    def is_accepted(self) -> bool:
        return self.school_at is not None and self.host_at is not None
