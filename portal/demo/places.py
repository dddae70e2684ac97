"""Districts, offices, schools and venues of the demo, from the rows in `data/`, and who works there."""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from partnerships import calendar, listings, recognitions, schools, venues
from partnerships.models import School, Term, Venue
from people.actors import Person
from people.models import District, Organisation
from people.roles import Role
from portal.demo import positions
from portal.demo.dates import TermDates
from portal.demo.people import hat

DATA = Path(__file__).parent / "data"
RURAL = "示例乡中心小学"  # the one school that the demo calls rural and underserved is an invented one

KINDS = {  # of the venues that the demo opens, by what they are
    "时尚生态谷": "farm",
    "光明农场大观园": "farm",
    "深圳科学技术馆": "science_museum",
    "衡阳市科技馆": "science_museum",
    "湖南省科技馆": "science_museum",
    "深圳市仙湖植物园": "zoo_botanic",
}

# user name, invented name, role, organisation, whether a card of the sign-in page
STAFF = [
    ("coordinator", "周若禾", Role.COORDINATOR, "楼村小学", True),
    ("lead", "李望舒", Role.SCHOOL_LEAD, "楼村小学", True),
    ("teacher", "何远舟", Role.TEACHER, "楼村小学", True),
    ("teacher-jiang", "姜予宁", Role.TEACHER, "楼村小学", False),
    ("lead-shiyan", "罗启明", Role.SCHOOL_LEAD, "光明区实验学校", False),
    ("coordinator-shiyan", "苏晓阳", Role.COORDINATOR, "光明区实验学校", False),
    ("lead-dongzhou", "谢南乔", Role.SCHOOL_LEAD, "东周小学", False),
    ("coordinator-dongzhou", "高云帆", Role.COORDINATOR, "东周小学", False),
    ("lead-example", "范怀瑾", Role.SCHOOL_LEAD, RURAL, False),
    ("coordinator-example", "陶乐之", Role.COORDINATOR, RURAL, False),
    ("venue-lead", "梁之衡", Role.VENUE_LEAD, "时尚生态谷", True),
    ("venue", "程以安", Role.VENUE_STAFF, "时尚生态谷", True),
    ("venue-lead-zaowu", "江思齐", Role.VENUE_LEAD, "深圳市工程生物产业创新中心“造物”科普基地", False),
    ("venue-lead-farm", "秦嘉树", Role.VENUE_LEAD, "光明农场大观园", False),
    ("venue-lead-museum", "白朗月", Role.VENUE_LEAD, "深圳科学技术馆", False),
    ("lead-dali", "贺知行", Role.SCHOOL_LEAD, "大立实验小学", False),
    ("lead-beilu", "龚青禾", Role.SCHOOL_LEAD, "蒸湘北路小学", False),
    ("lead-lianhe", "尹明轩", Role.SCHOOL_LEAD, "蒸湘区联合中心校", False),
    ("lead-yumu", "黎书屿", Role.SCHOOL_LEAD, "雨母山中心校", False),
    ("coordinator-dali", "段亦凡", Role.COORDINATOR, "大立实验小学", False),
    ("venue-lead-hengyang", "高屹", Role.VENUE_LEAD, "衡阳市科技馆", False),
]


@dataclass
class World:
    """What the acts of the demo refer to, by Chinese name."""

    today: dt.date
    districts: dict[str, District] = field(default_factory=dict)
    offices: dict[str, list[Person]] = field(default_factory=dict)
    terms: dict[str, tuple[Term, Term]] = field(default_factory=dict)
    schools: dict[str, School] = field(default_factory=dict)
    venues: dict[str, Venue] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def worn_at(self, name: str, *roles: Role) -> Person:
        """The first person with one of these roles at a school or venue."""
        place = (self.schools.get(name) or self.venues[name]).organisation
        return next(person for person in self.people.values() if person.organisation == place and person.role in roles)

    def lead_of(self, name: str) -> Person:
        return self.worn_at(name, Role.SCHOOL_LEAD, Role.VENUE_LEAD)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one file in `data/`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def open_districts(world: World) -> None:
    """Two districts with their offices, and the platform's own people."""
    for code, city, name, name_en, partner, partner_en, people in (
        (
            "guangming", "深圳市", "光明区", "Guangming District", "光明区科技创新局", "Guangming Science and Innovation Bureau",
            (("bureau", "傅景行"), ("partner", "简书宁"), ("inspector", "任知白")),
        ),
        (
            "zhengxiang", "衡阳市", "蒸湘区", "Zhengxiang District", "蒸湘区科协", "Zhengxiang Science Association",
            (("bureau-zhengxiang", "文若谷"), ("partner-zhengxiang", "柏映雪"), ("inspector-zhengxiang", "孟以宁")),
        ),
    ):  # fmt: skip
        district = District.objects.create(code=code, name_zh=name, name_en=name_en, city_zh=city)
        bureau = Organisation.objects.create(
            kind="bureau", district=district, name_zh=f"{name}教育局", name_en=f"{name_en.split()[0]} Education Bureau"
        )
        office = Organisation.objects.create(
            kind="partner_office", district=district, name_zh=partner, name_en=partner_en
        )
        card = code == "guangming"
        (officer, officer_name), (partner_user, partner_name), (inspector, inspector_name) = people
        world.districts[name] = district
        world.offices[name] = [
            hat(officer, officer_name, Role.BUREAU_OFFICER, bureau, card=card),
            hat(partner_user, partner_name, Role.PARTNER_OFFICER, office, card=card),
        ]
        hat(inspector, inspector_name, Role.INSPECTOR, bureau, card=card)
    platform = Organisation.objects.create(kind="platform", name_zh="馆校通平台", name_en="Guanxiao platform")
    hat("administrator", "顾明夷", Role.ADMINISTRATOR, platform, card=True)
    hat("audit-reader", "沈知著", Role.AUDIT_READER, platform, card=True)
    counselor = Organisation.objects.create(kind="counselor", name_zh="言清越", name_en="Yan Qingyue")
    world.people["counselor"] = hat("counselor", "言清越", Role.COUNSELOR, counselor, card=True)


