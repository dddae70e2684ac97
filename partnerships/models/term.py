"""Terms of a district and what each of their days is."""

import datetime as dt

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import District

from .scope import last_day, on, span


class OfDistrict(models.QuerySet):
    """Rows that belong to everybody in one district."""

    def visible_to(self, actor):
        """An office and a school see their district's, a venue or counselor those of the districts that list them."""
        if actor.is_system:
            return self
        if actor.district_id is not None:
            return self.filter(district_id=actor.district_id)
        listings = apps.get_model("partnerships", "Listing").objects.listed()
        return self.filter(district__in=listings.filter(organisation_id=actor.organisation_id).values("district"))


class TermQuerySet(OfDistrict):
    def on(self, day: dt.date):
        """The term that holds `day` (at most one a district)."""
        return self.filter(on(day))


class Term(models.Model):
    """学期. `school_year` is the year in which it begins: 2026 for 2026—2027. `ends_on` is the first day after it."""

    class Half(models.IntegerChoices):
        FIRST = 1, _("first term")
        SECOND = 2, _("second term")

    district = models.ForeignKey(District, models.PROTECT, related_name="terms")
    school_year = models.PositiveSmallIntegerField(_("school year"))
    half = models.PositiveSmallIntegerField(_("half"), choices=Half)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"))

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "school_year", "half"],
                name="term_once",
                violation_error_message=_("This term is already entered."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="term_ends_after_start",
                violation_error_message=_("The term must end after it begins."),
            ),
            ExclusionConstraint(
                expressions=[("district", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                name="term_no_overlap",
                violation_error_message=_("Two terms of a district can't overlap."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """2026—2027学年第一学期 / First term 2026–2027."""
        if (get_language() or "").startswith("zh"):
            return f"{self.school_year}—{self.school_year + 1}学年第{'一二'[self.half - 1]}学期"
        return f"{('First', 'Second')[self.half - 1]} term {self.school_year}–{self.school_year + 1}"

    @property
    def last_day(self) -> dt.date:
        return last_day(self.ends_on)

    def holds(self, day: dt.date) -> bool:
        return self.starts_on <= day < self.ends_on

    def week_of(self, day: dt.date) -> int:
        """Number of the calendar week of the term that holds `day`; weeks begin on Monday, the first one is 1."""
        monday = self.starts_on - dt.timedelta(days=self.starts_on.weekday())
        return (day - monday).days // 7 + 1

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}


class CalendarDayQuerySet(OfDistrict):
    def between(self, first: dt.date, before: dt.date):
        return self.filter(date__gte=first, date__lt=before)

    def teaching(self):
        return self.filter(is_teaching=True)

    def workdays(self):
        return self.filter(is_workday=True)


class CalendarDay(models.Model):
    """One day of a district's calendar: every day has a row, holidays too."""

    class Source(models.TextChoices):
        OFFICIAL = "official", _("official")
        ASSUMED = "assumed", _("not yet official")
        EDITED = "edited", _("edited by the bureau")

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    district = models.ForeignKey(District, models.PROTECT, related_name="calendar_days")
    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("working day"))
    is_teaching = models.BooleanField(_("teaching day"))
    follows_weekday = models.PositiveSmallIntegerField(
        _("follows the timetable of"), choices=Weekday, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=10, choices=Source)
    note = models.CharField(_("note"), max_length=100, blank=True)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "date"],
                name="calendar_day_once",
                violation_error_message=_("This day is already in the calendar."),
            ),
            models.CheckConstraint(
                condition=Q(follows_weekday__isnull=True) | Q(follows_weekday__range=(1, 7), is_teaching=True),
                name="calendar_day_follows_if_teaching",
                violation_error_message=_("Only a teaching day can follow the timetable of a weekday."),
            ),
        ]

    def __str__(self) -> str:
        return self.date.isoformat()

    @property
    def timetable(self) -> int | None:
        """ISO weekday whose timetable is taught, None where nothing is."""
        return (self.follows_weekday or self.date.isoweekday()) if self.is_teaching else None

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
