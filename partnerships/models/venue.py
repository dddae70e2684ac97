"""Venues and their halls. A venue belongs to the platform, not to a district."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from portal.lib import wording

from .listing import Listing
from .position import Positioned, position_whole


class VenueQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Itself; else listed in the hat's district; an office also sees what waits for its review."""
        rows = self.select_related("organisation")
        if actor.is_system:
            return rows
        if actor.is_venue:
            return rows.filter(pk=actor.organisation_id)
        if actor.district_id is None:
            return rows.none()
        listings = Listing.objects.filter(district_id=actor.district_id)
        if not actor.is_office:
            listings = listings.listed()
        return rows.filter(pk__in=listings.values("organisation_id"))

    def named(self, words: str):
        """Those whose name in either language holds the words; no words, no question."""
        if not words:
            return self
        return self.filter(Q(organisation__name_zh__icontains=words) | Q(organisation__name_en__icontains=words))

    def listed_in(self, district_id: int):
        listings = Listing.objects.listed().filter(district_id=district_id)
        return self.filter(pk__in=listings.values("organisation_id"))


class Venue(Positioned):
    """科普场馆; shares the key of its organisation. The registration fields are those of the bases' application form."""

    class Kind(models.TextChoices):
        SCIENCE_MUSEUM = "science_museum", _("science museum")
        PLANETARIUM = "planetarium", _("planetarium")
        SCIENCE_PARK = "science_park", _("science park")
        ZOO_BOTANIC = "zoo_botanic", _("zoo or botanic garden")
        FARM = "farm", _("agricultural demonstration garden")
        UNIVERSITY = "university", _("university")
        INSTITUTE = "institute", _("research institute")
        ENTERPRISE = "enterprise", _("enterprise")
        YOUTH_PALACE = "youth_palace", _("youth palace")
        OTHER = "other", _("other venue")

    class NationalClass(models.TextChoices):
        SCIENCE_VENUE = "science_venue", _("science venue")
        EDUCATION_RESEARCH = "education_research", _("education, research and major projects")
        AGRICULTURE = "agriculture", _("agriculture")
        ENTERPRISE = "enterprise", _("enterprise")
        NATURE = "nature", _("nature")
        OTHER = "other", _("other")
        PUBLIC_PLACE = "public_place", _("public place")

    class Facility(models.TextChoices):
        STEP_FREE = "step_free", _("step-free access")
        ACCESSIBLE_TOILET = "accessible_toilet", _("accessible toilet")
        WHEELCHAIRS = "wheelchairs", _("wheelchairs on loan")
        QUIET_ROOM = "quiet_room", _("quiet room")
        BAG_STORE = "bag_store", _("bag store")
        ASSEMBLY = "assembly", _("indoor place to assemble")
        LUNCH = "lunch", _("place for lunch")
        WATER = "water", _("drinking water")
        FIRST_AID = "first_aid", _("first aid room")
        CLASSROOM = "classroom", _("classroom or laboratory")
        GUIDE = "guide", _("guided tours for groups")

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="venue")
    kind = models.CharField(_("kind of venue"), max_length=20, choices=Kind, blank=True)
    national_class = models.CharField(_("national class"), max_length=20, choices=NationalClass, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    closing_weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("closing days"), default=list, blank=True
    )
    applicant = models.CharField(_("applicant"), max_length=120, blank=True)
    building_area = models.PositiveIntegerField(_("building area in m²"), null=True, blank=True)
    display_area = models.PositiveIntegerField(_("display area in m²"), null=True, blank=True)
    full_time_staff = models.PositiveIntegerField(_("full-time staff"), null=True, blank=True)
    part_time_staff = models.PositiveIntegerField(_("part-time staff"), null=True, blank=True)
    visits_per_year = models.PositiveIntegerField(_("visits a year"), null=True, blank=True)
    open_days_per_year = models.PositiveSmallIntegerField(_("open days a year"), null=True, blank=True)
    spending = models.DecimalField(_("spending in 10,000 yuan"), max_digits=10, decimal_places=2, null=True, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=30, blank=True)
    # for school groups; an empty list is not collected, never "nothing there"
    facilities = ArrayField(
        models.CharField(max_length=20, choices=Facility), verbose_name=_("facilities"), default=list, blank=True
    )
    coach_places = models.PositiveSmallIntegerField(_("parking places for coaches"), null=True, blank=True)
    lunch_places = models.PositiveSmallIntegerField(_("seats for lunch"), null=True, blank=True)
    group_entrance = models.CharField(_("entrance for groups"), max_length=80, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name_zh"]
        constraints = [
            models.CheckConstraint(
                condition=Q(open_days_per_year__isnull=True) | Q(open_days_per_year__lte=366),
                name="venue_open_days",
                violation_error_message=_("A year has at most 366 days."),
            ),
            models.CheckConstraint(
                condition=Q(display_area__isnull=True)
                | Q(building_area__isnull=True)
                | Q(display_area__lte=models.F("building_area")),
                name="venue_display_within_building",
                violation_error_message=_("The display area can't be larger than the building."),
            ),
            models.CheckConstraint(
                condition=Q(
                    facilities__contained_by=[
                        "step_free", "accessible_toilet", "wheelchairs", "quiet_room", "bag_store", "assembly", "lunch",
                        "water", "first_aid", "classroom", "guide",
                    ]
                ),
                name="venue_facilities",
                violation_error_message=_("Choose facilities from the list."),
            ),
            position_whole("venue"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def facilities_in_words(self) -> str:
        """存包处、午餐区 / bag store, place for lunch, in the order of the choices."""
        return wording.listed([str(label) for code, label in self.Facility.choices if code in self.facilities])

    @property
    def is_step_free(self) -> bool:
        """Whether a wheelchair gets in; a venue that has said nothing counts as no."""
        return self.Facility.STEP_FREE in self.facilities

    def organisation_ids(self) -> set[int]:
        return {self.pk}

    def district_ids(self) -> set[int]:
        """The districts that list the venue: whose offices may act on what concerns them."""
        return set(Listing.objects.filter(organisation_id=self.pk).values_list("district_id", flat=True))


class HallQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(venue__in=Venue.objects.visible_to(actor).values("pk"))


class Hall(models.Model):
    """展厅 / 教室 with the heads that it holds."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="halls")
    name = models.CharField(_("name"), max_length=60)
    heads = models.PositiveIntegerField(_("heads"))
    is_step_free = models.BooleanField(_("reached without steps"), null=True, blank=True)  # null: not collected

    objects = HallQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "name"],
                name="hall_once",
                violation_error_message=_("The venue already has a hall of this name."),
            ),
            models.CheckConstraint(
                condition=Q(heads__gt=0),
                name="hall_heads",
                violation_error_message=_("A hall holds at least one head."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def organisation_ids(self) -> set[int]:
        return {self.venue_id}

    def district_ids(self) -> set[int]:
        return self.venue.district_ids()
