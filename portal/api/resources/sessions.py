"""Sessions with their places; a venue's own people open, postpone and cancel theirs."""

from typing import Any

import django_filters as filters
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from activities import sessions
from activities.forms.catalogue import FilterForm
from activities.models import Programme, Session
from activities.models.campaign import Campaign
from activities.models.field import Field
from people.roles import Permission
from portal.api.base import Resource, act
from portal.api.examples import SESSION, example
from portal.api.filters import InstantFilter
from portal.api.idempotency import Answer
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Shape


class Places(serializers.Serializer):
    """How many places there are; of those held back it says only how many are still kept."""

    unit = serializers.ChoiceField(choices=Session.Unit.choices, read_only=True)
    capacity = serializers.IntegerField(read_only=True)
    taken = serializers.IntegerField(read_only=True)
    left = serializers.IntegerField(read_only=True)
    held_back = serializers.IntegerField(source="held_open", read_only=True)
    held_until = serializers.DateField(read_only=True, allow_null=True)


@extend_schema_serializer(examples=example("A student-only session", SESSION))
class SessionShape(Shape):
    places = Places(source="*", read_only=True)
    phase = serializers.ChoiceField(
        choices=["draft", "open", "postponed", "cancelled", "finished", "in_progress", "not_open_yet", "full"],
        read_only=True,
        help_text="What clock and counters make of it now; not a change by itself.",
    )
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Session
        fields = (
            "id", "programme", "series", "provider", "place", "hall", "school", "audience", "starts_at", "ends_at",
            "guide", "channel", "visitors", "opens_on", "places", "price_kind", "list_price", "paid_price", "state",
            "state_label", "phase", "reason", "abilities",
        )  # fmt: skip


class SessionFilter(filters.FilterSet):
    """The catalogue's own words, and keys and times beside them."""

    theme = filters.ChoiceFilter(field_name="programme__theme", choices=Field.choices)
    campaign = filters.ChoiceFilter(method="by_campaign", choices=Campaign.choices)
    form = filters.ChoiceFilter(field_name="programme__form", choices=Programme.Form.choices)
    direction = filters.ChoiceFilter(field_name="programme__direction", choices=Programme.Direction.choices)
    words = filters.CharFilter(method="by_words", label="Words of programme or provider.")
    starts_after = InstantFilter(field_name="starts_at", lookup_expr="gte")
    starts_before = InstantFilter(field_name="starts_at", lookup_expr="lt")
    bookable = filters.BooleanFilter(method="by_bookable", label="Open, to come, and not a school's own series.")

    class Meta:
        model = Session
        fields = ("programme", "series", "provider", "place", "audience", "state", "price_kind")

    def by_words(self, rows: Any, name: str, words: str) -> Any:
        return FilterForm({"words": words}).narrow(rows)

    def by_campaign(self, rows: Any, name: str, campaign: str) -> Any:
        return rows.filter(programme__campaigns__contains=[campaign])

    def by_bookable(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.for_groups().open().upcoming() if wanted else rows


class NewSession(serializers.Serializer):
    programme = serializers.PrimaryKeyRelatedField(queryset=Programme.objects.none())
    starts_at = serializers.DateTimeField()
    capacity = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    opens = serializers.BooleanField(default=True, help_text="Open it for booking at once.")

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found["programme"].queryset = Programme.objects.visible_to(self.context["actor"])
        return found


class Reason(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class Sessions(Resource):
    """Sessions 场次 that the caller could book or gives. Times carry their offset; prices are in yuan."""

    rows = Session.objects.select_related("programme", "provider", "school__organisation")
    parts = (
        ("activities_programme", "id", "activities_session.programme_id"),
        ("partnerships_listing", "organisation_id", "activities_session.provider_id"),
    )
    is_door = True
    serializer_class = SessionShape
    filterset_class = SessionFilter
    needs = {
        **dict.fromkeys(("list", "retrieve"), Need("sessions:read", Permission.SESSION_SEE)),
        "create": Need(None, Permission.SESSION_EDIT),
    }

    @extend_schema(request=NewSession, responses={201: SessionShape})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make a session of a programme of one's own; what is not said comes from the programme."""
        given = self.given(NewSession)
        make = sessions.create_open if given.pop("opens") else sessions.create

        def effect() -> Answer:
            return self.made(make(by=self.actor, **given))

        return self.write(effect)

    open = act(sessions.open_session, need=Need(None, Permission.SESSION_OPEN), summary="Open it for booking")
    postpone = act(sessions.postpone, need=Need(None, Permission.SESSION_CANCEL), takes=Reason, summary="Postpone it")
    cancel = act(
        sessions.cancel,
        need=Need(None, Permission.SESSION_CANCEL),
        takes=Reason,
        summary="Cancel it and every booking of it",
    )
