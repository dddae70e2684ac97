"""Bookings: asked for by the verb of the page, judged by the same rules, moved by the same moves."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activities import alternatives, bookings, groups, head_counts, rescheduling
from activities.eligibility import Judge
from activities.forms.booking import PHONE
from activities.forms.group import MOST_HEADS
from activities.groups import Group
from activities.models import Booking, Session
from activities.verdicts import Verdict
from partnerships.models import ActivityGroup, School, SchoolClass
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from portal.api.base import Resource, act
from portal.api.examples import BOOKED, example
from portal.api.filters import InstantFilter
from portal.api.idempotency import Answer
from portal.api.needs import Need
from portal.api.problems import rule_said
from portal.api.resources.sessions import Reason
from portal.api.schema import BrokenRule
from portal.api.shapes import Abilities, Label, Shape

ASKS = Need("bookings:write", Permission.BOOKING_REQUEST)
ANSWERS = Need(None, Permission.BOOKING_CONFIRM)
MOST_CLASSES = 100  # of one booking
EXAMPLE = {"session": 318, "school": 12, "leader": 95, "classes": [41, 42], "adults": 5, "note": "9:10 到馆"}


@extend_schema_serializer(examples=example("Two classes", BOOKED))
class BookingShape(Shape):
    number = serializers.CharField(read_only=True, help_text="As people read it to each other.")
    classes = serializers.SerializerMethodField()
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Booking
        fields = (
            "id", "number", "session", "school", "district", "agreement", "on_sheet", "leader", "by", "classes", "group",
            "by_roster", "pupils", "adults", "step_free", "state", "state_label", "seats_held", "requested_at",
            "confirmed_at", "ended_at", "reason", "arrived_at", "arrived_heads", "called_at", "attended", "count_due_at",
            "counted_at", "returned", "returned_late", "abilities",
        )  # fmt: skip

    def get_classes(self, row: Booking) -> list[int]:
        return sorted(found.school_class_id for found in row.classes.all())


class HeadsOfClass(serializers.Serializer):
    """How many come of a class whose names are not in the portal."""

    school_class = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    pupils = serializers.IntegerField(min_value=1, max_value=200)


class Who(serializers.Serializer):
    """The group: classes, an activity group, or a head count."""

    school = serializers.PrimaryKeyRelatedField(
        queryset=School.objects.none(), required=False, help_text="A school's own people may leave it out."
    )
    classes = serializers.PrimaryKeyRelatedField(
        queryset=SchoolClass.objects.none(), many=True, required=False, allow_empty=False
    )
    heads = HeadsOfClass(
        many=True, required=False, max_length=MOST_CLASSES, help_text="For classes without stored names."
    )
    group = serializers.PrimaryKeyRelatedField(queryset=ActivityGroup.objects.none(), required=False)
    pupils = serializers.IntegerField(min_value=1, max_value=MOST_HEADS, required=False, help_text="Head count alone.")
    adults = serializers.IntegerField(min_value=0, max_value=200)
    on_sheet = serializers.BooleanField(
        default=False,
        help_text="Without an agreement where one is needed: confirmed once both sides accept the confirmation sheet.",
    )

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        actor = self.context["actor"]
        found["school"].queryset = School.objects.visible_to(actor)
        found["classes"].child_relation.queryset = SchoolClass.objects.visible_to(actor)
        found["group"].queryset = ActivityGroup.objects.select_related("school__organisation").visible_to(actor)
        return found

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        named = data.get("classes") if isinstance(data, dict) else None
        if isinstance(named, list) and len(named) > MOST_CLASSES:  # each of them is looked up
            said = _("At most %(most)s classes.") % {"most": MOST_CLASSES}
            raise serializers.ValidationError({"classes": [said]})
        return super().to_internal_value(data)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if sum(name in data for name in ("classes", "group", "pupils")) != 1:
            raise serializers.ValidationError(_("Name classes, or a group, or a number of pupils: one of them."))
        if "school" not in data:
            own = self.context["actor"].organisation_id
            data["school"] = self.fields["school"].queryset.filter(pk=own or 0).first()
            if data["school"] is None:
                raise serializers.ValidationError({"school": _("Say for which school.")})
        return data


class WhoComes(Who):
    """The session and the group."""

    session = serializers.PrimaryKeyRelatedField(queryset=Session.objects.none())

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        rows = Session.objects.select_related("programme", "provider")
        found["session"].queryset = rows.visible_to(self.context["actor"])
        return found


class NewBooking(WhoComes):
    leader = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), help_text="From /schools/{id}/leaders/."
    )
    phone = serializers.CharField(max_length=20, required=False, validators=[PHONE], help_text="Told to the venue.")
    step_free = serializers.IntegerField(min_value=0, max_value=200, required=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        schools = found["school"].queryset.values("pk")
        found["leader"].queryset = Membership.objects.active().filter(organisation__in=schools).select_related("user")
        return found


class OtherDate(serializers.Serializer):
    session = serializers.PrimaryKeyRelatedField(queryset=Session.objects.none(), source="to")

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found["session"].queryset = Session.objects.select_related("programme", "provider").visible_to(
            self.context["actor"]
        )
        return found


class Declined(Reason):
    sessions = serializers.PrimaryKeyRelatedField(
        queryset=Session.objects.none(), many=True, required=False, help_text="Other dates of the same venue."
    )

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        rows = Session.objects.select_related("programme", "provider").visible_to(self.context["actor"])
        found["sessions"].child_relation.queryset = rows
        return found


class VerdictShape(serializers.Serializer):
    may_book = serializers.BooleanField(help_text="No rule blocks; places are counted when the booking is made.")
    adults_needed = serializers.IntegerField()
    agreement = serializers.IntegerField(allow_null=True)
    rules = BrokenRule(many=True, help_text="Every rule that is not met.")


def said_of(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the API says it."""
    return {
        "may_book": verdict.may_book,
        "adults_needed": verdict.adults_needed,
        "agreement": verdict.agreement and verdict.agreement.pk,
        "rules": [rule_said(rule) for rule in verdict.broken],
    }


