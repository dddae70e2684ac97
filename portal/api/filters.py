"""Filters of the lists: those of the pages, and keys; a value that does not fit is a problem, never an empty list."""

import datetime as dt
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.forms import DecimalField
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from portal.api.problems import Problem

LOWEST = -(2**31)


def misasked(errors: ErrorDict) -> Problem:
    """Every parameter of the address whose value does not fit."""
    found = [
        {"pointer": f"?{name}", "code": each["code"] or "invalid", "detail": each["message"]}
        for name, faults in errors.get_json_data().items()
        for each in faults
    ]
    return Problem(400, "filter", _("Check the parameters named in errors."), errors=found)


class InstantField(IsoDateTimeField):
    """An instant as PostgreSQL can read it: ISO 8601 knows offsets of 23 hours, the database none beyond 16."""

    def to_python(self, value: Any) -> dt.datetime | None:
        instant = super().to_python(value)
        try:
            return instant and instant.astimezone(dt.UTC)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class InstantFilter(django_filters.IsoDateTimeFilter):
    field_class = InstantField


class Backend(DjangoFilterBackend):
    """Gives a resource's FilterSet what it needs beside the query (`filter_options` of the resource)."""

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet, view: Any) -> dict[str, Any]:
        options = view.filter_options() if hasattr(view, "filter_options") else {}
        return super().get_filterset_kwargs(request, queryset, view) | options

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        narrowed = self.get_filterset(request, queryset, view)
        if narrowed is None:
            return queryset
        for field in narrowed.form.fields.values():
            if isinstance(field, DecimalField):  # the library bounds them above; to read -1E9999999 takes hours
                field.validators.append(MinValueValidator(LOWEST))
        if not narrowed.is_valid():
            raise misasked(narrowed.errors)
        return narrowed.qs
