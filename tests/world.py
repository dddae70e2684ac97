"""The world of the boundary tests: two districts × two schools × two venues, one venue listed by both districts.

    A1  school and venue of district A; the hats of the tests stand here; its venue is listed in B as well
    A2  the other school and venue of district A
    B1  a school and a venue of district B; the school books at the venue of A1
    B2  the other school and venue of district B

Each cell has `n` of every noun, so that lists can be counted with 1 and with 3 rows. `things[cell][noun]` are the rows;
`rows[cell]` are all primary keys by model that came into being with the cell, for whoever needs to know whose a row is.
"""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import F

from activities import after_school, assignments, feeds
from activities.models import Booking, CalendarFeed, DayOff, RollEntry, Series, Session
from credits import certificates, disputes, ledger, publications, results, rules, sweep
from credits.models import Competition, Entry, EvaluationColumn
from partnerships.models import CreditPilot, GroupMember, Hall, Recognition, School
from people import thresholds
from people.actors import SYSTEM
from people.models import District, Membership
from people.roles import KINDS, Role
from portal.jobs import running
from portal.lib import clock
from portal.models import Report, WebhookMessage
from portal.reports import drafts
from tests import world_deeds, world_impact, world_requests
from tests.factories import activities, api, counselors, hours, partnerships, people, systems
from tests.factories.rolls import name_pupils
from tests.world_changes import a_change
from tests.world_outings import an_outing
from tests.world_papers import a_commitment, a_dead_letter, a_robot, an_import, an_invitation, an_upload, tell
from tests.world_places import a_campus, a_split
from tests.world_rules import a_hold_of, an_exception_of
from tests.world_visits import a_doubt, a_missed_visit, a_roll_link, a_word

OURS = ("people", "partnerships", "activities", "credits", "portal")
CELLS = ("A1", "A2", "B1", "B2")
TODAY = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))  # a Wednesday inside a term


