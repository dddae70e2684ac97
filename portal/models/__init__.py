"""Rows of the roof itself."""

from .client import Client
from .following import Tombstone, Watermark
from .idempotency_key import IdempotencyKey
from .import_run import ImportPart, ImportRun
from .job_run import Heartbeat, JobRun
from .report import Rendering, Report, ReportComment
from .webhook import WebhookEndpoint, WebhookMessage, WebhookSecret

__all__ = [
    "Client",
    "Heartbeat",
    "IdempotencyKey",
    "ImportPart",
    "ImportRun",
    "JobRun",
    "Rendering",
    "Report",
    "ReportComment",
    "Tombstone",
    "Watermark",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookSecret",
]
