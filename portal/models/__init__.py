"""Rows of the roof itself."""

from .client import Client
from .following import Tombstone, Watermark
from .idempotency_key import IdempotencyKey
from .import_run import ImportPart, ImportRun
from .report import Rendering, Report, ReportComment

__all__ = [
    "Client",
    "IdempotencyKey",
    "ImportPart",
    "ImportRun",
    "Rendering",
    "Report",
    "ReportComment",
    "Tombstone",
    "Watermark",
]
