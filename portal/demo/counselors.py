"""Counselors of the demo: invented people, what the offices said, which check runs out, who asks whom for what."""

import datetime as dt
from dataclasses import dataclass, field

from dateutil.relativedelta import relativedelta

from activities import appointments, assignments, checks, counselors
from activities.models import Assignment, Counselor, Session
from partnerships import listings
from partnerships.models.school_class import school_year_of
from people.actors import Person
from people.models import Organisation
from people.roles import Role
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.people import hat
from portal.demo.places import World
from portal.lib import clock

GUANGMING, ZHENGXIANG, LOUCUN = "光明区", "蒸湘区", "楼村小学"
ALL_GRADES = list(range(1, 10))
RUNS_OUT = dt.timedelta(days=12)  # one check is about to


@dataclass(frozen=True)
class Someone:
    """`waits`: the partner office has not decided yet. `runs_out`: nobody renewed the check."""

    username: str
    name_zh: str
    name_en: str
    profile: dict
    districts: tuple[str, ...] = (GUANGMING,)
    waits: bool = False
    runs_out: bool = False
    is_expert: bool = False


PEOPLE = [
    Someone(
        "counselor", "言清越", "Yan Qingyue",
        {
            "kind": "scientist", "employer": "示例大学物理学院", "fields": ["physics", "astronomy"], "grades": [4, 5, 6, 7, 8],
            "certification": "senior", "availability": [23, 32, 33, 43, 52, 61],
            "introduction": "讲力学与天文，喜欢让孩子自己动手测量。",
        },
        (GUANGMING, ZHENGXIANG), is_expert=True,
    ),
    Someone(
        "counselor-lu", "陆行舟", "Lu Xingzhou",
        {
            "kind": "venue_staff", "employer": "示例生态农场", "fields": ["agriculture", "biology"], "grades": ALL_GRADES,
            "certification": "intermediate", "availability": [21, 31, 51], "introduction": "无土栽培与鱼菜共生。",
        },
    ),
    Someone(
        "counselor-qiao", "乔以南", "Qiao Yinan",
        {
            "kind": "engineer", "employer": "示例机器人公司", "fields": ["robotics", "computing"], "grades": [3, 4, 5, 6, 7],
            "certification": "junior", "availability": [13, 23, 33], "introduction": "机器人结构与编程入门。",
        },
    ),
    Someone(
        "counselor-wen", "温如许", "Wen Ruxu",
        {
            "kind": "parent", "employer": "", "fields": ["environment"], "grades": [1, 2, 3, 4, 5], "certification": "",
            "availability": [23, 43], "introduction": "带孩子观察校园里的植物和鸟。",
        },
        runs_out=True,
    ),
    Someone(
        "counselor-shen", "沈怀远", "Shen Huaiyuan",
        {
            "kind": "teacher", "employer": LOUCUN, "fields": ["robotics"], "grades": [4, 5, 6], "certification": "intermediate",
            "availability": [23, 43], "introduction": "本校科学教师，机器人社团指导。",
        },
    ),
    Someone(
        "counselor-xu", "许知微", "Xu Zhiwei",
        {
            "kind": "student", "employer": "示例大学", "fields": ["chemistry", "environment"], "grades": [5, 6, 7, 8],
            "certification": "", "availability": [61, 62, 71], "introduction": "水质检测小实验。",
        },
        waits=True,
    ),
    Someone(
        "counselor-fang", "方予白", "Fang Yubai",
        {
            "kind": "social", "employer": "", "fields": ["earth", "physics"], "grades": [4, 5, 6], "certification": "junior",
            "availability": [31, 32], "introduction": "衡阳的岩石与地貌。",
        },
        (ZHENGXIANG,),
    ),
]  # fmt: skip


