"""Programmes of the catalogue."""

import django_filters as filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from activities.models import Programme
from activities.models.campaign import Campaign
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Name, Shape


class Summary(serializers.Serializer):
    zh = serializers.CharField(source="summary_zh", read_only=True)
    en = serializers.CharField(source="summary_en", read_only=True)


class ProgrammeShape(Shape):
    name = Name(source="*", read_only=True)
    summary = Summary(source="*", read_only=True)
    form_label = Label("form")
    direction_label = Label("direction")
    theme_label = Label("theme")
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Programme
        fields = (
            "id", "provider", "name", "summary", "form", "form_label", "direction", "direction_label", "mode",
            "theme", "theme_label", "hands_on", "campaigns", "category", "grades", "minutes", "capacity",
            "confirmation", "needs_task_sheet", "materials", "safety",
            "price_kind", "list_price", "paid_price", "open_to_all", "state", "state_label", "abilities",
        )  # fmt: skip


class ProgrammeFilter(filters.FilterSet):
    words = filters.CharFilter(method="by_words", label="Words of the name.")
    campaign = filters.ChoiceFilter(field_name="campaigns", method="by_campaign", choices=Campaign.choices)
    hands_on = filters.NumberFilter(
        field_name="hands_on", lookup_expr="gte", label="At least so many per cent by doing."
    )

    class Meta:
        model = Programme
        fields = ("provider", "form", "direction", "theme", "category", "state")

    def by_words(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return rows.filter(Q(name_zh__icontains=words) | Q(name_en__icontains=words))

    def by_campaign(self, rows: QuerySet, name: str, campaign: str) -> QuerySet:
        return rows.filter(campaigns__contains=[campaign])


class Programmes(Resource):
    """Programmes 活动项目: what a venue, counselor or school offers, once or many times."""

    rows = Programme.objects.select_related("provider")
    parts = (("partnerships_listing", "organisation_id", "activities_programme.provider_id"),)
    serializer_class = ProgrammeShape
    filterset_class = ProgrammeFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("programmes:read", Permission.SESSION_SEE))
