"""Classes and pupils of the demo: brought in as a spreadsheet is, by the rules of the roster import."""

import datetime as dt
import random

from partnerships import rolls, schools
from partnerships.models import School, SchoolClass, Student
from partnerships.models.school_class import school_year_of
from partnerships.rosters.reading import read_roster
from people.roles import Role
from portal.demo.people import pupil_names
from portal.demo.places import RURAL, World
from portal.lib import clock
from portal.lib.spreadsheets import writing
from portal.lib.spreadsheets.reading import read

# School, grades with a roster, classes a grade.
ROSTERS = [
    ("楼村小学", (4, 5, 6), 3),
    ("光明区实验学校", (5, 6, 8), 2),
    ("东周小学", (5, 6), 2),
    ("大立实验小学", (5, 6), 1),
]
SMALLEST, LARGEST = 38, 45
CLUB = 24


def enrol(world: World, dice: random.Random, day: dt.date) -> None:
    """Rosters of the grades as they are today, entered for the day on which the demo begins.

    The grades are one year younger where the term before lies in the school year before.
    """
    younger = school_year_of(world.today) - school_year_of(day)
    with clock.at(day):
        for name, grades, number in ROSTERS:
            _bring_in(world, name, [grade - younger for grade in grades], number, dice)
        officer = world.worn_at(RURAL, Role.COORDINATOR)
        for grade in (5, 6):
            year = school_year_of(world.today) - grade + 1
            schools.add_class(world.schools[RURAL], by=officer, stage="primary", entry_year=year, number=1)
    _found_club(world, dice, day)


def _bring_in(world: World, name: str, grades: list[int], number: int, dice: random.Random) -> None:
    table: list[list[object]] = [["班级", "学号", "姓名"]]
    for grade in grades:
        for n in range(1, number + 1):
            for seat, pupil in enumerate(pupil_names(dice, dice.randint(SMALLEST, LARGEST)), start=1):
                table.append([f"{'一二三四五六七八九'[grade - 1]}（{n}）班", f"{grade}{n:02}{seat:02}", pupil])
    reading = read_roster(read(writing.csv_bytes(table), "名册.csv"), "名册.csv")
    coordinator = world.worn_at(name, Role.COORDINATOR, Role.SCHOOL_LEAD)
    rolls.apply(world.schools[name], reading, by=coordinator, consent=True)


def _found_club(world: World, dice: random.Random, day: dt.date) -> None:
    school: School = world.schools["楼村小学"]
    pupils = list(Student.objects.filter(school=school).order_by("pk"))
    schools.add_group(
        school,
        by=world.worn_at("楼村小学", Role.COORDINATOR),
        name="机器人社团",
        starts_on=day,
        ends_on=world.today + dt.timedelta(days=300),
        students=dice.sample(pupils, CLUB),
    )


def class_of(school: School, grade: int, number: int, day: dt.date) -> SchoolClass:
    """A class by what it is called on a day."""
    return SchoolClass.objects.filter(school=school).of_grade(grade, day).get(number=number)
