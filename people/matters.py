"""What a notice is about: its subject ("booking:17") names a row, and the row says which districts it concerns."""

import functools
from collections.abc import Mapping

from django.apps import apps
from django.db import models

from people.models import Notice

# Nouns of subjects that are no model's own name; each app adds its own in its notices.py.
MATTERS: dict[str, type[models.Model]] = {}


def declare(nouns: Mapping[str, type[models.Model]]) -> None:
    """Say which model a noun of a subject means, where the model is called otherwise."""
    MATTERS.update(nouns)


def model_of(noun: str) -> type[models.Model] | None:
    """The model that a subject speaks of; None where it is about no row that belongs to a district."""
    return MATTERS.get(noun) or _named().get(noun)


def districts_of(notice: Notice) -> set[int]:
    """The districts that the matter of a notice concerns; empty where it has none, or the row is gone."""
    noun = notice.subject.partition(":")[0]
    model = model_of(noun)
    row = model._base_manager.filter(pk=notice.key_of(noun)).first() if model else None
    return row.district_ids() - {None} if row else set()  # type: ignore[attr-defined]


@functools.cache
def _named() -> dict[str, type[models.Model]]:
    return {str(model._meta.model_name): model for model in apps.get_models() if hasattr(model, "district_ids")}
