"""The world of the boundary tests for those who break into it, one module at a time."""

from tests.keeping import built, world

__all__ = ["built", "world"]
