"""What the shapes of all resources share: names and labels in both languages, codes, and what the caller may do."""

import functools
from typing import Any

from django.db import models
from django.utils import translation
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from people.workflow import abilities

LANGUAGES = ("zh-hans", "en")


class Words(serializers.Serializer):
    """The same in both languages; English is empty where nobody has written it."""

    zh = serializers.CharField(read_only=True)
    en = serializers.CharField(read_only=True)


class Name(serializers.Serializer):
    """Both names of a noun that carries `name_zh` and `name_en`."""

    zh = serializers.CharField(source="name_zh", read_only=True)
    en = serializers.CharField(source="name_en", read_only=True)


@functools.cache
def said(label: Any) -> dict[str, str]:
    """A translatable label in both languages."""
    words = {}
    for code in LANGUAGES:
        with translation.override(code):
            words[code[:2]] = str(label)
    return words


@extend_schema_field(Words)
class Label(serializers.Field):
    """The label of a choice, in both languages; null where nothing is chosen."""

    def __init__(self, source: str, **options: Any) -> None:
        super().__init__(source=source, read_only=True, **options)

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        field = parent.Meta.model._meta.get_field(self.source)
        self.labels = dict(field.flatchoices)
        self.allow_null = field.blank or field.null

    def to_representation(self, value: Any) -> dict[str, str] | None:
        return said(self.labels[value]) if value in self.labels else None


class Code(serializers.ChoiceField):
    """A choice by its code; what is not said is null, never an empty text."""

    def to_representation(self, value: Any) -> Any:
        return None if value in ("", None) else super().to_representation(value)


class Shape(serializers.ModelSerializer):
    """Reads rows; never writes them: that is what verbs are for."""

    serializer_choice_field = Code

    def build_standard_field(self, field_name: str, model_field: models.Field) -> tuple[Any, dict[str, Any]]:
        kind, options = super().build_standard_field(field_name, model_field)
        if issubclass(kind, serializers.ChoiceField):
            options["allow_null"] = model_field.null or model_field.blank
        return kind, options

    def include_extra_kwargs(self, kwargs: dict[str, Any], extra_kwargs: dict[str, Any]) -> dict[str, Any]:
        may_be_null = kwargs.get("allow_null", False)
        kwargs = super().include_extra_kwargs(kwargs, extra_kwargs | {"read_only": True})
        return kwargs | {"allow_null": True} if may_be_null else kwargs


class Abilities(serializers.ListField):
    """The moves that the caller may take now; those without an address of their own are taken on the pages."""

    child = serializers.CharField()

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: models.Model) -> list[str]:
        return abilities(value, self.context["actor"])


def in_both(words: Any) -> dict[str, str]:
    """What a function says, in both languages."""
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code[:2]] = str(words())
    return found
