"""The trail: one row an act, written in the act's own transaction."""

import functools
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from people import events
from people.actors import Actor
from people.models import AuditEvent
from portal.lib import clock

ACTS: dict[str, str | Promise] = {}


def declare(words: Mapping[str, str | Promise]) -> None:
    """Say what verbs are called on the trail; each app does so in its acts.py. A move is called as its button is."""
    ACTS.update(words)


def act(verb: str) -> str:
    """A verb in the reader's language; one that is no longer known by its code."""
    return str(ACTS.get(verb) or _moves().get(verb) or verb)


def acts_named(words: str) -> list[str]:
    """The verbs whose name in the reader's language has these words in it."""
    return [verb for verb in {**_moves(), **ACTS} if words.lower() in act(verb).lower()]


def state(subject_type: str, code: str) -> str:
    """A state of a row in the reader's language; what else stands there (a count, a digest) as it is."""
    try:
        known = dict(apps.get_model(subject_type).State.choices)  # type: ignore[attr-defined]
    except (LookupError, AttributeError):
        return code
    return str(known.get(code, code))


@functools.cache
def _moves() -> dict[str, str | Promise]:
    return {
        f"{model._meta.model_name}.{move.name}": move.label
        for model in apps.get_models()
        for move in getattr(model, "MOVES", {}).values()
        if move.label
    }


def record(verb: str, obj: models.Model, *, by: Actor, was: str = "", is_now: str = "", **facts: Any) -> AuditEvent:
    """Write who did what to which row, and tell whoever follows. `facts` hold ids, counts and codes, never a name."""
    districts = sorted(obj.district_ids()) if hasattr(obj, "district_ids") else []
    events.follow(verb, obj)
    return AuditEvent.objects.create(
        at=clock.now(),
        actor_label=by.label[:120],
        actor_ref=by.ref,
        organisation_id=by.organisation_id,
        district_id=by.district_id or (districts[0] if districts else None),
        verb=verb,
        subject_type=obj._meta.label_lower,
        subject_id=str(obj.pk),
        subject_label=str(obj)[:200],
        was=was,
        is_now=is_now,
        facts=facts,
    )
