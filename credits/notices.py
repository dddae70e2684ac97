"""What credits tell people."""

from django.utils.translation import gettext_lazy as _

from people.notices import declare

declare(
    "credits_corrected",
    _("Credits corrected: booking %(booking)s"),
    _("The roll of %(day)s was corrected: %(awards)s awarded, %(reversals)s taken back."),
)
declare(
    "credits_result_corrected",
    _("Credits corrected: %(name)s"),
    _("A result of %(day)s is judged anew: %(awards)s awarded, %(reversals)s taken back."),
)
declare(
    "result_to_vouch",
    _("A project waits for you as its mentor: %(name)s"),
    _("%(school)s entered the project and names you. Confirm it, or tell the school that it is not yours."),
    duty=True,
)
declare(
    "result_to_confirm",
    _("A project waits for the school: %(name)s"),
    _("Its mentor %(mentor)s has confirmed it. A second person at the school confirms it for the credits."),
    duty=True,
)