def district_of(world: World, place: str) -> District | None:
    return next((district for name, district in world.districts.items() if place.endswith(name)), None)


def bring_in_schools(world: World) -> None:
    """The schools of `data/`, and one invented rural school; who works there."""
    for row in rows("schools"):
        district = district_of(world, row["district"])
        assert district is not None
        officer = world.offices[district.name_zh][0]
        school, _new = schools.register(
            row["name_zh"],
            by=officer,
            district=district,
            stage=row["stage"],
            is_provisional_name=bool(row["note"]),
            **positions.of(row["name_zh"], row["district"]),
        )
        world.schools[row["name_zh"]] = school
        if row["credit_pilot"] == "yes":
            schools.start_pilot(school, by=officer, starts_on=dt.date(2022, 11, 16))
    officer = world.offices["光明区"][0]
    schools.start_pilot(world.schools["楼村小学"], by=officer, starts_on=dt.date(2023, 3, 23))
    world.schools[RURAL], _new = schools.register(
        RURAL,
        by=officer,
        district=world.districts["光明区"],
        name_en="Example Township Central Primary School",
        stage="primary",
        locality="rural",
        is_underserved=True,
        **positions.of(RURAL, "深圳市光明区"),
    )
    schools.start_pilot(world.schools[RURAL], by=officer, starts_on=dt.date(2024, 9, 1))


def bring_in_venues(world: World) -> None:
    """The venues of `data/`, with their titles; those of the own city are proposed, and listed by both offices."""
    for row in rows("venues"):
        city = next((offices for name, offices in world.offices.items() if in_city(world, name, row["place"])), None)
        officers = city or world.offices["蒸湘区"]
        officer = officers[0]
        venue, _new = venues.register(
            row["name_zh"],
            by=officer,
            place=row["place"],
            name_en=row["name_en"],
            national_class=row["national_class"],
            kind=KINDS.get(row["name_zh"], ""),
            **positions.of(row["name_zh"], row["place"]),
            **positions.facilities_of(row["name_zh"]),
        )
        world.venues[row["name_zh"]] = venue
        if city is None:
            continue
        listing = listings.propose(venue.organisation, by=officer, district=officer.organisation.district)
        recognitions.enter(venue, row["recognitions"], by=officer)
        waiting = row["name_zh"] == "深圳市仙湖植物园"  # for the partner office
        for reviewer in officers[:1] if waiting else officers:
            listing.refresh_from_db()
            listings.review(listing, by=reviewer, verdict="approve", reason="资源优质，适合中小学生参观。")


def in_city(world: World, district: str, place: str) -> bool:
    return place.startswith(world.districts[district].city_zh)


def hire(world: World) -> None:
    """Who works at the schools and venues."""
    places = {**world.schools, **world.venues}
    for username, full_name, role, name, card in STAFF:
        world.people[username] = hat(username, full_name, role, places[name].organisation, card=card)


def open_terms(world: World, running: TermDates, before: TermDates) -> None:
    """The running term and the one before, in both districts."""
    for name, (officer, _partner) in world.offices.items():
        opened = [
            calendar.open_term(
                world.districts[name],
                by=officer,
                school_year=dates.school_year,
                half=dates.half,
                starts_on=dates.starts_on,
                ends_on=dates.ends_on,
            )
            for dates in (before, running)
        ]
        world.terms[name] = (opened[0], opened[1])
