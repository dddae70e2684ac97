"""The whole world, built once and read by many tests: rows in a transaction that is rolled back after the last of them.

A conftest takes `built` and `world` from here for tests that ask for the world by name; what a test does to the rows is
undone, and each has the objects for itself.
"""

import contextlib
import copy
import traceback
import warnings
from unittest import mock

import pytest
from django.db import connection, transaction

from portal.lib import clock as portal_clock
from tests import world as worlds
from tests.walking import Walk


@contextlib.contextmanager
def kept(blocker):
    """A transaction for rows that outlive one test; none of them stays."""
    with blocker.unblock(), transaction.atomic(), kept_open():
        yield
        transaction.set_rollback(True)


def building(blocker, n: int = 1):
    """The world as rows, for as long as the fixture that yields from here lives."""
    with kept(blocker):
        with Walk(portal_clock) as walk:
            made = worlds.build(walk, n)
        yield made


@contextlib.contextmanager
def kept_demo(blocker):
    """The same for as many rows as the demo has, and what they leave behind is swept."""
    with kept(blocker):
        yield
    sweep(blocker)


def sweep(blocker) -> None:
    """Dead rows of a whole demo make the planner believe in large tables: all that follows would be ten times slower."""
    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextlib.contextmanager
def kept_open():
    """Nobody hangs up on the world: whoever tries is named by a warning, and the tests after it still have a world."""

    def close():
        warnings.warn("closes the world's connection:\n" + "".join(traceback.format_stack(limit=12)), stacklevel=2)

    with mock.patch.object(connection, "close", close):
        yield


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world as rows, for one module; use `world`."""
    yield from building(django_db_blocker)


@pytest.fixture
def world(built, db, clock):
    """The world with the clock at its day; what a test does to it is undone."""
    clock.to(worlds.TODAY)
    return copy.deepcopy(built)
