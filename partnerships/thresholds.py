"""What a district decides about agreements, listings and titles."""

from django.utils.translation import gettext_lazy as _

from people.thresholds import declare

NEEDS = (("none", _("not needed")), ("warn", _("warns")), ("block", _("blocks")))
SIGNING = (("online", _("confirmed online")), ("scan", _("sealed original uploaded")))

declare("agreement_needed_go_out", str, "warn", _("Agreement needed for a visit to a venue"), choices=NEEDS)
declare(
    "agreement_needed_bring_in", str, "block", _("Agreement needed for regular activities at school"), choices=NEEDS
)
declare("agreement_years_min", int, 1, _("Shortest term of an agreement, years"), least=1, most=10)
declare("agreement_years_max", int, 5, _("Longest term of an agreement, years"), least=1, most=30)
declare("agreement_expiring_days", int, 60, _("Days before its end when an agreement is called expiring"), least=1)
declare(
    "agreement_sign_days",
    int,
    3,
    _("Working days before its first day when an unsigned agreement is called out"),
    least=1,
    most=20,
)
declare(
    "agreement_late_days",
    int,
    14,
    _("Days after the filing, and again each time, when a school that has not signed is reminded"),
    least=1,
    most=180,
)
declare(
    "commitment_behind_week", int, 6, _("Week of the term from which a commitment is called behind"), least=1, most=25
)
declare("agreement_signing_counts", list, ["online", "scan"], _("Ways of signing that count"), choices=SIGNING)
declare("agreement_number_prefix", str, "馆校", _("Words before the year in a filing number"))
declare("recognition_warning_days", int, 90, _("Days before the end of a title when it is called out"), least=1)
declare("identity_legal_basis", str, "", _("Legal basis for storing names without consent"))
declare(
    "roster_brake_percent",
    int,
    5,
    _("Share of pupils leaving in one import, in per cent, above which a school lead must confirm"),
    least=1,
    most=100,
)
declare("roster_brake_least", int, 3, _("Pupils leaving in one import, from which that share is looked at"), least=1)
declare("vice_principal_schools", int, 2, _("Schools that one science vice-principal may serve"), least=1, most=5)
declare("vice_principal_hours", int, 8, _("Hours of training before a science vice-principal takes office"), most=100)
declare("vice_principal_years", int, 3, _("Term of office of a science vice-principal, years"), least=1, most=10)
declare("travel_detour_percent", int, 140, _("Way by road, in per cent of the straight line"), least=100, most=300)
declare("travel_kmh", int, 25, _("Speed of a school bus in km/h"), least=5, most=80)
declare("travel_extra_minutes", int, 15, _("Minutes that getting on and off adds to a journey"), least=0, most=120)
