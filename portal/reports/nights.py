"""Entries of the catalogue: who came to family sessions that venues only announce here and that families book there."""

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Session
from portal.reports.figure import Figure, Value
from portal.reports.scope import Scope

# No school books them, so that none has a part in them; nor has a stage, street or cluster of schools.
DISTRICT_AND_VENUE = frozenset({"district", "venue"})


def announced(scope: Scope) -> QuerySet[Session]:
    """Announced sessions whose visitors were told: of the venue, or of the venues that the district lists."""
    return scope.announced.filter(visitors__isnull=False)


def visitors(scope: Scope) -> Value:
    """Not collected where there were announced sessions and nobody told of any of them how many came."""
    told = announced(scope).aggregate(people=Coalesce(Sum("visitors"), 0))["people"]
    if not told and scope.announced.filter(visitors__isnull=True).exists() and not announced(scope).exists():
        return Value(None)
    return Value(told)


FIGURES = [
    Figure(
        "announced-visitors",
        _("Activities and pupils"),
        _("Visitors of announced family sessions"),
        _(
            "People who came to family sessions that are booked at the venue's own place, as the venue told afterwards. "
            "They are no pupil visits; a venue listed in several districts counts in each."
        ),
        pgettext_lazy("unit", "visits"),
        "N8",
        _("As of %(day)s, family sessions announced by venues had %(value)s visitors."),
        visitors,
        announced,
        "night",
        DISTRICT_AND_VENUE,
    ),
]
