"""Numbers and choices about booking that a district decides."""

from django.utils.translation import gettext_lazy as _

from people.thresholds import declare

NEEDS = (("none", _("not needed")), ("warn", _("a reminder")), ("block", _("required")))

declare(
    "booking.agreement_go_out",
    str,
    "warn",
    _("Agreement for visits to a venue"),
    _("Default, not policy"),
    choices=NEEDS,
)
declare(
    "booking.agreement_bring_in",
    str,
    "block",
    _("Agreement for regular activities at school"),
    _("Default, not policy"),
    choices=NEEDS,
)
declare(
    "booking.agreement_online",
    str,
    "none",
    _("Agreement for online activities"),
    _("Default, not policy"),
    choices=NEEDS,
)
declare(
    "booking.pupils_per_adult",
    int,
    20,
    _("Pupils per accompanying adult"),
    _("Usual in the notices of science museums (1:20)"),
    least=1,
    most=20,
)
declare(
    "session.held_back_days",
    int,
    14,
    _("Places held back are released so many days before the session"),
    _("Default, not policy"),
    least=0,
    most=120,
)
