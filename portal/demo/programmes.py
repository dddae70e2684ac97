"""What the venues and schools of the demo offer, and when."""

import datetime as dt

from activities import programmes, sessions
from activities.models import Programme
from partnerships import venues
from people.actors import Person
from portal.demo.agenda import moment
from portal.demo.dates import TermDates
from portal.demo.places import World
from portal.lib import clock, keys

UPPER = [5, 6, 7, 8]
FREE = {"price_kind": "free", "list_price": 15}

# Key, who writes it, and the programme. Prices in yuan are illustrative.
OFFERS: list[tuple[str, str, dict]] = [
    (
        "afternoon",
        "venue-lead",
        dict(
            name_zh="育苗移栽、蔬菜沙拉与鱼菜共生",
            name_en="Seedlings, salads and an aquaponics unit",
            summary_zh="全年级走进生态谷：移栽幼苗、制作沙拉、搭建鱼菜共生装置。",
            summary_en="A whole grade in the valley: transplant seedlings, make a salad, build an aquaponics unit.",
            form="experiment", direction="go_out", mode="experiential", category="EXP", grades=[5, 6],
            minutes=150, capacity=320, confirmation="manual", **FREE,
        ),
    ),
    (
        "hydroponics",
        "venue-lead",
        dict(
            name_zh="水培种植与蔬菜沙拉工坊",
            name_en="Hydroponics and salad workshop",
            summary_zh="动手配制营养液，观察根系，收获并品尝。",
            summary_en="Mix the nutrient solution, look at the roots, harvest and taste.",
            form="experiment", direction="go_out", mode="experiential", category="EXP", grades=[3, 4, 5, 6],
            minutes=120, capacity=120, confirmation="auto", **FREE,
        ),
    ),
    (
        "museum",
        "venue-lead-museum",
        {
            "name_zh": "展厅里的力与运动",
            "name_en": "Force and motion in the galleries",
            "summary_zh": "带着学习单参观，完成三个小实验。",
            "summary_en": "A visit with a task sheet and three small experiments.",
            "form": "exhibition", "direction": "go_out", "mode": "interactive", "category": "VIS", "grades": list(range(3, 10)),
            "minutes": 120, "capacity": 200, "confirmation": "auto", "needs_task_sheet": True,
            "price_kind": "discounted", "list_price": 40, "paid_price": 10,
        },
    ),
    (
        "dna",
        "venue-lead-zaowu",
        dict(
            name_zh="DNA 提取与电泳观察",
            name_en="Extracting DNA and watching electrophoresis",
            summary_zh="从草莓里提取 DNA，在凝胶上看见它。",
            summary_en="Extract DNA from strawberries and see it on a gel.",
            form="experiment", direction="go_out", mode="inquiry", category="EXP", grades=UPPER,
            minutes=100, capacity=50, confirmation="manual", **FREE,
        ),
    ),
    (
        "lecture",
        "venue-lead-zaowu",
        dict(
            name_zh="合成生物学进校园",
            name_en="Synthetic biology comes to school",
            summary_zh="科研人员走进学校，讲一个正在做的研究。",
            summary_en="A researcher comes to school and tells about work in progress.",
            form="lecture", direction="bring_in", mode="interactive", category="LEC", grades=UPPER,
            minutes=50, capacity=60, confirmation="auto", **FREE,
        ),
    ),
    (
        "farm",
        "venue-lead-farm",
        {
            "name_zh": "秋收与土壤检测研学日",
            "name_en": "Harvest and soil-testing day",
            "summary_zh": "一天的田野课：收割、取样、测酸碱度。",
            "summary_en": "A day in the fields: harvest, take samples, measure acidity.",
            "form": "study_trip", "direction": "go_out", "mode": "scene", "category": "TRN", "grades": [4, 5, 6, 7, 8],
            "minutes": 330, "capacity": 150, "confirmation": "manual",
            "price_kind": "discounted", "list_price": 90, "paid_price": 60,
        },
    ),
    (
        "stars",
        "venue-lead-museum",
        dict(
            name_zh="亲子观星夜",
            name_en="Family night under the stars",
            summary_zh="周末家庭场：认星座、看木星。",
            summary_en="A weekend session for families: find the constellations and Jupiter.",
            form="field_study", direction="go_out", mode="experiential", category="", grades=list(range(1, 10)),
            minutes=120, capacity=80, confirmation="auto", **FREE,
        ),
    ),
    (
        "training",
        "venue-lead-museum",
        dict(
            name_zh="科学教师展教工作坊",
            name_en="Workshop for science teachers",
            form="training", direction="go_out", category="", grades=[], minutes=180, capacity=40,
            confirmation="auto", **FREE,
        ),
    ),
    (
        "robots",
        "coordinator",
        {
            "name_zh": "机器人社团",
            "name_en": "Robot club",
            "summary_zh": "本校教师带领，每周一次，搭建与编程。",
            "summary_en": "With the school's own teachers, once a week: build and program.",
            "form": "club", "direction": "bring_in", "mode": "inquiry", "category": "CLB", "grades": [3, 4, 5, 6],
            "minutes": 50, "capacity": 40, "confirmation": "auto",
        },
    ),
    (
        "physics",
        "venue-lead-hengyang",
        dict(
            name_zh="科技馆里的物理课",
            name_en="A physics lesson in the museum",
            form="exhibition", direction="go_out", mode="interactive", category="VIS", grades=list(range(3, 10)),
            minutes=120, capacity=150, confirmation="auto", needs_task_sheet=True, **FREE,
        ),
    ),
]  # fmt: skip

