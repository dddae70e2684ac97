"""A class of a booking, and its heads that stand on no roll."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .span import Slot, one_place_at_a_time


class BookingClassQuerySet(models.QuerySet):
    def during(self, starts_at: dt.datetime, ends_at: dt.datetime):
        """Live rows that overlap a stretch of time."""
        return self.filter(is_live=True, starts_at__lt=ends_at, ends_at__gt=starts_at)


class BookingClass(Slot):
    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="classes")
    school_class = models.ForeignKey("partnerships.SchoolClass", models.PROTECT, related_name="bookings")
    heads = models.SmallIntegerField(default=0)  # pupils without a stored name; 0 when all are on the roll

    objects = BookingClassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bookingclass_heads_ok",
                condition=Q(heads__gte=0),
                violation_error_message=_("The number of heads is 0 or more."),
            ),
            models.UniqueConstraint(
                fields=["booking", "school_class"],
                name="bookingclass_once",
                violation_error_message=_("This class is already part of the booking."),
            ),
            ExclusionConstraint(
                name="bookingclass_one_place",
                expressions=one_place_at_a_time("school_class"),
                condition=Q(is_live=True),
                violation_error_message=_("This class already has an activity at that time."),
            ),
        ]
