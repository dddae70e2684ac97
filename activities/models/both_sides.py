"""双向选择: what only two sides together can bring about. Each acceptance carries its time and the hat that gave it.

No office is a side: a trigger (0004_counselors) refuses an acceptance by a hat of anybody but the side itself.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BothSides(models.Model):
    """The host (a school or venue) and the counselor; each side has accepted or has not."""

    counselor = models.ForeignKey("activities.Counselor", models.PROTECT, related_name="%(class)ss")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    host_at = models.DateTimeField(null=True, blank=True)
    host_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    counselor_at = models.DateTimeField(null=True, blank=True)
    counselor_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def district_ids(self) -> set[int]:
        return {self.district_id}


def signed(side: str) -> Q:
    """Has accepted: when and by whom, never one without the other."""
    return Q(**{f"{side}_at__isnull": False, f"{side}_by__isnull": False})


def unsigned(side: str) -> Q:
    return Q(**{f"{side}_at__isnull": True, f"{side}_by__isnull": True})


BOTH = signed("host") & signed("counselor")
HOST_ONLY = signed("host") & unsigned("counselor")
COUNSELOR_ONLY = unsigned("host") & signed("counselor")


def accepted_as_state_says(name: str, **states: Any) -> models.CheckConstraint:
    """The constraint "in force ⇒ both accepted": `both`, `host` and `counselor` are the states of each case;
    in any other state at least one side has asked.
    """
    both, host, counselor = (states.get(case, []) for case in ("both", "host", "counselor"))
    rest = ~Q(state__in=[*both, *host, *counselor])
    return models.CheckConstraint(
        name=name,
        condition=Q(state__in=both) & BOTH
        | (Q(state__in=host) & HOST_ONLY if host else Q(pk__in=[]))
        | (Q(state__in=counselor) & COUNSELOR_ONLY if counselor else Q(pk__in=[]))
        | rest & (BOTH | HOST_ONLY | COUNSELOR_ONLY),
        violation_error_message=_("Both sides choose each other: one of them has not accepted."),
    )