class BookingFilter(filters.FilterSet):
    view = filters.ChoiceFilter(
        choices=[("coming", "coming"), ("waiting", "waiting")], method="by_view", label="As on the page."
    )
    provider = filters.NumberFilter(field_name="session__provider")
    school_class = filters.NumberFilter(field_name="classes__school_class")
    starts_after = InstantFilter(field_name="session__starts_at", lookup_expr="gte")
    starts_before = InstantFilter(field_name="session__starts_at", lookup_expr="lt")

    class Meta:
        model = Booking
        fields = ("session", "school", "agreement", "group", "state")

    def by_view(self, rows: Any, name: str, view: str) -> Any:
        return rows.awaiting_confirmation() if view == "waiting" else rows.upcoming()


def group_of(given: dict[str, Any], *, on: dt.date) -> Group:
    """The group that a body describes, as it is on the day of the session."""
    return replace(_group_of(given, on=on), on_sheet=given["on_sheet"])


def _group_of(given: dict[str, Any], *, on: dt.date) -> Group:
    adults, school = given["adults"], given["school"]
    if "group" in given:
        return groups.of_activity_group(given["group"], on=on, adults=adults)
    if "pupils" in given:
        return groups.of_heads(school, given["pupils"], on=on, adults=adults)
    heads = {each["school_class"]: each["pupils"] for each in given.get("heads", [])}
    return groups.of_classes(school, given["classes"], on=on, adults=adults, heads=heads)


class WhoStill(serializers.Serializer):
    """What is not named stays as it is."""

    classes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        allow_empty=False,
        max_length=MOST_CLASSES,
        help_text="The classes that still come.",
    )
    heads = HeadsOfClass(many=True, required=False, max_length=MOST_CLASSES)
    pupils = serializers.IntegerField(min_value=1, max_value=MOST_HEADS, required=False, help_text="Head count alone.")
    adults = serializers.IntegerField(min_value=0, max_value=200, required=False)
    is_final = serializers.BooleanField(default=False, help_text="This is the final head count.")


def change_heads(booking: Booking, *, by: Actor, is_final: bool, **said: Any) -> None:
    heads = {each["school_class"]: each["pupils"] for each in said.pop("heads", [])}
    head_counts.change(booking, head_counts.coming(booking, heads=heads, **said), by=by, is_final=is_final)


class Bookings(Resource):
    """Bookings 预约: a group of a school in a session."""

    rows = Booking.objects.select_related("session").prefetch_related("classes")
    parts = (("activities_bookingclass", "booking_id", "activities_booking.id"),)
    serializer_class = BookingShape
    filterset_class = BookingFilter
    needs = {
        **dict.fromkeys(("list", "retrieve"), Need("bookings:read", Permission.BOOKING_SEE)),
        "create": ASKS,
        "verdict": ASKS,
    }

    @extend_schema(
        request=NewBooking,
        responses={201: BookingShape},
        examples=[OpenApiExample("Two classes", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Book places for a group, or ask the venue for them where it confirms by hand.

        409 names every rule that is not met. The Idempotency-Key makes a retry safe.
        """
        given = self.given(NewBooking)
        details = {name: given[name] for name in ("phone", "step_free", "note") if name in given}

        def effect() -> Answer:
            made = bookings.request(
                given["session"],
                group_of(given, on=given["session"].day),
                by=self.actor,
                leader=given["leader"],
                request_key=uuid.uuid4(),
                **details,
            )
            return self.made(made)

        return self.write(effect)

    @extend_schema(request=WhoComes, responses=VerdictShape, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def verdict(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the rules say to this group in this session; writes nothing."""
        given = self.given(WhoComes)
        session = given["session"]
        verdict = Judge([session], group_of(given, on=session.day)).of(session)
        return Response(VerdictShape(said_of(verdict)).data)

    withdraw = act(bookings.withdraw, need=ASKS, takes=Reason, summary="Take a request back before the venue answered")
    cancel = act(bookings.cancel, need=ASKS, takes=Reason, summary="Cancel; late where the free window is over")
    reschedule = act(
        rescheduling.reschedule, need=ASKS, takes=OtherDate, summary="Move it to another session of the same host"
    )
    give_up = act(rescheduling.give_up, need=ASKS, summary="Do without a new date for a postponed group")
    heads = act(change_heads, need=ASKS, takes=WhoStill, summary="The group comes larger or smaller; a part return")
    count = act(head_counts.confirm_outing, need=ASKS, summary="Everybody comes: the final head count")
    confirm = act(bookings.confirm, need=ANSWERS, summary="The venue accepts the group")
    decline = act(
        alternatives.decline,
        need=ANSWERS,
        takes=Declined,
        summary="The venue does not accept the group, and names up to three other dates",
    )
    cancel_by_venue = act(bookings.cancel_by_venue, need=ANSWERS, takes=Reason, summary="The venue cancels")
    cancel_no_fault = act(
        bookings.cancel_no_fault,
        need=Need(None, Permission.BOOKING_CANCEL_NO_FAULT),
        takes=Reason,
        summary="Weather, closure, an order from above: no mark for either side",
    )
