"""预约清单: many bookings by spreadsheet; all of them are made, or none; out in the same columns."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities import booking_sheet
from activities.models import Booking
from people.models import Upload
from portal.lib.errors import Refused
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.writing import xlsx_bytes
from portal.models import ImportRun
from tests.factories.activities import (
    a_booking,
    a_class,
    a_group,
    a_session,
    a_town,
    an_activity_group,
)
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db
SEED = uuid.UUID(int=7)


@pytest.fixture
def town():
    found = a_town()
    an_agreement(found.venue, [found.school])
    return found


@pytest.fixture
def session(town):
    return a_session(town.venue)


def line(town, session, group="五（1）班", pupils="", adults="3", leader=None):
    key = session if isinstance(session, str) else str(session.pk)
    return [key, group, pupils, adults, town.teacher.user.username if leader is None else leader]


def look(town, *lines):
    book = read(xlsx_bytes({"预约": [booking_sheet.COLUMNS, *lines]}), "预约.xlsx")
    return booking_sheet.preview(book, town.school, by=actor(town.coordinator))


def problems(sheet):
    return [(problem.code, problem.row, problem.column) for problem in sheet.table.problems]


def write(town, sheet, seed=SEED):
    return booking_sheet.write(sheet, town.school, by=actor(town.coordinator), seed=seed)


def test_classes_a_club_and_a_head_count(town, session):
    club = an_activity_group(town.school, town.class_b.enrolments.first().student, name="机器人社团")
    unnamed = a_class(town.school, number=7)
    sheet = look(
        town,
        line(town, session, "5.1"),
        line(town, session, "机器人社团", adults="1"),
        line(town, session, "五年级7班", "6", "1"),
        line(town, session, "", "9", "1"),
    )
    assert (problems(sheet), sheet.is_whole) == ([], True)
    made = write(town, sheet)
    assert [(booking.by, booking.pupils, booking.adults) for booking in made] == [
        ("classes", 3, 3),
        ("group", 1, 1),
        ("classes", 6, 1),
        ("heads", 9, 1),
    ]
    assert made[1].group == club
    assert [row.school_class for row in made[2].classes.all()] == [unnamed]
    session.refresh_from_db()
    assert session.taken == 19


def test_several_classes_in_one_row(town, session):
    (row,) = look(town, line(town, session, "五（1）班、五（2）班")).rows
    assert row.group.classes == (town.class_a, town.class_b)


def test_a_row_is_judged_as_if_those_above_it_were_booked(town):
    session = a_session(town.venue, capacity=4)
    sheet = look(town, line(town, session), line(town, session, "五（2）班"), line(town, session))
    codes = [[rule.code for rule in row.verdict.broken] for row in sheet.rows]
    assert codes == [[], ["session.capacity"], ["session.capacity", "school.pupils_busy", "school.class_busy"]]
    assert not sheet.is_whole
    with pytest.raises(Refused) as no:
        write(town, sheet)
    assert (no.value.code, Booking.objects.count()) == ("booking_sheet.broken", 0)


def test_all_or_nothing_when_something_has_changed_since(town, session):
    other = a_session(town.venue, capacity=3)
    sheet = look(town, line(town, session), line(town, other, "五（2）班"))
    a_booking(town, other, group=a_group(town, other, a_class(town.school, 3, number=9)))
    with pytest.raises(Refused) as no:
        write(town, sheet)
    assert (no.value.code, Booking.objects.count()) == ("booking_sheet.row", 1)
    assert "3" in str(no.value)  # the row, as the spreadsheet program counts


def test_written_twice_it_is_booked_once(town, session):
    first = write(town, look(town, line(town, session)))
    other = look(town, line(town, a_session(town.venue), "五（2）班"))
    assert write(town, other) == first  # the same seed and row: a retry, whatever it says


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"session": "999999"}, ("session_unknown", "场次编号")),
        ({"session": "周三那场"}, ("session_unknown", "场次编号")),
        ({"group": "五（9）班"}, ("group_unknown", "班级或社团")),
        ({"group": "合唱团"}, ("group_unknown", "班级或社团")),
        ({"group": ""}, ("said", "班级或社团")),
        ({"adults": "三"}, ("count_unknown", "随行成人数")),
        ({"adults": ""}, ("cell_missing", "随行成人数")),
        ({"leader": "nobody"}, ("leader_unknown", "带队教师用户名")),
    ],
)
def test_what_is_not_understood_is_named_by_row_and_column(town, session, cells, problem):
    sheet = look(town, line(town, **({"session": session} | cells)))
    assert (problems(sheet), sheet.is_whole, sheet.rows) == ([(problem[0], 2, problem[1])], False, [])


def test_a_leader_of_another_school_and_a_session_out_of_sight(town, session):
    there = a_town()
    sheet = look(
        town,
        line(town, session, leader=there.teacher.user.username),
        line(town, a_session(there.venue), "五（2）班"),
    )
    assert problems(sheet) == [("leader_unknown", 2, "带队教师用户名"), ("session_unknown", 3, "场次编号")]


def test_a_number_that_differs_from_the_list_is_only_noted(town, session):
    sheet = look(town, line(town, session, pupils="40"))
    assert (problems(sheet), sheet.is_whole) == ([("pupils_by_list", 2, "学生人数")], True)


def test_rows_beyond_the_most_are_refused(town, session, monkeypatch):
    monkeypatch.setattr(booking_sheet, "MOST_ROWS", 1)
    sheet = look(town, line(town, session), line(town, session, "五（2）班"))
    assert ([code for code, _row, _column in problems(sheet)], sheet.is_whole) == (["rows_too_many"], False)


def test_judging_costs_the_same_for_any_number_of_rows(town, django_assert_num_queries):
    """What grows is one query a row: who is in its class that day."""
    sessions = [a_session(town.venue) for _ in range(6)]
    two = [line(town, one, "五（1）班") for one in sessions[:2]]
    six = [line(town, one, "五（1）班") for one in sessions]
    with django_assert_num_queries(20 + 2):
        look(town, *two)
    with django_assert_num_queries(20 + 6):
        look(town, *six)


def test_from_upload_to_bookings_and_out_again(town, session, client):
    browser = login(client, town.coordinator)
    file = SimpleUploadedFile(
        "预约.xlsx",
        xlsx_bytes({"预约": [booking_sheet.COLUMNS, line(town, session), line(town, session, "五（2）班")]}),
    )
    shown = browser.post(reverse("portal:import-new", args=["bookings"]), {"file": file}, follow=True)
    upload = shown.context["upload"]
    assert len(shown.context["sheet"].rows) == 2
    path = reverse("portal:import-write", args=[upload.pk])
    done = browser.post(path, follow=True)
    again = browser.post(path, follow=True)
    assert done.context["run"] == again.context["run"] == ImportRun.objects.get()
    assert ImportRun.objects.get().counts == {"new": 2}
    assert (Booking.objects.count(), Upload.objects.count()) == (2, 0)

    sent = browser.get(reverse("activities:booking-export"), {"view": "coming"})
    book = read(sent.content, "bookings.xlsx")
    rows = book.sheets[0].rows
    assert rows[0][:6] == booking_sheet.COLUMNS
    assert [row[:5] for row in rows[1:]] == [
        [str(session.pk), "五（1）班", "3", "3", town.teacher.user.username],
        [str(session.pk), "五（2）班", "3", "3", town.teacher.user.username],
    ]
    sheet = booking_sheet.preview(read(sent.content, "b.xlsx"), town.school, by=actor(town.coordinator))
    assert [[rule.code for rule in row.verdict.blocking] for row in sheet.rows] == [
        ["school.pupils_busy", "school.class_busy"],
        ["school.pupils_busy", "school.class_busy"],
    ]
    assert io.BytesIO(sent.content).getvalue() == browser.get(reverse("activities:booking-export")).content


@pytest.mark.parametrize("who", ["teacher", "staff", "bureau"])
def test_only_who_books_brings_bookings(town, client, who):
    browser = login(client, getattr(town, who))
    assert browser.get(reverse("portal:import-new", args=["bookings"])).status_code == 403
    assert browser.get(reverse("activities:booking-export")).status_code == 403
