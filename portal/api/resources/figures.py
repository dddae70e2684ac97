"""Figures: the catalogue of the pages, computed now, each with the keys of the very rows that it counted."""

import dataclasses
import datetime as dt
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people.roles import Permission
from portal.api.base import Door
from portal.api.filters import misasked
from portal.api.needs import Need
from portal.api.shapes import Words, said
from portal.lib import pages
from portal.reports import rows
from portal.reports.asking import scope_of
from portal.reports.catalogue import CATALOGUE, figures_for, reader_of
from portal.reports.figure import Figure
from portal.reports.scope import Scope

MOST_ROWS = 200
ASKED = [
    OpenApiParameter("starts", dt.date, description="First day; without it that of the running term."),
    OpenApiParameter("until", dt.date, description="Last day."),
    OpenApiParameter("school", int),
    OpenApiParameter("venue", int),
    OpenApiParameter("stage", str),
    OpenApiParameter("street", str),
    OpenApiParameter("cluster", str),
]


class FigureShape(serializers.Serializer):
    """`number` is null where nobody collected it; a share has its `denominator`, which is 0 where it does not apply."""

    code = serializers.CharField()
    group = Words()
    name = Words()
    definition = Words()
    unit = Words()
    answers = serializers.CharField(allow_blank=True, help_text="The duty of the 2021 notice that it proves.")
    number = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)


@extend_schema_serializer(many=False)
class FiguresShape(serializers.Serializer):
    starts_on = serializers.DateField()
    as_of = serializers.DateField(help_text="The last day that could be counted.")
    results = FigureShape(many=True)


class CountedShape(serializers.Serializer):
    counted = serializers.CharField(help_text="What a row is: booking, session, school …")
    results = serializers.ListField(child=serializers.CharField())
    next = serializers.CharField(allow_null=True)


def told(figure: Figure, scope: Scope) -> dict[str, Any]:
    """A figure with its value, its words in both languages."""
    value = figure.value(scope)
    words = {name: said(getattr(figure, name)) for name in ("group", "name", "definition", "unit")}
    return {"code": figure.code, "answers": figure.answers, **words, **dataclasses.asdict(value)}


class Figures(Door):
    """Figures 指标, live and not published: a client's of its district, people's of what their hat may see."""

    lookup_field = "code"
    serializer_class = FigureShape
    filter_backends: tuple[Any, ...] = ()
    pagination_class = None
    needs = dict.fromkeys(("list", "retrieve", "rows"), Need("reports:read", Permission.REPORT_SEE))

    @extend_schema(parameters=ASKED, responses=FiguresShape)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        scope = self._scope()
        found = [told(figure, scope) for figure in figures_for(scope.kind, reader_of(self.actor))]
        body = {"starts_on": scope.starts_on, "as_of": scope.as_of, "results": found}
        return Response(FiguresShape(body).data)

    @extend_schema(parameters=ASKED)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        scope = self._scope()
        return Response(FigureShape(told(self._figure(scope), scope)).data)

    @extend_schema(parameters=[*ASKED, OpenApiParameter("cursor", str)], responses=CountedShape)
    @action(detail=True)
    def rows(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keys of the rows that the figure counted; read them under their own noun."""
        scope = self._scope()
        counted, behind = rows.evidence(self._figure(scope), scope)
        after = {"after": request.query_params.get("cursor", "")}
        found = rows.of(counted, behind, self.actor)
        page = pages.keyset(found, after, order=rows.SHAPES[counted].order, size=MOST_ROWS)
        body = {"counted": counted, "results": [str(row.pk) for row in page], "next": page.after or None}
        return Response(CountedShape(body).data)

    def _scope(self) -> Scope:
        scope, ask = scope_of(self.request._request)
        if not ask.is_valid():
            raise misasked(ask.errors)
        return scope

    def _figure(self, scope: Scope) -> Figure:
        figure = CATALOGUE.get(self.kwargs["code"])
        if figure is None or figure not in figures_for(scope.kind, reader_of(self.actor)):
            raise Http404
        return figure
