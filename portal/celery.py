"""The Celery app and *the* timetable. Celery is a doorbell: a lost message costs time, never truth."""

import os
from dataclasses import dataclass

from celery import Celery
from celery.schedules import crontab
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@dataclass(frozen=True)
class Job:
    """One line of the timetable. `task` is the worker's name for it and the key of its JobRun; `due` is the dotted name
    of a function that counts the rows that wait, where there is something to count. `hour` is the hour of the day of a
    job that runs once a night."""

    name: str | Promise
    task: str
    seconds: float
    due: str = ""
    hour: int | None = None

    @property
    def schedule(self) -> float | crontab:
        return self.seconds if self.hour is None else crontab(hour=str(self.hour), minute="17")


# Each may run twice, late or beside itself; `manage.py sweep` does all of them without Celery.
TIMETABLE: tuple[Job, ...] = (
    Job(_("Credits of recent rolls"), "credits.sweep_recent", 120),
    Job(_("Credits of all rolls"), "credits.sweep", 3600),
    Job(_("Club terms counted from their rolls"), "credits.settle_clubs", 3600),
    Job(_("Publications whose period is over"), "credits.finalise", 1800, "credits.publications.ripe"),
    Job(_("Reminders"), "people.remind", 900),
    Job(_("Mails and group messages"), "people.deliver", 10, "people.deliveries.waiting"),
    Job(_("Mails and group messages of long ago"), "people.forget_deliveries", 24 * 3600),
    Job(_("Uploads whose preview is over"), "portal.forget_uploads", 300, "portal.imports.uploads.expired"),
    Job(_("Term and monthly reports"), "portal.plan_reports", 600, "portal.reports.drafts.waiting"),
    Job(_("Changes that other systems follow"), "portal.mark_changes", 60),
    Job(_("Messages to other systems"), "portal.deliver_webhooks", 15, "portal.systems.delivering.due"),
    Job(_("Messages that ended a month ago"), "portal.forget_deliveries", 24 * 3600),
    Job(_("Keys and tokens that are over"), "portal.forget_keys", 3600),
    Job(_("Counselors whose check or listing has ended"), "activities.reopen", 600, "activities.following.count_due"),
    Job(_("Waiting lists"), "activities.run_waitlists", 60, "activities.offering.due"),
    Job(_("Held-back places that open to all"), "activities.release_places", 600, "activities.held_back.due"),
    Job(_("Final head counts"), "activities.run_head_counts", 600, "activities.final_counts.due"),
    Job(
        _("Rolls of clubs and classes after school"), "activities.follow_members", 3600, "activities.members.count_due"
    ),
    Job(_("Classes that have been through their stage"), "partnerships.finish_classes", 6 * 3600),
    Job(_("No-shows that nobody disputed"), "activities.settle_no_shows", 3600, "activities.no_shows.due"),
    Job(_("Check of the books"), "portal.check_books", 24 * 3600, hour=3),
    Job(_("Sessions that are over"), "portal.forget_sessions", 6 * 3600),
)
HEARTBEAT = 60  # seconds

# A message that nobody has fetched when the next one is due is forgotten: a stopped worker finds no heap of them.
app.conf.beat_schedule = {
    job.task: {"task": job.task, "schedule": job.schedule, "options": {"expires": max(job.seconds, 60)}}
    for job in TIMETABLE
} | {"portal.beat": {"task": "portal.beat", "schedule": HEARTBEAT, "options": {"expires": HEARTBEAT}}}
app.conf.beat_scheduler = "portal.jobs.scheduler:Scheduler"
