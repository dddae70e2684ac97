import datetime as dt

import pytest
from django.urls import reverse

from partnerships.models import ActivityGroup, Campus, CreditPilot, GroupMember, IdentityLook, SchoolClass, Slot
from people.roles import Role
from portal.lib import clock
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def district():
    return make.a_district()


@pytest.fixture
def school(district):
    return make.a_school(district)


@pytest.fixture
def coordinator(school):
    return people.hat(Role.COORDINATOR, at=school.organisation)


@pytest.fixture
def officer(district):
    return people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district))


def test_list_is_the_offices_a_school_goes_to_its_own_page(client, district, school, officer, coordinator):
    make.a_school()
    people.login(client, officer)
    assert client.get(url("school-list")).context["page"].rows == [school]
    people.login(client, coordinator)
    assert client.get(url("school-list")).url == url("school-page", school.pk)


def test_list_narrows_to_the_unpaired(client, district, school, officer):
    make.an_agreement(make.a_venue(listed_in=[district]), [school])
    other = make.a_school(district)
    people.login(client, officer)
    rows = {answer: client.get(url("school-list"), {"paired": answer}).context["page"].rows for answer in ("yes", "no")}
    assert rows == {"yes": [school], "no": [other]}


def test_list_asks_as_often_for_three_as_for_one(client, district, school, officer, django_assert_num_queries):
    people.login(client, officer)
    client.get(url("school-list"))
    with django_assert_num_queries(8):
        client.get(url("school-list"))
    for _each in range(2):
        make.a_class(make.a_school(district, pilot=True))
    with django_assert_num_queries(8):
        client.get(url("school-list"))


@pytest.mark.parametrize(
    ("role", "word"),
    [
        (Role.BUREAU_OFFICER, "underserved school"),
        (Role.INSPECTOR, "underserved school"),
        (Role.PARTNER_OFFICER, ""),
        (Role.SCHOOL_LEAD, "school with priority support"),
    ],
)
def test_status_is_worded_for_its_reader(client, role, word):
    district = make.a_district(offices=2)
    school = make.a_school(district, is_underserved=True)
    at = {
        Role.PARTNER_OFFICER: district.organisations.get(kind="partner_office"),
        Role.SCHOOL_LEAD: school.organisation,
    }.get(role, make.bureau_of(district))
    people.login(client, people.hat(role, at=at))
    client.cookies["django_language"] = "en"
    assert client.get(url("school-page", school.pk)).context["status"] == word


def test_the_bureau_says_what_decides_and_the_school_the_rest(client, school, officer):
    people.login(client, officer)
    client.post(url("school-edit", school.pk), {"stage": "junior", "locality": "rural", "is_underserved": "on"})
    client.post(url("pilot-start", school.pk), {"starts_on": clock.today().isoformat()})
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=school.organisation))
    client.post(url("school-edit", school.pk), {"stage": "primary", "street": "光明街道"})
    client.post(url("campus-add", school.pk), {"name": "东校区"})
    client.post(url("slot-add", school.pk), {"weekday": 2, "starts": "16:40", "ends": "17:30"})
    school.refresh_from_db()
    assert (school.stage, school.locality, school.is_underserved, school.street) == (
        "junior",
        "rural",
        True,
        "光明街道",
    )
    assert CreditPilot.objects.get().starts_on == clock.today()
    assert (Campus.objects.get().name, Slot.objects.get().ends) == ("东校区", dt.time(17, 30))


def test_a_slot_that_ends_before_it_begins_is_answered_in_the_form(client, school, coordinator):
    people.login(client, coordinator)
    answer = client.post(url("slot-add", school.pk), {"weekday": 2, "starts": "17:30", "ends": "16:40"})
    assert "ends" in answer.context["form"].errors
    assert not Slot.objects.exists()


def test_a_class_is_entered_by_its_grade_once(client, school, coordinator):
    people.login(client, coordinator)
    client.post(url("class-list"), {"grade": 5, "number": 3})
    school_class = SchoolClass.objects.get()
    assert school_class.label(clock.today()) in ("五（3）班", "Class 5(3)")
    again = client.post(url("class-list"), {"grade": 5, "number": 3})
    assert again.context["form"].non_field_errors()


