"""What every school should have (Chongqing 2024, policy.md §2), a tile each: settled, or its next step.

This app tells of the paired venue and the science vice-principal; higher apps tell theirs in their `tiles.py`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnerships.models import Agreement, School, VicePrincipal
from people.access import may
from people.actors import Actor
from people.roles import Permission
from portal.lib import wording


@dataclass(frozen=True)
class Tile:
    """`facts` is what stands or is missing; `url` and `action` lead to it, or to the next step for whoever may take it."""

    name: str | Promise
    is_settled: bool
    facts: str
    url: str = ""
    action: str | Promise = ""


Teller = Callable[[School, Actor, dt.date], Tile]
TELLERS: dict[int, Teller] = {}


def tell(place: int) -> Callable[[Teller], Teller]:
    """Register what makes the tile at this place of the row, from the left."""

    def keep(function: Teller) -> Teller:
        TELLERS[place] = function
        return function

    return keep


def of(school: School, actor: Actor, day: dt.date) -> list[Tile]:
    """The school's tiles on a day, as this actor may open them."""
    return [TELLERS[place](school, actor, day) for place in sorted(TELLERS)]


@tell(1)
def paired_venue(school: School, actor: Actor, day: dt.date) -> Tile:
    """≥1 agreement active on the day that the school has signed."""
    rows = Agreement.objects.in_force(day).with_school(school.pk, day).select_related("venue__organisation")
    venues = list(dict.fromkeys(row.venue.organisation.name for row in rows.order_by("starts_on", "pk")))
    name = gettext_lazy("Paired venue")
    if venues:
        said = _("%(name)s and others, %(n)s in all") % {"name": venues[0], "n": len(venues)}
        return Tile(
            name, True, said if venues[1:] else venues[0], reverse("partnerships:agreement-list"), _("Agreements")
        )
    may_draft = may(actor, Permission.AGREEMENT_DRAFT, school)
    url = reverse("partnerships:agreement-new") if may_draft else ""
    return Tile(name, False, _("Still to come: an agreement with a venue"), url, _("Draft an agreement"))


@tell(3)
def vice_principal(school: School, actor: Actor, day: dt.date) -> Tile:
    """A science vice-principal in office on the day."""
    rows = VicePrincipal.objects.filter(school=school)
    name = gettext_lazy("Science vice-principal")
    list_url = reverse("partnerships:vice_principal-list") if may(actor, Permission.VICE_PRINCIPAL_SEE) else ""
    serving = list(rows.serving(day).select_related("person").order_by("ends_on"))
    if serving:
        facts = {"name": serving[0].person.name, "day": wording.day(serving[-1].last_day, year=True)}
        return Tile(name, True, _("%(name)s, until %(day)s") % facts, list_url, _("Show"))
    candidate = rows.filter(state=VicePrincipal.State.CANDIDATE).first()
    if candidate is not None:
        url = reverse("partnerships:vice_principal-page", args=[candidate.pk]) if list_url else ""
        return Tile(name, False, _("Proposed: consent, training and appointment follow"), url, _("Go on"))
    may_propose = may(actor, Permission.VICE_PRINCIPAL_PROPOSE, school)
    url = reverse("partnerships:vice_principal-new", args=[school.pk]) if may_propose else ""
    return Tile(name, False, _("Still to come: somebody from outside"), url, _("Propose somebody"))
