"""A venue's rules for groups, with history: rows are added and start on a day, the last one started counts."""

import datetime as dt
import math

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models import User
from portal.lib import clock

from .venue import Venue


def every_day_but_monday() -> list[int]:
    return [2, 3, 4, 5, 6, 7]


class BookingRulesQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(venue__in=Venue.objects.visible_to(actor).values("pk"))

    def in_force(self, day: dt.date):
        """The row of each venue that counts on `day`; a venue without rows follows the defaults."""
        return self.filter(starts_on__lte=day).order_by("venue_id", "-starts_on").distinct("venue_id")

    def of(self, venue_id: int, *, on: dt.date) -> "BookingRules":
        """The rules of one venue on a day; the defaults (unsaved, `pk` None) where it has not written any."""
        row = self.filter(venue_id=venue_id, starts_on__lte=on).order_by("-starts_on").first()
        return row or BookingRules(venue_id=venue_id, starts_on=on)


class BookingRules(models.Model):
    """预约规则. Defaults are "default, not policy"; a venue may only be stricter about adults than the defaults."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="booking_rules")
    starts_on = models.DateField(_("in force from"))
    smallest_group = models.PositiveSmallIntegerField(_("smallest group"), default=1)
    largest_group = models.PositiveSmallIntegerField(_("largest group"), default=200)
    lead_days = models.PositiveSmallIntegerField(_("days ahead at least"), default=7)
    ahead_days = models.PositiveSmallIntegerField(_("days ahead at most"), default=120)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("weekdays"), default=every_day_but_monday)
    groups_per_half_day = models.PositiveSmallIntegerField(_("groups a half-day"), null=True, blank=True)
    groups_per_day = models.PositiveSmallIntegerField(_("groups a day"), null=True, blank=True)
    heads_per_half_day = models.PositiveIntegerField(_("heads a half-day"), null=True, blank=True)
    heads_per_day = models.PositiveIntegerField(_("heads a day"), null=True, blank=True)
    visits_a_year = models.PositiveSmallIntegerField(_("groups of one school a school year"), null=True, blank=True)
    pupils_of_a_class = models.PositiveSmallIntegerField(_("pupils of one class in a session"), null=True, blank=True)
    pupils_per_adult = models.PositiveSmallIntegerField(_("pupils per adult"), default=20)
    preschool_per_adult = models.PositiveSmallIntegerField(_("pre-school children per adult"), default=10)
    free_cancel_hours = models.PositiveSmallIntegerField(_("free cancellation until (hours before)"), default=24)
    late_grace_minutes = models.PositiveSmallIntegerField(_("grace for late arrival (minutes)"), default=30)
    closed_on_holidays = models.BooleanField(_("no groups on public holidays"), default=True)
    needs_real_names = models.BooleanField(_("real names needed"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    set_at = models.DateTimeField(_("set at"), default=clock.now)
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("set by"))

    objects = BookingRulesQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "starts_on"],
                name="booking_rules_once_a_day",
                violation_error_message=_("Rules that start on this day are already entered."),
            ),
            models.CheckConstraint(
                condition=Q(smallest_group__gte=1, largest_group__gte=F("smallest_group")),
                name="booking_rules_group_sizes",
                violation_error_message=_("The largest group can't be smaller than the smallest."),
            ),
            models.CheckConstraint(
                condition=Q(ahead_days__gte=F("lead_days")),
                name="booking_rules_window",
                violation_error_message=_("Bookings must open before they close."),
            ),
            models.CheckConstraint(
                condition=Q(pupils_per_adult__range=(1, 20), preschool_per_adult__range=(1, 10)),
                name="booking_rules_adults",
                violation_error_message=_(
                    "A venue may ask for more adults, not for fewer: at most 20 pupils (pre-school: 10) per adult."
                ),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__len__gt=0, weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="booking_rules_weekdays",
                violation_error_message=_("Choose at least one weekday."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.starts_on}"

    @property
    def is_default(self) -> bool:
        """Whether these are the system's values, not the venue's."""
        return self.pk is None

    def adults_for(self, pupils: int, *, preschool: int = 0) -> int:
        """Adults that must come along: ⌈pupils/20⌉ + ⌈pre-school/10⌉, or what the stricter venue says."""
        return math.ceil(pupils / self.pupils_per_adult) + math.ceil(preschool / self.preschool_per_adult)

    def organisation_ids(self) -> set[int]:
        return {self.venue_id}

    def district_ids(self) -> set[int]:
        return self.venue.district_ids()
