"""The white-list and results of competitions as spreadsheets: what is read, what is refused line by line, what is written."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from credits.lists.competition_list import stages_of
from credits.models import Competition, Result
from partnerships.lists.cells import day_of
from people.models import Upload
from people.roles import Role
from tests.factories import credits as make
from tests.factories import people
from tests.factories.rolls import name_pupils

pytestmark = pytest.mark.django_db

WHITELIST = """name_zh,organisers,stages,valid_from,valid_until
示例星空赛,示例学会;示例协会,primary;junior,2025-10-01,2028-08-31
示例海洋赛,示例学会,小学、初中,2025/10/1,2028年8月31日
示例火山赛,示例学会,幼儿,2025-10-01,2028-08-31
示例地质赛,示例学会,senior,不详,2028-08-31
示例气象赛,示例学会,senior,2028-10-01,2028-08-31
示例星空赛,示例学会,primary,2025-10-01,2028-08-31
"""


@pytest.fixture
def world(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=make.SHANGHAI))
    made = make.world(pupils=3)
    for seat, enrolment in enumerate(made.school_class.enrolments.order_by("pk"), start=1):
        type(enrolment).objects.filter(pk=enrolment.pk).update(seat=seat)
    name_pupils(made.school_class)
    return made


def bring(client, kind: str, text: str):
    """Upload, look at the preview, write; the page of the preview and the answer to writing."""
    sent = client.post(f"/imports/new/{kind}/", {"file": SimpleUploadedFile(f"{kind}.csv", text.encode())})
    assert sent.status_code == 302, sent.content.decode()[-3000:]
    shown = client.get(sent.url).content.decode()
    return shown, client.post(f"{sent.url}write/")


def test_bureau_brings_the_white_list_in_once(world, client):
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=people.bureau(world.district)))
    shown, _written = bring(client, "whitelist", WHITELIST)
    assert "幼儿" in shown
    assert "不详" in shown
    found = Competition.objects.order_by("pk").values_list("name", "organisers", "stages", "starts_on", "ends_on")
    assert list(found) == [
        ("示例星空赛", "示例学会;示例协会", ["primary", "junior"], dt.date(2025, 10, 1), dt.date(2028, 9, 1)),
        ("示例海洋赛", "示例学会", ["primary", "junior"], dt.date(2025, 10, 1), dt.date(2028, 9, 1)),
    ]
    assert not Upload.objects.exists()
    bring(client, "whitelist", WHITELIST)
    assert Competition.objects.count() == 2


def test_school_can_not_bring_a_white_list_in(world, client):
    people.login(client, world.coordinator)
    assert client.get("/imports/new/whitelist/").status_code == 403
    assert client.get("/imports/new/results/").status_code == 200


def test_school_enters_results_from_a_sheet(world, client):
    make.competition(world, name="示例星空赛")
    number = f"{world.school_class.pk}03"
    text = f"""班级,座号,学号,赛事名称,参赛日期,证明材料
五（1）班,1,,示例星空赛,2026-10-18,证书 1
5.1,2,,示例星空赛,2026-10-18,证书 1
,,{number},示例星空赛,2026年10月18日,证书 3
五（1）班,1,,示例星空赛,2026-10-19,证书 4
五（1）班,9,,示例星空赛,2026-10-18,证书 5
五（1）班,2,,示例未列赛,2026-10-18,证书 6
五（1）班,2,,示例星空赛,2026-12-18,证书 7
某班,2,,示例星空赛,2026-10-18,证书 8
五（1）班,2,,示例星空赛,2026-10-18,
,,99999,示例星空赛,2026-10-18,证书 9
"""
    people.login(client, world.coordinator)
    shown, _written = bring(client, "results", text)
    assert "＊" in shown
    assert "示例未列赛" in shown
    students = [row.student_id for row in world.school_class.enrolments.order_by("seat")]
    found = Result.objects.order_by("pk").values_list("student", "evidence", "happened_on", "state")
    assert sorted(found, key=lambda row: students.index(row[0])) == [
        (students[0], "证书 1", dt.date(2026, 10, 18), "confirmed"),
        (students[1], "证书 1", dt.date(2026, 10, 18), "confirmed"),
        (students[2], "证书 3", dt.date(2026, 10, 18), "confirmed"),
    ]
    bring(client, "results", text)
    assert Result.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-01", dt.date(2026, 10, 1)),
        ("2026/10/1", dt.date(2026, 10, 1)),
        ("2026.10.1", dt.date(2026, 10, 1)),
        ("2026年10月1日", dt.date(2026, 10, 1)),
        ("2026-13-01", None),
        ("10月1日", None),
        ("", None),
    ],
)
def test_days_as_people_write_them(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("primary;junior;senior;vocational", ("primary", "junior", "senior", "vocational")),
        ("高中、中职", ("senior", "vocational")),
        ("初中 小学", ("primary", "junior")),
        ("大学", None),
        ("小学;大学", None),
        ("", None),
    ],
)
def test_stages_as_lists_write_them(text, stages):
    assert stages_of(text) == stages
