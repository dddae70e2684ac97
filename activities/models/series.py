"""A series: one weekly rule, from which the sessions of a term are made.

Either a venue's own weekly series, or an after-school series of one school for one activity group or class.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships.models.scope import last_day
from portal.lib import clock, wording

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def weekdays_said(weekdays: Iterable[int]) -> str:
    """ISO weekdays as words: 周二、周四 / Tue, Thu."""
    sunday = dt.date(2023, 12, 31)
    return wording.listed([wording.weekday(sunday + dt.timedelta(days=day)) for day in weekdays])


class SeriesQuerySet(models.QuerySet):
    def after_school(self):
        return self.filter(school__isnull=False)

    def visible_to(self, actor):
        """The provider's and the school's own; an office sees those of its district's schools."""
        if actor.is_system:
            return self
        if actor.organisation_id is None and not actor.is_client:
            return self.none()
        hat = actor.organisation_id or 0
        own = Q(provider=hat) | Q(school=hat)
        if actor.reads_district:
            own |= Q(school__organisation__district=actor.district_id)
        return self.filter(own)


class Series(models.Model):
    programme = models.ForeignKey("activities.Programme", models.PROTECT, related_name="series")
    provider = models.ForeignKey("people.Organisation", models.PROTECT, related_name="series")
    school = models.ForeignKey(
        "partnerships.School",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="after_school_series",
    )
    group = models.ForeignKey("partnerships.ActivityGroup", models.PROTECT, null=True, blank=True)
    school_class = models.ForeignKey("partnerships.SchoolClass", models.PROTECT, null=True, blank=True)
    rule = models.CharField(max_length=120)  # RFC 5545, e.g. FREQ=WEEKLY;BYDAY=TU
    starts_on = models.DateField(_("first date"))
    ends_on = models.DateField(_("ends before"))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    request_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                name="series_ends_after_start",
                condition=Q(ends_on__gt=F("starts_on")) & Q(ends__gt=F("starts")),
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                name="series_one_group",
                condition=Q(school__isnull=True, group__isnull=True, school_class__isnull=True)
                | Q(school__isnull=False, group__isnull=False, school_class__isnull=True)
                | Q(school__isnull=False, group__isnull=True, school_class__isnull=False),
                violation_error_message=_("An after-school series is for one activity group or one class."),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.rule}"

    @property
    def last_day(self) -> dt.date:
        return last_day(self.ends_on)

    @property
    def who(self) -> str:
        """The club, or the class by its label of the first date; empty for a venue's own series."""
        if self.group:
            return self.group.name
        return self.school_class.label(self.starts_on) if self.school_class else ""

    @property
    def weekdays_said(self) -> str:
        """周二、周四 / Tue, Thu."""
        return weekdays_said(self.weekdays)

    @property
    def weekdays(self) -> list[int]:
        """ISO weekdays of the rule."""
        return [DAYS.index(name) + 1 for name in self.rule.partition("BYDAY=")[2].split(",")]

    @property
    def is_own(self) -> bool:
        """Given by the school's own teachers: needs neither venue nor agreement."""
        return self.school_id is not None and self.provider_id == self.school_id

    def organisation_ids(self) -> set[int]:
        return {self.provider_id, self.school_id} - {None}

    def district_ids(self) -> set[int]:
        return {self.school.organisation.district_id} if self.school_id else set()