@dataclass
class Cast:
    """The counselors by user name, once they are there."""

    world: World
    known: dict[str, Counselor] = field(default_factory=dict)

    def person(self, username: str) -> Person:
        return self.world.people[username]

    def write(self) -> None:
        """Everybody has followed a link, writes a profile, agrees to the check and applies."""
        for one in PEOPLE:
            if one.username not in self.world.people:
                organisation = Organisation.objects.create(kind="counselor", name_zh=one.name_zh, name_en=one.name_en)
                self.world.people[one.username] = hat(one.username, one.name_zh, Role.COUNSELOR, organisation)
            by = self.person(one.username)
            names = {"name_zh": one.name_zh, "name_en": one.name_en}
            assert by.organisation is not None
            self.known[one.username] = counselors.save(by.organisation, by=by, **names, **one.profile)
            checks.consent(self.known[one.username], by=by)

    def review(self) -> None:
        """Each district's offices decide together, and the bureau asks for the check."""
        for one in PEOPLE:
            counselor = self.known[one.username]
            for name in one.districts:
                officers = self.world.offices[name]
                district = self.world.districts[name]
                listing = counselors.apply(counselor, by=self.person(one.username), district=district)
                for reviewer in officers[:1] if one.waits else officers:
                    listing.refresh_from_db()
                    listings.review(listing, by=reviewer, verdict="approve", reason="品行良好，经验丰富。")
                if one.waits:
                    continue
                checks.record(counselor, by=officers[0], outcome="clear", checked_on=clock.today())
                if one.is_expert:
                    listing.refresh_from_db()
                    counselors.mark_expert(listing, by=officers[0], is_expert=True)

    def renew(self) -> None:
        """The yearly question again; of one who forgot it the old answer is about to run out."""
        for one in PEOPLE:
            if not one.waits and not one.runs_out:
                for name in one.districts:
                    officer = self.world.offices[name][0]
                    checks.record(self.known[one.username], by=officer, outcome="clear", checked_on=clock.today())

    def agree(self, session: Session, username: str, by: Person) -> Assignment:
        """Invited by the host, accepted by the counselor."""
        assignment = assignments.invite(session, counselor=self.known[username], by=by)
        return assignments.accept(assignment, by=self.person(username))

    def ask(self, days: int) -> None:
        """Of the venue's next session, one agreed; the ones after are asked, applied for, or still need somebody."""
        staff, coordinator = self.person("venue"), self.person("coordinator")
        first, second, third, fourth = self.sessions(staff, after=days, many=4)
        self.agree(first, "counselor-lu", staff)
        self.agree(second, "counselor", staff)
        assignments.invite(third, counselor=self.known["counselor"], by=staff)
        assignments.need(fourth, by=staff, wanted=True, field="biology")
        club = self.sessions(coordinator, after=days, many=3)
        assignments.need(club[0], by=coordinator, wanted=True, field="robotics")
        assignments.need(club[1], by=coordinator, wanted=True, field="robotics")
        assignments.apply(club[1], by=self.person("counselor-qiao"))
        self.agree(club[2], "counselor-shen", coordinator)

    def help(self, username: str, by: str) -> None:
        """One session of the coming week, agreed: what is over by now has hours to confirm."""
        self.agree(self.sessions(self.person(by), after=2, many=1)[0], username, self.person(by))

    def sessions(self, host: Person, *, after: int, many: int) -> list[Session]:
        """The host's next open sessions that nobody has been asked for."""
        rows = Session.objects.hosted_by(host.organisation_id or 0).open().filter(assignments__isnull=True)
        later = rows.filter(starts_at__gt=clock.now() + dt.timedelta(days=after))
        return list(later.select_related("programme", "provider", "school").order_by("starts_at", "pk")[:many])

    def appoint(self) -> None:
        """One school has its counselor for the year, and has asked another."""
        lead, year = self.person("lead"), school_year_of(clock.today())
        school = self.world.schools[LOUCUN]
        accepted = appointments.offer(school, counselor=self.known["counselor-shen"], school_year=year, by=lead)
        appointments.accept(accepted, by=self.person("counselor-shen"))
        appointments.offer(school, counselor=self.known["counselor"], school_year=year, by=lead)


def plan(agenda: Agenda, world: World, running: TermDates, before: TermDates) -> None:
    """From the profiles to what waits today. The yearly renewal lies behind, but for one."""
    cast, today = Cast(world), clock.today()
    opening = before.starts_on - dt.timedelta(days=59)
    asked = max(opening + dt.timedelta(days=1), today - relativedelta(years=1) + RUNS_OUT)
    agenda.at(moment(opening, 9), cast.write)
    agenda.at(moment(asked, 9), cast.review)
    agenda.at(moment(running.starts_on - dt.timedelta(days=3), 10), cast.renew)
    agenda.at(moment(running.starts_on + dt.timedelta(days=4), 10), cast.appoint)
    for weeks, username, by in ((5, "counselor", "venue"), (4, "counselor-lu", "venue"), (3, "counselor-shen", "coordinator"),
                                (2, "counselor", "venue")):  # fmt: skip
        day = moment(today - dt.timedelta(weeks=weeks), 15)
        agenda.at(day, lambda username=username, by=by: cast.help(username, by))
    agenda.at(moment(today - dt.timedelta(days=2), 16), lambda: cast.ask(3))
