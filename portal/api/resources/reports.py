"""Reports that the bureau has published: frozen, with the fingerprint of their document."""

from rest_framework import serializers

from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Shape
from portal.models import Report


class ReportShape(Shape):
    number = serializers.CharField(read_only=True)
    kind_label = Label("kind")
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Report
        fields = (
            "id", "number", "district", "organisation", "term", "kind", "kind_label", "starts_on", "ends_on", "version",
            "state", "state_label", "published_at", "sha256", "abilities",
        )  # fmt: skip


class Reports(Resource):
    """Reports 学期报告: of the district, a school or a venue. `ends_on` is the first day after."""

    rows = Report.objects.with_names()
    serializer_class = ReportShape
    filterset_fields = ("organisation", "term", "kind", "state")
    needs = dict.fromkeys(("list", "retrieve"), Need("reports:read", Permission.REPORT_SEE))
