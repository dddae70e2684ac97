"""When a report is due."""

import datetime as dt

from people import thresholds
from portal.models import Report


def due_on(report: Report) -> dt.date:
    """The day by which a report is to be published: of a month the 25th, of a term a month after its end."""
    values = thresholds.of(report.district_id)
    if report.kind == Report.Kind.MONTHLY:
        return report.last_day.replace(day=max(values["report_monthly_due"], report.last_day.day))
    return report.last_day + dt.timedelta(days=values["report_term_due_days"])
