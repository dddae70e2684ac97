"""What has become of the rows that a published report counted: each still so, changed, counted no longer, or deleted."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from portal.reports import rows
from portal.reports.catalogue import CATALOGUE
from portal.reports.document import marked
from portal.reports.frozen import Frozen
from portal.reports.scope import Scope

SIZE = 50


class Since(TextChoices):
    SAME = "same", _("still so")
    CHANGED = "changed", _("changed since")
    DROPPED = "dropped", _("no longer counted")
    DELETED = "deleted", _("deleted since")


@dataclass(frozen=True)
class Kept:
    """The rows of one frozen figure, each with what has become of it."""

    counted: str
    became: dict[Any, Since]  # by key, in the order in which they were frozen

    def only(self, *, gone_on: bool) -> list[Any]:
        """The keys; with `gone_on` only of rows that are not as they were."""
        return [key for key, since in self.became.items() if not gone_on or since != Since.SAME]

    @property
    def gone_on(self) -> int:
        return sum(1 for since in self.became.values() if since != Since.SAME)

    def page(self, keys: list[Any], actor: Actor) -> list[tuple[str, tuple[Any, ...], Since]]:
        """(address, cells, what became) of some rows, as far as this actor sees them; of a deleted row its number."""
        shape, model = rows.SHAPES[self.counted], rows.MODELS[self.counted]
        found = {row.pk: row for row in rows.of(self.counted, model._default_manager.filter(pk__in=keys), actor)}
        lines = []
        for key in keys:
            if key in found:
                row = found[key]
                lines.append((shape.url(row), shape.cells(row), self.became[key]))
            elif self.became[key] == Since.DELETED:
                lines.append(("", (f"№ {key}",), Since.DELETED))
        return lines


def kept(frozen: Frozen, code: str, scope: Scope) -> Kept:
    """Compare the frozen rows of a figure with the rows that it would count now, over the same days and schools."""
    then = frozen.rows(code)
    counted = then["counted"]
    model = rows.MODELS[counted]
    figure = CATALOGUE.get(code)
    now = dict(marked(*rows.evidence(figure, scope))) if figure else {}
    missing = [key for key in then["ids"] if key not in now]
    there = dict(marked(counted, model._base_manager.filter(pk__in=missing)))
    became = {}
    for key, mark in zip(then["ids"], then["marks"], strict=True):
        if key in now:
            became[key] = Since.SAME if now[key] == mark else Since.CHANGED
        else:
            became[key] = Since.DROPPED if key in there else Since.DELETED
    return Kept(counted, became)
