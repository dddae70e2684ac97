"""Verbs of the white-list: enter a competition, correct its line, end it. The bureau keeps the list of its district."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from credits.models import Competition
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import verb
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

SWEEP = "credits.sweep"
FIELDS = ("name", "organisers", "stages", "starts_on", "ends_on")


@verb
def enter(
    district: District,
    *,
    by: Actor,
    name: str,
    stages: Iterable[str],
    starts_on: dt.date,
    ends_on: dt.date,
    organisers: str = "",
) -> Competition:
    """Put a competition on the district's list; `ends_on` is the first day it no longer stands there."""
    require(by, Permission.COMPETITION_EDIT, district)
    competition = Competition(
        district=district,
        name=name,
        organisers=organisers,
        stages=_in_order(stages),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _whole(competition)
    competition.save(force_insert=True)
    audit.record("competition.enter", competition, by=by, name=name)
    return competition


@verb
def change(competition: Competition, *, by: Actor, **values: Any) -> None:
    """Correct a line. Results that rest on it are judged anew: by the next sweep, in both directions."""
    require(by, Permission.COMPETITION_EDIT, competition)
    changed: dict[str, Any] = {}
    for name in FIELDS:
        value = _in_order(values[name]) if name == "stages" and name in values else values.get(name)
        if name in values and value != getattr(competition, name):
            changed[name] = [str(getattr(competition, name)), str(value)]
            setattr(competition, name, value)
    if not changed:
        return
    _whole(competition)
    competition.save(update_fields=list(changed))
    audit.record("competition.change", competition, by=by, **changed)
    ring(SWEEP)


def _in_order(stages: Iterable[str]) -> list[str]:
    wanted = set(stages)
    return [stage.value for stage in Competition.Stage if stage in wanted]


def _whole(competition: Competition) -> None:
    if competition.ends_on <= competition.starts_on:
        raise Refused("competition_ends_after_start", _("The last day lies before the first."))
