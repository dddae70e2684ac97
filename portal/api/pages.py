"""Pages by cursor: `results`, the cursor of the next page, and the token from which to follow later changes."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import following
from portal.api.problems import Problem

USUAL, MOST = 50, 200


@dataclass(frozen=True)
class Cursor:
    """Where the next page begins. `since` and `until` stay those of the first page, so that a walk is one walk."""

    after: list[Any]
    since: int | None
    until: int

    def __str__(self) -> str:
        text = json.dumps([self.since, self.until, *self.after], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, length: int) -> Cursor:
    """The cursor of an earlier answer; a broken one is a problem, never a first page by surprise."""
    try:
        since, until, *after = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise _broken() from None
    numbers = [number for number in (since, until) if number is not None]
    fits = len(after) == (2 if since is not None else length)
    if until is None or not fits or not all(_is_key(value) for value in [*numbers, *after]):
        raise _broken()
    return Cursor(after, since, until)


def _is_key(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return 0 <= value <= following.HIGHEST
    return isinstance(value, str) and "\0" not in value


def _broken() -> Problem:
    return Problem(400, "cursor", _("This cursor is not one of an earlier answer."))


def _beyond(fields: tuple[str, ...], start: list[Any]) -> Q:
    reached, beyond = Q(), Q()
    for name, value in zip(fields, start, strict=True):
        beyond |= reached & Q(**{f"{name}__gt": value})
        reached &= Q(**{name: value})
    return beyond


class Pages(BasePagination):
    """Rows by key; with `modified_since` by the number of their last change."""

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Any]:
        given, query = request.query_params.get("modified_since"), request.query_params
        order = ("changed", "pk") if given else ("pk",)
        start = read(query["cursor"], len(order)) if query.get("cursor") else None
        if start is None:
            since = following.since(given) if given else None
            self.since, self.until = since, following.boundary()
        else:
            self.since, self.until = start.since, start.until
        if self.since is not None:
            order = ("changed", "pk")
            queryset = following.changed(queryset, view.parts)
            queryset = queryset.filter(changed__gte=self.since, changed__lt=self.until)
        size = self._size(query.get("limit"))
        try:
            rows = queryset.order_by(*order)
            found = list((rows.filter(_beyond(order, start.after)) if start else rows)[: size + 1])
        except (TypeError, ValueError, ValidationError):  # the key of another kind of row
            raise _broken() from None
        more, page = len(found) > size, found[:size]
        self.next = None
        if more:
            self.next = str(Cursor([_plain(getattr(page[-1], name)) for name in order], self.since, self.until))
        self.buried = None
        if self.since is not None and start is None:
            table = queryset.model._meta.db_table
            self.buried = following.buried(table, request._request.actor, first=self.since, before=self.until)
        return page

    def _size(self, given: str | None) -> int:
        if given is None:
            return USUAL
        if not (given.isascii() and given.isdigit() and len(given) < 9 and 1 <= int(given) <= MOST):
            raise Problem(400, "limit", _("A page has 1 to %(most)s rows.") % {"most": MOST})
        return int(given)

    def get_paginated_response(self, data: Any) -> Response:
        body = {"results": data, "next": self.next, "watermark": following.token(self.until)}
        if self.buried is not None:
            body["deleted"] = self.buried
        return Response(body)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        def parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
            return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}

        return [
            parameter("cursor", {"type": "string"}, "`next` of the page before."),
            parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Rows a page."),
            parameter(
                "modified_since",
                {"type": "string"},
                "Only what changed since: the `watermark` of an earlier answer (misses nothing), or an instant with "
                "its offset (may repeat rows of the minute before).",
            ),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next", "watermark"],
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "description": "Cursor of the next page; null on the last one.",
                    "example": "W251bGwsODE0NzIsNTBd",
                },
                "watermark": {
                    "type": "string",
                    "description": "Follow later changes by modified_since=…",
                    "example": "w81472",
                },
                "deleted": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "With modified_since, on its first page: keys of rows deleted since.",
                    "example": ["17"],
                },
            },
        }


def _plain(value: Any) -> int | str:
    return value if isinstance(value, int) else str(value)
