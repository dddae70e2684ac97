"""Moves and verbs: one table per workflow, one conditional UPDATE per move, one mapper from constraint to sentence."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people import audit
from people.access import may, require
from people.actors import Actor
from people.roles import Permission
from portal.lib.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")

# Sentences of triggers and of constraints written in SQL; constraints of models bring their own.
SENTENCES: dict[str, str | Promise] = {
    "membership_last_lead": _("The last lead or officer can't leave. Invite a successor first."),
    "people_auditevent_append_only": _("The trail is never changed."),
    "people_event_append_only": _("What was told to other systems is never changed."),
    "people_thresholdvalue_append_only": _("Values of thresholds are added, never changed."),
}

CHANGED = _("This has changed since the page was opened. Nothing was lost: check and send again.")


@dataclass(frozen=True)
class Move:
    """One way from some states to another, and the permission that it takes. `label` is the button's text.

    A move that is not `alone` is part of a larger act (a day called off): nobody is offered it by itself."""

    name: str
    sources: tuple[str, ...]
    target: str
    permission: Permission
    label: str | Promise = ""
    alone: bool = True


def table(*moves: Move) -> dict[str, Move]:
    """The moves of one workflow by name."""
    return {move.name: move for move in moves}


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a verb: one transaction, deferred constraints checked before it returns,
    a broken constraint answered by its own sentence.

    Raises Refused with the constraint's name as code; an IntegrityError of no known constraint stays an error.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                return result
        except IntegrityError as broken:
            refusal = refusal_of(broken)
            if refusal is None:
                raise
            raise refusal from broken

    return wrapper


@functools.cache
def _model_sentences() -> dict[str, str | Promise]:
    return {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message
    }


def refusal_of(broken: IntegrityError) -> Refused | None:
    """The refusal that a broken constraint means, by its name; None where the constraint has no sentence."""
    diag = getattr(broken.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None)
    if name and name.endswith("_moves"):  # the database's copy of a table of moves (portal.lib.guards.moves_only)
        return Refused("changed", CHANGED)
    sentence = SENTENCES.get(name or "") or _model_sentences().get(name or "")
    return Refused(name, sentence) if name and sentence else None


def move(obj: models.Model, name: str, *, by: Actor, facts: Any = None, **changes: Any) -> None:
    """Take one move of the object's table: permission, then one conditional UPDATE from the state that the caller saw.

    `changes` are further columns set in the same UPDATE. The audit row carries was, is and `facts` (ids, counts, codes).
    Raises PermissionDenied, or Refused("changed") when the state is not a source or has changed meanwhile.
    """
    step: Move = obj.MOVES[name]
    require(by, step.permission, obj)
    was = obj.state
    if was not in step.sources:
        raise Refused("changed", CHANGED)
    manager = type(obj)._base_manager
    if manager.filter(pk=obj.pk, state=was).update(state=step.target, **changes) != 1:
        raise Refused("changed", CHANGED)
    obj.state = step.target
    for field, value in changes.items():
        setattr(obj, field, value)
    audit.record(f"{obj._meta.model_name}.{name}", obj, by=by, was=was, is_now=step.target, **(facts or {}))


def abilities(obj: models.Model, actor: Actor) -> list[str]:
    """The moves that this actor may take from the object's present state; draws buttons and `abilities` alike."""
    open_ones = [step for step in obj.MOVES.values() if step.alone and obj.state in step.sources]
    return [step.name for step in open_ones if may(actor, step.permission, obj)]
