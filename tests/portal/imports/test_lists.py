"""The bureau brings lists of venues, schools and clubs, and sees on the board whose rosters are in."""

import datetime as dt
import random

import pytest

from partnerships.models import ActivityGroup, Listing, School, Venue
from people.models import Upload
from people.roles import Role
from portal.models import ImportPart, ImportRun
from tests.factories import partnerships as make
from tests.factories import people
from tests.portal.imports.files import AUTUMN, ROSTER, send, write

pytestmark = pytest.mark.django_db


def test_bad_lists_get_a_sentence(as_officer):
    for kind in ("venues", "schools", "clubs"):
        for data in (b"", b"%PDF-1.7", random.Random(7).randbytes(100_000), b"a,b\n1,2\n"):
            assert send(as_officer, kind, data).status_code == 422
    assert (Venue.objects.count(), School.objects.count(), Upload.objects.count()) == (0, 0, 0)


VENUES = "name_zh,national_class,place\n示例馆甲,science_venue,深圳市光明区\n示例馆乙,nature,上海市\n"


def test_venues_come_in_and_ticked_rows_are_proposed(as_officer):
    page = send(as_officer, "venues", VENUES)
    assert page.content.decode().count(" checked") == 1
    write(as_officer, propose=["2"])
    assert (Venue.objects.count(), Listing.objects.count()) == (2, 1)
    assert ImportRun.objects.get().counts["proposed"] == 1


def test_schools_come_in_with_pilots_from_a_day(as_officer):
    send(as_officer, "schools", "name_zh,stage,district,credit_pilot\n示例小学,primary,深圳市光明区,yes\n")
    assert write(as_officer).status_code == 200
    assert School.objects.count() == 0
    write(as_officer, pilots_from="2026-09-01")
    assert School.objects.get().pilots.get().starts_on == dt.date(2026, 9, 1)


@pytest.mark.notice("club_part")
def test_list_of_all_schools_is_split_sealed_and_answered(as_officer, school, place, client):
    other = make.a_school(place)
    lead = people.hat(Role.COORDINATOR, at=school.organisation)
    people.login(client, lead)
    send(client, "roster", ROSTER)
    write(client)
    officer = people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place))
    people.login(client, officer)
    rows = [
        f"{school.name},机器人,五,3,示例甲",
        f"深圳市光明区{school.name},机器人,五,3,示例乙",
        f"{school.name},机器人,五,3,示例丙",
        f"{other.name},合唱,四,1,示例丁",
        "不知道的学校,合唱,四,1,示例戊",
    ]
    data = "学校,社团名称,年级,班,学生姓名\n" + "\n".join(rows)
    page = send(client, "clubs", data).content.decode()
    assert not {name for name in ("示例甲", "示例乙", "示例丁") if name in page}
    upload = Upload.objects.get()
    client.post(f"/imports/{upload.pk}/", {"answer-school:不知道的学校": "no"})
    done = write(client)
    assert "示例甲" not in done.content.decode()
    parts = ImportPart.objects.order_by("pk")
    assert sorted((part.school.name, part.members) for part in parts) == sorted([(school.name, 3), (other.name, 1)])
    assert Upload.objects.count() == 2
    for own in Upload.objects.all():
        assert client.get(f"/imports/{own.pk}/").status_code == 404
    people.login(client, lead)
    mine = Upload.objects.get(owner=school.organisation)
    page = client.get(f"/imports/{mine.pk}/").content.decode()
    assert "示例丙" in page
    assert "示例丁" not in page
    client.post(f"/imports/{mine.pk}/write/")
    assert ActivityGroup.objects.get().members.count() == 2
    assert ImportPart.objects.get(school=school).answer is not None
    people.login(client, officer)
    assert client.get("/imports/board/").status_code == 200
    again = send(client, "clubs", data).content.decode()
    assert "answer-school:不知道的学校" in again


def test_school_may_not_bring_lists_and_bureau_no_rosters(as_coordinator, client, place):
    for kind in ("venues", "schools", "clubs"):
        assert client.get(f"/imports/new/{kind}/").status_code == 403
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place)))
    assert client.get("/imports/new/roster/").status_code == 403
    assert client.get("/imports/new/nonsense/").status_code == 404


def test_board_says_whose_rosters_are_in_without_names(
    as_coordinator, school, client, place, django_assert_num_queries
):
    make.a_school(place)
    send(as_coordinator, "roster", ROSTER)
    write(as_coordinator)
    people.login(client, people.hat(Role.INSPECTOR, at=make.bureau_of(place)))
    page = client.get("/imports/board/")
    assert [(line.school.pk == school.pk, line.is_in, line.classes, line.pupils) for line in page.context["lines"]] == [
        (False, False, 0, 0),
        (True, True, 1, 2),
    ]
    assert "示例甲" not in page.content.decode()


@pytest.mark.guards("import_part_once")
def test_second_part_of_a_list_for_one_school_is_refused_by_the_database(school):
    run = ImportRun.objects.create(
        organisation=school.organisation,
        district_id=school.district_id,
        kind="clubs",
        upload_number=1,
        written_by=people.user(),
    )
    part = {"run": run, "school": school, "groups": 1, "members": 1, "expires_at": AUTUMN}
    ImportPart.objects.create(upload_number=2, **part)
    with pytest.raises(Exception, match="import_part_once"):
        ImportPart.objects.create(upload_number=3, **part)


def test_board_and_list_cost_the_same_with_more_rows(client, place, django_assert_max_num_queries):
    officer = people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place))

    def a_run(number):
        school = make.a_school(place)
        run = {"organisation": school.organisation, "district": place, "written_by": people.user()}
        list_run = ImportRun.objects.create(kind="clubs", upload_number=number, **run)
        ImportRun.objects.create(kind="roster", upload_number=number + 1, counts={"new": 1}, **run)
        part = {"groups": 1, "members": 1, "expires_at": AUTUMN}
        ImportPart.objects.create(run=list_run, school=school, upload_number=number + 2, **part)

    def queries(path):
        people.login(client, officer)
        client.get(path)
        with django_assert_max_num_queries(40) as counted:
            assert client.get(path).status_code == 200
        return len(counted.captured_queries)

    a_run(10)
    first = [queries(path) for path in ("/imports/", "/imports/board/")]
    a_run(20)
    a_run(30)
    assert [queries(path) for path in ("/imports/", "/imports/board/")] == first
