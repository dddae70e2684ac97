"""Outings: which bookings of a school travel together, their approval and return; a grade booked by the verb of the page."""

import uuid
from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from activities import grade_outings
from activities.models import Outing
from people.roles import Permission
from portal.api.base import Resource
from portal.api.filters import InstantFilter
from portal.api.idempotency import Answer
from portal.api.needs import Need
from portal.api.resources.bookings import NewBooking, group_of
from portal.api.shapes import Abilities, Label, Shape

READS = Need("outings:read", Permission.OUTING_SEE)
ASKS = Need("bookings:write", Permission.BOOKING_REQUEST)


@extend_schema_field({"type": "string", "pattern": r"^\d\d:\d\d$", "description": "Local time, 08:40."})
class LocalTime(serializers.TimeField):
    """Hour and minute of the district: `time` of JSON Schema would want a zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class OutingShape(Shape):
    number = serializers.CharField(read_only=True, help_text="As people read it to each other.")
    bookings = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    pupils = serializers.IntegerField(read_only=True)
    adults = serializers.IntegerField(read_only=True)
    is_cleared = serializers.BooleanField(
        read_only=True, help_text="Whether the last word that the district asks for has been given."
    )
    meets_at = LocalTime(read_only=True, allow_null=True)
    returns_at = LocalTime(read_only=True, allow_null=True)
    state_label = Label("state")
    transport_label = Label("transport")
    abilities = Abilities()

    class Meta:
        model = Outing
        fields = (
            "id", "number", "school", "district", "bookings", "starts_at", "ends_at", "pupils", "adults", "state",
            "state_label", "bureau", "is_cleared", "transport", "transport_label", "vehicles", "meets_at",
            "returns_at", "submitted_at", "approved_at", "filed_at", "out_heads", "back_heads", "reported_at",
            "abilities",
        )  # fmt: skip

    def get_bookings(self, row: Outing) -> list[int]:
        return sorted(booking.pk for booking in row.bookings.all())


class NewOuting(NewBooking):
    """Any session of the day; the classes are spread over all of that programme's."""

    adults = serializers.IntegerField(
        min_value=0, max_value=200, required=False, default=0, help_text="Of each class; 0: as many as the rules ask."
    )

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        return {name: field for name, field in found.items() if name not in ("group", "pupils")}  # whole classes only

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if "classes" not in data:
            raise serializers.ValidationError({"classes": [_("Choose at least one class.")]})
        return super().validate(data)


class OutingFilter(filters.FilterSet):
    starts_after = InstantFilter(field_name="starts_at", lookup_expr="gte")
    starts_before = InstantFilter(field_name="starts_at", lookup_expr="lt")

    class Meta:
        model = Outing
        fields = ("school", "state", "transport")


class Outings(Resource):
    """Outings 外出活动: bookings of one school that travel together on one day."""

    rows = Outing.objects.with_times().prefetch_related("bookings")
    parts = (("activities_booking", "outing_id", "activities_outing.id"),)
    serializer_class = OutingShape
    filterset_class = OutingFilter
    needs = {**dict.fromkeys(("list", "retrieve"), READS), "create": ASKS}

    @extend_schema(request=NewOuting, responses={201: OutingShape})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Book whole classes as one outing over the sessions of one day: all of them, or none with 409."""
        given = self.given(NewOuting)
        details = {name: given[name] for name in ("phone", "step_free", "note", "leader") if name in given}

        def effect() -> Answer:
            whole = group_of(given, on=given["session"].day)
            key = uuid.uuid4()
            return self.made(grade_outings.spread(given["session"], whole, by=self.actor, request_key=key, **details))

        return self.write(effect)
