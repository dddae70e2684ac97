"""Counselors who are listed in the district, and what they and their hosts have agreed. No phone, no check, no pay."""

import django_filters as filters
from rest_framework import serializers

from activities.models import Assignment, Counselor
from people.roles import Permission
from portal.api.base import Resource
from portal.api.filters import InstantFilter
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Name, Shape


class CounselorShape(Shape):
    id = serializers.IntegerField(source="pk", read_only=True)
    name = Name(source="organisation", read_only=True)
    kind_label = Label("kind")
    certification_label = Label("certification")
    is_inside = serializers.BooleanField(read_only=True, help_text="A school's own teacher.")

    class Meta:
        model = Counselor
        fields = (
            "id", "name", "kind", "kind_label", "is_inside", "employer", "fields", "grades", "certification",
            "certification_label",
        )  # fmt: skip


class Counselors(Resource):
    """Counselors 科技辅导员."""

    rows = Counselor.objects.select_related("organisation")
    parts = (
        ("people_organisation", "id", "activities_counselor.organisation_id"),
        ("partnerships_listing", "organisation_id", "activities_counselor.organisation_id"),
    )
    serializer_class = CounselorShape
    filterset_fields = ("kind", "certification")
    needs = dict.fromkeys(("list", "retrieve"), Need("counselors:read", Permission.COUNSELOR_SEE))


class AssignmentShape(Shape):
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Assignment
        fields = (
            "id", "session", "counselor", "host", "district", "starts_at", "ends_at", "state", "state_label", "asked_at",
            "host_at", "counselor_at", "abilities",
        )  # fmt: skip


class AssignmentFilter(filters.FilterSet):
    starts_after = InstantFilter(field_name="starts_at", lookup_expr="gte")
    starts_before = InstantFilter(field_name="starts_at", lookup_expr="lt")

    class Meta:
        model = Assignment
        fields = ("session", "counselor", "host", "state")


class Assignments(Resource):
    """Assignments: who gives which session, asked by one side and accepted by both."""

    rows = Assignment.objects.all()
    serializer_class = AssignmentShape
    filterset_class = AssignmentFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("counselors:read", Permission.ASSIGNMENT_SEE))
