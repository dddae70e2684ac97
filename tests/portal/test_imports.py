"""The import pages: upload, preview, answer, write, forget; nothing leaks, nothing is half-written."""

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships.models import ActivityGroup, Enrolment, IdentityLook, Listing, School, Student, StudentIdentity, Venue
from people import thresholds
from people.actors import SYSTEM
from people.models import AuditEvent, Notice, Upload
from people.roles import Role
from portal import duties
from portal.imports import uploads
from portal.models import ImportPart, ImportRun
from tests.factories import partnerships as make
from tests.factories import people
from tests.rosters import layouts

pytestmark = pytest.mark.django_db
AUTUMN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ROSTER = "班级,座号,姓名,家长电话\n五（3）班,1,示例甲,13800000000\n五（3）班,2,示例乙,13800000001\n"


@pytest.fixture(autouse=True)
def autumn(clock):
    clock.to(AUTUMN)


@pytest.fixture
def place():
    district = make.a_district(name_zh="光明区", city_zh="深圳市")
    basis = {"by": SYSTEM, "starts_on": AUTUMN.date(), "reason": "示例"}
    thresholds.set_value(district, "identity_legal_basis", "示例办法第三条", **basis)
    return district


@pytest.fixture
def school(place):
    return make.a_school(place, stage="primary")


@pytest.fixture
def as_coordinator(client, school):
    return people.login(client, people.hat(Role.COORDINATOR, at=school.organisation))


@pytest.fixture
def as_officer(client, place):
    return people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place)))


