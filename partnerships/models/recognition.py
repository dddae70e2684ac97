"""基地认定（称号）: titles that venues hold, with the dates as far as they are known."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .scope import last_day, span
from .venue import Venue


class RecognitionQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(venue__in=Venue.objects.visible_to(actor).values("pk"))

    def valid(self, day: dt.date):
        """Titles not known to have ended, or not to have begun, on `day`; an unknown date is taken as open."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gt=day)
        )

    def running_out(self, day: dt.date, days: int):
        """Valid on `day` and no longer `days` days later."""
        return self.valid(day).filter(ends_on__lte=day + dt.timedelta(days=days))


class Recognition(models.Model):
    """One title of one venue. A missing date is 未采集, not "for ever"."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("national")
        PROVINCIAL = "provincial", _("provincial")
        CITY = "city", _("city level")
        DISTRICT = "district", _("district level")

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="recognitions")
    title = models.CharField(_("title"), max_length=120)
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True)
    issuer = models.CharField(_("issuer"), max_length=120, blank=True)
    starts_on = models.DateField(_("valid from"), null=True, blank=True)
    ends_on = models.DateField(_("ends before"), null=True, blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering = ["title", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="recognition_ends_after_start",
                violation_error_message=_("The title must end after it begins."),
            ),
            ExclusionConstraint(
                expressions=[
                    ("venue", RangeOperators.EQUAL),
                    ("title", RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                name="recognition_no_overlap",
                violation_error_message=_("The venue already holds this title in this time."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)

    def organisation_ids(self) -> set[int]:
        return {self.venue_id}

    def district_ids(self) -> set[int]:
        return self.venue.district_ids()
