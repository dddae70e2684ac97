"""外出活动: a grade is spread over the sessions of a day, all or nothing; its papers, its approval, its return."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from activities import checklist, grade_outings, groups, outings, rescheduling, rollcall, spreading
from activities.models import Booking, Outing, OutingPaper, Session
from partnerships.models import BookingRules
from people import reminders, thresholds
from people.actors import SYSTEM
from people.models import AuditEvent, Notice
from people.roles import Role
from portal.lib import clock as house_clock
from portal.lib.errors import Refused
from tests.factories import activities as make
from tests.factories.outings import PLAN, a_grade, an_outing, ready
from tests.factories.people import actor, hat

pytestmark = pytest.mark.django_db


@pytest.fixture
def grade(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return a_grade()


def taken():
    return list(Session.objects.order_by("starts_at").values_list("taken", flat=True))


def sent(kind):
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def threshold(town, code, value):
    day = house_clock.today() - dt.timedelta(days=30)
    thresholds.set_value(town.district, code, value, by=SYSTEM, starts_on=day, reason="示例")


# --- a grade as one outing --------------------------------------------------------------------------------------------


def test_six_classes_go_out_as_one_outing_over_three_sessions(grade):
    outing = an_outing(grade)
    assert taken() == [8, 8, 8]
    assert [booking.who for booking in sorted(outing.trips, key=lambda b: (b.session.starts_at, b.pk))] == [
        f"五（{number}）班" for number in range(1, 7)
    ]
    assert {booking.outing_id for booking in Booking.objects.all()} == {outing.pk}
    assert (outing.parts, outing.pupils, outing.adults) == (6, 24, 6)
    assert outing.day == grade.sessions[0].day


def test_all_or_nothing_where_one_class_finds_its_place_taken_meanwhile(grade):
    parts = grade.spread().parts
    Session.objects.filter(pk=grade.sessions[2].pk).update(capacity=8, taken=1)
    trips = [grade_outings.Trip(part.session, part.group, grade.town.teacher) for part in parts]
    with pytest.raises(Refused) as no:
        grade_outings.book(grade.town.school, trips, by=actor(grade.town.coordinator), request_key=uuid.uuid4())
    assert no.value.code == "session.full"
    assert (Booking.objects.count(), Outing.objects.count(), taken()) == (0, 0, [0, 0, 1])


def test_a_day_without_room_for_all_says_how_many_places_there_are(clock):
    found = a_grade(places=(10, 10)).spread()
    assert not found.fits
    assert (found.left, found.needed) == (20, 24)


def test_a_class_that_no_session_takes_says_which_rule_it_breaks(grade):
    make.a_booking(grade.town, make.a_session(grade.town.venue, starts_at=grade.sessions[0].starts_at,
        ends_at=grade.sessions[2].ends_at), grade.classes[0])  # fmt: skip
    found = grade.spread()
    assert not found.fits
    assert [rule.code for rule in found.broken] == ["school.pupils_busy", "school.class_busy"]


def test_small_classes_join_their_neighbours_where_the_host_takes_no_small_groups(grade):
    BookingRules.objects.create(venue=grade.town.venue, starts_on=house_clock.today(), smallest_group=8)
    found = grade.spread()
    assert [part.group.pupils for part in found.parts] == [8, 8, 8]
    outing = an_outing(grade)
    assert [booking.who for booking in outing.trips] == [
        "五（1）班、五（2）班",
        "五（3）班、五（4）班",
        "五（5）班、五（6）班",
    ]


def test_the_same_key_is_the_same_outing(grade):
    key = uuid.uuid4()
    first = an_outing(grade, request_key=key)
    again = grade_outings.book(grade.town.school, [], by=actor(grade.town.coordinator), request_key=key)
    assert (again.pk, Booking.objects.count()) == (first.pk, 6)


def test_spreading_asks_the_same_queries_for_one_and_for_six_classes(grade):
    asked = []
    for sessions, parts in ((grade.sessions[:1], grade.parts[:1]), (grade.sessions, grade.parts)):
        with CaptureQueriesContext(connection) as queries:
            spreading.spread(sessions, parts)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_group_that_goes_out_alone_has_its_own_outing_and_one_that_stays_has_none(grade):
    town = grade.town
    alone = make.a_booking(town, grade.sessions[0])
    assert alone.outing.bookings.count() == 1
    inside = make.a_programme(town.venue, direction="online")
    session = make.a_session(town.venue, programme=inside, starts_at=grade.sessions[0].starts_at + dt.timedelta(days=7))
    assert make.a_booking(town, session, town.class_b).outing is None
    families = make.a_session(town.venue, audience="families", starts_at=session.starts_at + dt.timedelta(days=7))
    heads = groups.of_heads(town.school, 5, on=families.day, adults=5)
    assert make.a_booking(town, families, group=heads).outing is None  # they come by themselves


# --- papers and approval ----------------------------------------------------------------------------------------------


@pytest.mark.notice("outing.submitted")
@pytest.mark.notice("outing.approved")
@pytest.mark.notice("outing.to_file")
@pytest.mark.notice("outing.filed")
def test_papers_go_from_the_coordinator_by_the_lead_to_the_bureau(grade):
    town, outing = grade.town, ready(an_outing(grade), grade.town.coordinator)
    outings.submit(outing, by=actor(town.coordinator))
    assert sent("outing.submitted") == {grade.lead.user_id}
    with pytest.raises(PermissionDenied):
        outings.approve(outing, by=actor(town.coordinator))
    outings.approve(outing, by=actor(grade.lead))
    assert outing.is_cleared
    assert sent("outing.approved") == {town.coordinator.user_id}
    assert sent("outing.to_file") == {town.bureau.user_id}
    outings.file(outing, by=actor(town.bureau))
    assert sent("outing.filed") == {town.coordinator.user_id}
    assert [row.verb for row in AuditEvent.objects.filter(verb__startswith="outing.").order_by("pk")] == [
        "outing.book", "outing.plan", "outing.plan", "outing.submit", "outing.approve", "outing.file",
    ]  # fmt: skip


def test_submit_refuses_without_a_plan_and_without_its_papers(grade):
    outing, by = an_outing(grade), actor(grade.town.coordinator)
    with pytest.raises(Refused) as no:
        outings.submit(outing, by=by)
    assert no.value.code == "outing.unplanned"
    outings.plan(outing, by=by, papers=["plan", "roster"], **PLAN)
    with pytest.raises(Refused) as no:
        outings.submit(outing, by=by)
    assert (no.value.code, no.value.facts) == ("outing.papers", {"left": 5})


def test_the_checklist_is_the_districts_and_short_on_foot(grade):
    threshold(grade.town, "outing_papers", ["plan", "vehicle", "insurance"])
    outing, by = an_outing(grade), actor(grade.town.coordinator)

    def asked(transport):
        outings.plan(outing, by=by, papers=[], transport=transport)
        return [line.code for line in checklist.of(outing)]

    assert asked("coach") == ["plan", "vehicle", "insurance"]
    assert asked("public") == ["plan", "insurance"]
    assert asked("walk") == ["plan", "roster", "consent"]
    assert [line.code for line in checklist.of(outing) if line.is_sealed] == ["plan"]


def test_on_foot_beyond_walking_distance_the_whole_list_is_asked_for(grade):
    school, venue = grade.town.school, grade.town.venue
    type(school).objects.filter(pk=school.pk).update(latitude="22.50", longitude="113.9")
    type(venue).objects.filter(pk=venue.pk).update(latitude="22.55", longitude="113.9")
    outing = an_outing(grade)
    outings.plan(outing, by=actor(grade.town.coordinator), papers=[], transport="walk")
    assert [line.code for line in checklist.of(outing)] == ["plan", "emergency", "roster", "insurance", "consent"]


@pytest.mark.notice("outing.returned")
def test_returned_papers_are_completed_and_handed_in_once_more(grade):
    outing, by = ready(an_outing(grade), grade.town.coordinator), actor(grade.town.coordinator)
    outings.submit(outing, by=by)
    with pytest.raises(Refused):
        outings.plan(outing, by=by, papers=[])
    outings.return_(outing, by=actor(grade.lead), reason="请补充应急预案")
    assert sent("outing.returned") == {grade.town.coordinator.user_id}
    outings.submit(outing, by=by)
    assert (outing.state, outing.reason) == ("submitted", "")


def test_the_bureau_sends_papers_back_and_the_schools_approval_ends_with_it(grade):
    outing = ready(an_outing(grade), grade.town.coordinator)
    outings.submit(outing, by=actor(grade.town.coordinator))
    outings.approve(outing, by=actor(grade.lead))
    outings.send_back(outing, by=actor(grade.town.bureau), reason="缺保险")
    outing.refresh_from_db()
    assert (outing.state, outing.is_cleared, outing.approved_at) == ("returned", False, None)


def test_whoever_has_left_the_school_hears_nothing_of_its_outings(grade):
    lead = hat(Role.SCHOOL_LEAD, at=grade.town.school.organisation)
    outing = ready(an_outing(grade, by=actor(lead)), grade.town.coordinator)
    outings.submit(outing, by=actor(grade.town.coordinator))
    type(lead).objects.filter(pk=lead.pk).update(ends_on=house_clock.today())
    outing = Outing.objects.get(pk=outing.pk)
    outings.return_(outing, by=actor(grade.lead), reason="请补充")
    assert sent("outing.returned") == {grade.town.coordinator.user_id}


def test_where_the_bureau_approves_the_schools_word_is_not_the_last(grade):
    threshold(grade.town, "outing_bureau", "approves")
    outing = ready(an_outing(grade), grade.town.coordinator)
    outings.submit(outing, by=actor(grade.town.coordinator))
    outings.approve(outing, by=actor(grade.lead))
    assert not outing.is_cleared
    assert Outing.objects.uncleared().get() == outing
    outings.file(outing, by=actor(grade.town.bureau))
    assert outing.is_cleared
    assert Outing.objects.cleared().get() == outing


def test_same_as_last_time_takes_over_transport_and_papers_but_not_what_concerns_these_children(grade):
    ready(an_outing(grade), grade.town.coordinator)
    week = dt.timedelta(days=7)
    for session in grade.sessions:
        later = make.a_session(grade.town.venue, programme=session.programme, starts_at=session.starts_at + week)
        grade.sessions = [*[s for s in grade.sessions if s.day == later.day], later]
    grade.classes = grade.classes[:2]
    outing = an_outing(grade)
    outings.same_as_last(outing, by=actor(grade.town.coordinator))
    outing.refresh_from_db()
    assert {name: getattr(outing, name) for name in PLAN} == PLAN
    assert [line.code for line in checklist.missing(outing)] == ["roster", "consent"]


def test_on_another_day_the_papers_go_along_and_the_lead_is_asked_once_more(grade):
    town = grade.town
    booking = make.a_booking(town, grade.sessions[0])
    outing = ready(booking.outing, town.coordinator)
    outings.submit(outing, by=actor(town.coordinator))
    outings.approve(outing, by=actor(grade.lead))
    later = make.a_session(town.venue, starts_at=grade.sessions[0].starts_at + dt.timedelta(days=7))
    rescheduling.reschedule(booking, to=later, by=actor(town.coordinator))
    outing.refresh_from_db()
    assert (outing.state, outing.transport, outing.papers.count()) == ("submitted", "coach", 7)


def test_one_of_several_on_another_day_travels_alone_with_a_copy_of_the_papers(grade):
    outing = ready(an_outing(grade), grade.town.coordinator)
    later = make.a_session(grade.town.venue, starts_at=grade.sessions[0].starts_at + dt.timedelta(days=7))
    booking = outing.trips[0]
    rescheduling.reschedule(booking, to=later, by=actor(grade.town.coordinator))
    own = Booking.objects.get(pk=booking.pk).outing
    assert own != outing
    assert (own.carrier, own.papers.count(), own.bookings.count(), outing.bookings.count()) == ("示例客运公司", 7, 1, 5)


# --- what time brings -------------------------------------------------------------------------------------------------


@pytest.mark.notice("outing.approval_missing")
def test_a_missing_approval_is_called_out_three_days_and_one_day_before_and_on_the_day(grade, clock):
    an_outing(grade)
    start, slots = grade.sessions[0].starts_at, []
    for days in (4, 3, 2, 1, 0):
        clock.to(start - dt.timedelta(days=days, hours=1))
        reminders.run("outing.approval_missing")
        slots.append(sorted({slot.split(":")[0] for slot in Notice.objects.values_list("due_slot", flat=True) if slot}))
    assert slots == [[], ["3"], ["3"], ["1", "3"], ["0", "1", "3"]]
    assert sent("outing.approval_missing") == {grade.lead.user_id, grade.town.coordinator.user_id}


def test_an_approved_outing_is_called_out_by_nobody(grade, clock):
    outing = ready(an_outing(grade), grade.town.coordinator)
    outings.submit(outing, by=actor(grade.town.coordinator))
    outings.approve(outing, by=actor(grade.lead))
    clock.to(grade.sessions[0].starts_at - dt.timedelta(hours=1))
    assert reminders.run("outing.approval_missing") == 0


@pytest.mark.notice("outing.report_missing")
def test_a_missing_return_report_reminds_the_leader_the_same_day_and_the_office_later(grade, clock):
    outing = an_outing(grade)
    over = grade.sessions[2].ends_at
    for after in (dt.timedelta(hours=1), dt.timedelta(hours=4)):
        clock.to(over + after)
        reminders.run("outing.report_missing")
    assert sent("outing.report_missing") == {grade.town.teacher.user_id}
    clock.to(over + dt.timedelta(days=1))
    reminders.run("outing.report_missing")
    assert sent("outing.report_missing") == {grade.town.teacher.user_id, grade.town.coordinator.user_id}
    outings.report(outing, by=actor(grade.town.teacher), out_heads=24, back_heads=24)
    clock.to(over + dt.timedelta(days=2))
    assert reminders.run("outing.report_missing") == 0


# --- the return -------------------------------------------------------------------------------------------------------


@pytest.mark.notice("outing.incident")
def test_roll_and_return_report_are_never_blocked_by_missing_papers(grade, clock):
    outing, town = an_outing(grade), grade.town
    with pytest.raises(Refused) as no:
        outings.report(outing, by=actor(town.teacher), out_heads=24, back_heads=24)
    assert no.value.code == "outing.not_yet"
    clock.to(grade.sessions[0].starts_at + dt.timedelta(hours=1))
    booking = outing.trips[0]
    rollcall.complete(booking, by=actor(town.teacher), marks=rollcall.everybody(booking))
    outings.report(outing, by=actor(town.teacher), out_heads=24, back_heads=24)
    outing.refresh_from_db()
    assert (outing.state, outing.out_heads, outing.back_heads) == ("preparing", 24, 24)
    with pytest.raises(Refused):
        outings.report(outing, by=actor(town.teacher), out_heads=24, back_heads=23)
    outings.report(outing, by=actor(town.teacher), out_heads=24, back_heads=23, incident="一名学生由家长接走")
    assert sent("outing.incident") == {grade.lead.user_id, town.coordinator.user_id}


def test_visible_to_its_school_its_leaders_its_host_and_its_district(grade):
    outing, town = an_outing(grade), grade.town
    stranger = hat(Role.TEACHER, at=town.school.organisation)
    elsewhere = make.a_town()
    yes = [grade.lead, town.coordinator, town.teacher, town.staff, town.bureau]
    no = [stranger, elsewhere.coordinator, elsewhere.staff, elsewhere.bureau]
    assert [Outing.objects.visible_to(actor(who)).filter(pk=outing.pk).exists() for who in [*yes, *no]] == [
        *[True] * 5,
        *[False] * 4,
    ]


# --- what the database holds ------------------------------------------------------------------------------------------


def broken(sql, *values):
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return no.value.__cause__.diag.constraint_name


@pytest.mark.guards("outing_asked_once")
@pytest.mark.guards("outing_approval_signed")
@pytest.mark.guards("outing_filing_signed")
@pytest.mark.guards("outing_report_whole")
@pytest.mark.guards("outing_all_back_or_said")
@pytest.mark.guards("outingpaper_once")
def test_the_database_refuses_what_no_verb_does(grade):
    first, second = make.a_booking(grade.town, grade.sessions[0]).outing, None
    second = make.a_booking(grade.town, grade.sessions[1], grade.classes[1]).outing
    change = "UPDATE activities_outing SET {} WHERE id = %s"
    assert broken(change.format("request_key = %s"), first.request_key, second.pk) == "outing_asked_once"
    assert broken(change.format("approved_at = now()"), first.pk) == "outing_approval_signed"
    assert broken(change.format("filed_at = now()"), first.pk) == "outing_filing_signed"
    assert broken(change.format("out_heads = 3"), first.pk) == "outing_report_whole"
    gone = "out_heads = 3, back_heads = 2, reported_at = now()"
    assert broken(change.format(gone), first.pk) == "outing_all_back_or_said"
    paper = OutingPaper.objects.create(outing=first, code="plan")
    copy = "INSERT INTO activities_outingpaper (outing_id, code, ready_at) VALUES (%s, %s, now())"
    assert broken(copy, first.pk, paper.code) == "outingpaper_once"
