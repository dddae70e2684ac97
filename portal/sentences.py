"""What triggers of the roof say to a person."""

from django.utils.translation import gettext_lazy as _

from people.workflow import SENTENCES

SENTENCES |= {
    "report_frozen": _("A published report is never changed. What was corrected since stands in the next one."),
    "report_two_people": _("You have answered this report for the school: a colleague publishes it."),
    "portal_reportcomment_append_only": _("An answer to a report is never changed: add another one."),
    "portal_rendering_append_only": _("A file of a published report is never changed."),
}
