"""JobRun 任务记录: how the last run of each job went, and when the hearts of beat and worker last beat."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def visible_to(self, actor: Actor) -> "JobRunQuerySet":
        return self.all() if actor.is_administrator or actor.is_system else self.none()


class JobRun(models.Model):
    """One row a job: its last start, its last end, and how that went. A job beside itself writes the same row."""

    class Outcome(models.TextChoices):
        RUNNING = "running", pgettext_lazy("job", "running")
        DONE = "done", pgettext_lazy("job", "done")
        FAILED = "failed", pgettext_lazy("job", "failed")

    task = models.CharField(max_length=60, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    fault = models.CharField(max_length=120, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        ordering = ["task"]
        constraints = [
            models.CheckConstraint(
                name="job_run_ended_or_running",
                condition=Q(outcome="running", ended_at__isnull=True)
                | Q(~Q(outcome="running"), ended_at__isnull=False),
                violation_error_message=_("A run that is over says when it ended."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.outcome}"


class Heartbeat(models.Model):
    """`beat` is written by the scheduler itself, `worker` by a worker that has just done a task."""

    name = models.CharField(max_length=20, unique=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
