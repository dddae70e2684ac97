"""What the roof tells people."""

from django.utils.translation import gettext_lazy as _

from people import matters
from people.models import Notice
from people.notices import OFFICES, SCHOOLS, VENUES, audience, declare
from people.roles import Role
from portal.models import WebhookEndpoint
from portal.models.report import DRAFTED, State
from portal.reports.causes import report_in

matters.declare({"endpoint": WebhookEndpoint})


def is_still_off(notice: Notice) -> bool:
    """The address is switched off, and nobody has switched it on meanwhile."""
    endpoint = WebhookEndpoint.objects.filter(pk=int(notice.subject.rpartition(":")[2]))
    return endpoint.filter(disabled_at__isnull=False).exists()


declare(
    "webhook_disabled",
    _("Messages to a connected system have stopped"),
    _(
        "%(system)s can't be told any more at %(host)s. See why on its page, and switch the address on again when it works."
    ),
    duty=True,
    holds=is_still_off,
)
declare(
    "import_braked",
    _("A roster waits for your confirmation"),
    _("%(by)s brought a roster that would remove many pupils. Look at it and confirm, or have the file checked."),
    duty=True,
)
declare(
    "club_part",
    _("A list of activity groups waits for your answer"),
    _("The bureau handed over %(groups)s groups with %(members)s members. The list is forgotten after 7 days."),
    duty=True,
)
declare(
    "report.drafted",
    _("The report is drafted"),
    _("Report %(number)s is counted and waits to be checked and published."),
    duty=True,
    holds=report_in(*DRAFTED),
)
declare(
    "report.to_answer",
    _("Your school's report is drafted"),
    _("Look at the figures of report %(number)s and answer until %(until)s, before the bureau publishes it."),
    duty=True,
    holds=report_in(State.TO_CHECK),
)
declare(
    "report.answered",
    _("A school has answered its report"),
    _("%(school)s has answered the draft %(number)s."),
)
declare(
    "report.published",
    _("Your report is published"),
    _("Report %(number)s is published; page, PDF and tables are ready."),
)
declare(
    "report.due",
    _("A report is due"),
    _("Report %(number)s is drafted and not published yet. It is due by %(due)s."),
    duty=True,
    holds=report_in(*DRAFTED),
)

declare(
    "books.wrong",
    _("The books contradict themselves"),
    _("%(lines)s contradictions in the nightly check: %(kinds)s. Run “manage.py check_books” to see each."),
    duty=True,
)

audience(frozenset({Role.ADMINISTRATOR}), "books.")
audience(SCHOOLS, "club_part", "import_braked")
audience(OFFICES, "report.drafted", "report.due", "webhook_disabled")
audience(SCHOOLS | VENUES | OFFICES, "report.")
