"""What lists can be narrowed by; the same sets serve page and API."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.models import Agreement, Listing, School, Venue
from partnerships.phases import Phase
from people.thresholds import Values
from portal.lib import clock

State = Agreement.State
STANDS = [
    ("open", _("not filed yet")),
    (Phase.UPCOMING, Phase.UPCOMING.label),
    (Phase.ACTIVE, Phase.ACTIVE.label),
    (Phase.EXPIRING, Phase.EXPIRING.label),
    (Phase.EXPIRED, Phase.EXPIRED.label),
    ("ended", _("suspended or terminated")),
]


def search() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search"})


class AgreementFilter(filters.FilterSet):
    """Agreements by words in title, number or the names of their sides, and by where they stand."""

    q = filters.CharFilter(label=_("Title, number or name"), method="by_words", widget=search())
    stands = filters.ChoiceFilter(label=_("State"), choices=STANDS, method="by_stand", empty_label=_("all"))

    class Meta:
        model = Agreement
        fields: list[str] = []

    def __init__(self, *args: Any, values: Values, **options: Any) -> None:
        super().__init__(*args, **options)
        self.values = values

    def by_words(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        sides = Agreement.objects.filter(
            Q(parties__organisation__name_zh__icontains=words) | Q(parties__organisation__name_en__icontains=words)
        )
        return rows.filter(Q(title__icontains=words) | Q(number__icontains=words) | Q(pk__in=sides.values("pk")))

    def by_stand(self, rows: QuerySet, name: str, stand: str) -> QuerySet:
        today = clock.today()
        filed = rows.whole().filter(state=State.FILED)
        if stand == "open":
            return rows.exclude(state__in=[State.FILED, State.SUSPENDED, State.TERMINATED, State.WITHDRAWN])
        if stand == "ended":
            return rows.filter(state__in=[State.SUSPENDED, State.TERMINATED])
        return {
            Phase.UPCOMING: filed.filter(starts_on__gt=today),
            Phase.ACTIVE: filed.in_force(today),
            Phase.EXPIRING: filed.expiring(today, self.values["agreement_expiring_days"]),
            Phase.EXPIRED: filed.filter(ends_on__lte=today),
        }[Phase(stand)]


class VenueFilter(filters.FilterSet):
    """Venues by name, kind, and where their application stands."""

    q = filters.CharFilter(label=_("Name of the venue"), method="by_name", widget=search())
    national_class = filters.ChoiceFilter(
        label=_("Class of base"), choices=Venue.NationalClass.choices, empty_label=_("all")
    )
    listing = filters.ChoiceFilter(
        label=_("State"), choices=Listing.State.choices, method="by_listing", empty_label=_("all")
    )

    class Meta:
        model = Venue
        fields = ["national_class"]

    def __init__(self, *args: Any, district_id: int | None, is_office: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.district_id = district_id
        if not is_office:
            del self.filters["listing"]

    def by_name(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return rows.named(words)

    def by_listing(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        listings = Listing.objects.filter(district_id=self.district_id, state=state)
        return rows.filter(pk__in=listings.values("organisation_id"))


class SchoolFilter(filters.FilterSet):
    """Schools by name, stage and pairing."""

    q = filters.CharFilter(label=_("Name of the school"), method="by_name", widget=search())
    stage = filters.ChoiceFilter(label=_("Stage"), choices=School.Stage.choices, empty_label=_("all"))
    paired = filters.ChoiceFilter(
        label=_("Partner venue"),
        choices=[("yes", _("paired")), ("no", _("not paired yet"))],
        method="by_pairing",
        empty_label=_("all"),
    )

    class Meta:
        model = School
        fields = ["stage"]

    def by_name(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return rows.filter(Q(organisation__name_zh__icontains=words) | Q(organisation__name_en__icontains=words))

    def by_pairing(self, rows: QuerySet, name: str, answer: str) -> QuerySet:
        paired = rows.paired(clock.today())
        return paired if answer == "yes" else rows.exclude(pk__in=paired.values("pk"))
