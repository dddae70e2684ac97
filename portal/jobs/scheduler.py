"""Beat's own heart: the scheduler writes its heartbeat itself, so that a dead worker and a dead beat look different."""

import time

import structlog
from celery.beat import PersistentScheduler
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from portal.celery import HEARTBEAT

log = structlog.get_logger(__name__)


class Scheduler(PersistentScheduler):
    last_beat = 0.0

    def tick(self, *args, **kwargs):
        """As always, and once a minute a heartbeat. A database that is away must not stop the timetable."""
        if time.monotonic() - self.last_beat >= HEARTBEAT or not self.last_beat:
            self.last_beat = time.monotonic()
            self._beat()
        return super().tick(*args, **kwargs)

    def _beat(self) -> None:
        try:
            import_string("portal.jobs.running.beat")("beat")  # by name: beat loads its scheduler before the apps
        except DatabaseError as away:
            log.warning("heartbeat.unwritten", fault=type(away).__name__)
        finally:
            connection.close()
