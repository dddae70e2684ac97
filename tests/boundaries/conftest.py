"""One world for all boundary tests of a process: built in a transaction that is rolled back after the last of them."""

import pytest
from django.db import transaction

from portal.lib import clock as portal_clock
from tests import world as worlds
from tests.walking import Walk


def building(blocker):
    """The world as rows, for as long as the fixture that yields from here lives."""
    with blocker.unblock(), transaction.atomic():
        with Walk(portal_clock) as walk:
            made = worlds.build(walk)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker):
    """The world as rows; use `world`."""
    yield from building(django_db_blocker)


@pytest.fixture
def world(built, db, clock):
    """The world with the clock at its day; what a test does to it is undone."""
    clock.to(worlds.TODAY)
    return built
