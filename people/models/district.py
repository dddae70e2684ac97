"""District 区县: the tenant. Its offices, schools and agreements are its own; venues belong to the platform."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lib.names import Named

if TYPE_CHECKING:
    from people.actors import Actor


class DistrictQuerySet(models.QuerySet["District"]):
    def visible_to(self, actor: "Actor") -> "DistrictQuerySet":
        """One's own; a venue or counselor those that list it; the administrator all."""
        if actor.is_administrator or actor.is_system:
            return self
        if actor.district_id is not None:
            return self.filter(pk=actor.district_id)
        return self.filter(listings__organisation=actor.organisation_id or 0, listings__state="listed")


class District(Named):
    """A county-level district. `reviewing_offices` says how many offices must agree to list a venue (N1, N2)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    city_zh = models.CharField(_("city"), max_length=60, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")

    objects = DistrictQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.pk}
