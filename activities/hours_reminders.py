"""What time alone brings about around hours: a session is over, and its host has not confirmed them."""

import datetime as dt
from collections.abc import Iterator

from activities import hours
from activities.models import Assignment
from people import notices, reminders, thresholds
from people.reminders import Reminder
from portal.lib import clock

LONGEST = dt.timedelta(days=60)  # what is older is the lists' matter


def hours_to_confirm(today: dt.date) -> Iterator[Reminder]:
    """Some days after the session, once: to everybody who may confirm at the host."""
    leads: dict[int, int] = {}
    rows = hours.to_claim(Assignment.objects.with_names()).filter(ends_at__gt=clock.now() - LONGEST)
    for assignment in rows.order_by("pk"):
        district = assignment.district_id
        if district not in leads:
            leads[district] = thresholds.of(district)["hours_reminder_days"]
        if assignment.day + dt.timedelta(days=leads[district]) <= today:
            yield Reminder(
                subject=f"assignment:{assignment.pk}",
                to=notices.members(assignment.host_id, *hours.HOSTS),
                path=f"/assignments/{assignment.pk}/hours/",
                facts={
                    "counselor": assignment.counselor.organisation.name_zh,
                    "programme": assignment.session.programme.name_zh,
                    "day": assignment.day.isoformat(),
                },
                district=district,
            )


reminders.declare("hours.to_confirm", hours_to_confirm)
