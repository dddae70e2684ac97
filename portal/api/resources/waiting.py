"""Waiting lists: a group joins, reads where it stands and why, takes what is offered, leaves. By the verbs of the pages."""

import uuid
from typing import Any

import django_filters as filters
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activities import offering, waitlist
from activities.forms.group import MOST_HEADS
from activities.models import Offer, WaitlistEntry
from people.roles import Permission
from portal.api.base import Resource, act
from portal.api.idempotency import Answer
from portal.api.needs import Need
from portal.api.problems import rule_said
from portal.api.resources.bookings import MOST_CLASSES, NewBooking, group_of
from portal.api.schema import BrokenRule
from portal.api.shapes import Abilities, Label, Shape

READS = Need("bookings:read", Permission.BOOKING_SEE)
ASKS = Need("bookings:write", Permission.BOOKING_REQUEST)


class OfferShape(Shape):
    """Places that are held for the group until an instant."""

    class Meta:
        model = Offer
        fields = ("seats", "until")


class WaitingShape(Shape):
    classes = serializers.SerializerMethodField()
    position = serializers.IntegerField(read_only=True, allow_null=True, help_text="From 1, while it waits.")
    offer = serializers.SerializerMethodField()
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = WaitlistEntry
        fields = (
            "id", "session", "school", "district", "leader", "by", "classes", "group", "heads", "smallest",
            "may_split", "adults", "state", "state_label", "position", "skipped", "offer", "asked_at", "ended_at",
            "abilities",
        )  # fmt: skip

    def get_classes(self, row: WaitlistEntry) -> list[int]:
        return sorted(found.school_class_id for found in row.classes.all())

    @extend_schema_field(OfferShape(allow_null=True))
    def get_offer(self, row: WaitlistEntry) -> dict[str, Any] | None:
        return OfferShape(row.offer).data if row.offer else None


class NewWaiting(NewBooking):
    step_free = note = None  # said with the booking
    smallest = serializers.IntegerField(
        min_value=1, max_value=MOST_HEADS, required=False, help_text="Pupils the school would take instead of all."
    )
    may_split = serializers.BooleanField(required=False, help_text="The rest of the group waits on.")


class Part(serializers.Serializer):
    """Which part of the group takes the places; nothing named: all of it."""

    classes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=MOST_CLASSES
    )
    heads = serializers.IntegerField(min_value=1, max_value=MOST_HEADS, required=False, help_text="Head count alone.")


class WaitingFilter(filters.FilterSet):
    class Meta:
        model = WaitlistEntry
        fields = ("session", "school", "state")


class WaitingList(Resource):
    """Waiting list 候补: groups in line for places of a session, in order, with what is offered to them."""

    rows = WaitlistEntry.objects.select_related("session").prefetch_related("classes", "offers").with_position()
    serializer_class = WaitingShape
    filterset_class = WaitingFilter
    needs = {**dict.fromkeys(("list", "retrieve", "reasons"), READS), "create": ASKS}

    @extend_schema(request=NewWaiting, responses={201: WaitingShape})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Join the waiting list of a session. 409 names every rule that is not met, or says that places are free."""
        given = self.given(NewWaiting)
        details = {name: given[name] for name in ("phone", "smallest", "may_split", "leader") if name in given}

        def effect() -> Answer:
            entry = waitlist.join(
                given["session"],
                group_of(given, on=given["session"].day),
                by=self.actor,
                request_key=uuid.uuid4(),
                **details,
            )
            return self.made(entry)

        return self.write(effect)

    @extend_schema(responses=BrokenRule(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def reasons(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Why the group still waits: the rules in its way, missing places among them."""
        entry = self.found()
        waits = entry.state == WaitlistEntry.State.WAITING and not entry.session.has_begun
        return Response([rule_said(rule) for rule in offering.why(entry)] if waits else [])

    leave = act(waitlist.leave, need=ASKS, summary="Leave the list, and give back what was offered")
    accept = act(waitlist.accept, need=ASKS, takes=Part, summary="Take the offered places: a booking is made")