def test_class_page_masks_names_until_somebody_looks_on_purpose(client, school, coordinator):
    school_class = make.a_class(school)
    make.a_student(school, school_class, name="陈小诺", number="12")
    people.login(client, coordinator)
    page = client.get(url("class-page", school_class.pk)).content.decode()
    assert "陈＊诺" in page
    assert "陈小诺" not in page
    assert not IdentityLook.objects.exists()
    page = client.get(url("class-page", school_class.pk), {"names": 1}).content.decode()
    assert "陈小诺" in page
    look = IdentityLook.objects.get()
    assert (look.school_class_id, look.purpose, look.organisation_id) == (school_class.pk, "roster", school.pk)


def test_class_page_shows_offices_pseudonyms_and_the_inspector_nothing_more(client, school, officer):
    school_class = make.a_class(school)
    student = make.a_student(school, school_class, name="陈小诺")
    people.login(client, officer)
    page = client.get(url("class-page", school_class.pk)).content.decode()
    assert student.pseudonym in page
    assert "陈" not in page
    assert "陈小诺" in client.get(url("class-page", school_class.pk), {"names": 1}).content.decode()
    people.login(client, people.hat(Role.INSPECTOR, at=officer.organisation))
    assert "陈" not in client.get(url("class-page", school_class.pk), {"names": 1}).content.decode()
    assert IdentityLook.objects.count() == 1


def test_a_class_of_another_school_is_404(client, coordinator, district):
    other = make.a_class(make.a_school(district))
    people.login(client, coordinator)
    assert client.get(url("class-page", other.pk)).status_code == 404


def test_a_group_takes_pupils_of_a_class_and_lets_them_go(client, school, coordinator):
    school_class = make.a_class(school)
    one, two = (make.a_student(school, school_class, name=name) for name in ("陈小诺", "李敏"))
    people.login(client, coordinator)
    today = clock.today()
    form = {"name": "机器人社团", "starts_on": today.isoformat(), "last_day": (today + dt.timedelta(90)).isoformat()}
    client.post(url("group-new"), form)
    group = ActivityGroup.objects.get()
    join = url("group-join", group.pk, school_class.pk)
    assert client.get(join).status_code == 200
    stranger = make.a_student(make.a_school())
    client.post(join, {"pupil": [str(one.pk), str(stranger.pk), "junk"]})
    assert list(GroupMember.objects.values_list("student", flat=True)) == [one.pk]
    client.post(join, {"pupil": [str(one.pk), str(two.pk)]})
    assert GroupMember.objects.count() == 2
    assert len(client.get(url("group-page", group.pk)).context["rows"]) == 2
    leave, member = url("group-leave", group.pk), GroupMember.objects.get(student=two)
    client.post(leave, {"last_day": today.isoformat()})  # nobody is ticked
    assert not GroupMember.objects.exclude(ends_on=None).exists()
    client.post(leave, {"member": member.pk, "last_day": (today + dt.timedelta(6)).isoformat()})
    member.refresh_from_db()
    assert member.ends_on == today + dt.timedelta(7)
    client.post(leave, {"member": member.pk, "last_day": (today - dt.timedelta(1)).isoformat()})
    assert [row.id for row, _member in client.get(url("group-page", group.pk)).context["rows"]] == [one.pk]


def test_pupils_join_a_group_from_a_day_on(client, school, coordinator):
    school_class = make.a_class(school)
    one, today = make.a_student(school, school_class), clock.today()
    group = make.a_group(school, starts_on=today - dt.timedelta(9), ends_on=today + dt.timedelta(90))
    people.login(client, coordinator)
    join = url("group-join", group.pk, school_class.pk)
    answer = client.post(join, {"pupil": str(one.pk), "starts_on": (today + dt.timedelta(90)).isoformat()})
    assert answer.context["form"].errors
    client.post(join, {"pupil": str(one.pk), "starts_on": (today + dt.timedelta(7)).isoformat()})
    member = GroupMember.objects.get()
    assert member.starts_on == today + dt.timedelta(7)
    assert [row.id for row, _member in client.get(url("group-page", group.pk)).context["rows"]] == [one.pk]
