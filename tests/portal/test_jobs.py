"""The timetable's page, its records, the heartbeat, and doing all of it without Celery."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.urls import reverse

from people.models import AuditEvent
from people.roles import Role
from portal.celery import HEARTBEAT, TIMETABLE, Job, app
from portal.jobs import running, scheduler, views
from portal.lib.doorbell import answered_here, ring
from portal.models import Heartbeat, JobRun
from tests.factories.people import hat, login

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tasks_of_every_app():
    app.loader.import_default_modules()


def test_every_job_names_a_task_once_and_counts_what_is_due():
    app.loader.import_default_modules()
    tasks = [job.task for job in TIMETABLE]
    assert len(set(tasks)) == len(tasks)
    assert set(tasks) <= set(app.tasks)
    assert all(isinstance(running.due(job), int) for job in TIMETABLE if job.due)
    assert set(app.conf.beat_schedule) == {*tasks, "portal.beat"}


def test_a_run_by_hand_is_written_down_with_its_end_and_its_fault(clock):
    with running.written_down("credits.sweep"):
        run = JobRun.objects.get()
        assert (run.task, run.outcome, run.started_at, run.ended_at) == ("credits.sweep", "running", clock.now(), None)
        clock.forward(seconds=5)
    run.refresh_from_db()
    assert (run.outcome, run.ended_at, run.fault) == ("done", clock.now(), "")
    with pytest.raises(ZeroDivisionError), running.written_down("credits.sweep"):
        1 / 0  # noqa: B018
    run.refresh_from_db()
    assert (run.outcome, run.fault) == ("failed", "ZeroDivisionError")


def test_a_worker_writes_down_its_own_runs():
    app.tasks["people.remind"].apply()
    assert list(JobRun.objects.values_list("task", "outcome")) == [("people.remind", "done")]
    app.tasks["credits.post"].apply(args=[0])
    assert JobRun.objects.count() == 1


def test_work_off_goes_on_as_long_as_it_helps(monkeypatch):
    left = [5, 3, 1, 1]
    ran = []
    monkeypatch.setitem(app.tasks, "test.job", lambda: ran.append(1))
    monkeypatch.setattr(running, "due", lambda job: left.pop(0))
    running.work_off(Job("Test", "test.job", 60, "x"))
    assert (len(ran), left) == (4, [])


def test_sweep_does_every_job_of_the_timetable(capsys):
    call_command("sweep")
    told = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert told == [job.task for job in TIMETABLE]
    assert JobRun.objects.filter(outcome="done").count() == len(TIMETABLE)
    call_command("sweep")


def test_a_failing_job_keeps_none_of_the_others_from_running(monkeypatch, capsys):
    app.loader.import_default_modules()

    def broken():
        raise ZeroDivisionError

    monkeypatch.setitem(app.tasks, TIMETABLE[0].task, broken)
    with pytest.raises(CommandError, match=TIMETABLE[0].task):
        call_command("sweep")
    assert JobRun.objects.filter(outcome="done").count() == len(TIMETABLE) - 1
    assert JobRun.objects.get(task=TIMETABLE[0].task).fault == "ZeroDivisionError"


def test_whom_a_job_rings_for_answers_in_person_during_a_sweep(monkeypatch, django_capture_on_commit_callbacks):
    done = []
    monkeypatch.setitem(app.tasks, "test.rung", done.append)
    monkeypatch.setitem(app.tasks, "test.broken", lambda: 1 / 0)
    with answered_here(), django_capture_on_commit_callbacks(execute=True):
        ring("test.rung", 7)
        ring("test.broken")
        assert done == []  # not before the verb has committed
    assert done == [7]


# --- heartbeat --------------------------------------------------------------------------------------------------------


def test_health_says_whether_both_hearts_beat(client, clock, monkeypatch):
    monkeypatch.setattr(scheduler.connection, "close", lambda: None)  # this test's own is the same one
    page = reverse("portal:health")
    assert (client.get(page).status_code, client.get(page).json()) == (
        503,
        {"database": True, "beat": False, "worker": False},
    )
    app.tasks["portal.beat"]()
    scheduler.Scheduler._beat(None)
    assert client.get(page).status_code == 200
    clock.forward(seconds=3 * HEARTBEAT - 1)
    running.beat("worker")
    assert client.get(page).status_code == 200
    clock.forward(seconds=1)
    assert client.get(page).json() == {"database": True, "beat": False, "worker": True}
    assert Heartbeat.objects.count() == 2


def test_health_answers_without_a_database(client, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(views.running, "hearts", away)
    answer = client.get(reverse("portal:health"))
    assert (answer.status_code, answer.json()) == (503, {"database": False})


# --- the page ---------------------------------------------------------------------------------------------------------


def test_administrator_sees_every_job_and_asks_for_one(client, monkeypatch, clock):
    rung = []
    monkeypatch.setattr(running, "ring", rung.append)
    with running.written_down("people.deliver"):
        pass
    login(client, hat(Role.ADMINISTRATOR))
    lines = {line.job.task: line for line in client.get(reverse("portal:job-list")).context["lines"]}
    assert list(lines) == [job.task for job in TIMETABLE]
    deliver = lines["people.deliver"]
    assert (deliver.run.outcome, deliver.due, (deliver.next_at - clock.now()).seconds) == ("done", 0, 10)
    assert lines["credits.sweep"].run is None
    asked = client.post(reverse("portal:job-run", args=["people.deliver"]))
    assert (asked.url, rung) == (reverse("portal:job-list"), ["people.deliver"])
    assert AuditEvent.objects.get(verb="job.run").facts == {"task": "people.deliver"}
    assert client.post(reverse("portal:job-run", args=["people.nonsense"])).status_code == 404


def test_nobody_else_sees_jobs(client):
    for role in (Role.BUREAU_OFFICER, Role.SCHOOL_LEAD, Role.AUDIT_READER):
        login(client, hat(role))
        assert client.get(reverse("portal:job-list")).status_code == 403
        assert client.post(reverse("portal:job-run", args=["people.deliver"])).status_code == 403
