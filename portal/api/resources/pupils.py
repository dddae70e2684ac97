"""Pupils by pseudonym; their names by a scope of its own, each look written down."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships import identities
from partnerships.models import Enrolment, IdentityLook, SchoolClass, Student
from people import second_factor
from people.actors import Actor
from people.roles import Permission
from portal.api.base import Resource
from portal.api.filters import misasked
from portal.api.needs import Need
from portal.api.problems import Problem
from portal.api.shapes import Shape
from portal.lib import clock

PURPOSES = [code for code in IdentityLook.Purpose.values if code != IdentityLook.Purpose.ROLL_CALL]


class PupilShape(Shape):
    pseudonym = serializers.CharField(read_only=True, help_text="Six characters by which people tell pupils apart.")
    school_class = serializers.IntegerField(source="class_id", read_only=True, allow_null=True, help_text="Today's.")

    class Meta:
        model = Student
        fields = ("id", "pseudonym", "school", "school_class")


class PupilFilter(filters.FilterSet):
    school_class = filters.NumberFilter(field_name="class_id", label="Pupils who are in this class today.")

    class Meta:
        model = Student
        fields = ("school",)


class PupilName(serializers.Serializer):
    pupil = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True, help_text="The school's own number; empty where none is kept.")


class NamesAsked(forms.Form):
    """Whose names, and why: the reason stands in the record of looks."""

    school_class = forms.ModelChoiceField(queryset=SchoolClass.objects.none())
    purpose = forms.ChoiceField(choices=[(code, code) for code in PURPOSES])

    def __init__(self, query: Any, *, actor: Actor) -> None:
        super().__init__(query)
        seen = SchoolClass.objects.select_related("school__organisation")
        self.fields["school_class"].queryset = seen.visible_to(actor)


class Pupils(Resource):
    """Pupils 学生 by a random id: never a name, a number or a seat."""

    rows = Student.objects.all()
    parts = (("partnerships_enrolment", "student_id", "partnerships_student.id"),)
    lookup_value_converter = "uuid"
    serializer_class = PupilShape
    filterset_class = PupilFilter
    needs = {
        **dict.fromkeys(("list", "retrieve"), Need("pupils:read", Permission.CLASS_SEE)),
        "names": Need("pupils:names", Permission.IDENTITY_LOOK),
    }

    def get_queryset(self) -> QuerySet:
        today = Enrolment.objects.on(clock.today()).filter(student=OuterRef("pk")).values("school_class")
        return super().get_queryset().annotate(class_id=Subquery(today[:1]))

    @extend_schema(
        parameters=[
            OpenApiParameter("school_class", int, required=True),
            OpenApiParameter("purpose", str, enum=PURPOSES, required=True),
        ],
        responses=PupilName(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def names(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Names and school numbers of one class, for a purpose that is written down. People give a fresh code first."""
        if not second_factor.is_fresh(request._request, self.actor):
            raise Problem(403, "second_factor", _("Enter a new code first: names leave the portal here."))
        asked = NamesAsked(request.query_params, actor=self.actor)
        if not asked.is_valid():
            raise misasked(asked.errors)
        school_class = asked.cleaned_data["school_class"]
        pupils = Student.objects.visible_to(self.actor).enrolled_in(school_class, clock.today()).order_by("pk")
        found = identities.look(
            pupils.values_list("pk", flat=True),
            by=self.actor,
            school=school_class.school,
            purpose=asked.cleaned_data["purpose"],
            school_class=school_class,
        )
        rows = [{"pupil": pupil, "name": one.name, "number": one.number} for pupil, one in found.items()]
        return Response(PupilName(rows, many=True).data)
