"""What waits around outings: papers to prepare, to approve and to file, returns to report."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from activities.models import Outing
from people import thresholds
from people.actors import Actor
from people.roles import Role
from portal.duty import FILERS, SCHOOL, Duty, Line, address_of
from portal.lib import clock, wording

LEAD = frozenset({Role.SCHOOL_LEAD})
SOON = dt.timedelta(days=14)  # papers are handed in one to two weeks ahead
State = Outing.State


def _going(actor: Actor, *states: str) -> QuerySet[Outing]:
    rows = Outing.objects.visible_to(actor).going().with_names().filter(state__in=states)
    return rows.filter(ends_at__gt=clock.now()).order_by("starts_at", "pk")


def papers_to_prepare(actor: Actor) -> QuerySet[Outing]:
    """Of outings of the next two weeks, and returned ones at once."""
    return _going(actor, State.PREPARING, State.RETURNED).filter(starts_at__lt=clock.now() + SOON)


def outings_to_approve(actor: Actor) -> QuerySet[Outing]:
    return _going(actor, State.SUBMITTED)


def outings_to_file(actor: Actor) -> QuerySet[Outing]:
    return _going(actor, State.APPROVED).exclude(bureau=Outing.Bureau.NONE)


def returns_to_report(actor: Actor) -> QuerySet[Outing]:
    """Those that are over for some hours: the roll comes first."""
    rows = Outing.objects.visible_to(actor).going().with_names().awaiting_report()
    over = clock.now() - dt.timedelta(hours=thresholds.of(actor.district_id)["outing_report_hours"])
    return rows.filter(ends_at__lte=over, ends_at__gt=over - SOON).order_by("starts_at", "pk")


def _line(outing: Outing, sentence: str, page: str) -> Line:
    trip = outing.trips[0]
    names = {"programme": trip.session.programme.name, "school": outing.school.name}
    return Line(
        sentence % names,
        [trip.session.provider, wording.day(outing.day), wording.heads(outing.pupils)],
        address_of(page, outing.pk),
        outing.starts_at,
    )


def _prepare(outing: Outing) -> Line:
    return _line(outing, gettext("Papers of the outing to “%(programme)s”"), "activities:outing-plan")


def _approve(outing: Outing) -> Line:
    return _line(outing, gettext("The outing to “%(programme)s” waits for your approval"), "activities:outing-page")


def _file(outing: Outing) -> Line:
    return _line(
        outing, gettext("%(school)s: the outing to “%(programme)s” waits for filing"), "activities:outing-page"
    )


def _report(outing: Outing) -> Line:
    return _line(outing, gettext("Back from “%(programme)s”: how many came back?"), "activities:outing-report")


LIST = ("activities:outing-list",)
DUTIES = (
    Duty(_("Outing"), pgettext_lazy("outing", "Approve"), LEAD, outings_to_approve, _approve, LIST),
    Duty(_("Outing"), pgettext_lazy("outing", "Report"), SCHOOL | {Role.TEACHER}, returns_to_report, _report, LIST),
    Duty(_("Outing"), _("Prepare"), SCHOOL, papers_to_prepare, _prepare, LIST),
    Duty(_("Outing"), _("File it"), FILERS, outings_to_file, _file, LIST),
)
