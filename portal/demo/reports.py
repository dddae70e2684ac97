"""The reports of the demo: the last term's drafted after its end, answered by two schools, published; this term's not yet."""

import datetime as dt

from people.models import District
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.places import RURAL, World
from portal.models import Report, ReportComment
from portal.reports import drafts, publishing

DISTRICT = "光明区"
SCHOOLS = ("楼村小学", RURAL)
VENUE = "时尚生态谷"
Verdict = ReportComment.Verdict


def plan(agenda: Agenda, world: World, before: TermDates) -> None:
    """Put the report of the term before on the agenda."""
    day = before.ends_on
    agenda.at(moment(day + dt.timedelta(days=2), 6), lambda: _draft(world))
    agenda.at(moment(day + dt.timedelta(days=4), 10), lambda: _answer(world))
    agenda.at(moment(day + dt.timedelta(days=12), 15), lambda: _publish(world))


def _officer(world: World):
    return world.offices[DISTRICT][0]


def _draft(world: World) -> None:
    whose = {world.schools[name].pk for name in SCHOOLS} | {world.venues[VENUE].pk}
    district: District = world.districts[DISTRICT]
    term = min(world.terms[DISTRICT], key=lambda term: term.starts_on)
    drafts.plan_term(term, by=_officer(world), of=whose)
    for pk in Report.objects.filter(district=district).order_by("pk").values_list("pk", flat=True):
        drafts.draft(pk)


def _answer(world: World) -> None:
    said = {
        SCHOOLS[0]: (Verdict.REMARK, "四月的航模讲座只登记了人数，名册已补交，请在下学期统计中计入。"),
        RURAL: (Verdict.AGREED, ""),
    }
    for name, (verdict, text) in said.items():
        report = Report.objects.with_names().get(organisation=world.schools[name].pk)
        publishing.answer(report, by=world.lead_of(name), verdict=verdict, text=text)


def _publish(world: World) -> None:
    """The school's and the venue's own, then the district's; the other school's is still to be checked."""
    published = (None, world.schools[SCHOOLS[0]].pk, world.venues[VENUE].pk)
    for report in Report.objects.with_names().filter(district=world.districts[DISTRICT]).order_by("-pk"):
        if report.organisation_id in published:
            publishing.publish(report, by=_officer(world))
