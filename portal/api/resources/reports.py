"""Reports that the bureau has published: frozen, with the fingerprint of their document and the figures in it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.resources.figures import FigureShape
from portal.api.shapes import Abilities, Label, Shape
from portal.models import Report
from portal.reports.document import Document, value_of
from portal.reports.frozen import Frozen, cut_for


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


class ReportedShape(FigureShape):
    """A figure as the report says it, and the same of the term or month before, where there was one."""

    before_number = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    before_denominator = serializers.IntegerField(allow_null=True)
    counted = serializers.CharField(help_text="What a row is: booking, session, school …")
    row_count = serializers.IntegerField(help_text="How many rows it counted.")


class ReportedFiguresShape(serializers.Serializer):
    as_of = serializers.DateField(allow_null=True, help_text="The last day counted; null while nothing is counted.")
    results = ReportedShape(many=True)


class Reports(Resource):
    """Reports 学期报告: of the district, a school or a venue. `ends_on` is the first day after."""

    rows = Report.objects.with_names()
    serializer_class = ReportShape
    filterset_fields = ("organisation", "term", "kind", "state")
    needs = dict.fromkeys(("list", "retrieve", "figures"), Need("reports:read", Permission.REPORT_SEE))

    @extend_schema(responses=ReportedFiguresShape)
    @action(detail=True)
    def figures(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The figures as the document says them, cut to what the caller may know; nothing is counted anew."""
        report = self.get_object()
        if report.document is None:
            return Response(ReportedFiguresShape({"as_of": None, "results": []}).data)
        whole = Frozen.of(report.document)
        frozen = Frozen(whole.document, cut_for(self.actor, whole.document))
        found = [told(frozen, code, entry) for code, entry in frozen.entries.items()]
        return Response(ReportedFiguresShape({"as_of": frozen.as_of, "results": found}).data)


def told(frozen: Frozen, code: str, entry: Document) -> dict[str, Any]:
    """An entry of the document as the API says it."""
    value = value_of(entry["value"])
    before = value_of(entry["before"]) if entry["before"] else None
    names = ("group", "name", "definition", "unit")
    words = {name: {tag[:2]: text for tag, text in entry["words"][name].items()} for name in names}
    counted = frozen.rows(code)
    return {
        "code": code,
        "answers": entry["answers"],
        "number": value.number,
        "denominator": value.denominator,
        "before_number": before.number if before else None,
        "before_denominator": before.denominator if before else None,
        "counted": counted["counted"],
        "row_count": len(counted["ids"]),
        **words,
    }
