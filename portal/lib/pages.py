"""Keyset pages: a list that never counts, with a door to the next and the previous rows."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

SIZE = 50


@dataclass(frozen=True)
class Page:
    """`rows` in their order; `before` and `after` are the tokens of the neighbours, empty at the ends."""

    rows: list[Any]
    before: str
    after: str

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset(queryset: QuerySet, query: Mapping[str, str], *, order: tuple[str, ...], size: int = SIZE) -> Page:
    """The page of `queryset` that the URL asks for, ordered by `order` (columns that are never null; the last unique).

    `?after=` and `?before=` hold the last and first row seen; a broken token shows the first page.
    """
    backwards = bool(query.get("before"))
    fields = [_flipped(field) for field in order] if backwards else list(order)
    token = query.get("before") or query.get("after") or ""
    start = _decoded(token, len(order)) if token else None
    rows = queryset.order_by(*fields)
    if start is not None:
        try:
            found = list(rows.filter(_beyond(fields, start))[: size + 1])
        except (TypeError, ValueError, OverflowError, ValidationError):  # values of another list, or no values at all
            return keyset(queryset, {}, order=order, size=size)
    else:
        found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    first, last = (_encoded(found[0], order), _encoded(found[-1], order)) if found else ("", "")
    has_before = more if backwards else start is not None
    has_after = backwards or more
    return Page(found, first if has_before else "", last if has_after else "")


def sliced(rows: Sequence[Any], query: Mapping[str, str], *, size: int = SIZE) -> Page:
    """The page of a list that is in memory already, by position; a broken token shows the first page."""
    token = query.get("after") or query.get("before") or "0"
    at = min(int(token), len(rows)) if token.isascii() and token.isdigit() and len(token) < 9 else 0
    start = max(0, at - size) if query.get("before") and not query.get("after") else at
    end = start + size
    return Page(list(rows[start:end]), str(start) if start else "", str(end) if end < len(rows) else "")


def _flipped(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _beyond(fields: list[str], start: list[Any]) -> Q:
    """Rows after `start` in lexicographic order of `fields`."""
    reached, beyond = Q(), Q()
    for field, value in zip(fields, start, strict=True):
        name = field.lstrip("-")
        beyond |= reached & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        reached &= Q(**{name: value})
    return beyond


def _encoded(row: Model | Mapping[str, Any], order: tuple[str, ...]) -> str:
    values = []
    for field in order:
        value: Any = row
        for step in field.lstrip("-").split("__"):
            value = value[step] if isinstance(value, Mapping) else getattr(value, step)
        values.append(value if isinstance(value, int | str) else str(value))
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _decoded(token: str, length: int) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        return None
    fits = isinstance(values, list) and len(values) == length and all(isinstance(v, int | str) for v in values)
    return values if fits else None
