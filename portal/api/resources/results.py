"""The white-list of competitions, results, and certificates: by pseudonym, without a name inside."""

import django_filters as filters
from rest_framework import serializers

from credits.models import Certificate, Competition, Result
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Shape


class CompetitionShape(Shape):
    class Meta:
        model = Competition
        fields = ("id", "district", "name", "organisers", "stages", "starts_on", "ends_on")


class CompetitionFilter(filters.FilterSet):
    on = filters.DateFilter(method="by_day", label="Those on the list on this day.")

    class Meta:
        model = Competition
        fields: tuple[str, ...] = ()

    def by_day(self, rows, name, day):
        return rows.on(day)


class Competitions(Resource):
    """Competitions 白名单赛事 of the district. `ends_on` is the first day no longer on the list."""

    rows = Competition.objects.all()
    serializer_class = CompetitionShape
    filterset_class = CompetitionFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("credits:read", Permission.COMPETITION_SEE))


class ResultShape(Shape):
    kind_label = Label("kind")
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = Result
        fields = (
            "id", "student", "school", "district", "kind", "kind_label", "competition", "group", "term", "school_year",
            "happened_on", "dates", "present", "state", "state_label", "entered_at", "confirmed_at", "abilities",
        )  # fmt: skip


class Results(Resource):
    """Results 成果 beside the rolls: a competition, a project, a club's term. What people wrote about it stays inside."""

    rows = Result.objects.select_related("mentor")
    serializer_class = ResultShape
    filterset_fields = ("student", "school", "kind", "competition", "group", "term", "school_year", "state")
    needs = dict.fromkeys(("list", "retrieve"), Need("credits:read", Permission.RESULT_SEE))


class CertificateShape(Shape):
    pupil = serializers.UUIDField(source="account_id", read_only=True)
    kind_label = Label("kind")
    state_label = Label("state")
    sha256 = serializers.SerializerMethodField()

    class Meta:
        model = Certificate
        fields = (
            "id", "code", "kind", "kind_label", "pupil", "school", "district", "publication", "stage", "level",
            "school_year", "sha256", "issued_at", "replaces", "state", "state_label", "revoked_at",
        )  # fmt: skip

    def get_sha256(self, row: Certificate) -> str:
        """Of the content that was certified."""
        return bytes(row.sha256).hex()


class CertificateFilter(filters.FilterSet):
    pupil = filters.UUIDFilter(field_name="account")

    class Meta:
        model = Certificate
        fields = ("school", "kind", "state", "school_year")


class Certificates(Resource):
    """Certificates and record sheets 证书: what was certified of a pupil's credits, and whether it still stands."""

    rows = Certificate.objects.all()
    lookup_value_converter = "uuid"
    serializer_class = CertificateShape
    filterset_class = CertificateFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("credits:read", Permission.CERTIFICATE_SEE))
