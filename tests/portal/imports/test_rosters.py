"""A school brings its roster: upload, preview, answer, write, forget; nothing leaks, nothing is half-written."""

import random

import pytest

from partnerships.models import Enrolment, IdentityLook, Student, StudentIdentity
from people.models import AuditEvent, Notice, Upload
from people.roles import Role
from portal import duties
from portal.imports import uploads
from portal.models import ImportRun
from tests.factories import partnerships as make
from tests.factories import people
from tests.portal.imports.files import AUTUMN, ROSTER, send, write
from tests.rosters import layouts

pytestmark = pytest.mark.django_db


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


def test_a_roster_waits_for_the_lead_once(as_coordinator, clock):
    send(as_coordinator, "roster", ROSTER)
    upload = Upload.objects.get()
    as_coordinator.post(f"/imports/{upload.pk}/ask/")
    waits_until = Upload.objects.get().expires_at
    clock.forward(hours=2)
    assert as_coordinator.post(f"/imports/{upload.pk}/ask/").status_code == 409
    assert Upload.objects.get().expires_at == waits_until
