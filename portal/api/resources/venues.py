"""Venues, their titles, and where they and counselors are listed."""

from typing import Any

import django_filters as filters
from rest_framework import serializers

from partnerships.filters import VenueFilter
from partnerships.models import Listing, Recognition, Venue
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Name, Shape


class VenueShape(Shape):
    id = serializers.IntegerField(source="pk", read_only=True)
    name = Name(source="organisation", read_only=True)
    kind_label = Label("kind")
    national_class_label = Label("national_class")

    class Meta:
        model = Venue
        fields = (
            "id", "name", "kind", "kind_label", "national_class", "national_class_label", "address", "latitude",
            "longitude", "opening_hours", "closing_weekdays", "building_area", "display_area", "full_time_staff",
            "part_time_staff", "visits_per_year", "open_days_per_year", "contact_phone",
            "position_is_sample", "facilities", "coach_places", "lunch_places", "group_entrance",
        )  # fmt: skip


class Venues(Resource):
    """Venues 科普场馆 that are listed in the district."""

    rows = Venue.objects.select_related("organisation")
    parts = (
        ("people_organisation", "id", "partnerships_venue.organisation_id"),
        ("partnerships_listing", "organisation_id", "partnerships_venue.organisation_id"),
    )
    serializer_class = VenueShape
    filterset_class = VenueFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("venues:read", Permission.VENUE_SEE))

    def filter_options(self) -> dict[str, Any]:
        return {"district_id": self.actor.district_id, "is_office": self.actor.is_office}


class RecognitionShape(Shape):
    level_label = Label("level")

    class Meta:
        model = Recognition
        fields = ("id", "venue", "title", "level", "level_label", "issuer", "starts_on", "ends_on")


class Recognitions(Resource):
    """Titles 基地认定 of venues. A missing date is not known; `ends_on` is the first day after."""

    rows = Recognition.objects.all()
    parts = (("partnerships_listing", "organisation_id", "partnerships_recognition.venue_id"),)
    serializer_class = RecognitionShape
    filterset_fields = ("venue", "level")
    needs = dict.fromkeys(("list", "retrieve"), Need("venues:read", Permission.VENUE_SEE))


class ListingShape(Shape):
    name = Name(source="organisation", read_only=True)
    kind = serializers.ChoiceField(source="organisation.kind", choices=["venue", "counselor"], read_only=True)
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Listing
        fields = (
            "id", "district", "organisation", "name", "kind", "state", "state_label", "applied_at", "listed_on",
            "abilities",
        )  # fmt: skip


class ListingFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        field_name="organisation__kind", choices=[("venue", "venue"), ("counselor", "counselor")]
    )

    class Meta:
        model = Listing
        fields = ("organisation", "state")


class Listings(Resource):
    """Listings 入库: a venue or counselor in the district, and what the reviewing offices decided together."""

    rows = Listing.objects.select_related("organisation", "district")
    parts = (("people_organisation", "id", "partnerships_listing.organisation_id"),)
    serializer_class = ListingShape
    filterset_class = ListingFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("listings:read", Permission.VENUE_SEE))
