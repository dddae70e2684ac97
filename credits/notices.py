"""What credits tell people."""

from django.utils.translation import gettext_lazy as _

from people.notices import declare

declare(
    "credits_corrected",
    _("Credits corrected: booking %(booking)s"),
    _("The roll of %(day)s was corrected: %(awards)s awarded, %(reversals)s taken back."),
)
