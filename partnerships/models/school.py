"""Schools, their campuses, after-school slots and credit pilots."""

import datetime as dt

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models import Organisation

from .position import Positioned, position_whole
from .scope import last_day, on, span, within
from .term import CalendarDay


class SchoolQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return within(self, actor, district="organisation__district_id", own="pk").select_related("organisation")

    def pairable_with(self, venue_id: int):
        """Schools of the districts in which the venue is listed: whom it may invite into an agreement."""
        return self.filter(
            organisation__district__listings__organisation_id=venue_id,
            organisation__district__listings__state="listed",
        ).select_related("organisation__district")

    def paired(self, day: dt.date):
        """Schools with at least one agreement in force on `day` that they have signed and not left."""
        agreement = apps.get_model("partnerships", "Agreement")
        parties = apps.get_model("partnerships", "AgreementParty").objects.standing(day)
        signed = parties.filter(agreement__in=agreement.objects.in_force(day).values("pk"))
        return self.filter(pk__in=signed.values("organisation_id"))

    def in_pilot(self, day: dt.date):
        return self.filter(Q(pk__in=CreditPilot.objects.on(day).values("school_id")))


class School(Positioned):
    """学校; shares the key of its organisation."""

    class Stage(models.TextChoices):
        KINDERGARTEN = "kindergarten", _("kindergarten")
        PRIMARY = "primary", _("primary school")
        JUNIOR = "junior", _("junior secondary school")
        SENIOR = "senior", _("senior secondary school")
        NINE_YEAR = "nine_year", _("nine-year school")
        COMPLETE_SECONDARY = "complete_secondary", _("complete secondary school")
        TWELVE_YEAR = "twelve_year", _("twelve-year school")
        VOCATIONAL = "vocational", _("vocational school")
        SPECIAL = "special", _("special school")

    class Locality(models.TextChoices):
        URBAN = "urban", _("urban")
        TOWN = "town", _("town")
        RURAL = "rural", _("rural")

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="school")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, blank=True)
    locality = models.CharField(_("locality"), max_length=10, choices=Locality, blank=True)
    is_underserved = models.BooleanField(_("underserved"), default=False)
    cluster = models.CharField(_("school cluster"), max_length=60, blank=True)
    street = models.CharField(_("street"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name_zh"]
        constraints = [position_whole("school")]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def may_take_held_back(self) -> bool:
        """Rural and underserved schools (N17): places kept back are for them."""
        return self.is_underserved or self.locality == School.Locality.RURAL

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def district_id(self) -> int:
        return self.organisation.district_id

    def is_pilot(self, day: dt.date) -> bool:
        return self.pilots.on(day).exists()

    def organisation_ids(self) -> set[int]:
        return {self.pk}

    def district_ids(self) -> set[int]:
        return {self.organisation.district_id}


class OfSchool(models.QuerySet):
    """Rows of one school: seen by the school and by the offices of its district."""

    def visible_to(self, actor):
        return within(self, actor, district="school__organisation__district_id", own="school_id")


class SchoolPart(models.Model):
    """What every row of a school answers to `may()`."""

    class Meta:
        abstract = True

    def organisation_ids(self) -> set[int]:
        return {self.school_id}

    def district_ids(self) -> set[int]:
        return {self.school.organisation.district_id}


class Campus(SchoolPart, Positioned):
    """校区."""

    school = models.ForeignKey(School, models.PROTECT, related_name="campuses")
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=120, blank=True)

    objects = OfSchool.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                name="campus_once",
                violation_error_message=_("The school already has a campus of this name."),
            ),
            position_whole("campus"),
        ]

    def __str__(self) -> str:
        return self.name


class Slot(SchoolPart):
    """课后服务时段: when the school's after-school service takes place, by weekday of the timetable."""

    school = models.ForeignKey(School, models.PROTECT, related_name="slots")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=CalendarDay.Weekday)
    starts = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"))

    objects = OfSchool.as_manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "weekday", "starts"],
                name="slot_once",
                violation_error_message=_("The school already has a slot at this time."),
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="slot_ends_after_start",
                violation_error_message=_("The slot must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)),
                name="slot_weekday",
                violation_error_message=_("Choose a weekday from Monday to Sunday."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}—{self.ends:%H:%M}"


class CreditPilotQuerySet(OfSchool):
    def on(self, day: dt.date):
        return self.filter(on(day))


class CreditPilot(SchoolPart):
    """科普学分制试点: from when until before when credits of the school's pupils are posted."""

    school = models.ForeignKey(School, models.PROTECT, related_name="pilots")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends before"), null=True, blank=True)

    objects = CreditPilotQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="credit_pilot_ends_after_start",
                violation_error_message=_("The pilot must end after it begins."),
            ),
            ExclusionConstraint(
                expressions=[("school", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                name="credit_pilot_no_overlap",
                violation_error_message=_("The school is already a pilot in this time."),
            ),
        ]

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)
