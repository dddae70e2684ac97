"""Rows of the roof itself."""

from .import_run import ImportPart, ImportRun

__all__ = ["ImportPart", "ImportRun"]