def send(client, kind, data, name="名册.csv"):
    """Upload a file; the answer is the preview, or the form with its error."""
    data = data.encode() if isinstance(data, str) else data
    return client.post(f"/imports/new/{kind}/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def write(client, **fields):
    upload = Upload.objects.latest("pk")
    return client.post(f"/imports/{upload.pk}/write/", fields, follow=True)


def names():
    return sorted(identity.name for identity in StudentIdentity.objects.exclude(name_ct=None))


def test_roster_is_shown_then_written_and_the_file_forgotten(as_coordinator):
    page = send(as_coordinator, "roster", ROSTER)
    assert page.status_code == 200
    assert Student.objects.count() == 0
    text = page.content.decode()
    assert "示例甲" in text
    assert "家长电话" in text
    assert "13800000000" not in text
    done = write(as_coordinator)
    assert done.status_code == 200
    assert names() == ["示例乙", "示例甲"]
    assert Upload.objects.count() == 0
    assert ImportRun.objects.get().counts["new"] == 2


def test_same_roster_again_says_that_nothing_changes(as_coordinator):
    send(as_coordinator, "roster", ROSTER)
    write(as_coordinator)
    page = send(as_coordinator, "roster", ROSTER)
    assert "nothing changes" in page.content.decode() or "没有变化" in page.content.decode()


def test_second_press_of_write_finds_what_the_first_one_wrote(as_coordinator):
    send(as_coordinator, "roster", ROSTER)
    address = f"/imports/{Upload.objects.get().pk}/write/"
    first = as_coordinator.post(address)
    second = as_coordinator.post(address)
    assert first.url == second.url
    assert Student.objects.count() == 2


def test_upload_is_sealed_and_ends_after_half_an_hour(as_coordinator, clock):
    send(as_coordinator, "roster", ROSTER)
    upload = Upload.objects.get()
    assert "示例甲".encode() not in bytes(upload.sealed)
    clock.forward(minutes=31)
    assert as_coordinator.get(f"/imports/{upload.pk}/").status_code == 404
    assert as_coordinator.post(f"/imports/{upload.pk}/write/").status_code == 404
    assert uploads.forget_expired() == 1


def test_identity_numbers_are_never_stored_logged_or_echoed(as_coordinator, caplog):
    refused = f"五（3）班,G{layouts.IDENTITY},示例甲,{layouts.IDENTITY}"
    data = f"班级,学号,姓名,身份证号\n{refused}\n五（3）班,20220102,示例乙,{layouts.IDENTITY}\n"
    page = send(as_coordinator, "roster", data, name=f"{layouts.IDENTITY}.csv")
    text = page.content.decode()
    assert "9999992015" not in text + caplog.text + repr(page.request)
    done = write(as_coordinator)
    assert "9999992015" not in done.content.decode()
    assert names() == ["示例乙"]
    kept = str(list(Upload.objects.values("file_name", "facts"))) + str(list(AuditEvent.objects.values()))
    assert "9999992015" not in kept + str(list(ImportRun.objects.values()))


def test_questions_are_asked_before_anything_is_written_and_remembered(as_coordinator):
    data = "班级,姓名\n503,示例甲\n"
    page = send(as_coordinator, "roster", data)
    assert "answer-class:503" in page.content.decode()
    write(as_coordinator)
    assert Student.objects.count() == 0
    upload = Upload.objects.get()
    as_coordinator.post(f"/imports/{upload.pk}/", {"answer-class:503": "g5-3", "answer-class:999": "x", "other": "y"})
    upload.refresh_from_db()
    assert upload.facts["answers"] == {"class:503": "g5-3"}
    write(as_coordinator)
    assert names() == ["示例甲"]
    again = send(as_coordinator, "roster", data)
    assert "checked" in again.content.decode()


def test_sheet_that_does_not_say_its_class_is_asked_for_it(as_coordinator):
    send(as_coordinator, "roster", "座号,姓名\n1,示例甲\n", name="名单.csv")
    upload = Upload.objects.get()
    page = as_coordinator.get(f"/imports/{upload.pk}/").content.decode()
    assert 'value="g5-3"' in page
    assert 'value="g7-1"' not in page
    as_coordinator.post(f"/imports/{upload.pk}/", {"answer-sheet:名单": "g5-3"})
    write(as_coordinator)
    assert names() == ["示例甲"]
    school_class = Enrolment.objects.get().school_class
    assert (school_class.grade(AUTUMN.date()), school_class.number) == (5, 3)


def test_names_pasted_from_a_chat_go_into_the_chosen_class(as_coordinator):
    given = {"text": layouts.CHAT, "grade": "5", "number": "3"}
    as_coordinator.post("/imports/new/roster/", given, follow=True)
    write(as_coordinator)
    assert names() == sorted(["示例甲", "示例乙", "示例丙", "示例丁"])
    assert Enrolment.objects.first().school_class.number == 3


def test_pasted_names_without_a_class_are_asked_back_with_the_text_kept(as_coordinator):
    page = as_coordinator.post("/imports/new/roster/", {"text": "示例甲、示例乙"})
    assert page.status_code == 422
    assert "示例甲、示例乙" in page.content.decode()
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("kind", ["roster", "groups"])
def test_template_can_be_brought_back_as_it_is(as_coordinator, kind):
    template = as_coordinator.get(f"/imports/template/{kind}.xlsx")
    page = send(as_coordinator, kind, template.content, name="template.xlsx")
    assert page.status_code == 200
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("kind", ["clubs", "venues", "schools"])
def test_template_of_a_list_can_be_brought_back_as_it_is(as_officer, kind):
    template = as_officer.get(f"/imports/template/{kind}.xlsx")
    page = send(as_officer, kind, template.content, name="template.xlsx")
    assert page.status_code == 200
    assert Upload.objects.count() == 1


def test_without_legal_basis_consent_is_asked_and_no_means_heads(client):
    own = make.a_school(make.a_district(), stage="primary")
    people.login(client, people.hat(Role.COORDINATOR, at=own.organisation))
    page = send(client, "roster", ROSTER)
    assert "answer-consent" in page.content.decode()
    upload = Upload.objects.get()
    client.post(f"/imports/{upload.pk}/", {"answer-consent": "no"})
    write(client)
    assert (Student.objects.count(), names()) == (2, [])


@pytest.mark.notice("import_braked")
def test_brake_waits_for_the_school_lead(as_coordinator, school, client, clock):
    everybody = "班级,姓名\n" + "".join(f"五（3）班,{layouts.name(number)}\n" for number in range(40))
    send(as_coordinator, "roster", everybody)
    write(as_coordinator)
    clock.forward(days=1)
    fewer = "班级,姓名\n" + "".join(f"五（3）班,{layouts.name(number)}\n" for number in range(4, 40))
    lead = people.hat(Role.SCHOOL_LEAD, at=school.organisation)
    send(as_coordinator, "roster", fewer)
    upload = Upload.objects.get()
    assert not duties.rosters_to_confirm(people.actor(lead)).exists()
    refused = write(as_coordinator, leavers="on")
    assert Enrolment.objects.filter(ends_on=None).count() == 40
    assert refused.status_code == 200
    as_coordinator.post(f"/imports/{upload.pk}/ask/")
    assert Notice.objects.filter(kind="import_braked", user=lead.user).count() == 1
    assert duties.rosters_to_confirm(people.actor(lead)).get() == upload
    clock.forward(hours=5)
    people.login(client, lead)
    page = client.get(f"/imports/{upload.pk}/")
    assert layouts.name(0) in page.content.decode()
    write(client, leavers="on")
    assert Enrolment.objects.filter(ends_on=None).count() == 36
    run = ImportRun.objects.latest("pk")
    assert (run.was_braked, run.proposed_by == run.written_by) == (True, False)


def test_preview_that_shows_stored_names_is_logged_as_a_look(as_coordinator, clock):
    send(as_coordinator, "roster", ROSTER)
    write(as_coordinator)
    assert IdentityLook.objects.count() == 0
    send(as_coordinator, "roster", "班级,座号,姓名\n五（3）班,1,示例甲\n")
    assert IdentityLook.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.xlsx"),
        (b"%PDF-1.7", "x.pdf"),
        (random.Random(7).randbytes(1_000_000), "junk.xlsx"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "photo.jpg"),
        (layouts.locked(), "locked.xlsx"),
        ("没有,表头\n1,2\n".encode(), "x.csv"),
        (b"PK\x03\x04" + bytes(200), "x.xlsx"),
    ],
)
@pytest.mark.parametrize("kind", ["roster", "groups"])
def test_bad_files_get_a_sentence_and_nothing_is_written(as_coordinator, data, name, kind):
    page = send(as_coordinator, kind, data, name)
    assert page.status_code == 422
    assert "note--red" in page.content.decode()
    assert (Student.objects.count(), Upload.objects.count()) == (0, 0)


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


