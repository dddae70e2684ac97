"""The world of the boundary tests, seen through the API; for one module at a time, the others make their own."""

from tests.keeping import built, world

__all__ = ["built", "world"]
