"""Entries of the catalogue: counselors, vice-principals, hours, subsidies and teacher training."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.reports import service
from portal.reports.figure import CLIENT, DISTRICT, DISTRICT_AND_SCHOOL, Figure

COVERAGE = _("Coverage")
SERVICE = _("Counselors and training")

COVERAGE_FIGURES = [
    Figure(
        "counselor-schools",
        COVERAGE,
        _("Schools with a counselor"),
        _("Schools with at least one counselor appointed for the school year and listed, of all schools."),
        pgettext_lazy("unit", "schools"),
        "N3",
        _("As of %(day)s, %(number)s of %(of)s schools have a science counselor (%(value)s)."),
        service.with_counselor,
        service.counselor_rows,
        "school",
        DISTRICT,
        numerator=_("schools with an appointment that both sides accepted"),
        denominator=_("all schools"),
    ),
    Figure(
        "vice-principal-schools",
        COVERAGE,
        _("Schools with a science vice-principal"),
        _("Schools with a science vice-principal in office on the last day, of all schools."),
        pgettext_lazy("unit", "schools"),
        "N3",
        _("As of %(day)s, %(number)s of %(of)s schools have a science vice-principal (%(value)s)."),
        service.with_vice_principal,
        service.vice_principal_rows,
        "school",
        DISTRICT,
        numerator=_("schools with a vice-principal in office"),
        denominator=_("all schools"),
    ),
]

FIGURES = [
    Figure(
        "paid-class-hours",
        SERVICE,
        _("Paid class-hours"),
        _("Minutes of counselors that the host confirmed as paid, by the district's minutes of a class-hour."),
        pgettext_lazy("unit", "class-hours"),
        "N18",
        _("As of %(day)s, counselors have given %(value)s paid class-hours."),
        service.paid_class_hours,
        service.paid_rows,
        "service",
        DISTRICT_AND_SCHOOL,
    ),
    Figure(
        "volunteer-hours",
        SERVICE,
        _("Volunteer hours"),
        _("Minutes of counselors that the host confirmed as volunteer, in clock hours; none of them is paid."),
        pgettext_lazy("unit", "hours"),
        "N3",
        _("As of %(day)s, counselors have given %(value)s volunteer hours."),
        service.volunteer_hours,
        service.volunteer_rows,
        "service",
    ),
    Figure(
        "subsidies",
        SERVICE,
        _("Subsidies approved"),
        _("Yuan of approved settlements for hours of these days, corrections included."),
        pgettext_lazy("unit", "yuan"),
        "N18",
        _("As of %(day)s, subsidies of %(value)s have been approved for counselors."),
        service.subsidies,
        service.subsidy_rows,
        "subsidy",
        DISTRICT_AND_SCHOOL,
        is_money=True,
        hidden_from=frozenset({CLIENT}),
    ),
    Figure(
        "training-sessions",
        SERVICE,
        _("Teacher-training sessions"),
        _("Sessions for teachers in which at least one teacher was there."),
        pgettext_lazy("unit", "sessions"),
        "N10",
        _("As of %(day)s, %(value)s teacher-training sessions have been held."),
        service.training_sessions,
        service.training_session_rows,
        "session",
    ),
    Figure(
        "training-hours",
        SERVICE,
        _("Training hours of teachers"),
        _("Hours of training summed over the teachers who were there."),
        pgettext_lazy("unit", "training hours"),
        "N10",
        _("As of %(day)s, teachers have had %(value)s hours of training."),
        service.training_hours,
        service.training_rows,
        "training",
    ),
    Figure(
        "teachers-trained",
        SERVICE,
        _("Teachers trained"),
        _("Teachers who were in at least one training; each counts once."),
        pgettext_lazy("unit", "teachers"),
        "N10",
        _("As of %(day)s, %(value)s teachers have taken part in training."),
        service.teachers_trained,
        service.training_rows,
        "training",
    ),
]
