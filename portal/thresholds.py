"""Thresholds of the reports."""

from django.utils.translation import gettext_lazy as _

from people.thresholds import declare
from portal.reports.catalogue import FIGURES

declare(
    "report_weekly_science_share",
    int,
    100,
    _("Teaching weeks with an after-school science date that a school needs to count as covered, in per cent"),
    _("Chongqing, nine departments, 2024: at least one period a week"),
    least=1,
    most=100,
)
declare(
    "report_nearby_km",
    int,
    10,
    _("Kilometres as the crow flies up to which a place counts as nearby"),
    _("Notice of 2021: nearby, in stages and batches. Default, not policy"),
    least=1,
    most=200,
)
declare(
    "report_comment_days",
    int,
    5,
    _("Working days in which schools answer the draft of their report"),
    _("Default, not policy"),
    least=0,
    most=20,
)
declare(
    "report_monthly_until",
    int,
    20,
    _("Day of the month up to which the monthly report counts"),
    _("Default, not policy"),
    least=1,
    most=28,
)
declare(
    "report_monthly_due",
    int,
    25,
    _("Day of the month by which the monthly report is due"),
    _("The association's monthly report"),
    least=1,
    most=28,
)
declare(
    "report_term_due_days",
    int,
    30,
    _("Days after the end of a term in which its report is due"),
    _("Default, not policy"),
    least=1,
    most=120,
)
declare(
    "report_remind_days",
    int,
    3,
    _("Days before a report is due when the bureau is reminded"),
    _("Default, not policy"),
    least=0,
    most=30,
)
declare(
    "report_monthly_columns",
    list,
    ["paired-schools", "sessions", "visits", "pupils", "benefit-places", "yuan-saved", "rural-visits"],
    _("Figures of the monthly report"),
    _("Default, not policy"),
    choices=tuple((figure.code, figure.name) for figure in FIGURES),
)
