"""SubsidyRate 补助标准: yuan for a class-hour, by kind of counselor × area × date. None exists until a district says so."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.models import School
from portal.lib import clock

from .counselor import Counselor


class SubsidyRateQuerySet(models.QuerySet):
    def visible_to(self, actor):
        if actor.is_system:
            return self
        return self.filter(district_id=actor.district_id) if actor.is_office else self.none()

    def of(self, kind: str, locality: str, day: dt.date):
        """The rates of one cell that have begun by `day`, the one that counts first."""
        return self.filter(kind=kind, locality=locality, starts_on__lte=day).order_by("-starts_on")


class SubsidyRate(models.Model):
    """Added, never changed: what was paid stays explained."""

    district = models.ForeignKey("people.District", models.PROTECT, related_name="subsidy_rates")
    kind = models.CharField(_("kind of counselor"), max_length=12, choices=Counselor.Kind)
    locality = models.CharField(_("locality"), max_length=10, choices=School.Locality)
    starts_on = models.DateField(_("In force from"))
    yuan = models.DecimalField(_("yuan for a class-hour"), max_digits=7, decimal_places=2)
    reason = models.CharField(_("basis"), max_length=200)
    set_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    objects = SubsidyRateQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "locality", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "locality", "starts_on"],
                name="subsidy_rate_once",
                violation_error_message=_("A rate for this kind and area already begins on that day."),
            ),
            models.CheckConstraint(
                condition=Q(yuan__gt=0),
                name="subsidy_rate_above_zero",
                violation_error_message=_("A rate is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.locality} {self.starts_on}"

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
