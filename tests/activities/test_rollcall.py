"""The leader's roll: in parts, sent once, late with the host's word, corrected on the record."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from activities import bookings, roll_days, rollcall
from activities.models import Booking, Mark, RollChange, RollEntry
from activities.rollcall import Said
from people.models import AuditEvent
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_class, a_programme, a_pupil, a_school, a_session
from tests.factories.people import actor, hat
from tests.factories.rolls import a_roll

pytestmark = pytest.mark.django_db


@pytest.fixture
def roll(clock):
    return a_roll(clock)


def marks_of(booking):
    return list(booking.roll.order_by("pk").values_list("mark", flat=True))


def send(roll, **fields):
    return rollcall.complete(roll.booking, **{"marks": rollcall.everybody(roll.booking), "by": roll.leader} | fields)


def test_complete_marks_everybody_and_the_booking_is_attended(roll, clock):
    acted = clock.now() - dt.timedelta(minutes=3)
    send(roll, marked_at=acted)
    booking = Booking.objects.get(pk=roll.booking.pk)
    assert (booking.state, booking.called_at, booking.called_by) == ("attended", clock.now(), roll.town.teacher)
    assert marks_of(booking) == ["present"] * 3
    assert {(e.marked_at, e.marked_by_id) for e in roll.entries} == {(acted, roll.town.teacher.pk)}


def test_complete_keeps_exceptions_and_task_sheets(roll):
    first, second, third = roll.entries
    marks = {first.pk: Said("present", True), second.pk: Said("late"), third.pk: Said("absent", True)}
    send(roll, marks=marks)
    assert marks_of(roll.booking) == ["present", "late", "absent"]
    assert [entry.task_sheet for entry in roll.entries] == [True, False, False]


def test_a_phone_ahead_of_time_does_not_act_in_the_future(roll, clock):
    send(roll, marked_at=clock.now() + dt.timedelta(days=2))
    assert {entry.marked_at for entry in roll.entries} == {clock.now()}


def test_complete_twice_with_the_same_key_is_one_roll(roll, clock):
    key = uuid.uuid4()
    send(roll, request_key=key)
    first = Booking.objects.get(pk=roll.booking.pk).called_at
    clock.forward(hours=1)
    again = send(roll, request_key=key, marks=rollcall.everybody(roll.booking, "absent"))
    assert (again.called_at, marks_of(again)) == (first, ["present"] * 3)
    assert AuditEvent.objects.filter(verb="booking.complete").count() == 1


def test_complete_twice_with_another_key_is_refused(roll):
    send(roll, request_key=uuid.uuid4())
    with pytest.raises(Refused) as refused:
        send(roll, request_key=uuid.uuid4(), marks=rollcall.everybody(roll.booking, "absent"))
    assert refused.value.code == "roll.sent"
    assert marks_of(roll.booking) == ["present"] * 3


def test_complete_refuses_while_a_mark_is_missing_and_writes_nothing(roll):
    with pytest.raises(Refused) as refused:
        send(roll, marks={roll.entries[0].pk: Said("present")})
    assert (refused.value.code, refused.value.facts) == ("roll.open", {"left": 2})
    assert marks_of(roll.booking) == [None] * 3


def test_mark_saves_in_parts_and_takes_back(roll):
    first, second, _third = roll.entries
    assert rollcall.mark(roll.booking, marks={first.pk: Said("present"), second.pk: Said("late")}, by=roll.leader) == 2
    assert rollcall.mark(roll.booking, marks={first.pk: Said(""), second.pk: Said("late")}, by=roll.leader) == 1
    assert marks_of(roll.booking) == [None, "late", None]
    assert Booking.objects.get(pk=roll.booking.pk).state == "confirmed"


def test_a_mark_of_another_roll_is_refused(roll, clock):
    other = a_roll(clock)
    with pytest.raises(Refused) as refused:
        rollcall.mark(roll.booking, marks={other.entries[0].pk: Said("present")}, by=roll.coordinator)
    assert refused.value.code == "roll.stranger"


def test_complete_rings_for_credits(roll, monkeypatch):
    rung = []
    monkeypatch.setattr(rollcall, "ring", lambda *what: rung.append(what))
    send(roll)
    assert rung == [("credits.post", roll.booking.pk)]


def test_the_roll_is_sent_on_the_day_of_the_session_at_the_earliest(roll, clock):
    clock.to(roll.booking.session.starts_at - dt.timedelta(days=1))
    with pytest.raises(Refused) as refused:
        send(roll)
    assert refused.value.code == "roll.early"
    clock.to(roll.booking.session.starts_at - dt.timedelta(hours=2))
    assert send(roll).state == "attended"


def test_after_three_school_days_the_host_confirms_first(roll, clock):
    session = roll.booking.session
    clock.to(session.ends_at)
    last = roll_days.closes_on(roll.booking)
    assert (last - session.day).days == 5  # Wednesday; Thursday, Friday, Monday
    clock.to(session.starts_at + dt.timedelta(days=6))
    with pytest.raises(Refused) as refused:
        send(roll, by=roll.coordinator)
    assert refused.value.code == "roll.late"
    clock.to(session.starts_at)
    bookings.receive(roll.booking, by=roll.venue, heads=3)
    clock.to(session.starts_at + dt.timedelta(days=6))
    assert send(roll, by=roll.coordinator).state == "attended"


def test_the_calendar_decides_what_a_school_day_is(roll):
    district, day = roll.town.district, roll.booking.session.day
    for n, is_teaching in enumerate([False, True, True, False, True], start=1):
        date = day + dt.timedelta(days=n)
        district.calendar_days.create(date=date, is_workday=is_teaching, is_teaching=is_teaching, source="edited")
    assert roll_days.closes_on(roll.booking) == day + dt.timedelta(days=5)


@pytest.mark.parametrize(("days", "is_open"), [(-4, False), (-3, True), (0, True), (5, True), (6, False)])
def test_a_teacher_sees_the_roll_they_lead_in_its_window(roll, clock, days, is_open):
    clock.to(roll.booking.session.starts_at + dt.timedelta(days=days))
    assert roll_days.is_open_to(roll.booking, roll.leader) is is_open
    assert roll_days.is_open_to(roll.booking, roll.coordinator) is True


def test_who_is_not_of_the_group_may_not_call_it(roll):
    strangers = [
        hat(Role.TEACHER, at=roll.town.school.organisation),
        hat(Role.COORDINATOR, of=roll.town.district),
        roll.town.staff,
        roll.town.bureau,
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            send(roll, by=actor(stranger))
    assert marks_of(roll.booking) == [None] * 3


def test_correct_keeps_the_old_mark(roll, clock):
    send(roll)
    entry = roll.entries[1]
    clock.forward(hours=2)
    n = rollcall.correct(roll.booking, marks={entry.pk: Said("absent")}, why="上错了名字", by=roll.coordinator)
    change = RollChange.objects.get()
    assert n == 1
    assert (change.entry, change.old, change.new, change.why) == (entry, "present", "absent", "上错了名字")
    assert (change.changed_at, change.changed_by) == (clock.now(), roll.town.coordinator)
    assert marks_of(roll.booking) == ["present", "absent", "present"]


def test_correct_the_same_again_changes_nothing(roll):
    send(roll)
    marks = {roll.entries[0].pk: Said("late")}
    assert rollcall.correct(roll.booking, marks=marks, why="迟到", by=roll.leader) == 1
    assert rollcall.correct(roll.booking, marks=marks, why="迟到", by=roll.leader) == 0
    assert RollChange.objects.count() == 1


@pytest.mark.parametrize(("why", "mark", "code"), [(" ", "late", "roll.why"), ("原因", "", "roll.mark")])
def test_correct_refuses(roll, why, mark, code):
    send(roll)
    with pytest.raises(Refused) as refused:
        rollcall.correct(roll.booking, marks={roll.entries[0].pk: Said(mark)}, why=why, by=roll.leader)
    assert refused.value.code == code


def test_correct_refuses_a_roll_that_was_not_sent(roll):
    with pytest.raises(Refused) as refused:
        rollcall.correct(roll.booking, marks={}, why="原因", by=roll.leader)
    assert refused.value.code == "roll.unsent"


def test_correct_rings_for_credits(roll, monkeypatch):
    send(roll)
    rung = []
    monkeypatch.setattr(rollcall, "ring", lambda *what: rung.append(what))
    rollcall.correct(roll.booking, marks={roll.entries[0].pk: Said("absent")}, why="原因", by=roll.leader)
    assert rung == [("credits.post", roll.booking.pk)]


def extra(roll):
    student = a_pupil(roll.town.class_b)
    return student.enrolments.select_related("school_class").get()


def test_add_puts_a_pupil_of_the_school_on_the_open_roll(roll):
    enrolment = extra(roll)
    assert rollcall.add(roll.booking, enrolments=[enrolment], by=roll.leader) == 1
    assert rollcall.add(roll.booking, enrolments=[enrolment], by=roll.leader) == 0
    entry = RollEntry.objects.get(booking=roll.booking, student=enrolment.student)
    assert (entry.added, entry.mark, entry.is_live) == (True, None, True)


def test_add_to_a_sent_roll_is_present_and_on_the_record(roll):
    send(roll)
    rollcall.add(roll.booking, enrolments=[extra(roll)], by=roll.leader)
    assert marks_of(roll.booking) == ["present"] * 4
    assert RollChange.objects.values_list("old", "new").get() == ("", "present")


def test_add_refuses_a_pupil_of_another_school_and_leaves_out_one_who_is_elsewhere(roll, clock):
    other = a_pupil(a_class(a_school(roll.town.district))).enrolments.select_related("school_class").get()
    with pytest.raises(PermissionDenied):
        rollcall.add(roll.booking, enrolments=[other], by=roll.leader)
    elsewhere = extra(roll)
    slot = roll.booking.session
    second = Booking.objects.create(
        session=slot, school=roll.town.school, district=roll.town.district, leader=roll.town.teacher, by="classes",
        pupils=1, adults=1, state="confirmed", seats_held=1, request_key=uuid.uuid4(),
    )  # fmt: skip
    RollEntry.objects.create(
        booking=second, student=elsewhere.student, enrolment=elsewhere, session=slot,
        starts_at=slot.starts_at, ends_at=slot.ends_at,
    )  # fmt: skip
    assert rollcall.add(roll.booking, enrolments=[elsewhere], by=roll.leader) == 0
    assert not roll.booking.roll.filter(student=elsewhere.student).exists()  # the school looks at it


def test_add_refuses_on_a_booking_that_has_ended(roll):
    Booking.objects.filter(pk=roll.booking.pk).update(state="no_show")
    with pytest.raises(Refused) as refused:
        rollcall.add(roll.booking, enrolments=[extra(roll)], by=roll.leader)
    assert (refused.value.code, roll.booking.roll.count()) == ("roll.state", 3)


def test_marks_of_the_page_are_the_marks_of_the_table():
    assert set(Mark.values) == {"present", "late", "left_early", "leave", "absent"}


def test_the_host_counts_at_the_door_on_the_day_or_later_but_not_before(roll, clock):
    start = roll.booking.session.starts_at
    clock.to(start - dt.timedelta(days=1))
    with pytest.raises(Refused) as refused:
        bookings.receive(roll.booking, by=roll.venue, heads=3)
    assert refused.value.code == "booking.arrival_day"
    clock.to(start + dt.timedelta(days=9))
    bookings.receive(roll.booking, by=roll.venue, heads=2)
    assert (roll.booking.arrived_at, roll.booking.arrived_heads) == (start, 2)


def test_the_host_counts_also_after_the_roll_was_sent_and_only_once(roll, clock):
    send(roll)
    bookings.receive(roll.booking, by=roll.venue, heads=3)
    assert roll.booking.arrived_at == clock.now()
    with pytest.raises(Refused):
        bookings.receive(roll.booking, by=roll.venue, heads=2)


def test_what_a_school_gives_itself_is_recorded_late_by_its_lead_alone(roll, clock):
    school = roll.town.school
    own = a_session(school, programme=a_programme(school))
    booking = a_booking(roll.town, own, leader=roll.town.teacher)
    clock.to(own.starts_at + dt.timedelta(days=6))
    with pytest.raises(Refused) as refused:
        rollcall.complete(booking, marks=rollcall.everybody(booking), by=roll.coordinator)
    assert (refused.value.code, str(refused.value)) == ("roll.late", str(rollcall.LATE_AT_SCHOOL))
    lead = actor(hat(Role.SCHOOL_LEAD, at=school.organisation))
    assert rollcall.complete(booking, marks=rollcall.everybody(booking), by=lead).state == "attended"


def test_who_sees_the_rows_of_a_roll(roll):
    district = roll.town.district
    readers = {
        "leader": roll.town.teacher,
        "coordinator": roll.town.coordinator,
        "lead": hat(Role.SCHOOL_LEAD, at=roll.town.school.organisation),
        "venue": roll.town.staff,
        "bureau": roll.town.bureau,
        "inspector": hat(Role.INSPECTOR, at=roll.town.bureau.organisation),
        "another teacher": hat(Role.TEACHER, at=roll.town.school.organisation),
        "another school": hat(Role.COORDINATOR, of=district),
        "another venue": hat(Role.VENUE_STAFF),
        "another district": hat(Role.BUREAU_OFFICER),
        "administrator": hat(Role.ADMINISTRATOR),
        "counselor": hat(Role.COUNSELOR),
    }
    seen = {name for name, who in readers.items() if RollEntry.objects.visible_to(actor(who)).exists()}
    assert seen == {"leader", "coordinator", "lead", "venue", "bureau", "inspector"}
