"""Check 准入查询: consent, asking unit, date, clear or not clear, valid until. Nothing else is storable, on purpose.

The unit is the bureau that asked; its answer counts in its own district and is shown nowhere else.
"""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.lib import clock


class CheckQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The bureau and the partner office see those of their own district, the counselor their own; nobody else."""
        if actor.is_system:
            return self
        if actor.is_office and actor.role != "inspector":
            return self.filter(unit__district=actor.district_id)
        return self.filter(counselor=actor.organisation_id or 0)

    def standing(self):
        """The last word of each unit about each counselor: a later answer takes the place of an earlier one."""
        later = Check.objects.filter(
            Q(checked_on__gt=models.OuterRef("checked_on"))
            | Q(checked_on=models.OuterRef("checked_on"), pk__gt=models.OuterRef("pk")),
            counselor=models.OuterRef("counselor"),
            unit=models.OuterRef("unit"),
        )
        return self.filter(~models.Exists(later))

    def valid_on(self, day: dt.date):
        """Standing, clear, and not yet run out on `day`."""
        return self.standing().filter(outcome=Check.Outcome.CLEAR, valid_until__gt=day)


class Check(models.Model):
    """`valid_until` is the first day on which it no longer counts."""

    class Outcome(models.TextChoices):
        CLEAR = "clear", pgettext_lazy("check", "clear")
        NOT_CLEAR = "not_clear", pgettext_lazy("check", "not clear")

    counselor = models.ForeignKey("activities.Counselor", models.PROTECT, related_name="checks")
    unit = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+", verbose_name=_("checking unit"))
    consented_on = models.DateField(_("agreed on"))
    checked_on = models.DateField(_("checked on"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="check_after_consent",
                condition=Q(checked_on__gte=F("consented_on")),
                violation_error_message=_("A check needs the person's consent first."),
            ),
            models.CheckConstraint(
                name="check_validity_fits_outcome",
                condition=Q(outcome="clear", valid_until__isnull=False, valid_until__gt=F("checked_on"))
                | Q(outcome="not_clear", valid_until__isnull=True),
                violation_error_message=_("A clear check is valid for a time, another one for none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counselor_id} {self.checked_on}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day that counts, which is what people read."""
        return self.valid_until and self.valid_until - dt.timedelta(days=1)

    @property
    def is_valid(self) -> bool:
        """Whether it counts today."""
        return self.valid_until is not None and self.valid_until > clock.today()

    def organisation_ids(self) -> set[int]:
        return {self.counselor_id}

    def district_ids(self) -> set[int]:
        return {self.unit.district_id} - {None}
