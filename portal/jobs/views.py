"""The timetable as the administrator sees it, and the health of the house."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.gate import allow, public
from people.models import Delivery
from people.roles import Permission
from portal.celery import TIMETABLE, Job
from portal.jobs import running
from portal.lib import clock
from portal.models import JobRun

TONES = {"running": ("teal", "half"), "done": ("teal", "full"), "failed": ("red", "none")}


@dataclass(frozen=True)
class Line:
    """One job: what it did last, when it is next, and how much waits for it."""

    job: Job
    run: JobRun | None
    due: int | None

    @property
    def next_at(self) -> dt.datetime | None:
        if self.job.hour is not None:
            tonight = clock.moment(clock.today(), dt.time(self.job.hour, 17))
            return tonight if tonight > clock.now() else tonight + dt.timedelta(days=1)
        return self.run.started_at + dt.timedelta(seconds=self.job.seconds) if self.run else None

    @property
    def tone(self) -> str:
        return TONES[self.run.outcome][0] if self.run else "grey"

    @property
    def dot(self) -> str:
        return TONES[self.run.outcome][1] if self.run else "hollow"


@allow(Permission.JOB_RUN)
def list_jobs(request: HttpRequest) -> HttpResponse:
    runs = {run.task: run for run in JobRun.objects.visible_to(request.actor)}
    lines = [Line(job, runs.get(job.task), running.due(job)) for job in TIMETABLE]
    given_up = Delivery.objects.visible_to(request.actor).dead().count()
    context = {"lines": lines, "hearts": running.hearts(), "given_up": given_up}
    return render(request, "portal/job_list.html", context)


@allow(Permission.JOB_RUN)
@require_POST
def run_now(request: HttpRequest, task: str) -> HttpResponse:
    job = running.JOBS.get(task)
    if job is None:
        raise Http404
    running.ask_for(job, by=request.actor)
    messages.success(request, _("The worker was asked to do this now: %(job)s") % {"job": job.name})
    return redirect("portal:job-list")


@public
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """For a monitor: 200 where database, beat and worker live, 503 where a heart has stopped. Says nothing else."""
    try:
        state = {heart.name: heart.beats for heart in running.hearts()}
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    return JsonResponse({"database": True, **state}, status=200 if all(state.values()) else 503)
