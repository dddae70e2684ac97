"""What of reports other systems are told."""

from django.utils.translation import gettext_lazy as _

from people.events import declare

declare("report.published", _("Report published"), scope="reports:read", acts=["report.publish"])
