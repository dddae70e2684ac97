"""What lists of counselors can be narrowed by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Counselor
from activities.models.counselor import Field
from activities.models.programme import GRADES
from partnerships.models import Listing

SIDES = [
    ("outside", pgettext_lazy("counselor", "from outside")),
    ("inside", pgettext_lazy("counselor", "the school's own")),
]


class CounselorFilter(filters.FilterSet):
    """Counselors by name, side, kind, field, grade; for offices by where their application stands and the pool."""

    q = filters.CharFilter(
        label=pgettext_lazy("counselor", "Name"), method="by_name", widget=forms.TextInput(attrs={"type": "search"})
    )
    side = filters.ChoiceFilter(
        label=pgettext_lazy("counselor", "From"), choices=SIDES, method="by_side", empty_label=_("all")
    )
    kind = filters.ChoiceFilter(
        label=pgettext_lazy("counselor", "Kind"), choices=Counselor.Kind.choices, empty_label=_("all")
    )
    field = filters.ChoiceFilter(
        label=pgettext_lazy("counselor", "Field"), choices=Field.choices, method="by_field", empty_label=_("all")
    )
    grade = filters.ChoiceFilter(
        label=_("Grade"), choices=[(grade, grade) for grade in GRADES], method="by_grade", empty_label=_("all")
    )
    listing = filters.ChoiceFilter(
        label=_("State"), choices=Listing.State.choices, method="by_listing", empty_label=_("all")
    )
    expert = filters.BooleanFilter(label=_("Expert pool"), method="by_pool", widget=forms.CheckboxInput())

    class Meta:
        model = Counselor
        fields: list[str] = []

    def __init__(self, *args: Any, district_id: int | None, is_office: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.district_id = district_id
        if not is_office:
            del self.filters["listing"]
        if district_id is None:
            del self.filters["expert"]

    def by_name(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return rows.filter(Q(organisation__name_zh__icontains=words) | Q(organisation__name_en__icontains=words))

    def by_side(self, rows: QuerySet, name: str, side: str) -> QuerySet:
        own = Q(kind=Counselor.Kind.TEACHER)
        return rows.filter(own if side == "inside" else ~own)

    def by_field(self, rows: QuerySet, name: str, field: str) -> QuerySet:
        return rows.filter(fields__contains=[field])

    def by_grade(self, rows: QuerySet, name: str, grade: str) -> QuerySet:
        return rows.filter(grades__contains=[int(grade)])

    def by_listing(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        listings = Listing.objects.filter(district_id=self.district_id, state=state)
        return rows.filter(pk__in=listings.values("organisation_id"))

    def by_pool(self, rows: QuerySet, name: str, wanted: bool) -> QuerySet:
        if not wanted:
            return rows
        pool = Listing.objects.listed().filter(district_id=self.district_id, is_expert=True)
        return rows.filter(pk__in=pool.values("organisation_id"))
