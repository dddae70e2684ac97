"""Filters of people's lists."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from people import audit
from people.models import AuditEvent


class TrailFilter(django_filters.FilterSet):
    """By day, by person, by act and by what it was done to."""

    since = django_filters.DateFilter(
        label=_("From"), field_name="at", lookup_expr="date__gte", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("Until"), field_name="at", lookup_expr="date__lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    who = django_filters.CharFilter(label=_("Who"), field_name="actor_label", lookup_expr="icontains")
    act = django_filters.CharFilter(label=_("Act"), method="called")
    what = django_filters.CharFilter(label=_("What"), method="about")

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def called(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By the word that the page shows, or by the beginning of the code."""
        words = value.strip()
        return rows.filter(Q(verb__istartswith=words) | Q(verb__in=audit.acts_named(words)))

    def about(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """`agreement 7`, `people.membership`, or words of the subject."""
        kind, _gap, key = value.strip().partition(" ")
        found = Q(subject_label__icontains=value.strip()) | Q(subject_type__icontains=value.strip())
        return (
            rows.filter(found | Q(subject_type__endswith=kind.lower(), subject_id=key)) if key else rows.filter(found)
        )
