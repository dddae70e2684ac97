"""The world of the boundary tests, seen through the API; for one module at a time, the others make their own."""

import pytest

from tests.boundaries.conftest import building, world

__all__ = ["built", "world"]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world as rows; use `world`."""
    yield from building(django_db_blocker)
