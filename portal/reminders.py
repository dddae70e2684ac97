"""What time alone brings about at the roof: reports that are due, and drafts that schools may answer for one day more."""

import datetime as dt
from collections.abc import Iterator

from people import notices, reminders, thresholds
from people.reminders import Reminder
from people.roles import Role
from portal.models import Report
from portal.reports.dates import due_on


def reports_due(today: dt.date) -> Iterator[Reminder]:
    """Reports of districts that are drafted, not published, and due in a few days: to the bureau."""
    for report in Report.objects.awaiting_publication().filter(organisation__isnull=True).with_names():
        due = due_on(report)
        if today >= due - dt.timedelta(days=thresholds.of(report.district_id)["report_remind_days"]):
            yield Reminder(
                subject=f"report:{report.pk}",
                to=notices.officers(report.district_id),
                path=f"/reports/{report.pk}/",
                facts={"number": report.number, "due": due.isoformat()},
                district=report.district_id,
            )


def answers_due(today: dt.date) -> Iterator[Reminder]:
    """Drafts that a school may answer today or tomorrow and then no more: to its leads."""
    last = today + dt.timedelta(days=1)
    for report in Report.objects.awaiting_answer().filter(comments_until__lte=last).with_names():
        yield Reminder(
            subject=f"report:{report.pk}",
            to=notices.members(report.organisation_id, Role.SCHOOL_LEAD),
            path=f"/reports/{report.pk}/",
            facts={"number": report.number, "until": report.comments_until.isoformat()},
            slot="last",
            district=report.district_id,
        )


reminders.declare("report.due", reports_due)
reminders.declare("report.to_answer", answers_due)
