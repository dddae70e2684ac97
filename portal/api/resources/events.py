"""Events: what happened in the district, in one order, by a cursor that misses nothing."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people import events
from people.actors import Actor, Client
from people.models import Event
from people.roles import Permission
from portal.api.base import Door
from portal.api.following import HIGHEST, boundary
from portal.api.needs import Need
from portal.api.problems import Problem
from portal.systems import signing

USUAL, MOST = 100, 500


class Subject(serializers.Serializer):
    type = serializers.CharField(help_text="The noun: booking, session, agreement …")
    id = serializers.CharField()
    district = serializers.IntegerField()


class EventShape(serializers.Serializer):
    """The same as the body of a webhook."""

    id = serializers.IntegerField()
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    data = Subject()


@extend_schema_serializer(many=False)
class EventPage(serializers.Serializer):
    results = EventShape(many=True)
    next = serializers.CharField(help_text="Where to go on, now or later; always there.")
    more = serializers.BooleanField(help_text="More is there already.")


class Events(Door):
    """Events 事件 of the district, as far as the caller's scopes open them."""

    needs = {"list": Need("events:read", Permission.CLIENT_MANAGE)}
    pagination_class = None

    @extend_schema(
        responses=EventPage,
        filters=False,
        parameters=[
            OpenApiParameter("cursor", str, description="`next` of the answer before."),
            OpenApiParameter("start", str, enum=["beginning", "now"], description="Without a cursor: where to begin."),
            OpenApiParameter("type", str, many=True, explode=True, description="Only these types."),
            OpenApiParameter("limit", OpenApiTypes.INT, description=f"1 to {MOST}, usually {USUAL}."),
        ],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What happened, oldest first, each event once. Ask again with `next` for what comes later.

        An event appears once nothing older can appear any more: seconds after it happened. It names a row and says
        nothing about it; read the row for its present state.
        """
        asked = request.query_params
        size = _size(asked.get("limit"))
        if asked.get("cursor"):
            after = read(asked["cursor"])
        else:
            start = asked.get("start", "beginning")
            if start not in ("beginning", "now"):
                raise Problem(400, "start", _("Begin at `beginning` or `now`."))
            after = (0, 0) if start == "beginning" else (boundary() - 1, HIGHEST)
        mine = Event.objects.visible_to(self.actor).settled()
        rows = list(mine.filter(type__in=types_of(self.actor, asked.getlist("type"))).after(*after)[: size + 1])
        page = rows[:size]
        if page:
            after = (page[-1].xid, page[-1].pk)
        return Response(
            {"results": [signing.said(row) for row in page], "next": written(*after), "more": len(rows) > size}
        )


def types_of(actor: Actor, wanted: Iterable[str]) -> list[str]:
    """What the caller may be told, narrowed to what it asked for."""
    opened = events.opened_by(actor.scopes) if isinstance(actor, Client) else list(events.TYPES)
    if set(wanted) - set(events.TYPES):
        raise Problem(400, "type", _("There is no event of this type."))
    return [code for code in opened if not wanted or code in wanted]


def written(xid: int, pk: int) -> str:
    return base64.urlsafe_b64encode(f"e1:{xid}:{pk}".encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[int, int]:
    try:
        kind, xid, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(":")
        numbers = int(xid), int(pk)
    except (ValueError, binascii.Error):
        raise Problem(400, "cursor", _("This cursor is not one of an earlier answer.")) from None
    if kind != "e1" or not all(0 <= number <= HIGHEST for number in numbers):
        raise Problem(400, "cursor", _("This cursor is not one of an earlier answer."))
    return numbers


def _size(given: str | None) -> int:
    if given is None:
        return USUAL
    if not (given.isascii() and given.isdigit() and len(given) < 9 and 1 <= int(given) <= MOST):
        raise Problem(400, "limit", _("A page has 1 to %(most)s rows.") % {"most": MOST})
    return int(given)
