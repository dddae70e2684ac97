"""Attacks on tables by raw SQL, past every model and verb."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction


@contextmanager
def refused_as(name: str):
    """The block breaks the constraint of that name, at once or when the transaction would end."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():  # noqa: PT012 - the block is the attack
        yield
        connection.check_constraints()
    assert refusal.value.__cause__.diag.constraint_name == name


def change(table: str, key: int, settings: str) -> None:
    """UPDATE one row; `settings` is SQL: "taken = capacity + 1"."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {settings} WHERE id = %s", [key])


def copy(table: str, key: int, **changes: str) -> None:
    """Insert a copy of a row, with other values (SQL expressions) in some columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'"
            " AND table_schema = current_schema() ORDER BY 1",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        told = [changes.get(name, f'"{name}"') for name in columns]
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(told)} FROM {table} WHERE id = %s", [key])
