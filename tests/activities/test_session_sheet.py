"""A term's timetable by spreadsheet: out, changed, and in again; every problem with row and column; all or nothing."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from activities import session_sheet
from activities.models import ChangedBooking, Session
from partnerships.models import Hall, Venue
from portal.lib.errors import Refused
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.writing import xlsx_bytes
from portal.models import ImportRun
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def programme(town):
    return a_programme(town.venue, name_zh="星空讲座")


def a_sheet(*rows):
    return xlsx_bytes({"课表": [session_sheet.COLUMNS, *rows]})


def a_row(day=None, starts="9:30", **more):
    said = {"programme": "星空讲座", "day": str(day or next_weekday(3)), "starts": starts} | more
    return [said.get(code, "") for code in session_sheet.HEADINGS]


def preview(town, *rows):
    return session_sheet.preview(read(a_sheet(*rows), "课表.xlsx"), town.venue.organisation, by=actor(town.staff))


def problems(sheet):
    return [(problem.code, problem.row, problem.is_error) for problem in sheet.table.problems]


def test_a_term_comes_in_and_opens(town, programme):
    Hall.objects.create(venue=town.venue, name="一号厅", heads=60)
    day = next_weekday(3)
    weeks = [
        a_row(day + dt.timedelta(weeks=n), ends="11:00", hall="一号厅", capacity="40", guide="小林") for n in range(16)
    ]
    family = a_row(next_weekday(6), audience="亲子场", channel="科技馆公众号")
    sheet = preview(town, *weeks, family)
    assert (problems(sheet), len(sheet.new), sheet.is_whole) == ([], 17, True)
    counts = session_sheet.write(sheet, town.venue.organisation, by=actor(town.staff))
    assert counts == {"new": 17, "changed": 0, "unchanged": 0}
    first = Session.objects.order_by("starts_at").exclude(audience="families")[0]
    assert (first.starts_at, first.capacity, first.hall.name, first.guide, first.state) == (
        local(day, 9, 30), 40, "一号厅", "小林", "open",
    )  # fmt: skip
    announced = Session.objects.get(audience="families")
    assert (announced.channel, announced.minutes) == ("科技馆公众号", programme.minutes)


def test_the_same_sheet_again_changes_nothing(town, programme):
    session_sheet.write(preview(town, a_row()), town.venue.organisation, by=actor(town.staff))
    again = preview(town, a_row())
    assert (again.unchanged, again.new, again.is_whole) == (1, [], False)
    with pytest.raises(Refused):
        session_sheet.write(again, town.venue.organisation, by=actor(town.staff))
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"programme": "没有的项目"}, "programme_unknown"),
        ({"day": "下周三"}, "day_unknown"),
        ({"day": "2020-01-01"}, "time_past"),
        ({"starts": "早上"}, "time_unknown"),
        ({"ends": "8:00"}, "ends_before"),
        ({"hall": "没有的厅"}, "hall_unknown"),
        ({"hall": "小教室"}, "said"),
        ({"capacity": "很多"}, "count_unknown"),
        ({"audience": "游客"}, "audience_unknown"),
        ({"channel": "公众号"}, "channel_of_families"),
        ({"number": "999999"}, "session_not_own"),
        ({"starts": ""}, "cell_missing"),
    ],
)
def test_each_problem_names_its_row_and_stops_the_whole_sheet(town, programme, said, code):
    Hall.objects.create(venue=town.venue, name="小教室", heads=10)
    sheet = preview(town, a_row(), a_row(**{"day": str(next_weekday(4))} | said))
    assert problems(sheet) == [(code, 3, True)]
    with pytest.raises(Refused):
        session_sheet.write(sheet, town.venue.organisation, by=actor(town.staff))
    assert not Session.objects.exists()


def test_a_hall_is_never_used_twice(town, programme):
    hall = Hall.objects.create(venue=town.venue, name="一号厅", heads=60)
    a_session(town.venue, hall=hall, starts_at=local(next_weekday(4), 9))
    sheet = preview(
        town,
        a_row(next_weekday(4), starts="10:00", hall="一号厅"),
        a_row(next_weekday(5), starts="9:00", ends="10:00", hall="一号厅"),
        a_row(next_weekday(5), starts="9:30", hall="一号厅"),
        a_row(next_weekday(5), starts="12:00", hall="一号厅"),
    )
    assert problems(sheet) == [("hall_taken", 2, True), ("hall_twice", 4, True)]


def test_a_closing_day_is_said_and_does_not_stop(town, programme):
    Venue.objects.filter(pk=town.venue.pk).update(closing_weekdays=[3])
    sheet = preview(town, a_row())
    assert (problems(sheet), sheet.is_whole) == ([("closing_day", 2, False)], True)


def test_what_goes_out_comes_in_changed_and_each_school_is_told_once(town, programme):
    dates = [
        a_session(town.venue, programme=programme, starts_at=local(next_weekday(3) + dt.timedelta(weeks=n), 9, 30))
        for n in range(2)
    ]
    for session in dates:
        a_booking(town, session)
    rows = [list(row) for row in session_sheet.rows_of(dates)[1:]]
    for row in rows:
        row[3], row[4] = "10:00", "12:00"
    sheet = preview(town, *rows)
    assert (len(sheet.changed), len(sheet.plan.touches), sheet.plan.schools) == (2, 2, 1)
    session_sheet.write(sheet, town.venue.organisation, by=actor(town.staff))
    assert [timezone.localtime(one.starts_at).hour for one in Session.objects.order_by("starts_at")] == [10, 10]
    assert set(ChangedBooking.objects.values_list("weight", flat=True)) == {"shifted"}
    assert ChangedBooking.objects.values("change").distinct().count() == 1


def test_a_change_for_which_groups_must_go_is_left_to_the_page(town, programme):
    session = a_session(town.venue, programme=programme)
    a_booking(town, session)
    row = list(session_sheet.rows_of([session])[1])
    row[6] = 1
    assert problems(preview(town, row)) == [("too_few_places", 2, True)]


def test_a_venue_uploads_looks_and_writes(client, town, programme):
    signed_in = login(client, town.staff)
    new = reverse("portal:import-new", args=["sessions"])
    assert signed_in.get(new).status_code == 200
    file = SimpleUploadedFile("课表.xlsx", a_sheet(a_row(), a_row(next_weekday(4))))
    shown = signed_in.post(new, {"file": file}, follow=True)
    assert len(shown.context["sheet"].new) == 2
    pk = shown.context["upload"].pk
    done = signed_in.post(reverse("portal:import-write", args=[pk]))
    run = ImportRun.objects.get()
    assert done.url == reverse("portal:import-run", args=[run.pk])
    assert (run.district, run.counts["new"], Session.objects.count()) == (None, 2, 2)
    assert signed_in.get(done.url).status_code == 200
    assert signed_in.post(reverse("portal:import-write", args=[pk])).url == done.url
    assert Session.objects.count() == 2


def test_a_venue_takes_its_timetable_out_and_nobody_elses(client, town, programme):
    session = a_session(town.venue, programme=programme)
    a_session(a_town().venue)
    answer = login(client, town.staff).get(reverse("activities:session-export"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert [row[0] for row in rows] == ["场次编号", session.pk]
