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
declare(
    "credits.publication_days",
    int,
    5,
    _("Working days for which a class is published for objection"),
    least=1,
    most=30,
)
declare(
    "credits.certificate_first", int, 50, _("First certificate, in per cent of the stage target"), least=1, most=100
)
declare(
    "credits.certificate_second", int, 80, _("Second certificate, in per cent of the stage target"), least=1, most=100
)
declare(
    "credits.certificate_third", int, 100, _("Third certificate, in per cent of the stage target"), least=1, most=100
)
declare(
    "credits.publish_lead_days",
    int,
    21,
    _("Days before the end of a term from which schools are asked to publish"),
    least=1,
    most=90,
)
