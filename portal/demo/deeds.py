"""What the demo's districts write around agreements: number prefix, template, contacts, and a supplement on its way."""

import datetime as dt

from partnerships import agreement_life, agreement_parties, agreement_templates, agreement_versions, agreements, texts
from partnerships.models import Agreement, Commitment
from partnerships.promises import Promise
from people import thresholds
from people.actors import SYSTEM
from people.roles import Role
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.places import World

PREFIXES = {"光明区": "光馆校", "蒸湘区": "蒸馆校"}
NO_PHONE = "0000-00000000"  # nobody's


def open_office(world: World, day: dt.date) -> None:
    """The prefix of the filing numbers, and the bureau's own template."""
    for name, offices in world.offices.items():
        district, officer = world.districts[name], offices[0]
        thresholds.set_value(
            district, "agreement_number_prefix", PREFIXES.get(name, "馆校"), by=SYSTEM, starts_on=day, reason="文号"
        )
        text = f"{texts.USUAL}\n第十七条 见证：【见证方】为牵头单位，见证本协议的签署。"
        agreement_templates.write(district, by=officer, name="馆校合作协议（示范文本）", text=text)


def introduce_all(world: World) -> None:
    """Every party of a filed agreement whose lead is with us has named whom the others call."""
    leads = {
        person.organisation_id: person
        for person in world.people.values()
        if person.role in (Role.SCHOOL_LEAD, Role.VENUE_LEAD)
    }
    for agreement in Agreement.objects.whole().filter(state=Agreement.State.FILED).order_by("pk"):
        for party in agreement.parties.filter(organisation__in=leads).order_by("position"):
            lead = leads[party.organisation_id]
            agreement_parties.introduce(
                party, by=lead, representative=party.representative, contact=lead.user.full_name, phone=NO_PHONE
            )


def begin_supplement(world: World) -> None:
    """The venue proposes teacher training beside the visits; a school has asked for one more, the others read it."""
    agreement = (
        Agreement.objects.whole()
        .filter(venue=world.venues["时尚生态谷"], state=Agreement.State.FILED, registered_on_paper=False)
        .order_by("pk")
        .first()
    )
    assert agreement
    venue, school = world.lead_of("时尚生态谷"), world.lead_of("楼村小学")
    amendment = agreement_life.amend(agreement, by=venue)
    kept = agreement_versions.terms_of(amendment.current_version).promises
    term = kept[-1].term
    text = amendment.current_version.text
    more = [*kept, Promise(agreement.venue_id, term, Commitment.Kind.TRAININGS, 1)]
    agreements.revise(
        amendment, by=venue, text=f"{text}\n补充条款 甲方每学期为学校教师举办科学教育培训。", promises=more
    )
    agreements.propose(amendment, by=venue)
    more[-1] = Promise(agreement.venue_id, term, Commitment.Kind.TRAININGS, 2)
    agreements.counter(
        Agreement.objects.get(pk=amendment.pk),
        by=school,
        text=f"{text}\n补充条款 甲方每学期为学校教师举办两场科学教育培训，培训学时计入继续教育。",
        promises=more,
        note="教师较多，请每学期安排两场。",
    )


def plan(agenda: Agenda, world: World, running: TermDates, before: TermDates) -> None:
    """Put it on the agenda: the office before the first agreement, the rest where agreements are in force."""
    early = before.starts_on - dt.timedelta(days=20)
    agenda.at(moment(early, 8), lambda: open_office(world, early))
    agenda.at(moment(early, 16), lambda: introduce_all(world))
    agenda.at(moment(world.today - dt.timedelta(days=2), 9), lambda: begin_supplement(world))
