"""Every constraint of ours in the database is broken by raw SQL in the one test that names it."""

import re

import pytest
from django.apps import apps
from django.db import connection

from tests.boundaries.source import OURS, marks


def tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if model._meta.app_label in OURS]


def declared() -> set[str]:
    """Names in Meta.constraints: CHECK, UNIQUE and EXCLUDE."""
    return {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for constraint in model._meta.constraints
    }


def raised() -> set[str]:
    """Names that triggers raise: literals in the functions that hang on our tables, and arguments of the triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.prosrc, encode(t.tgargs, 'escape') FROM pg_trigger t
            JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND c.relname = ANY(%s)
            """,
            [tables()],
        )
        names = set()
        for body, arguments in cursor.fetchall():
            names |= set(re.findall(r"CONSTRAINT\s*=\s*'(\w+)'", body))
            if re.search(r"CONSTRAINT\s*=\s*TG_ARGV", body):
                names.add(arguments.split("\\000")[0])
        return {name for name in names if not name.endswith("_moves")}  # broken pair by pair in test_moves.py


def catalogued() -> set[str]:
    """Named CHECK, UNIQUE, EXCLUDE constraints and unique indexes of our tables, as PostgreSQL has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
            WHERE c.relname = ANY(%(tables)s) AND k.contype IN ('c', 'u', 'x')
            UNION
            SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
            WHERE c.relname = ANY(%(tables)s) AND x.indisunique AND NOT x.indisprimary
            """,
            {"tables": tables()},
        )
        return {row[0] for row in cursor.fetchall()}


def unnamed(name: str) -> bool:
    """What Django names by itself: `unique=True`, one-to-one and positive numbers of a single field."""
    return bool(re.search(r"_[0-9a-f]{8}_uniq$|_key$|_uniq$|_[0-9a-f]{8}(_like)?$|_check\d*$", name))


@pytest.mark.django_db
def test_every_declared_constraint_is_in_the_database():
    assert declared() - catalogued() == set()


@pytest.mark.django_db
def test_every_constraint_is_broken_by_a_test_of_its_own():
    ours = {name for name in catalogued() if not unnamed(name)} | declared() | raised()
    guarded = marks("guards")
    assert sorted(ours - guarded.keys()) == []
    assert sorted(guarded.keys() - ours) == []
