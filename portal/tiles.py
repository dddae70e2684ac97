"""The weekly science period of a school as a tile: it is counted like the figure."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnerships.models import School, Term
from partnerships.tiles import Tile, tell
from people import thresholds
from people.access import may
from people.actors import Actor
from people.roles import Permission
from portal.lib import wording
from portal.reports.coverage import weekly_science
from portal.reports.scope import Scope


@tell(4)
def weekly_period(school: School, actor: Actor, day: dt.date) -> Tile:
    """Weeks with a date held, of the teaching weeks of the term so far; the district says how many are enough."""
    name = gettext_lazy("Weekly science period")
    url = reverse("activities:series-list") if may(actor, Permission.SERIES_SEE) else ""
    term = Term.objects.filter(district_id=school.district_id).on(day).first()
    if term is None:
        return Tile(name, False, _("No term is running"), url, _("After-school activities"))
    scope = Scope(term.starts_on, term.ends_on, district_id=school.district_id, school_id=school.pk)
    value = weekly_science(scope)
    held, weeks = value.number or 0, value.denominator or 0
    facts = _("%(held)s of %(weeks)s teaching weeks") % {"held": wording.number(held), "weeks": wording.number(weeks)}
    least = thresholds.of(school.district_id, on=scope.as_of)["report_weekly_science_share"]
    is_settled = bool(weeks) and held * 100 >= least * weeks
    may_plan = not is_settled and may(actor, Permission.SERIES_REQUEST, school)
    if may_plan:
        return Tile(name, False, facts, reverse("activities:series-request"), _("Plan a series"))
    return Tile(name, is_settled, facts, url, _("After-school activities"))
