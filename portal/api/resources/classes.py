"""Classes and activity groups of schools, with how many pupils are in them today."""

from typing import Any

import django_filters as filters
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework import serializers

from partnerships.models import ActivityGroup, Enrolment, GroupMember, SchoolClass
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Shape, Words, in_both
from portal.lib import clock


def counted(rows: QuerySet, of: str) -> Coalesce:
    """How many of `rows` point at each row by `of`, today."""
    today = rows.on(clock.today()).filter(**{of: OuterRef("pk")}).order_by().values(of)
    return Coalesce(Subquery(today.annotate(n=Count("pk")).values("n")), 0)


class ClassShape(Shape):
    grade = serializers.SerializerMethodField()
    label = serializers.SerializerMethodField()
    pupils = serializers.IntegerField(read_only=True, help_text="Enrolled today.")

    class Meta:
        model = SchoolClass
        fields = ("id", "school", "stage", "entry_year", "number", "grade", "label", "pupils")

    def get_grade(self, row: SchoolClass) -> int | None:
        """1–12, kindergarten −2 to 0; null before the class enters and after it has left."""
        return row.grade(clock.today())

    def get_label(self, row: SchoolClass) -> Words:
        return in_both(lambda: row.label(clock.today()))


class ClassFilter(filters.FilterSet):
    grade = filters.NumberFilter(method="by_grade", label="Classes that are in this grade today.")

    class Meta:
        model = SchoolClass
        fields = ("school", "stage", "entry_year")

    def by_grade(self, rows: QuerySet, name: str, grade: Any) -> QuerySet:
        return rows.of_grade(int(grade), clock.today())


class Classes(Resource):
    """Classes 行政班, named by entry year: `grade` and `label` are those of today."""

    rows = SchoolClass.objects.all()
    parts = (("partnerships_enrolment", "school_class_id", "partnerships_schoolclass.id"),)
    serializer_class = ClassShape
    filterset_class = ClassFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("classes:read", Permission.CLASS_SEE))

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().annotate(pupils=counted(Enrolment.objects, "school_class"))


class GroupShape(Shape):
    pupils = serializers.IntegerField(read_only=True, help_text="Members today.")

    class Meta:
        model = ActivityGroup
        fields = ("id", "school", "name", "starts_on", "ends_on", "pupils")


class GroupFilter(filters.FilterSet):
    on = filters.DateFilter(method="by_day", label="Groups that exist on this day.")

    class Meta:
        model = ActivityGroup
        fields = ("school",)

    def by_day(self, rows: QuerySet, name: str, day: Any) -> QuerySet:
        return rows.on(day)


class Groups(Resource):
    """Activity groups 活动小组 of pupils of any classes. `ends_on` is the first day after."""

    rows = ActivityGroup.objects.all()
    parts = (("partnerships_groupmember", "group_id", "partnerships_activitygroup.id"),)
    serializer_class = GroupShape
    filterset_class = GroupFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("groups:read", Permission.CLASS_SEE))

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().annotate(pupils=counted(GroupMember.objects, "group"))
