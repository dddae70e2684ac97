"""The world of the boundary tests, seen through the API."""

from tests.boundaries.conftest import built, world

__all__ = ["built", "world"]
