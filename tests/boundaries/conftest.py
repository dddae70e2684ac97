"""One world for all boundary tests of a process."""

import pytest

from tests.keeping import building, world

__all__ = ["built", "world"]


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker):
    """The world as rows; use `world`."""
    yield from building(django_db_blocker)
