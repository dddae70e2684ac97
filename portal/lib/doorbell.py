"""The one way to wake a worker: after commit, once, without waiting and without failing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from celery import current_app
from django.db import transaction

# A worker may wait on its connection for ever; whoever rings may not.
IMPATIENT = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}
log = structlog.get_logger(__name__)
_here: ContextVar[bool] = ContextVar("here", default=False)


@contextmanager
def answered_here() -> Iterator[None]:
    """Whoever rings inside does the task at once and in person: `manage.py sweep`, which needs no Celery."""
    token = _here.set(True)
    try:
        yield
    finally:
        _here.reset(token)


def ring(task: str, *ids: int | str) -> None:
    """Ring for `task` (its name) after commit. A broker that is away is logged; the sweep finds the row later."""

    def send() -> None:
        try:
            if _here.get():
                current_app.tasks[task](*ids)
                return
            options = {**current_app.conf.broker_transport_options, **IMPATIENT}
            with current_app.connection_for_write(transport_options=options) as connection:
                current_app.send_task(task, args=list(ids), retry=False, ignore_result=True, connection=connection)
        except Exception as away:  # a fault of the broker, or here of the task: the rows are the record
            log.warning("doorbell.unheard", task=task, fault=type(away).__name__)

    transaction.on_commit(send)
