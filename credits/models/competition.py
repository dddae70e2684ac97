"""Competition 白名单赛事: a competition that earns credits in one district, for the time it stands on the white-list."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models.scope import last_day, on, span
from people.actors import Actor
from people.models import District
from portal.lib import wording


class Stage(models.TextChoices):
    """As the national white-list names them. A vocational school's classes count as senior secondary here."""

    PRIMARY = "primary", _("primary")
    JUNIOR = "junior", _("junior secondary")
    SENIOR = "senior", _("senior secondary")
    VOCATIONAL = "vocational", pgettext_lazy("stage", "vocational")


class CompetitionQuerySet(models.QuerySet["Competition"]):
    def visible_to(self, actor: Actor) -> "CompetitionQuerySet":
        """The white-list is known to every hat and client of its district."""
        if actor.is_system:
            return self
        return self.none() if actor.district_id is None else self.filter(district=actor.district_id)

    def on(self, day: dt.date) -> "CompetitionQuerySet":
        """On the list on that day."""
        return self.filter(on(day))


class Competition(models.Model):
    """`ends_on` is the first day no longer on the list. What was posted keeps the row: it ends, it is not deleted."""

    Stage = Stage

    district = models.ForeignKey(District, models.PROTECT, related_name="competitions", verbose_name=_("district"))
    name = models.CharField(_("competition"), max_length=120)
    organisers = models.CharField(_("organisers"), max_length=200, blank=True)
    stages = ArrayField(models.CharField(max_length=12, choices=Stage.choices), verbose_name=_("stages"))
    starts_on = models.DateField(_("valid from"))
    ends_on = models.DateField(_("ends before"))

    objects = CompetitionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="competition_ends_after_start",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="competition_has_stages",
                condition=Q(stages__len__gt=0, stages__contained_by=Stage.values),
                violation_error_message=_("Name at least one stage."),
            ),
            ExclusionConstraint(
                name="competition_once",
                expressions=[
                    ("district", RangeOperators.EQUAL),
                    ("name", RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This competition stands on the list already in that time."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)

    def stands_on(self, day: dt.date) -> bool:
        """Whether it is on the list on that day."""
        return self.starts_on <= day < self.ends_on

    @property
    def stages_in_words(self) -> str:
        return wording.listed([str(stage.label) for stage in Stage if stage in self.stages])

    @property
    def organisers_in_words(self) -> str:
        return wording.listed([name.strip() for name in self.organisers.split(";") if name.strip()])

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
