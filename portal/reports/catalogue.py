"""Every figure of the portal, in the order of the report. An open list: a later noun adds its own entries."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.models import Category
from partnerships.models import Commitment
from people.actors import Actor, Client
from portal.reports import coverage, exceptions, fairness, nights, outings, participation, staffing, voices, worth
from portal.reports.figure import CLIENT, DISTRICT, DISTRICT_AND_SCHOOL, Figure

COVERAGE = _("Coverage")
ACTIVITY = _("Activities and pupils")
BENEFIT = _("Benefit")
CREDITS = _("Credits")
COMMITMENTS = _("Commitments")

FIGURES = [
    Figure(
        "paired-schools",
        COVERAGE,
        _("Schools with a paired venue"),
        _("Schools with at least one agreement in force on the last day, of all schools."),
        pgettext_lazy("unit", "schools"),
        "N2",
        _("As of %(day)s, %(number)s of %(of)s schools are paired with a science venue (%(value)s)."),
        coverage.paired_schools,
        coverage.paired_rows,
        "school",
        DISTRICT,
        numerator=_("schools with an agreement in force"),
        denominator=_("all schools"),
    ),
    Figure(
        "paired-venues",
        COVERAGE,
        _("Paired venues"),
        _("Venues of the agreements in force on the last day."),
        pgettext_lazy("unit", "venues"),
        "N2",
        _("As of %(day)s, agreements with %(value)s science venues are in force."),
        coverage.paired_venues,
        lambda scope: scope.agreements,
        "agreement",
        DISTRICT_AND_SCHOOL,
    ),
    Figure(
        "weekly-science",
        COVERAGE,
        _("Weekly science period"),
        _(
            "For a school: teaching weeks so far with at least one after-school science date held. "
            "For a district: schools that held enough of them."
        ),
        pgettext_lazy("unit", "schools or weeks"),
        "N4",
        _("As of %(day)s, the weekly science period is covered at %(value)s (%(number)s of %(of)s)."),
        coverage.weekly_science,
        coverage.weekly_rows,
        "school",
        DISTRICT_AND_SCHOOL,
        numerator=_("schools covered, or weeks with a date held"),
        denominator=_("all schools, or teaching weeks so far"),
    ),
    *staffing.COVERAGE_FIGURES,
    Figure(
        "sessions",
        ACTIVITY,
        _("Sessions held"),
        _("Sessions for which at least one group's roll was sent."),
        pgettext_lazy("unit", "sessions"),
        "N4",
        _("As of %(day)s, %(value)s sessions have been held."),
        participation.sessions,
        lambda scope: scope.sessions,
        "session",
    ),
    Figure(
        "after-school-dates",
        ACTIVITY,
        _("After-school dates held"),
        _("Dates of the schools' own after-school series for which the roll was sent."),
        pgettext_lazy("unit", "dates"),
        "N4",
        _("As of %(day)s, %(value)s dates of after-school science activities have been held."),
        participation.after_school_dates,
        participation.after_school_rows,
        "session",
        DISTRICT_AND_SCHOOL,
    ),
    Figure(
        "visits",
        ACTIVITY,
        _("Pupil visits"),
        _("Every pupil counts each time they were there: by roster and by head count together."),
        pgettext_lazy("unit", "visits"),
        "N6",
        _("As of %(day)s, pupils took part %(value)s times."),
        participation.visits,
        lambda scope: scope.bookings,
        "booking",
    ),
    Figure(
        "visits-by-roster",
        ACTIVITY,
        _("of these by roster"),
        _("Pupils marked present, late or left early on a roll with names."),
        pgettext_lazy("unit", "visits"),
        "N6",
        _("As of %(day)s, %(value)s pupil visits were counted by roster."),
        participation.by_roster,
        lambda scope: scope.roll,
        "roll",
    ),
    Figure(
        "visits-by-heads",
        ACTIVITY,
        _("of these by head count"),
        _("Pupils who came and stand on no roll; they earn no credits."),
        pgettext_lazy("unit", "visits"),
        "N6",
        _("As of %(day)s, %(value)s pupil visits were counted by heads."),
        participation.by_heads,
        participation.heads_rows,
        "booking",
    ),
    Figure(
        "pupils",
        ACTIVITY,
        _("Pupils (distinct)"),
        _("Each pupil counts once; rosters only, because heads can't be told apart."),
        pgettext_lazy("unit", "pupils"),
        "N6",
        _("As of %(day)s, %(value)s different pupils took part (by rosters)."),
        participation.pupils,
        lambda scope: scope.roll,
        "roll",
    ),
    Figure(
        "roster-share",
        ACTIVITY,
        _("Visits covered by rosters"),
        _("The share of pupil visits that the number of distinct pupils rests on."),
        pgettext_lazy("unit", "visits"),
        "N19",
        _("As of %(day)s, %(number)s of %(of)s pupil visits are covered by rosters (%(value)s)."),
        participation.covered_by_roster,
        lambda scope: scope.roll,
        "roll",
        numerator=_("pupil visits by roster"),
        denominator=_("all pupil visits"),
    ),
    *nights.FIGURES,
    Figure(
        "benefit-places",
        BENEFIT,
        _("Free and discounted places used"),
        _("Pupil visits to free or discounted sessions, of all pupil visits."),
        pgettext_lazy("unit", "visits"),
        "N9",
        _("As of %(day)s, %(number)s of %(of)s pupil visits were free or discounted (%(value)s)."),
        participation.benefit_places,
        participation.benefit_rows,
        "booking",
        numerator=_("pupil visits to free or discounted sessions"),
        denominator=_("all pupil visits"),
    ),
    Figure(
        "yuan-saved",
        BENEFIT,
        _("Saved for pupils"),
        _("List price less price paid, for every pupil who came, in yuan."),
        pgettext_lazy("unit", "yuan"),
        "N9",
        _("As of %(day)s, free and discounted places have saved pupils %(value)s."),
        participation.yuan_saved,
        participation.benefit_rows,
        "booking",
        is_money=True,
    ),
    Figure(
        "credit-points",
        CREDITS,
        _("Credits posted"),
        _("Points of the standing entries for what happened in these days; reversals are taken off."),
        pgettext_lazy("unit", "points"),
        "N19",
        _("As of %(day)s, %(value)s science credits have been posted."),
        worth.credit_points,
        lambda scope: scope.entries,
        "entry",
        DISTRICT_AND_SCHOOL,
    ),
    Figure(
        "pupils-with-credits",
        CREDITS,
        _("Pupils with credits"),
        _("Pupils with at least one standing entry, of the distinct pupils who took part or have a result."),
        pgettext_lazy("unit", "pupils"),
        "N19",
        _("As of %(day)s, %(number)s of %(of)s participating pupils have earned science credits (%(value)s)."),
        worth.pupils_with_credits,
        lambda scope: scope.entries,
        "entry",
        DISTRICT_AND_SCHOOL,
        numerator=_("pupils with a standing entry"),
        denominator=_("distinct pupils who took part or have a result"),
    ),
    *(
        Figure(
            f"credit-points-{category.value.replace('_', '-')}",
            CREDITS,
            category.label,
            _("Points of the standing entries of this category for what happened in these days."),
            pgettext_lazy("unit", "points"),
            "N19",
            _("As of %(day)s, %(value)s science credits of this category have been posted."),
            worth.points_of(category.value),
            worth.entries_of(category.value),
            "entry",
            DISTRICT_AND_SCHOOL,
        )
        for category in Category
    ),
    Figure(
        "pupils-at-target",
        CREDITS,
        _("Pupils at the year's target"),
        _("Pupils who have reached the target of the school year with standing entries, in enough kinds of activity."),
        pgettext_lazy("unit", "pupils"),
        "N19",
        _("As of %(day)s, %(number)s of %(of)s pupils of pilot schools have reached the credit target (%(value)s)."),
        worth.pupils_at_target,
        worth.target_reached,
        "entry",
        DISTRICT_AND_SCHOOL,
        numerator=_("pupils who have reached the target"),
        denominator=_("pupils of pilot schools in the grades that earn"),
    ),
    *staffing.FIGURES,
    *fairness.FIGURES,
    *exceptions.FIGURES,
    *outings.FIGURES,
    *voices.FIGURES,
    *(
        Figure(
            f"commitment-{kind.value.replace('_', '-')}",
            COMMITMENTS,
            kind.label,
            _("What attendance has delivered of what was promised for the terms of these days."),
            pgettext_lazy("unit", "promised"),
            "N9" if kind == Commitment.Kind.FREE_PLACES else "N6",
            _("As of %(day)s, %(number)s of %(of)s promised have been delivered: %(name)s (%(value)s)."),
            worth.delivered(kind.value),
            worth.rows_of(kind.value),
            "commitment",
            numerator=_("delivered by attendance"),
            denominator=_("promised"),
        )
        for kind in Commitment.Kind
    ),
]

CATALOGUE = {figure.code: figure for figure in FIGURES}


def figures_for(kind: str, reader: str = "") -> list[Figure]:
    """The figures that make sense for a district, a school or a venue, and that this reader (a role) may know."""
    return [figure for figure in FIGURES if kind in figure.scopes and reader not in figure.hidden_from]


def reader_of(actor: Actor) -> str:
    """What an actor is called in `hidden_from`."""
    return CLIENT if isinstance(actor, Client) else str(actor.role or "")
