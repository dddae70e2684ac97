"""What waits around reports: drafts that a school may answer, and the district's own that is to be published."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Role
from portal.duty import FILERS, Duty, Line, address_of
from portal.lib import clock, wording
from portal.models import Report
from portal.reports.dates import due_on


def reports_to_answer(actor: Actor) -> QuerySet[Report]:
    """Drafts of the own school's reports that may still be answered."""
    return Report.objects.visible_to(actor).awaiting_answer().with_names().order_by("comments_until", "pk")


def reports_to_publish(actor: Actor) -> QuerySet[Report]:
    """The district's own reports; those of schools and venues are found in the list beside."""
    own = Report.objects.visible_to(actor).awaiting_publication().filter(organisation__isnull=True)
    return own.with_names().order_by("starts_on", "pk")


def _to_answer(report: Report) -> Line:
    sentence = gettext("The figures of your school are drafted: look at them and answer")
    return _line(report, sentence, report.comments_until)


def _to_publish(report: Report) -> Line:
    return _line(report, gettext("The report is drafted: check it and publish it"), due_on(report))


def _line(report: Report, sentence: str, due: dt.date | None) -> Line:
    return Line(
        sentence,
        [report.number, wording.span(report.starts_on, report.last_day)],
        address_of("portal:report-page", report.pk),
        due,
        is_late=due is not None and due < clock.today(),
    )


LEADS = frozenset({Role.SCHOOL_LEAD})
DUTIES = (
    Duty(_("Report"), pgettext_lazy("report", "Answer"), LEADS, reports_to_answer, _to_answer, ("portal:report-list",)),
    Duty(_("Report"), _("Publish"), FILERS, reports_to_publish, _to_publish, ("portal:report-list",)),
)
