"""Credit rules, entries and balances; points are whole thousandths."""

import django_filters as filters
from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from credits.models import Account, CreditRule, Entry
from people.roles import Permission
from portal.api.base import Resource
from portal.api.examples import ENTRY, example
from portal.api.needs import Need
from portal.api.shapes import Abilities, Label, Shape

PUBLISHED_IN = "(SELECT publication_id FROM credits_publishedentry WHERE entry_id = credits_entry.id)"
STATES = ["posted", "open", "final"]


class RuleShape(Shape):
    code_label = Label("code")
    category_label = Label("category")
    state_label = Label("state")
    abilities = Abilities()

    class Meta:
        model = CreditRule
        fields = (
            "id", "district", "code", "code_label", "version", "category", "category_label", "unit", "points",
            "cap_year", "cap_term", "cap_venue", "minutes", "grades", "needs_task_sheet", "once_a_programme",
            "is_default", "starts_on", "state", "state_label", "published_at", "abilities",
        )  # fmt: skip


class CreditRules(Resource):
    """Credit rules 认定规则 by version; points and caps in thousandths of a point."""

    rows = CreditRule.objects.all()
    serializer_class = RuleShape
    filterset_fields = ("code", "category", "state")
    needs = dict.fromkeys(("list", "retrieve"), Need("credits:read", Permission.CREDIT_RULE_SEE))


@extend_schema_serializer(examples=example("An award", ENTRY))
class EntryShape(Shape):
    pupil = serializers.UUIDField(source="account_id", read_only=True)
    code = serializers.CharField(source="rule.code", read_only=True)
    posted_at = serializers.DateTimeField(source="posting.at", read_only=True)
    publication = serializers.SerializerMethodField()

    class Meta:
        model = Entry
        fields = (
            "id", "pupil", "n", "points", "balance", "rule", "code", "roll_entry", "result", "nth", "reverses", "school",
            "district", "grade", "term", "concerns_term", "posted_at", "publication",
        )  # fmt: skip

    def get_publication(self, row: Entry) -> serializers.ChoiceField(choices=STATES):
        """`posted`, `open` for objection, or `final`."""
        return row.published_state or "posted"


class EntryFilter(filters.FilterSet):
    pupil = filters.UUIDFilter(field_name="account")
    publication = filters.ChoiceFilter(choices=[(state, state) for state in STATES], method="by_publication")

    class Meta:
        model = Entry
        fields = ("school", "term", "concerns_term", "rule", "roll_entry")

    def by_publication(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        return rows.filter(published_state=None if state == "posted" else state)


class CreditEntries(Resource):
    """Credit entries 学分记录: awards and their exact taking back, in thousandths. An entry never changes."""

    rows = Entry.objects.select_related("rule", "posting").annotate(published_state=F("published__publication__state"))
    parts = (
        ("credits_publishedentry", "entry_id", "credits_entry.id"),
        ("credits_publication", "id", PUBLISHED_IN),
    )
    serializer_class = EntryShape
    filterset_class = EntryFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("credits:read", Permission.CREDIT_SEE))


class BalanceShape(Shape):
    pupil = serializers.UUIDField(source="student_id", read_only=True)
    school = serializers.IntegerField(source="student.school_id", read_only=True)
    entries = serializers.IntegerField(source="n", read_only=True)

    class Meta:
        model = Account
        fields = ("pupil", "school", "balance", "entries")


class BalanceFilter(filters.FilterSet):
    school = filters.NumberFilter(field_name="student__school")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()


class Balances(Resource):
    """Balances: the sum of a pupil's entries, in thousandths of a point. Never a ranking: they come by key."""

    rows = Account.objects.select_related("student")
    parts = (("partnerships_student", "id", "credits_account.student_id"),)
    lookup_value_converter = "uuid"
    serializer_class = BalanceShape
    filterset_class = BalanceFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("credits:read", Permission.CREDIT_SEE))
