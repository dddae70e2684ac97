"""The timetable names tasks that a worker really has."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session

from portal import tasks
from portal.celery import TIMETABLE, app


def test_a_worker_knows_every_task_of_the_timetable_and_of_the_doorbell():
    app.loader.import_default_modules()
    assert {job.task for job in TIMETABLE} | {"credits.post", "portal.beat"} <= set(app.tasks)


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten(clock):
    for key, days in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + dt.timedelta(days=days))
    tasks.forget_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
