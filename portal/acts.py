"""What the trail calls the acts around reports; moves bring their own words."""

from django.utils.translation import gettext_lazy as _

from people.audit import declare

declare(
    {
        "report.answer": _("Answer the draft of a report"),
        "report.export": _("Export figures"),
        "report.finish": _("Finish the draft of a report"),
        "report.plan": _("Plan a report"),
        "report.start": _("Begin to draft a report"),
    }
)
