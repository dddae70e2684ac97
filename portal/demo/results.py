"""Results in the demo: the white-list, competitions and projects of two schools, and the club's terms."""

import datetime as dt

from credits import clubs, competitions, ledger, results
from credits.models import Competition, Result
from partnerships.models import Enrolment, SchoolClass
from people.roles import Role
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.happenings import LOUCUN, SHIYAN
from portal.demo.places import World, rows

DAY = dt.timedelta(days=1)
INVENTIONS, AI = "宋庆龄少年儿童发明奖", "全国青少年人工智能创新挑战赛"


def plan(agenda: Agenda, world: World, running: TermDates, before: TermDates) -> None:
    """The list first; then one competition a term, a finished project, and two that wait for a word."""
    agenda.at(moment(before.starts_on - 39 * DAY, 9), lambda: bring_in_list(world))
    for school, name, day in (
        (LOUCUN, AI, before.day(9, 6)),
        (LOUCUN, INVENTIONS, world.today - 23 * DAY),
        (SHIYAN, AI, world.today - 16 * DAY),
    ):
        agenda.at(
            moment(day + 2 * DAY, 10), lambda school=school, name=name, day=day: compete(world, school, name, day)
        )
    finished = world.today - 20 * DAY
    agenda.at(moment(finished, 9), lambda: research(world, "校园雨水怎样变清", finished, grade=6))
    agenda.at(moment(finished + DAY, 9), lambda: vouch(world, "校园雨水怎样变清"))
    agenda.at(moment(finished + 2 * DAY, 9), lambda: confirm(world, "校园雨水怎样变清"))
    yesterday = world.today - DAY
    agenda.at(moment(yesterday - DAY, 9), lambda: research(world, "教室里的二氧化碳", yesterday - DAY, grade=5))
    agenda.at(moment(yesterday, 11), lambda: vouch(world, "教室里的二氧化碳"))
    agenda.at(moment(yesterday, 14), lambda: research(world, "哪种土豆长得快", yesterday, grade=5))
    for day in (before.ends_on - 16 * DAY, before.ends_on + DAY):
        agenda.at(moment(day, 7), count_clubs)


def bring_in_list(world: World) -> None:
    """The first lines of the national white-list, in both districts."""
    for name, offices in world.offices.items():
        for row in rows("competitions"):
            competitions.enter(
                world.districts[name], by=offices[0], name=row["name_zh"], organisers=row["organisers"],
                stages=row["stages"].split(";"), starts_on=dt.date.fromisoformat(row["valid_from"]),
                ends_on=dt.date.fromisoformat(row["valid_until"]) + DAY,
            )  # fmt: skip


def compete(world: World, school: str, name: str, day: dt.date) -> None:
    """A few pupils took part."""
    competition = Competition.objects.get(district=world.districts["光明区"], name=name)
    if not competition.stands_on(day):
        return
    entered = results.enter_competition(
        competition, school=world.schools[school], students=[*some(world, school, 5, day, 3), *some(world, school, 6, day, 2)],
        happened_on=day, evidence="主办方参赛名单", by=world.worn_at(school, Role.COORDINATOR),
    )  # fmt: skip
    for result in entered.new:
        ledger.post(result)


def some(world: World, school: str, grade: int, day: dt.date, count: int) -> list:
    """The first pupils of a grade on a day, as far as the school has it."""
    classes = SchoolClass.objects.filter(school=world.schools[school]).of_grade(grade, day)
    found = Enrolment.objects.on(day).filter(school_class__in=classes).order_by("pk")[:count]
    return [enrolment.student_id for enrolment in found]


def research(world: World, title: str, day: dt.date, *, grade: int) -> None:
    """A project of two pupils with their science teacher; early in September they were a grade lower."""
    students = some(world, LOUCUN, grade, day, 2) or some(world, LOUCUN, grade - 1, day, 2)
    results.enter_project(
        title, school=world.schools[LOUCUN], students=students, happened_on=day,
        evidence="结题报告与过程记录", mentor=world.people["teacher-jiang"].membership,
        by=world.worn_at(LOUCUN, Role.COORDINATOR),
    )  # fmt: skip


def vouch(world: World, title: str) -> None:
    for result in Result.objects.filter(title=title).select_related("mentor__user"):
        results.vouch(result, by=world.people["teacher-jiang"])


def confirm(world: World, title: str) -> None:
    for result in Result.objects.filter(title=title):
        results.confirm(result, by=world.worn_at(LOUCUN, Role.SCHOOL_LEAD))
        ledger.post(result)


def count_clubs() -> None:
    clubs.settle_all()
    for result in Result.objects.confirmed().filter(kind=Result.Kind.CLUB).select_related("group", "school"):
        ledger.post(result)
