"""Exports: everything at once as NDJSON, streamed from a cursor of the server, so that size costs no memory."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from people.roles import Permission
from portal.api import following
from portal.api.matching import rendered
from portal.api.needs import Need
from portal.api.resources.credits import CreditEntries

CHUNK = 1000
NDJSON = "application/x-ndjson"


class NdjsonRenderer(BaseRenderer):
    """Lets callers ask for NDJSON; what it renders itself are problems."""

    media_type = NDJSON
    format = "ndjson"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return JSONRenderer().render(data)


class StreamedEntries(CreditEntries):
    """Credit entries 学分记录: awards and their exact taking back, in thousandths. An entry never changes."""

    @extend_schema(
        filters=True,
        responses={(200, NDJSON): OpenApiResponse(OpenApiTypes.STR, description="One entry a line, then the end.")},
        parameters=[
            OpenApiParameter("modified_since", str, description="Only what changed since: the `watermark` of an end."),
        ],
    )
    @action(detail=False, methods=["get"], pagination_class=None, renderer_classes=[NdjsonRenderer, JSONRenderer])
    def export(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        """All entries that the caller sees, one JSON object a line, filtered as the list is.

        The last line is `{"end": true, "count": …, "watermark": …}`: without it the answer was cut off. Later changes
        follow by `modified_since` of that watermark, here or in the list.
        """
        given = request.query_params.get("modified_since")
        since = following.since(given) if given else None
        before = following.boundary()
        rows = following.changed(self.filter_queryset(self.get_queryset()), self.parts if since is not None else ())
        rows = rows.filter(changed__lt=before).order_by("pk")
        if since is not None:
            rows = rows.filter(changed__gte=since)
        shape = self.get_serializer()
        return StreamingHttpResponse(lines(rows, shape, before), content_type=NDJSON)

    export.need = Need("credits:read", Permission.CREDIT_SEE)


def lines(rows: Any, shape: serializers.BaseSerializer, before: int) -> Iterator[bytes]:
    """A line a row, read by a cursor of the server and never held together, and the line that says it is all."""
    count = 0
    for row in rows.iterator(chunk_size=CHUNK):
        count += 1
        yield rendered(shape.to_representation(row)) + b"\n"
    yield json.dumps({"end": True, "count": count, "watermark": following.token(before)}).encode() + b"\n"
