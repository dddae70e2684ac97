"""Runs and heartbeats written down. A worker's runs come by Celery's signals, those of `manage.py sweep` directly."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from celery.signals import task_failure, task_prerun, task_success
from django.utils.module_loading import import_string

from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.celery import HEARTBEAT, TIMETABLE, Job, app
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.models import Heartbeat, JobRun

JOBS = {job.task: job for job in TIMETABLE}
HEARTS = ("beat", "worker")
LATE = dt.timedelta(seconds=3 * HEARTBEAT)  # two missed beats are a coincidence, three are an illness


def beat(name: str) -> None:
    """The heart of a process beats."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beaten_at": clock.now()})


@dataclass(frozen=True)
class Heart:
    name: str
    beaten_at: dt.datetime | None

    @property
    def beats(self) -> bool:
        return self.beaten_at is not None and self.beaten_at > clock.now() - LATE


def hearts() -> list[Heart]:
    """Both hearts, those that never beat as well."""
    known = dict(Heartbeat.objects.values_list("name", "beaten_at"))
    return [Heart(name, known.get(name)) for name in HEARTS]


def due(job: Job) -> int | None:
    """How many rows wait for a job now; None where there is nothing to count."""
    return import_string(job.due)() if job.due else None


def started(task: str) -> None:
    fresh = {"started_at": clock.now(), "ended_at": None, "outcome": JobRun.Outcome.RUNNING, "fault": ""}
    JobRun.objects.update_or_create(task=task, defaults=fresh)


def ended(task: str, fault: str = "") -> None:
    outcome = JobRun.Outcome.FAILED if fault else JobRun.Outcome.DONE
    JobRun.objects.filter(task=task).update(ended_at=clock.now(), outcome=outcome, fault=fault[:120])


@contextmanager
def written_down(task: str) -> Iterator[None]:
    """A run by hand, with its start, its end, and the kind of its fault; never the fault's words, which may name rows."""
    started(task)
    try:
        yield
    except Exception as broken:
        ended(task, type(broken).__name__)
        raise
    ended(task)


def work_off(job: Job) -> None:
    """Do a job here and now, again as long as that makes what waits for it less."""
    run: Callable[[], Any] = app.tasks[job.task]
    left: int | None = None
    while True:
        with written_down(job.task):
            run()
        before, left = left, due(job)
        if not left or (before is not None and left >= before):
            return


@verb
def ask_for(job: Job, *, by: Actor) -> None:
    """Ring for a job now; a worker does it."""
    require(by, Permission.JOB_RUN)
    audit.record("job.run", JobRun(task=job.task, pk=0), by=by, task=job.task)
    ring(job.task)


@task_prerun.connect
def _on_start(sender: Any = None, **rest: Any) -> None:
    if sender.name in JOBS and not sender.request.called_directly:
        started(sender.name)


@task_success.connect
def _on_success(sender: Any = None, **rest: Any) -> None:
    if sender.name in JOBS and not sender.request.called_directly:
        ended(sender.name)


@task_failure.connect
def _on_failure(sender: Any = None, exception: BaseException | None = None, **rest: Any) -> None:
    if sender.name in JOBS and not sender.request.called_directly:
        ended(sender.name, type(exception).__name__)