@dataclass
class World:
    n: int = 1
    districts: dict[str, District] = field(default_factory=dict)
    hats: dict[str, dict[Role, Membership]] = field(default_factory=lambda: defaultdict(dict))
    things: dict[str, dict[str, list[Any]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    rows: dict[str, dict[str, set]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def one(self, cell: str, noun: str):
        """The first of a noun in a cell."""
        return self.things[cell][noun][0]

    def hat(self, role: Role | str, cell: str = "A1") -> Membership:
        return self.hats[cell][Role(role)]


def build(walk, n: int = 1) -> World:
    """Build the world with the clock at TODAY; `walk` is the `clock` fixture."""
    walk.to(TODAY)
    world = World(n)
    for letter in "AB":
        with watched(world, letter):
            world.districts[letter] = district(world, letter)
    for cell in CELLS:
        with watched(world, cell):
            sides(world, cell)
    shared = world.one("A1", "venue")
    with watched(world, "B"):
        partnerships.a_listing(shared, world.districts["B"])
    for cell in CELLS:
        with watched(world, cell):
            fill(world, cell, range(n))
    with watched(world, "B1"):
        visit(world, "B1", venue=shared)
    serve_elsewhere(world)
    walk.to(TODAY)
    for heart in running.HEARTS:
        running.beat(heart)
    return world


class watched:  # noqa: N801 - reads like a word
    """Notes which rows come into being inside, as the cell's."""

    def __init__(self, world: World, cell: str):
        self.world, self.cell = world, cell

    def __enter__(self):
        self.before = keys()

    def __exit__(self, *problem):
        for label, now in keys().items():
            self.world.rows[self.cell][label] |= now - self.before[label]


def keys() -> dict[str, set]:
    return {
        model._meta.label: set(model._base_manager.values_list("pk", flat=True))
        for model in apps.get_models()
        if model._meta.app_label in OURS
    }


def district(world: World, letter: str) -> District:
    """A district with both offices, a term of calendar days, credit rules, and the hats of the offices."""
    made = partnerships.a_district(
        offices=2, code=f"0{ord(letter)}", name_zh=f"{letter}区", name_en=f"District {letter}"
    )
    partnerships.a_term(made)
    rules.adopt_defaults(made, by=partnerships.officer_of(made), starts_on=clock.today() - dt.timedelta(days=60))
    rules.draft(made, by=partnerships.officer_of(made), code="EXP", starts_on=clock.today() + dt.timedelta(days=90))
    thresholds.set_value(
        made, "credits.certificate_first", 5, by=SYSTEM, starts_on=clock.today() - dt.timedelta(days=60), reason="试点"
    )
    EvaluationColumn.objects.create(district=made, position=1, title=f"列{letter}区", field="points")
    for role in (Role.BUREAU_OFFICER, Role.INSPECTOR, Role.PARTNER_OFFICER):
        office = made.organisations.get(kind=KINDS[role])
        world.hats[f"{letter}1"][role] = world.hats[f"{letter}2"][role] = people.hat(role, at=office)
    officer = world.hats[f"{letter}1"][Role.BUREAU_OFFICER]
    system = api.a_client(made, principal=officer.user, name=f"系统{letter}区")
    endpoint = systems.an_endpoint(system, f"https://partner-{letter.lower()}.example/hook").endpoint
    WebhookMessage.objects.create(endpoint=endpoint)
    for cell in (f"{letter}1", f"{letter}2"):
        world.things[cell]["client"], world.things[cell]["endpoint"] = [system], [endpoint]
    return made


def sides(world: World, cell: str) -> None:
    """School, venue, and everybody who works there."""
    place = world.districts[cell[0]]
    school = partnerships.a_school(place, pilot=True)
    venue = partnerships.a_venue(listed_in=[place])
    world.things[cell]["school"].append(school)
    world.things[cell]["venue"].append(venue)
    at = {"school": school.organisation, "venue": venue.organisation}
    for role in (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER, Role.VENUE_LEAD, Role.VENUE_STAFF):
        world.hats[cell][role] = people.hat(role, at=at[KINDS[role]])
    for role in (Role.COUNSELOR, Role.ADMINISTRATOR, Role.AUDIT_READER):
        world.hats[cell][role] = people.hat(role)


def fill(world: World, cell: str, ks: range) -> None:
    """One of every noun that belongs to the cell's school and venue, for each `k`."""
    place, things = world.districts[cell[0]], world.things[cell]
    school, venue, hats = things["school"][0], things["venue"][0], world.hats[cell]
    for k in ks:
        things["class"].append(partnerships.a_class(school, grade=5, number=k + 1, pupils=2))
        name_pupils(things["class"][-1])
        pupils = [row.student for row in things["class"][-1].enrolments.all()]
        things["student"] += pupils
        things["group"].append(partnerships.a_group(school, pupils))
        things["agreement"].append(partnerships.an_agreement(venue, [school]))
        things["commitment"].append(a_commitment(things["agreement"][-1], place))
        lead = hats[Role.VENUE_LEAD]
        things["deliverable"].append(world_impact.a_deliverable(things["commitment"][-1], lead, cell, k))
        things["supplement"].append(world_impact.a_supplement(things["agreement"][-1], lead, cell, k))
        things["draft"].append(partnerships.a_draft(venue, [school]))
        world_deeds.enclose(things["draft"][k], hats[Role.VENUE_LEAD], cell, k)
        things["template"].append(world_deeds.a_template(place, hats[Role.BUREAU_OFFICER], cell, k))
        things["membership"].append(people.hat(Role.TEACHER, at=school.organisation))
        things["recognition"].append(Recognition.objects.create(venue=venue, title=f"称号{k}", issuer="认定单位"))
        things["vice_principal"].append(partnerships.a_vice_principal(school, name=f"副校长{cell}{k}"))
        things["training"].append(activities.a_training_place(hats[Role.TEACHER], venue, k))
        things["training_session"].append(things["training"][-1].session)
        some_hours(world, cell, k)
        some_counselors(world, cell, k)
        things["invitation"].append(an_invitation(hats[Role.SCHOOL_LEAD], k))
        things["import"].append(an_upload(school, cell, k))
        things["import_run"].append(an_import(hats[Role.COORDINATOR], school, cell, k))
        visit(world, cell, venue=venue, k=k)
        called = a_visit_called(world, cell, k)
        things["feedback"].append(a_word(called, hats[Role.TEACHER], "school", cell))
        things["roll_review"].append(a_doubt(called))
        things["roll_link"].append(a_roll_link(things["booking"][k], hats[Role.COORDINATOR], cell, k))
        things["no_show"].append(a_missed_visit(school, venue, hats[Role.TEACHER], hats[Role.VENUE_STAFF], cell, k))
        a_series(world, cell, k)
        booker, leader = hats[Role.COORDINATOR], hats[Role.TEACHER]
        things["request"].append(world_requests.a_request(school, venue, things["group"][k], booker, leader, k))
        asked = world_requests.a_request_to(things["counselor"][k], school, things["group"][k], booker, leader, k)
        things["counselor_request"].append(asked)
        things["slot"].append(world_requests.a_slot(school, k))
        full = activities.a_session(venue, starts_at=activities.local(activities.next_weekday(6, 10 + 7 * k), 9))
        things["waitlist"].append(activities.a_waiting_group(full, school, hats[Role.TEACHER]))
        things["exemption"].append(an_exception_of(full, school, hats, cell))
        things["hold"].append(a_hold_of(school, venue, k, cell))
        things["day_off"].append(
            DayOff.objects.create(
                organisation=school.organisation, date=clock.today() + dt.timedelta(days=k), part="am", kind="weather",
                words=f"停课{cell}",
            )
        )  # fmt: skip
        things["robot"].append(a_robot(hats[Role.BUREAU_OFFICER], cell, k))
        things["delivery"].append(a_dead_letter(things["robot"][k], hats[Role.COORDINATOR], f"{cell}{k}"))
        results_of(world, cell, k)
        things["campus"].append(a_campus(school, cell, k))
        things["roster_change"].append(a_split(things["class"][k], hats[Role.COORDINATOR]))
        things["hall"].append(Hall.objects.create(venue=venue, name=f"展厅{k}", heads=40))
    sweep.run()
    for k in ks:
        a_year_end(world, cell, k)
        a_report(world, cell, k)
    things["member"] = list(GroupMember.objects.filter(group__school=school))
    things["pilot"] = list(CreditPilot.objects.filter(school=school))
    things["listing"] = list(venue.organisation.listings.filter(district=place))
    for hat in hats.values():
        tell(hat, cell)
        things["feed"] += [
            CalendarFeed.objects.create(
                membership=hat, kind=kind, language="zh-hans", secret_digest=feeds.digest_of(f"{hat.pk}-{kind}")
            )
            for kind in CalendarFeed.KINDS_OF.get(Role(hat.role), ())
            if not CalendarFeed.objects.filter(membership=hat, kind=kind).exists()
        ]


def a_year_end(world: World, cell: str, k: int) -> None:
    """The class published and final, with its certificates; and a supplement that is open, with an objection."""
    things, coordinator = world.things[cell], people.actor(world.hats[cell][Role.COORDINATOR])
    school_class, term = things["class"][k], world.districts[cell[0]].terms.get()
    with clock.at(TODAY - dt.timedelta(days=20)):
        first = publications.publish(school_class, term, by=coordinator)
    publications.finalise(first)
    things["certificate"] += certificates.issue_due(school_class, by=coordinator)
    ledger.post(a_visit_called(world, cell, k, weeks=k + 1 / 7))  # the day before the first
    supplement = publications.publish(school_class, term, by=coordinator)
    things["publication"].append(supplement)
    entry = Entry.objects.filter(published__publication=supplement).order_by("pk")[0]
    things["dispute"].append(disputes.object_to(entry, by=coordinator, reason=f"异议{cell}{k}"))


def a_report(world: World, cell: str, k: int) -> Report:
    """The school's report of the term that runs, drafted already and waiting for the school's answer."""
    school, place = world.things[cell]["school"][0], world.districts[cell[0]]
    term = place.terms.get()
    report = Report.objects.create(
        district=place, organisation=school.organisation, term=term, starts_on=term.starts_on, ends_on=term.ends_on,
        version=k + 1,
    )  # fmt: skip
    assert drafts.draft(report.pk)
    world.things[cell]["report"].append(report)
    return report


def a_series(world: World, cell: str, k: int) -> Series:
    """Two Tuesdays of the school's own club, after school."""
    things, hats = world.things[cell], world.hats[cell]
    school, day = things["school"][0], activities.next_weekday(2)
    series = after_school.request(
        school,
        activities.a_programme(school, direction="bring_in", form="club"),
        by=people.actor(hats[Role.COORDINATOR]),
        members=things["group"][k],
        weekdays=[2],
        starts_on=day,
        ends_on=day + dt.timedelta(days=8),
        starts=dt.time(16, 40),
        ends=dt.time(17, 30),
        leader=hats[Role.TEACHER],
        adults=1,
        request_key=uuid.uuid4(),
    )
    things["series"].append(series)
    return series


def some_hours(world: World, cell: str, k: int) -> None:
    """What a counselor gave at the school, paid by an approved settlement; and what waits for confirmation."""
    place, things, hats = world.districts[cell[0]], world.things[cell], world.hats[cell]
    if not things["counselor"]:
        things["counselor"].append(counselors.a_counselor(listed_in=[place]))
        hats[Role.COUNSELOR] = counselors.hat_of(things["counselor"][0])
    school, counselor = things["school"][0], things["counselor"][0]
    School.objects.filter(pk=school.pk).update(locality="urban")
    at_school = (school, hats[Role.SCHOOL_LEAD])
    given = hours.a_given(place=at_school, counselor=counselor, days_ago=28 + k)
    with clock.at(given.assignment.ends_at + dt.timedelta(days=1)):
        record = hours.confirmed(given)
    first, second = hours.officers(place)
    things["settlement"].append(hours.a_settlement(given, record, first=first, second=second))
    things["settlement_line"].append(record.lines.get())
    things["service_record"].append(record)
    later = hours.a_given(place=at_school, counselor=counselor, days_ago=3 + k)
    things["assignment"].append(later.assignment)


def some_counselors(world: World, cell: str, k: int) -> None:
    """An appointment; a session of the venue on which both agreed, one of the school that waits, one that needs somebody."""
    place, things, hats = world.districts[cell[0]], world.things[cell], world.hats[cell]
    if k:
        things["counselor"].append(counselors.a_counselor(listed_in=[place]))
    first, school, venue = things["counselor"][0], things["school"][0], things["venue"][0]
    appointment = counselors.an_appointment(school, things["counselor"][k], hats[Role.SCHOOL_LEAD])
    things["appointment"].append(appointment)
    sunday = activities.next_weekday(7) + dt.timedelta(weeks=k)
    given = activities.a_session(venue, starts_at=activities.local(sunday, 8))
    things["venue_assignment"].append(counselors.an_assignment(given, first, hats[Role.VENUE_STAFF]))
    club = activities.a_programme(school, direction="bring_in", form="lecture")
    asked = activities.a_session(school, programme=club, starts_at=activities.local(sunday, 11))
    things["invited"].append(counselors.an_invitation(asked, first, hats[Role.COORDINATOR]))
    wanted = activities.a_session(school, programme=club, starts_at=activities.local(sunday, 14))
    things["need"].append(wanted)
    assignments.need(wanted, by=people.actor(hats[Role.COORDINATOR]), wanted=True, field="physics")


def serve_elsewhere(world: World) -> None:
    """The counselor of A1 is listed in B as well, with a check of its own and a session at the venue of B1."""
    who, other = world.one("A1", "counselor"), world.districts["B"]
    with watched(world, "B"):
        counselors.list_in(who, other)
        counselors.a_check(who, other)
    with watched(world, "B1"):
        starts_at = activities.local(activities.next_weekday(6), 9)
        session = activities.a_session(world.one("B1", "venue"), starts_at=starts_at)
        counselors.an_assignment(session, who, world.hat(Role.VENUE_STAFF, "B1"))


def visit(world: World, cell: str, *, venue, k: int = 0) -> Booking:
    """A session to come at a venue, and the booking of the cell's class into it."""
    things, hats = world.things[cell], world.hats[cell]
    programme = activities.a_programme(venue)
    day = activities.next_weekday(3) + dt.timedelta(weeks=k)
    hour = 9 if venue == things["venue"][0] else 14
    session = activities.a_session(venue, programme=programme, starts_at=activities.local(day, hour))
    booking = activities.a_booking(town_of(world, cell, k), session)
    changed = a_change(booking, cell, k)
    if venue == things["venue"][0]:
        things["programme"].append(programme)
        things["session"].append(session)
        things["booking"].append(booking)
        things["changed_booking"].append(changed)
        things["session_change"].append(changed.change)
        things["outing"].append(an_outing(booking, hats[Role.COORDINATOR], cell))
    else:
        things["guest"].append(booking)
    assert booking.leader_id == hats[Role.TEACHER].pk
    return booking


def results_of(world: World, cell: str, k: int) -> None:
    """A competition on the white-list with a result, and a project whose mentor is the cell's teacher."""
    things, hats = world.things[cell], world.hats[cell]
    said = {
        "school": things["school"][0], "students": [things["class"][k].enrolments.first().student_id],
        "happened_on": clock.today() - dt.timedelta(days=9), "evidence": f"证明{k}",
        "by": people.actor(hats[Role.COORDINATOR]),
    }  # fmt: skip
    things["competition"].append(
        Competition.objects.create(
            district=world.districts[cell[0]],
            name=f"赛事{cell}{k}",
            stages=["primary"],
            starts_on=dt.date(2025, 9, 1),
            ends_on=dt.date(2028, 9, 1),
        )
    )
    results.enter_competition(things["competition"][-1], **said)
    things["result"] += results.enter_project(f"课题{cell}{k}", mentor=hats[Role.TEACHER], **said)


def town_of(world: World, cell: str, k: int) -> activities.Town:
    things, hats = world.things[cell], world.hats[cell]
    return activities.Town(
        world.districts[cell[0]], things["venue"][0], things["school"][0], things["class"][k], things["class"][k],
        hats[Role.COORDINATOR], hats[Role.TEACHER], hats[Role.VENUE_STAFF], hats[Role.BUREAU_OFFICER],
    )  # fmt: skip


def a_visit_called(world: World, cell: str, k: int, *, weeks: float | None = None) -> Booking:
    """A visit of last week (or `weeks` before) whose roll is complete: what figures and credits are made of."""
    things, hats = world.things[cell], world.hats[cell]
    school, leader = things["school"][0], hats[Role.TEACHER]
    starts_at = TODAY - dt.timedelta(days=8 + 7 * (k if weeks is None else weeks)) + dt.timedelta(hours=1)
    session = activities.a_session(things["venue"][0], starts_at=starts_at)
    pupils = [row.student for row in things["class"][k].enrolments.all()]
    booking = Booking.objects.create(
        session=session, school=school, district=world.districts[cell[0]], leader=leader, by="classes", by_roster=True,
        pupils=len(pupils), adults=2, state="attended", seats_held=len(pupils), request_key=uuid.uuid4(),
        ended_at=starts_at, called_at=starts_at, called_by=leader,
    )  # fmt: skip
    Session.objects.filter(pk=session.pk).update(taken=F("taken") + len(pupils))
    RollEntry.objects.bulk_create(
        RollEntry(
            booking=booking, student=pupil, enrolment=pupil.enrolments.get(), session=session, mark="present", task_sheet=True,
            starts_at=session.starts_at, ends_at=session.ends_at, marked_at=starts_at, marked_by=leader,
        )
        for pupil in pupils
    )  # fmt: skip
    things["called"].append(booking)
    return booking
