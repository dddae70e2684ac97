"""The roll: one entry a pupil and booking, and every later change of it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.lib import clock

from .span import Slot, one_place_at_a_time


class Mark(models.TextChoices):
    PRESENT = "present", pgettext_lazy("mark", "Present")
    LATE = "late", pgettext_lazy("mark", "Late")
    LEFT_EARLY = "left_early", pgettext_lazy("mark", "Left early")
    LEAVE = "leave", pgettext_lazy("mark", "On leave")
    ABSENT = "absent", pgettext_lazy("mark", "Absent")


THERE = (Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY)


class RollEntryQuerySet(models.QuerySet):
    def live(self):
        return self.filter(is_live=True)

    def there(self):
        """Pupils who came, all the time or part of it."""
        return self.filter(mark__in=THERE)

    def visible_to(self, actor):
        """Rows of the hat's bookings; names are another question, asked of the roll's window."""
        bookings = RollEntry.booking.field.related_model.objects.visible_to(actor)
        return self.filter(booking__in=bookings)


class RollEntry(Slot):
    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="roll")
    student = models.ForeignKey("partnerships.Student", models.PROTECT, related_name="roll")
    enrolment = models.ForeignKey("partnerships.Enrolment", models.PROTECT, related_name="roll")
    added = models.BooleanField(default=False)  # added on the spot
    mark = models.CharField(max_length=10, choices=Mark, null=True, blank=True)
    task_sheet = models.BooleanField(default=False)  # handed in
    arrived_at = models.DateTimeField(null=True, blank=True)  # when the pupil came, for those who were late
    marked_at = models.DateTimeField(null=True, blank=True)  # when the leader acted, by the leader's phone
    marked_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")

    objects = RollEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "student"],
                name="rollentry_once",
                violation_error_message=_("This pupil is already on the roll."),
            ),
            ExclusionConstraint(
                name="rollentry_one_place",
                expressions=one_place_at_a_time("student"),
                condition=Q(is_live=True),
                violation_error_message=_("A pupil of this group is already somewhere else at that time."),
            ),
            models.CheckConstraint(
                name="rollentry_marked_by_someone",
                condition=Q(mark__isnull=True, marked_at__isnull=True, marked_by__isnull=True)
                | Q(mark__isnull=False, marked_at__isnull=False, marked_by__isnull=False),
                violation_error_message=_("A mark says when it was set and by whom."),
            ),
            models.CheckConstraint(
                name="rollentry_sheet_of_pupil_there",
                condition=Q(task_sheet=False) | Q(mark__isnull=False, mark__in=THERE),  # NULL alone would pass
                violation_error_message=_("A task sheet is handed in by a pupil who was there."),
            ),
        ]

    @property
    def is_there(self) -> bool:
        return self.mark in THERE


class RollChange(models.Model):
    """One correction after the roll was sent. Append-only."""

    entry = models.ForeignKey("activities.RollEntry", models.PROTECT, related_name="changes")
    old = models.CharField(max_length=10, choices=Mark, blank=True)
    new = models.CharField(max_length=10, choices=Mark)
    old_sheet = models.BooleanField(default=False)
    new_sheet = models.BooleanField(default=False)
    why = models.CharField(_("why"), max_length=200)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey("people.Membership", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["changed_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="rollchange_says_why",
                condition=~Q(why=""),
                violation_error_message=_("Say why the roll is corrected."),
            ),
        ]
