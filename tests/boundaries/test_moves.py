"""Every workflow: every state × every move × who may and who may not, in the application and against raw SQL."""

import contextlib

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from people.actors import SYSTEM
from people.models import AuditEvent
from people.roles import GRANTS, Role
from people.workflow import CHANGED, move, refusal_of
from portal.lib.errors import Refused
from tests.factories.people import actor

WORKFLOWS = [model for model in apps.get_models() if hasattr(model, "MOVES")]
# model → noun of the world
NOUNS = {
    "ChangedBooking": "changed_booking",
    "CreditRule": "rule",
    "NoShow": "no_show",
    "RollReview": "roll_review",
    "RosterChange": "roster_change",
    "ServiceRecord": "service_record",
    "TrainingPlace": "training",
    "VicePrincipal": "vice_principal",
    "WaitlistEntry": "waitlist",
}
BY_MODEL = pytest.mark.parametrize("model", WORKFLOWS, ids=lambda model: model.__name__)


@contextlib.contextmanager
def undone():
    """Whatever happens inside has not happened afterwards: one world serves all the cases of a model."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def row(world, model, cell="A1"):
    """A row of the model that belongs to a cell, or to its district."""
    noun = NOUNS.get(model.__name__, model.__name__.lower())
    if world.things[cell][noun]:
        return model._base_manager.get(pk=world.one(cell, noun).pk)
    return model._base_manager.filter(pk__in=world.rows[cell[0]][model._meta.label]).order_by("-pk")[0]


def unguarded(world, model):
    """A row of the model, whose checks and triggers sleep until the test ends: the move alone is judged here."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'x')", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("SET LOCAL session_replication_role = replica")
    return row(world, model)


def put(obj, state: str) -> None:
    """Write a state by raw SQL."""
    with connection.cursor() as cursor:
        table, key = obj._meta.db_table, obj._meta.pk.column
        cursor.execute(f"UPDATE {table} SET state = %s WHERE {key} = %s", [state, obj.pk])


def state_of(obj) -> str:
    return type(obj)._base_manager.values_list("state", flat=True).get(pk=obj.pk)


def test_there_are_workflows():
    assert {"Agreement", "Listing", "Booking", "Session", "Programme"} <= {model.__name__ for model in WORKFLOWS}


@BY_MODEL
def test_table_of_moves_is_whole(model):
    states = set(model.State.values)
    for name, step in model.MOVES.items():
        assert step.name == name
        assert set(step.sources) <= states
        assert step.target in states
    reached = {step.target for step in model.MOVES.values()} | {model._meta.get_field("state").default}
    left = {source for step in model.MOVES.values() for source in step.sources}
    assert left - reached == set(), "a state that no move leads to"


@BY_MODEL
def test_moves_go_from_their_sources_and_from_nowhere_else(world, model):
    obj = unguarded(world, model)
    cases = 0
    for state in model.State.values:
        for name, step in model.MOVES.items():
            with undone():
                put(obj, state)
                obj.refresh_from_db()
                audited = AuditEvent.objects.count()
                if state in step.sources:
                    move(obj, name, by=SYSTEM)
                    event = AuditEvent.objects.order_by("pk").last()
                    assert (state_of(obj), obj.state) == (step.target, step.target), (state, name)
                    assert (event.was, event.is_now, event.subject_id) == (state, step.target, str(obj.pk))
                    assert AuditEvent.objects.count() == audited + 1
                else:
                    with pytest.raises(Refused) as refused:
                        move(obj, name, by=SYSTEM)
                    assert refused.value.code == "changed", (state, name)
                    assert state_of(obj) == state
                    assert AuditEvent.objects.count() == audited
                cases += 1
    assert cases == len(model.State) * len(model.MOVES)


@BY_MODEL
def test_moves_are_for_those_whose_hat_holds_the_permission(world, model):
    obj = unguarded(world, model)
    for name, step in model.MOVES.items():
        with undone():
            put(obj, step.sources[0])
            obj.refresh_from_db()
            audited = AuditEvent.objects.count()
            for role, cell in strangers(step.permission):
                with pytest.raises(PermissionDenied):
                    move(obj, name, by=actor(world.hat(role, cell)))
            assert state_of(obj) == step.sources[0]
            assert AuditEvent.objects.count() == audited


def strangers(permission) -> list[tuple[Role, str]]:
    """Hats at the row's own place that lack the permission, and every hat of the other district."""
    return [
        (role, cell)
        for role in Role
        for cell in ("A1", "B2")
        if permission not in GRANTS[role] or (cell == "B2" and role not in (Role.ADMINISTRATOR, Role.AUDIT_READER))
    ]


@BY_MODEL
def test_moves_refuse_what_raw_sql_changed_behind_their_back(world, model):
    """Somebody moved the row on after the reader saw it: the conditional update writes nothing."""
    obj = unguarded(world, model)
    for name, step in model.MOVES.items():
        for state in sorted(set(model.State.values) - {step.sources[0]}):
            with undone():
                put(obj, state)
                obj.state = step.sources[0]
                with pytest.raises(Refused) as refused:
                    move(obj, name, by=SYSTEM)
                assert refused.value.code == "changed"
                assert state_of(obj) == state


def held(table: str) -> list[str]:
    """The pairs “from>to” that the database lets pass, as its trigger holds them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [table, f"{table}_moves"],
        )
        found = cursor.fetchone()
    return found[0].split("\\000")[1:-1] if found else []


@pytest.mark.django_db
@BY_MODEL
def test_database_holds_the_same_table_of_moves(model):
    pairs = {(source, step.target) for step in model.MOVES.values() for source in step.sources}
    assert held(model._meta.db_table) == sorted(f"{source}>{target}" for source, target in pairs if source != target)


@BY_MODEL
def test_database_refuses_every_other_change_of_state(world, model):
    """By raw SQL, with nothing but this trigger awake: the pairs of the table pass, all others do not."""
    obj, table = unguarded(world, model), model._meta.db_table
    allowed = {(source, step.target) for step in model.MOVES.values() for source in step.sources}
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_moves")
        for source in model.State.values:
            for target in sorted(set(model.State.values) - {source}):
                with undone():
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_moves")
                    put(obj, source)
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_moves")
                    if (source, target) in allowed:
                        put(obj, target)
                        continue
                    with pytest.raises(IntegrityError) as broken, transaction.atomic():
                        put(obj, target)
                    assert broken.value.__cause__.diag.constraint_name == f"{table}_moves"
                    assert str(refusal_of(broken.value)) == str(CHANGED)
