"""Rolls by pseudonym. Reading takes a scope; calling a roll is a person's act, for its marks name who set them."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from rest_framework import serializers

from activities import rollcall
from activities.forms.group import MOST_HEADS
from activities.models import Booking, Mark, RollEntry
from people.actors import Actor
from people.roles import Permission
from portal.api.base import Resource, act
from portal.api.needs import Need
from portal.api.resources.bookings import Bookings
from portal.api.shapes import Label, Shape

CALLS = Need(None, Permission.ROLL_CALL)


class RollEntryShape(Shape):
    mark_label = Label("mark")

    class Meta:
        model = RollEntry
        fields = (
            "id", "booking", "student", "session", "starts_at", "ends_at", "is_live", "added", "mark", "mark_label",
            "task_sheet", "arrived_at", "marked_at",
        )  # fmt: skip


class RollEntryFilter(filters.FilterSet):
    school = filters.NumberFilter(field_name="booking__school")
    school_class = filters.NumberFilter(field_name="enrolment__school_class")

    class Meta:
        model = RollEntry
        fields = ("booking", "student", "session", "mark", "is_live")


class RollEntries(Resource):
    """Roll entries 点名: one a pupil and booking. A venue reads counts on the booking, and no pupils."""

    rows = RollEntry.objects.all()
    serializer_class = RollEntryShape
    filterset_class = RollEntryFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("rolls:read", Permission.BOOKING_SEE))

    def get_queryset(self) -> QuerySet:
        rows = super().get_queryset()
        return rows.none() if self.actor.is_venue else rows


class Marked(serializers.Serializer):
    entry = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    mark = serializers.ChoiceField(choices=Mark.choices)
    task_sheet = serializers.BooleanField(default=False)


class Marks(serializers.Serializer):
    marks = Marked(many=True)
    heads = serializers.IntegerField(
        min_value=0, max_value=MOST_HEADS, required=False, help_text="Who came of those on no roll."
    )
    marked_at = serializers.DateTimeField(required=False, help_text="When the leader acted, if earlier than now.")


class Correction(Marks):
    why = serializers.CharField(max_length=200)


def send(booking: Booking, *, by: Actor, marks: list[dict[str, Any]], **said: Any) -> None:
    rollcall.complete(booking, by=by, marks=read(marks), **said)


def keep(booking: Booking, *, by: Actor, marks: list[dict[str, Any]], heads: int | None = None, **said: Any) -> None:
    rollcall.mark(booking, by=by, marks=read(marks), **said)


def correct(booking: Booking, *, by: Actor, marks: list[dict[str, Any]], **said: Any) -> None:
    rollcall.correct(booking, by=by, marks=read(marks), **said)


def read(marks: list[dict[str, Any]]) -> dict[int, rollcall.Said]:
    return {each["entry"]: rollcall.Said(each["mark"], each["task_sheet"]) for each in marks}


class BookingsWithRolls(Bookings):
    """Bookings 预约: a group of a school in a session, and its roll."""

    mark_roll = act(keep, need=CALLS, takes=Marks, summary="Save marks; the roll stays open")
    send_roll = act(send, need=CALLS, takes=Marks, summary="Send the roll: the visit counts")
    correct_roll = act(correct, need=CALLS, takes=Correction, summary="Correct a roll that was sent")
