"""Hold 暂停预约: for some weeks a school makes no new bookings at one venue. It always has an end."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships.models.scope import last_day, on, span
from people.actors import Actor
from portal.lib import clock


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, actor: Actor):
        """The school's own and the venue's own; offices read those of their schools."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        own = actor.organisation_id or 0
        return self.filter(Q(school=own) | Q(venue=own))

    def in_force(self, day: dt.date):
        """Neither over on `day` nor lifted."""
        return self.filter(on(day), lifted_at__isnull=True)


class Hold(models.Model):
    """Bars new bookings of one school at one venue on the days from `starts_on`, before `ends_on`; what stands, stands."""

    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="holds")
    venue = models.ForeignKey("partnerships.Venue", models.PROTECT, related_name="holds")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends before"))
    reason = models.CharField(_("reason"), max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_why = models.CharField(_("why it was lifted"), max_length=200, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="hold_ends_after_start",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("A hold must end after it begins."),
            ),
            models.CheckConstraint(
                name="hold_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                violation_error_message=_("Lifting a hold says when and by whom."),
            ),
            ExclusionConstraint(
                name="hold_one_at_a_time",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("venue", RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                condition=Q(lifted_at__isnull=True),
                violation_error_message=_("Bookings of this school at this venue are on hold in this time already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.ends_on}"

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)

    def organisation_ids(self) -> set[int]:
        """Whose it is to lift: the venue's."""
        return {self.venue_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
