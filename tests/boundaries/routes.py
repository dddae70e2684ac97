"""Every address of the portal, and which row of the world stands in it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from credits.models import CreditRule
from people.models import Notice
from people.roles import Role
from tests.world import World

# addresses of libraries, guarded by themselves
FOREIGN = ("allauth.", "django.")

# noun of the route's name → noun of the world, where they differ
NOUNS = {"roll": "called", "rules": "venue", "account": "student", "figure": "figure"}
# whole route → noun of the world, where its noun does not say it
ROUTES: dict[str, str] = {"portal:report-term": "term", "portal:import-run": "import_run"}
# whole route → the word that stands in its address
WORDS = {"portal:import-new": "roster", "portal:import-template": "roster"}
# nouns whose rows belong to a district, not to one of its two cells
OF_DISTRICT = {"term", "rule"}


@dataclass(frozen=True)
class Route:
    name: str
    parameters: tuple[tuple[str, str], ...]  # (name, kind of converter)

    @property
    def noun(self) -> str:
        """The noun of the world that fills the address; empty where nothing does."""
        if not self.parameters or self.parameters[0][1] not in ("IntConverter", "UUIDConverter"):
            return ""
        own = self.name.split(":")[-1].split("-")[0]
        return ROUTES.get(self.name) or NOUNS.get(own, own)

    @property
    def whose(self) -> tuple[str, ...]:
        """Whose rows are tried in the address."""
        if not self.noun:
            return ("",)
        return ("own", "foreign", "missing") if self.noun in OF_DISTRICT else ("own", "other", "foreign", "missing")

    def address(self, world: World, role: Role | None, whose: str) -> str:
        words = [WORDS.get(self.name) if kind == "SlugConverter" else None for _name, kind in self.parameters]
        values = {
            name: word or fill(world, self.noun, kind, role, whose)
            for word, (name, kind) in zip(words, self.parameters, strict=True)
        }
        return reverse(self.name, kwargs=values)


def fill(world: World, noun: str, kind: str, role: Role | None, whose: str) -> Any:
    """The value of one parameter."""
    if not noun:
        return {"SlugConverter": "sessions", "StringConverter": "x" * 22, "PathConverter": "x"}[kind]
    if whose == "missing":
        return uuid.UUID(int=7) if kind == "UUIDConverter" else 999_999
    cell = {"own": "A1", "other": "A2", "foreign": "B1"}[whose]
    return row(world, noun, cell, role).pk


def row(world: World, noun: str, cell: str, role: Role | None):
    """The row of a noun in a cell; a notice is always somebody's own."""
    if noun == "notice":
        return Notice.objects.filter(user=world.hat(role or Role.TEACHER, cell).user).order_by("pk")[0]
    if noun == "term":
        return world.districts[cell[0]].terms.get()
    if noun == "rule":
        return CreditRule.objects.get(district=world.districts[cell[0]], state="draft")
    return world.one(cell, noun)


def routes() -> list[Route]:
    """Ours, by name; an address without a name is nobody's."""
    found = []

    def walk(resolver: URLResolver, namespace: str) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
            elif isinstance(entry, URLPattern) and not entry.callback.__module__.startswith(FOREIGN):
                kinds = {name: type(converter).__name__ for name, converter in entry.pattern.converters.items()}
                found.append(Route(f"{namespace}{entry.name}", tuple(kinds.items())))

    walk(get_resolver(), "")
    return sorted(set(found), key=lambda route: route.name)
