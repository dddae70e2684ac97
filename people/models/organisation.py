"""Organisation 单位: an office, a school, a venue, a counselor (an organisation of one person), the platform."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models.district import District
from people.reach import within
from portal.lib.names import Named

if TYPE_CHECKING:
    from people.actors import Actor


class Kind(models.TextChoices):
    BUREAU = "bureau", _("Education bureau")
    PARTNER_OFFICE = "partner_office", _("Partner office")
    SCHOOL = "school", _("School")
    VENUE = "venue", _("Science venue")
    COUNSELOR = "counselor", _("Counselor")
    PLATFORM = "platform", _("Platform")


# Kinds that live inside one district; the others belong to the platform.
OF_A_DISTRICT = (Kind.BUREAU, Kind.PARTNER_OFFICE, Kind.SCHOOL)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: "Actor") -> "OrganisationQuerySet":
        """Own organisation; an office sees its district's and those listed there; the administrator sees all."""
        if actor.is_administrator:
            return self
        if actor.is_office:
            return self.filter(within(actor.district_id) | Q(pk=actor.organisation_id))
        return self.filter(pk=actor.organisation_id)


class Organisation(Named):
    Kind = Kind

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("district")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    place_code = models.CharField(_("place"), max_length=60, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    is_provisional_name = models.BooleanField(_("name to be verified"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name_zh", "pk"]
        constraints = [
            models.CheckConstraint(
                name="organisation_district_fits_kind",
                condition=Q(kind__in=OF_A_DISTRICT, district__isnull=False)
                | Q(~Q(kind__in=OF_A_DISTRICT), district__isnull=True),
                violation_error_message=_("Offices and schools belong to a district; venues and counselors do not."),
            ),
            models.UniqueConstraint(
                name="organisation_name_once_in_district",
                fields=["district", "name_zh", "kind"],
                condition=Q(kind__in=OF_A_DISTRICT),
                violation_error_message=_("This district already has an organisation of that name."),
            ),
            models.UniqueConstraint(
                name="venue_name_once_in_place",
                fields=["name_zh", "place_code"],
                condition=Q(kind=Kind.VENUE),
                violation_error_message=_("A venue of that name is already known at this place."),
            ),
        ]

    def organisation_ids(self) -> set[int]:
        return {self.pk}

    def district_ids(self) -> set[int]:
        return {self.district_id} if self.district_id else set()

    @property
    def is_school(self) -> bool:
        return self.kind == Kind.SCHOOL

    @property
    def is_venue(self) -> bool:
        return self.kind == Kind.VENUE
