"""`manage.py sweep`: do by hand what the timetable does by itself, without Celery."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.celery import TIMETABLE, app
from portal.jobs import running
from portal.lib.doorbell import answered_here


class Command(BaseCommand):
    help = "Do every job of the timetable once, here and now. Safe beside the worker, and as often as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        app.loader.import_default_modules()
        failed = [job.task for job in TIMETABLE if not self.do(job)]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")

    def do(self, job: running.Job) -> bool:
        """One job; a failing one keeps none of the others."""
        begun = time.monotonic()
        try:
            with answered_here():
                running.work_off(job)
        except Exception as broken:
            self.stderr.write(f"{job.task}: {type(broken).__name__}")
            return False
        self.stdout.write(f"{job.task}: done in {time.monotonic() - begun:.1f} s")
        return True
