"""Agreements with their parties, and the numbers that they promise."""

from typing import Any

from rest_framework import serializers

from partnerships.filters import AgreementFilter
from partnerships.models import Agreement, AgreementParty, Commitment
from people import thresholds
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Name, Shape


class PartyShape(Shape):
    name = Name(source="organisation", read_only=True)
    state_label = Label("state")

    class Meta:
        model = AgreementParty
        fields = ("organisation", "name", "position", "state", "state_label", "how", "signed_at", "left_on")


class AgreementShape(Shape):
    state_label = Label("state")
    parties = PartyShape(many=True, read_only=True)
    sha256 = serializers.SerializerMethodField()
    is_in_force = serializers.SerializerMethodField()
    abilities = Abilities()

    class Meta:
        model = Agreement
        fields = (
            "id", "district", "venue", "title", "number", "state", "state_label", "areas", "witness", "starts_on",
            "ends_on", "amends", "successor", "registered_on_paper", "filed_at", "suspended_on", "terminated_on", "sha256",
            "is_in_force", "parties", "abilities",
        )  # fmt: skip

    def get_sha256(self, row: Agreement) -> str | None:
        """Fingerprint of the frozen text; null while it is still being written."""
        return (row.current_version.sha256 or None) if row.current_version else None

    def get_is_in_force(self, row: Agreement) -> bool:
        """Filed, begun and not over, today."""
        return row.is_in_force()


class Agreements(Resource):
    """Agreements 合作协议 of a venue with one or more schools. `ends_on` is the first day after."""

    rows = Agreement.objects.select_related("current_version").prefetch_related("parties__organisation")
    parts = (("partnerships_agreementparty", "agreement_id", "partnerships_agreement.id"),)
    serializer_class = AgreementShape
    filterset_class = AgreementFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("agreements:read", Permission.AGREEMENT_SEE))

    def filter_options(self) -> dict[str, Any]:
        return {"values": thresholds.of(self.actor.district_id)}


class CommitmentShape(Shape):
    organisation = serializers.IntegerField(source="party.organisation_id", read_only=True)
    kind_label = Label("kind")

    class Meta:
        model = Commitment
        fields = (
            "id", "agreement", "organisation", "term", "kind", "kind_label", "promised", "is_ceiling", "reserved",
            "delivered", "released",
        )  # fmt: skip


class Commitments(Resource):
    """Commitments 约定事项: what one party promises for one term, and what has become of it."""

    rows = Commitment.objects.select_related("party")
    serializer_class = CommitmentShape
    filterset_fields = ("agreement", "term", "kind")
    needs = dict.fromkeys(("list", "retrieve"), Need("agreements:read", Permission.AGREEMENT_SEE))