# Programme, ISO weekdays, from, until, further fields of its sessions.
WEEKLY: list[tuple[str, list[int], tuple[int, int], tuple[int, int], dict]] = [
    ("hydroponics", [2, 5], (9, 30), (11, 30), {"held_back": 30}),
    ("museum", [3, 4], (9, 30), (11, 30), {}),
    ("dna", [2, 4], (14, 0), (15, 40), {}),
    ("lecture", [3, 5], (16, 30), (17, 20), {}),
    ("farm", [5], (9, 0), (14, 30), {}),
    ("stars", [6], (19, 0), (21, 0), {"audience": "families"}),
    ("physics", [3], (9, 30), (11, 30), {"audience": "students"}),
]

AFTERNOONS = (-8, 3)  # weeks from the present one: the true afternoon told again, and the next one

RULES = [
    ("venue-lead", {"smallest_group": 20, "largest_group": 320, "lead_days": 7, "weekdays": [2, 3, 4, 5, 6, 7]}),
    ("venue-lead-zaowu", {"smallest_group": 10, "largest_group": 60, "lead_days": 5, "weekdays": [1, 2, 3, 4, 5]}),
    ("venue-lead-farm", {"smallest_group": 30, "largest_group": 150, "lead_days": 10, "weekdays": [2, 3, 4, 5]}),
    ("venue-lead-museum", {"smallest_group": 30, "largest_group": 200, "lead_days": 7}),
    ("venue-lead-hengyang", {"smallest_group": 20, "largest_group": 150, "lead_days": 7}),
]

THEMES = {
    "afternoon": "agriculture", "hydroponics": "agriculture", "museum": "physics", "dna": "biology",
    "lecture": "biology", "farm": "agriculture", "stars": "astronomy", "robots": "robotics", "physics": "physics",
}  # fmt: skip
HANDS_ON = {"hydroponics": 60, "dna": 80, "farm": 70, "robots": 90, "museum": 30}
CAMPAIGNS = {"lecture": ["into_schools", "scientists"], "stars": ["science_month"], "museum": ["science_week"]}


def write(world: World) -> dict[str, Programme]:
    """Rules of the venues, then every programme, published."""
    for username, rules in RULES:
        person = world.people[username]
        venues.set_rules(person.organisation.venue, by=person, starts_on=clock.today(), **rules)
    found = {}
    for key, username, fields in OFFERS:
        person: Person = world.people[username]
        more = {"theme": THEMES.get(key, ""), "hands_on": HANDS_ON.get(key), "campaigns": CAMPAIGNS.get(key, [])}
        found[key] = programmes.create(person.organisation, by=person, **more | fields)
        programmes.publish(found[key], by=person)
    return found


def open_term(world: World, offered: dict[str, Programme], term: TermDates, this_monday: dt.date) -> None:
    """The weekly series of every programme for a term."""
    writers = {key: world.people[username] for key, username, _fields in OFFERS}
    for key, weekdays, starts, ends, fields in WEEKLY:
        sessions.repeat(
            offered[key],
            by=writers[key],
            weekdays=weekdays,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            starts=dt.time(*starts),
            ends=dt.time(*ends),
            request_key=keys.fresh(),
            **fields,
        )
    person = writers["afternoon"]
    for weeks in AFTERNOONS:
        day = this_monday + dt.timedelta(weeks=weeks, days=3)
        if term.starts_on < day < term.ends_on:
            session = sessions.create(offered["afternoon"], by=person, starts_at=moment(day, 14))
            sessions.open_session(session, by=person)
