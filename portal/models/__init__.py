"""Rows of the roof itself."""

from .import_run import ImportPart, ImportRun
from .report import Rendering, Report, ReportComment

__all__ = ["ImportPart", "ImportRun", "Rendering", "Report", "ReportComment"]
