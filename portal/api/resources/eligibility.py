"""Eligibility: which sessions a group may book, and every rule that it does not meet, by the judge of the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from activities.eligibility import Judge
from activities.models import Session
from activities.rule_codes import CODES, SOURCES
from people.roles import Permission
from portal.api.base import Door
from portal.api.needs import Need
from portal.api.resources.bookings import VerdictShape, Who, group_of, said_of

MOST_SESSIONS = 50
EXAMPLE = {"sessions": [318, 319], "school": 12, "classes": [41, 42], "adults": 5}


class RuleOfBooking(serializers.Serializer):
    """One rule of the engine."""

    code = serializers.CharField(help_text="Stable; the same on pages, in spreadsheets and in refusals.")
    name = serializers.CharField()
    source = serializers.ChoiceField(choices=sorted(SOURCES), help_text="Whose rule it is.")
    granted_by = serializers.ChoiceField(
        choices=["venue", "bureau", ""], help_text="Who may grant an exception; empty: nobody."
    )


class EligibilityAsked(Who):
    """The sessions in question and the group, as it is on the day of the first of them."""

    sessions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=MOST_SESSIONS
    )

    def validate_sessions(self, keys: list[int]) -> list[Session]:
        rows = Session.objects.select_related("programme", "provider").visible_to(self.context["actor"])
        found = rows.in_bulk(keys)
        if missing := [key for key in keys if key not in found]:
            raise serializers.ValidationError(_("There is no session %(key)s.") % {"key": missing[0]})
        return [found[key] for key in dict.fromkeys(keys)]


class Judged(VerdictShape):
    session = serializers.IntegerField()


class Verdicts(serializers.Serializer):
    results = Judged(many=True)


class RulesOfBooking(serializers.Serializer):
    results = RuleOfBooking(many=True)


class Eligibility(Door):
    """Eligibility 预约条件: the rules, and what they say to a group. Nothing is booked and no place is held."""

    needs = {
        "list": Need("eligibility:read", Permission.SESSION_SEE),
        "create": Need("eligibility:read", Permission.BOOKING_REQUEST),
    }
    pagination_class = None

    @extend_schema(responses=forced_singular_serializer(RulesOfBooking), filters=False)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every rule that a booking may break, in the reader's language."""
        rows = [
            {"code": code, "name": str(known.name), "source": known.source, "granted_by": known.granted_by}
            for code, known in CODES.items()
        ]
        return Response(RulesOfBooking({"results": rows}).data)

    @extend_schema(
        request=EligibilityAsked,
        responses=Verdicts,
        filters=False,
        examples=[OpenApiExample("Two classes", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the rules say to this group in each of these sessions; writes nothing."""
        given = self.given(EligibilityAsked)
        judge = Judge(given["sessions"], group_of(given, on=given["sessions"][0].day))
        said = [{"session": session.pk, **said_of(judge.of(session))} for session in given["sessions"]]
        return Response(Verdicts({"results": said}).data)
