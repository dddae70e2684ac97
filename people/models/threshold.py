"""ThresholdValue 参数取值: what a district decided, from a date on. Rows are added, never edited."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.district import District
from people.models.user import User

if TYPE_CHECKING:
    from people.actors import Actor


class ThresholdQuerySet(models.QuerySet["ThresholdValue"]):
    def visible_to(self, actor: "Actor") -> "ThresholdQuerySet":
        """A district's values are no secret inside the district."""
        return self.filter(district_id=actor.district_id or 0)


class ThresholdValue(models.Model):
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=60)
    value = models.JSONField(_("value"))
    starts_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    set_at = models.DateTimeField(_("set"))

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        ordering = ["code", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                name="threshold_once_a_day",
                fields=["district", "code", "starts_on"],
                violation_error_message=_("A value of this threshold already starts on that day."),
            )
        ]

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
