"""What time alone brings about around outings: no approval shortly before, no report after the return."""

import datetime as dt
from collections.abc import Iterator

from activities.models import Outing
from activities.outing_notices import facts, leaders, planners
from people import notices, reminders, thresholds
from people.models import District
from people.reminders import Reminder
from people.roles import Role
from portal.lib import clock

FORTNIGHT = dt.timedelta(days=14)  # a report that is missing for longer is the lists' matter


def approvals_missing(today: dt.date) -> Iterator[Reminder]:
    """Three days before, one day before and on the day: to the school's lead and to whoever prepares the papers."""
    for district in District.objects.all():
        values = thresholds.of(district.pk)
        leads = (values["outing_warning_days"], values["outing_last_warning_days"], 0)
        rows = _outings(district).uncleared().filter(ends_at__gt=clock.now())
        for outing in rows.filter(starts_at__date__lte=today + dt.timedelta(days=max(leads))):
            lead = min(days for days in leads if outing.day - dt.timedelta(days=days) <= today)
            office = notices.members(outing.school_id, Role.SCHOOL_LEAD)
            yield _reminder(outing, f"{lead}:{outing.day}", [*office, *planners(outing)], f"/outings/{outing.pk}/")


def reports_missing(today: dt.date) -> Iterator[Reminder]:
    """Outings that are over: to the leaders the same day, with the coordinators from the next day on."""
    for district in District.objects.all():
        over = clock.now() - dt.timedelta(hours=thresholds.of(district.pk)["outing_report_hours"])
        rows = _outings(district).awaiting_report()
        for outing in rows.filter(ends_at__lte=over, ends_at__gt=over - FORTNIGHT):
            same_day = outing.day == today
            to = leaders(outing) if same_day else [*leaders(outing), *planners(outing)]
            yield _reminder(outing, "same day" if same_day else "later", to, f"/outings/{outing.pk}/report/")


def _outings(district: District):
    wanted = ("school__organisation", "submitted_by__user", "made_by__user")
    return Outing.objects.filter(district=district).going().with_times().select_related(*wanted)


def _reminder(outing: Outing, slot: str, to: list, path: str) -> Reminder:
    subject = f"outing:{outing.pk}"
    return Reminder(subject=subject, slot=slot, to=to, path=path, facts=facts(outing), district=outing.district_id)


reminders.declare("outing.approval_missing", approvals_missing)
reminders.declare("outing.report_missing", reports_missing)
