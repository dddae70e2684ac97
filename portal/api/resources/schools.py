"""Schools, and who may lead a group of theirs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activities.forms.booking import leaders
from partnerships.filters import SchoolFilter
from partnerships.models import School
from people.models import Membership
from people.roles import Permission, Role
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Label, Name, Shape


class SchoolShape(Shape):
    id = serializers.IntegerField(source="pk", read_only=True)
    name = Name(source="organisation", read_only=True)
    district = serializers.IntegerField(source="organisation.district_id", read_only=True)
    stage_label = Label("stage")
    locality_label = Label("locality")

    class Meta:
        model = School
        fields = ("id", "district", "name", "stage", "stage_label", "locality", "locality_label", "cluster", "street")

    def to_representation(self, row: School) -> dict[str, Any]:
        """The partner office does not read which schools are rural, as on the pages."""
        said = super().to_representation(row)
        if self.context["actor"].role == Role.PARTNER_OFFICER:
            said |= {"locality": None, "locality_label": None}
        return said


class LeaderShape(Shape):
    name = serializers.CharField(source="user.full_name", read_only=True)
    role_label = Label("role")

    class Meta:
        model = Membership
        fields = ("id", "name", "role", "role_label")


class Schools(Resource):
    """Schools 学校. Which of them are supported in particular is not told here."""

    rows = School.objects.select_related("organisation")
    parts = (("people_organisation", "id", "partnerships_school.organisation_id"),)
    serializer_class = SchoolShape
    filterset_class = SchoolFilter
    needs = {
        **dict.fromkeys(("list", "retrieve"), Need("schools:read", Permission.SCHOOL_SEE)),
        "leaders": Need("bookings:write", Permission.BOOKING_REQUEST),
    }

    @extend_schema(responses=LeaderShape(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def leaders(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who may lead a group of this school: `leader` of a booking."""
        return Response(LeaderShape(leaders(self.found()), many=True).data)
