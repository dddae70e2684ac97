"""The pages of a roll, as they work without JavaScript, and who sees which names on them."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import bookings, rollcall
from activities.models import Booking
from partnerships.models import BookingRules, IdentityLook
from people.roles import Role
from tests.factories.activities import a_class
from tests.factories.people import hat, login
from tests.factories.rolls import a_roll, name_pupils

pytestmark = pytest.mark.django_db


@pytest.fixture
def roll(clock):
    return a_roll(clock)


@pytest.fixture
def leader(client, roll):
    return login(client, roll.town.teacher)


@pytest.fixture
def names(roll):
    return [row.student.identity.name for row in roll.town.class_a.enrolments.select_related("student__identity")]


def page(roll, tail=""):
    return f"/bookings/{roll.booking.pk}/roll/{tail}"


def typed(roll, *marks, **more):
    fields = {f"mark-{entry.pk}": mark for entry, mark in zip(roll.entries, marks, strict=True)}
    return fields | {"request_key": str(uuid.uuid4())} | more


def marks_of(roll):
    return list(roll.booking.roll.order_by("pk").values_list("mark", flat=True))


def text(response):
    return response.content.decode()


def test_all_present_fills_the_rest_and_saves_nothing_yet(roll, leader):
    answer = leader.post(page(roll), typed(roll, "", "late", "", step="all"))
    assert [pupil.mark for pupil in answer.context["roll"].pupils] == ["present", "late", "present"]
    assert marks_of(roll) == [None] * 3


def test_the_sentence_stands_before_sending(roll, leader):
    answer = leader.post(
        page(roll), typed(roll, "present", "late", "leave", step="check"), headers={"Accept-Language": "en"}
    )
    assert answer.context["summary"] == "3 expected: 1 present, 1 late, 1 on leave. Send the roll?"
    assert "1 present, 1 late, 1 on leave" in text(answer)
    assert marks_of(roll) == [None] * 3


def test_checking_an_unfinished_roll_says_how_many_are_missing(roll, leader):
    answer = leader.post(page(roll), typed(roll, "present", "", "", step="check"), headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.context["summary"]) == (409, "")
    assert "2 pupils have no mark yet." in text(answer)
    assert [pupil.mark for pupil in answer.context["roll"].pupils] == ["present", "", ""]


def test_sending_completes_the_booking_and_shows_the_result(roll, leader):
    answer = leader.post(
        page(roll), typed(roll, "present", "absent", "present", step="send", all_sheets="1"), follow=True
    )
    assert answer.redirect_chain[-1][0] == page(roll, "result/")
    assert marks_of(roll) == ["present", "absent", "present"]
    assert [entry.task_sheet for entry in roll.entries] == [True, False, True]


def test_the_script_reads_json_and_a_second_sending_is_the_same_answer(roll, leader):
    body = typed(roll, "present", "absent", "present", step="send")
    first, second = (leader.post(page(roll), body, headers={"Accept": "application/json"}) for _twice in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert json.loads(first.content) == json.loads(second.content)
    assert json.loads(first.content)["next"] == page(roll, "result/")


def test_a_refusal_reaches_the_script_as_a_sentence(roll, leader):
    body = typed(roll, "present", "", "", step="send")
    answer = leader.post(page(roll), body, headers={"Accept": "application/json", "Accept-Language": "en"})
    assert answer.status_code == 409
    assert json.loads(answer.content) == {"code": "roll.open", "sentence": "2 pupils have no mark yet."}


def test_a_refusal_on_the_plain_page_keeps_what_was_typed(roll, leader):
    answer = leader.post(page(roll), typed(roll, "late", "", "", step="send"))
    assert answer.status_code == 409
    assert [pupil.mark for pupil in answer.context["roll"].pupils] == ["late", "", ""]


def test_saving_for_later_keeps_the_roll_open(roll, leader):
    leader.post(page(roll), typed(roll, "late", "", "present", step="save"))
    assert marks_of(roll) == ["late", None, "present"]
    assert Booking.objects.get(pk=roll.booking.pk).called_at is None


@pytest.mark.parametrize(
    "junk",
    [
        {"step": "send", "request_key": "no key", "marked_at": "2026-99-99T00:00:00Z", "heads": "１２"},
        {"step": "send", "mark-": "present", "mark-x": "late", "mark-" + "9" * 40: "late"},
        {"step": "?", "mark-1": "drop table"},
        {"step": "send", "marked_at": "yesterday"},
    ],
)
def test_junk_is_answered_with_a_page(roll, leader, junk):
    assert leader.post(page(roll), junk).status_code in (200, 409)
    assert marks_of(roll) == [None] * 3


def test_correcting_needs_a_reason_and_shows_the_change(roll, leader, names):
    leader.post(page(roll), typed(roll, "present", "present", "present", step="send"))
    marks = typed(roll, "present", "absent", "present", step="send")
    assert leader.post(page(roll, "correct/"), marks).status_code == 409
    answer = leader.post(page(roll, "correct/"), marks | {"why": "点错了"}, follow=True)
    assert "点错了" in text(answer)
    assert marks_of(roll) == ["present", "absent", "present"]


def test_a_cancelled_booking_has_no_roll(roll, leader):
    bookings.cancel_by_venue(roll.booking, by=roll.venue, reason="设备故障")
    assert leader.get(page(roll)).url == f"/bookings/{roll.booking.pk}/"
    answer = leader.post(
        page(roll), typed(roll, "late", "late", "late", step="send"), headers={"Accept": "application/json"}
    )
    assert (answer.status_code, json.loads(answer.content)["code"]) == (409, "roll.state")
    assert marks_of(roll) == [None] * 3


def test_a_sent_roll_opens_its_result_and_an_unsent_one_is_called_first(roll, leader):
    assert leader.get(page(roll, "correct/")).url == page(roll)
    leader.post(page(roll), typed(roll, "present", "present", "present", step="send"))
    assert leader.get(page(roll)).url == page(roll, "result/")


def test_the_coordinator_ticks_who_came_without_being_booked(roll, client):
    coordinator = login(client, roll.town.coordinator)
    new = name_pupils(roll.town.class_b)
    answer = coordinator.get(page(roll, "add/"), {"class": roll.town.class_b.pk})
    assert sorted(pupil["name"] for pupil in answer.context["pupils"]) == sorted(new)
    chosen = answer.context["pupils"][0]["pk"]
    coordinator.post(page(roll, "add/"), {"pupil": [chosen, "x", "9" * 30]})
    assert roll.booking.roll.filter(added=True, enrolment=chosen).count() == 1


def test_a_teacher_writes_the_names_and_reads_none_of_another_class(roll, leader):
    new = name_pupils(roll.town.class_b)
    other = roll.town.class_b.pk
    assert not [name for name in new if name in text(leader.get(page(roll, "add/"), {"class": other}))]
    answer = leader.post(page(roll, "add/"), {"class": other, "names": f"{new[0]}\n{new[2]}"})
    assert answer.url == page(roll)
    assert roll.booking.roll.filter(added=True).count() == 2


def test_a_name_that_is_not_in_the_class_adds_nobody(roll, leader):
    new = name_pupils(roll.town.class_b)
    answer = leader.post(page(roll, "add/"), {"class": roll.town.class_b.pk, "names": f"{new[0]}、欧阳无名"})
    assert answer.status_code == 409
    assert roll.booking.roll.filter(added=True).count() == 0
    assert leader.post(page(roll, "add/"), {"names": new[0]}).status_code == 409
    assert leader.post(page(roll, "add/"), {"class": roll.town.class_b.pk, "names": " "}).status_code == 409


def test_namesakes_are_left_to_the_coordinator(roll, leader):
    new = name_pupils(roll.town.class_b)
    twin = roll.town.class_b.enrolments.order_by("pk").last().student.identity
    twin.set_name(new[0])
    twin.save()
    assert leader.post(page(roll, "add/"), {"class": roll.town.class_b.pk, "names": new[0]}).status_code == 409
    assert roll.booking.roll.filter(added=True).count() == 0


def test_names_are_read_by_the_school_and_each_look_is_logged_once(roll, leader, names):
    body = text(leader.get(page(roll)))
    assert all(name in body for name in names)
    look = IdentityLook.objects.get()
    assert (look.purpose, look.organisation_id, len(look.students)) == ("roll_call", roll.town.school.pk, 3)


@pytest.mark.parametrize("who", ["bureau", "staff", "inspector", "partner"])
def test_nobody_else_reads_a_name(roll, client, names, who):
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    reader = {
        "bureau": lambda: roll.town.bureau,
        "staff": lambda: roll.town.staff,
        "inspector": lambda: hat(Role.INSPECTOR, at=roll.town.bureau.organisation),
        "partner": lambda: hat(Role.PARTNER_OFFICER, of=roll.town.district),
    }[who]()
    body = text(login(client, reader).get(page(roll, "result/")))
    assert not [name for name in names if name in body]
    assert IdentityLook.objects.count() == 0
    pseudonyms = [entry.student.pseudonym for entry in roll.entries]
    assert [pseudonym for pseudonym in pseudonyms if pseudonym in body] == ([] if who == "staff" else pseudonyms)


def test_a_venue_whose_rule_says_real_names_reads_them_around_the_day(roll, client, names, clock):
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    BookingRules.objects.create(venue=roll.town.venue, starts_on=roll.booking.session.day, needs_real_names=True)
    staff = login(client, roll.town.staff)
    assert names[0] in text(staff.get(page(roll, "result/")))
    clock.forward(days=2)
    assert names[0] not in text(staff.get(page(roll, "result/")))
    assert IdentityLook.objects.get().actor_ref == f"user:{roll.town.staff.user_id}:{roll.town.staff.pk}"


def test_a_teacher_outside_the_window_reads_counts_only(roll, leader, names, clock):
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    clock.forward(days=6)
    answer = leader.get(page(roll, "result/"))
    assert names[0] not in text(answer)
    assert leader.get(page(roll, "correct/")).status_code == 403


def test_the_roll_of_another_group_does_not_exist(roll, client):
    stranger = login(client, hat(Role.TEACHER, at=roll.town.school.organisation))
    for tail in ("", "add/", "correct/", "result/"):
        assert stranger.get(page(roll, tail)).status_code == 404


def test_the_list_says_what_waits(roll, leader, clock):
    lists = leader.get("/rolls/").context
    assert [[row.url for row in lists[name]] for name in ("due", "soon", "sent")] == [[page(roll)], [], []]
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    lists = leader.get("/rolls/").context
    assert [(row.url, row.there, row.expected) for row in lists["sent"]] == [(page(roll, "result/"), 3, 3)]
    assert lists["due"] == []


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(roll, leader, django_assert_num_queries):
    leader.get("/rolls/")
    with CaptureQueriesContext(connection) as one:
        leader.get("/rolls/")
    session, slot = roll.booking.session, roll.booking.session
    for number in (7, 8):
        booking = Booking.objects.create(
            session=session, school=roll.town.school, district=roll.town.district, leader=roll.town.teacher,
            by="classes", pupils=2, adults=1, state="confirmed", seats_held=2, request_key=uuid.uuid4(),
        )  # fmt: skip
        school_class = a_class(roll.town.school, number=number)
        booking.classes.create(
            school_class=school_class, session=slot, starts_at=slot.starts_at, ends_at=slot.ends_at, heads=2
        )
    with django_assert_num_queries(len(one)):
        assert len(leader.get("/rolls/").context["due"]) == 3


def test_the_door_count_stands_beside_the_roll(roll, leader):
    bookings.receive(roll.booking, by=roll.venue, heads=2)
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    answer = leader.get(page(roll, "result/"))
    assert answer.context["booking"].arrived_heads == 2
    assert 'data-figure="door"><b>2</b>' in text(answer)
