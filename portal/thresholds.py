"""Thresholds of the reports."""

from django.utils.translation import gettext_lazy as _

from people.thresholds import declare

declare(
    "report_weekly_science_share",
    int,
    100,
    _("Teaching weeks with an after-school science date that a school needs to count as covered, in per cent"),
    _("Chongqing, nine departments, 2024: at least one period a week"),
    least=1,
    most=100,
)
