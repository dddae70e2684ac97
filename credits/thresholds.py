"""What a district decides about credits beside its rules."""

from django.utils.translation import gettext_lazy as _

from people.thresholds import declare

declare(
    "credits.present_percent",
    int,
    66,
    _("Share of the time that counts as present, in per cent"),
    _("Two thirds of the session"),
    least=1,
    most=100,
)
declare(
    "credits.club_percent",
    int,
    80,
    _("Share of a club's dates of the term that counts as a club term, in per cent"),
    _("Starting set of rules: 80 % present"),
    least=1,
    most=100,
)
declare("credits.year_target", int, 6, _("Target of a school year, in points"), least=1, most=60)
declare("credits.year_categories", int, 2, _("Kinds of activity for the target of a school year"), least=1, most=9)