def test_uploads_of_others_are_not_there(as_coordinator, client, place):
    send(as_coordinator, "roster", ROSTER)
    upload = Upload.objects.get()
    stranger = people.hat(Role.COORDINATOR, at=make.a_school(place).organisation)
    people.login(client, stranger)
    for path in ("", "write/", "ask/", "drop/"):
        assert client.post(f"/imports/{upload.pk}/{path}").status_code == 404
        assert client.post(f"/imports/987654/{path}").status_code == 404
    people.login(client, people.hat(Role.TEACHER, at=upload.owner))
    assert client.get(f"/imports/{upload.pk}/").status_code == 403


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


def test_dropped_file_is_gone(as_coordinator):
    send(as_coordinator, "roster", ROSTER)
    upload = Upload.objects.get()
    assert as_coordinator.get("/imports/").status_code == 200
    as_coordinator.post(f"/imports/{upload.pk}/drop/")
    assert Upload.objects.count() == 0


@pytest.mark.guards("import_run_brake_two_people")
def test_braked_run_of_one_person_is_refused_by_the_database(school):
    who = people.user()
    with pytest.raises(Exception, match="import_run_brake_two_people"):
        ImportRun.objects.create(
            organisation=school.organisation,
            district_id=school.district_id,
            kind="roster",
            upload_number=1,
            was_braked=True,
            proposed_by=who,
            written_by=who,
        )


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


def test_a_roster_waits_for_the_lead_once(as_coordinator, clock):
    send(as_coordinator, "roster", ROSTER)
    upload = Upload.objects.get()
    as_coordinator.post(f"/imports/{upload.pk}/ask/")
    waits_until = Upload.objects.get().expires_at
    clock.forward(hours=2)
    assert as_coordinator.post(f"/imports/{upload.pk}/ask/").status_code == 409
    assert Upload.objects.get().expires_at == waits_until
