"""The agreements of the demo: signed online, registered from paper, and one on its way."""

import datetime as dt

from dateutil.relativedelta import relativedelta

from partnerships import agreement_life, agreements
from partnerships.agreement_versions import Enclosed, File
from partnerships.models import Agreement, AgreementTemplate, Commitment
from partnerships.promises import Promise
from people.actors import Person
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.places import RURAL, World

AREAS = ["activities", "courses", "teachers"]
Kind = Commitment.Kind
# A one-page scan in the smallest form that is a PDF: the demo shows that a file is there, not what a seal looks like.
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def promise(world: World, district: str, venue: str, *amounts: tuple[str, int]) -> list[Promise]:
    """The venue's promises for both terms of the demo."""
    return [
        Promise(organisation_id=world.venues[venue].pk, term=term, kind=kind, promised=promised)
        for term in world.terms[district]
        for kind, promised in amounts
    ]


def years(first: dt.date, number: int) -> dict[str, dt.date]:
    return {"starts_on": first, "ends_on": first + relativedelta(years=number)}


def sign_online(agreement: Agreement, *signers: Person) -> None:
    for signer in signers:
        agreements.sign(Agreement.objects.get(pk=agreement.pk), by=signer, how="online", reauthenticated=True)


def conclude(
    world: World,
    district: str,
    venue: str,
    schools: list[str],
    amounts: list[tuple[str, int]],
    *,
    starts_on: dt.date,
    is_filed: bool = True,
) -> None:
    """From draft to filing in one go, as two sides do who have talked it over before."""
    lead = world.lead_of(venue)
    signers = [world.lead_of(name) for name in schools]
    agreement = agreements.draft(
        world.venues[venue],
        by=lead,
        district=world.districts[district],
        schools=[world.schools[name] for name in schools],
        title=f"{venue}与{'、'.join(schools)}科普合作协议",
        areas=AREAS,
        witness=world.offices[district][1].organisation.name_zh,
        template=AgreementTemplate.objects.filter(district=world.districts[district]).first(),
        promises=promise(world, district, venue, *amounts),
        **years(starts_on, 2),
    )
    agreements.propose(agreement, by=lead)
    for signer in signers:
        agreements.agree(Agreement.objects.get(pk=agreement.pk), by=signer)
    sign_online(agreement, lead, *signers)
    agreements.submit(Agreement.objects.get(pk=agreement.pk), by=lead)
    if is_filed:
        agreements.file(Agreement.objects.get(pk=agreement.pk), by=world.offices[district][0])


def register_paper(world: World, *, starts_on: dt.date) -> None:
    """Signed on paper before the portal came: entered by the bureau."""
    agreement_life.register(
        world.venues["光明农场大观园"],
        by=world.offices["光明区"][0],
        district=world.districts["光明区"],
        schools=[world.schools["楼村小学"], world.schools[RURAL], world.schools["光明小学"]],
        title="光明农场大观园劳动与科普实践合作协议",
        areas=["activities", "study_trips"],
        signed_on=starts_on,
        scan=SCAN,
        file_name="盖章件.pdf",
        promises=promise(world, "光明区", "光明农场大观园", (Kind.VISITS, 6)),
        **years(starts_on, 3),
    )


def leave_open(world: World, *, starts_on: dt.date) -> None:
    """Agreed and signed by the venue; the school's lead finds it waiting."""
    lead = world.people["venue-lead-museum"]
    agreement = agreements.draft(
        world.venues["深圳科学技术馆"],
        by=lead,
        district=world.districts["光明区"],
        schools=[world.schools["楼村小学"], world.schools["东周小学"]],
        title="深圳科学技术馆与两校共建科学课堂合作协议",
        areas=AREAS,
        promises=promise(world, "光明区", "深圳科学技术馆", (Kind.IN_SCHOOL, 4)),
        **years(starts_on, 1),
    )
    plan = Enclosed(added=(File("活动安全预案.pdf", SCAN),))
    agreements.revise(agreement, by=lead, text=agreement.current_version.text, enclosed=plan)
    agreements.propose(agreement, by=lead)
    for name in ("楼村小学", "东周小学"):
        agreements.agree(Agreement.objects.get(pk=agreement.pk), by=world.lead_of(name))
    sign_online(agreement, lead)


def plan(agenda: Agenda, world: World, running: TermDates, before: TermDates) -> None:
    """Put the agreements on the agenda."""
    early = before.starts_on - dt.timedelta(days=20)
    agenda.at(
        moment(early, 10),
        lambda: conclude(
            world,
            "光明区",
            "时尚生态谷",
            ["楼村小学", "东周小学", RURAL],
            [(Kind.VISITS, 16), (Kind.PUPILS, 1200), (Kind.FREE_PLACES, 800), (Kind.COURSES, 2)],
            starts_on=early,
        ),
    )
    agenda.at(
        moment(early, 11),
        lambda: conclude(
            world,
            "光明区",
            "深圳市工程生物产业创新中心“造物”科普基地",
            ["楼村小学", "光明区实验学校"],
            [(Kind.IN_SCHOOL, 10), (Kind.VISITS, 6)],
            starts_on=early,
        ),
    )
    agenda.at(moment(early, 15), lambda: register_paper(world, starts_on=early))
    ceremony = running.starts_on + dt.timedelta(days=27)
    agenda.at(
        moment(ceremony, 10),
        lambda: conclude(
            world,
            "蒸湘区",
            "衡阳市科技馆",
            ["大立实验小学", "蒸湘北路小学", "蒸湘区联合中心校", "雨母山中心校"],
            [(Kind.VISITS, 8), (Kind.TRAININGS, 2)],
            starts_on=ceremony,
        ),
    )
    recent = world.today - dt.timedelta(days=3)
    agenda.at(
        moment(recent, 11),
        lambda: conclude(
            world,
            "光明区",
            "时尚生态谷",
            ["光明区实验学校"],
            [(Kind.VISITS, 4)],
            starts_on=world.today + dt.timedelta(days=9),
            is_filed=False,
        ),
    )
    agenda.at(moment(recent, 14), lambda: leave_open(world, starts_on=world.today + dt.timedelta(days=7)))
