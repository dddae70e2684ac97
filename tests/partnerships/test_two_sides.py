"""Verbs of venues, titles and schools, and the facts that models tell."""

import datetime as dt

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from partnerships import identities, recognitions, schools, venues
from partnerships.models import (
    ActivityGroup,
    BookingRules,
    CalendarDay,
    GroupMember,
    IdentityLook,
    Recognition,
    School,
    SchoolClass,
    Student,
    StudentIdentity,
    Venue,
)
from partnerships.models.identity import masked, number_digest
from people.actors import SYSTEM
from people.models import AuditEvent, Organisation
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def district():
    return make.a_district()


@pytest.fixture
def officer(district):
    return make.officer_of(district)


# --- venues -----------------------------------------------------------------------------------------------------------


def test_register_a_venue_finds_it_the_second_time(officer):
    first, is_new = venues.register("深圳科学技术馆", by=officer, place="深圳市光明区", national_class="science_venue")
    again, is_again_new = venues.register("深圳科学技术馆", by=make.officer_of(make.a_district()), place="深圳市光明区")
    elsewhere, _new = venues.register("深圳科学技术馆", by=officer, place="别处")
    assert (first == again, is_new, is_again_new, elsewhere == first) == (True, True, False, False)
    assert Organisation.objects.filter(kind="venue").count() == 2


def test_rules_of_a_day_are_the_last_ones_started():
    venue = make.a_venue()
    today = clock.today()
    assert BookingRules.objects.of(venue.pk, on=today).is_default
    venues.set_rules(venue, by=SYSTEM, starts_on=today - 9 * DAY, largest_group=60)
    venues.set_rules(venue, by=make.lead_of(venue), starts_on=today + DAY, lead_days=3)
    now, then = (BookingRules.objects.of(venue.pk, on=day) for day in (today, today + DAY))
    assert [(row.largest_group, row.lead_days) for row in (now, then)] == [(60, 7), (60, 3)]
    assert list(BookingRules.objects.in_force(today)) == [now]


def test_rules_refuse_to_start_today_once_there_are_some():
    venue = make.a_venue()
    lead = make.lead_of(venue)
    venues.set_rules(venue, by=lead, starts_on=clock.today())
    with pytest.raises(Refused) as no:
        venues.set_rules(venue, by=lead, starts_on=clock.today())
    assert no.value.code == "rules_start"


def test_rules_may_be_stricter_about_adults_and_not_laxer():
    venue = make.a_venue()
    assert venues.set_rules(venue, by=SYSTEM, starts_on=clock.today(), pupils_per_adult=10).adults_for(43) == 5
    with pytest.raises(Refused) as no:
        venues.set_rules(venue, by=SYSTEM, starts_on=clock.today() + DAY, pupils_per_adult=30)
    assert no.value.code == "booking_rules_adults"


@pytest.mark.parametrize(("pupils", "preschool", "adults"), [(43, 0, 3), (40, 0, 2), (0, 11, 2), (21, 1, 3), (0, 0, 0)])
def test_adults_are_one_per_twenty_begun_and_one_per_ten_small_ones(pupils, preschool, adults):
    assert BookingRules().adults_for(pupils, preschool=preschool) == adults


def test_a_title_can_follow_itself_and_not_overlap():
    venue = make.a_venue()
    lead = make.lead_of(venue)
    first = recognitions.add(venue, by=lead, title="基地", starts_on=dt.date(2021, 1, 1), ends_on=dt.date(2026, 1, 1))
    recognitions.add(venue, by=lead, title="基地", starts_on=dt.date(2026, 1, 1))
    with pytest.raises(Refused) as no:
        recognitions.change(first, by=lead, starts_on=dt.date(2021, 1, 1), ends_on=dt.date(2026, 1, 2))
    assert no.value.code == "recognition_no_overlap"
    with pytest.raises(Refused) as no:
        recognitions.add(venue, by=lead, title="别的", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2025, 1, 1))
    assert no.value.code == "recognition_ends_after_start"


def test_titles_that_run_out_are_those_still_valid():
    venue, today = make.a_venue(), dt.date(2026, 11, 22)
    for title, days in (("过期", 0), ("明天", 1), ("九十天", 90), ("更久", 91)):
        Recognition.objects.create(venue=venue, title=title, ends_on=today + days * DAY)
    Recognition.objects.create(venue=venue, title="未知")
    assert {row.title for row in Recognition.objects.running_out(today, 90)} == {"明天", "九十天"}
    assert {row.title for row in Recognition.objects.valid(today)} == {"明天", "九十天", "更久", "未知"}


def test_a_venue_is_seen_by_itself_and_where_it_is_listed(district, officer):
    venue = make.a_venue(listed_in=[district])
    other = make.a_venue()
    school = people.actor(people.hat(Role.TEACHER, of=district))
    assert list(Venue.objects.visible_to(school)) == [venue]
    assert list(Venue.objects.visible_to(make.lead_of(other))) == [other]
    assert list(Venue.objects.visible_to(officer)) == [venue]
    administrator = people.actor(people.hat(Role.ADMINISTRATOR))
    assert not Venue.objects.visible_to(administrator).exists()


# --- schools ----------------------------------------------------------------------------------------------------------


def test_register_a_school_finds_it_the_second_time(district, officer):
    first, is_new = schools.register("楼村小学", by=officer, district=district, stage="primary")
    again, is_again_new = schools.register("楼村小学", by=officer, district=district, stage="junior")
    assert (first == again, is_new, is_again_new, again.stage) == (True, True, False, "primary")


def test_register_a_school_is_for_the_bureau_of_the_district(district):
    with pytest.raises(PermissionDenied):
        schools.register("楼村小学", by=make.officer_of(make.a_district()), district=district)


def test_a_school_does_not_decide_what_the_bureau_decides(district):
    school = make.a_school(district)
    with pytest.raises(Refused) as no:
        schools.change(school, by=make.lead_of(school), is_underserved=True)
    assert no.value.code == "school_by_bureau"


def test_a_pilot_counts_from_its_first_to_its_last_day(district, officer):
    school = make.a_school(district)
    start = dt.date(2026, 9, 1)
    pilot = schools.start_pilot(school, by=officer, starts_on=start)
    schools.end_pilot(pilot, by=officer, ends_on=start + 10 * DAY)
    counts = [school.is_pilot(start + days * DAY) for days in (-1, 0, 9, 10)]
    assert counts == [False, True, True, False]
    assert list(School.objects.in_pilot(start)) == [school]
    with pytest.raises(Refused) as no:
        schools.end_pilot(pilot, by=officer, ends_on=start)
    assert no.value.code == "credit_pilot_ends_after_start"


def test_a_pilot_is_begun_by_the_bureau_only(district):
    school = make.a_school(district)
    with pytest.raises(PermissionDenied):
        schools.start_pilot(school, by=make.lead_of(school), starts_on=clock.today())


def test_campus_slot_and_class_are_entered_once(district, officer):
    school = make.a_school(district)
    for act, code in (
        (lambda: schools.add_campus(school, by=officer, name="东校区"), "campus_once"),
        (lambda: schools.add_slot(school, by=SYSTEM, weekday=2, starts=dt.time(16), ends=dt.time(17)), "slot_once"),
        (
            lambda: schools.add_class(school, by=SYSTEM, stage="primary", entry_year=2022, number=3),
            "school_class_once",
        ),
    ):
        act()
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == code


def test_a_group_holds_pupils_of_its_school_from_their_day_on(district):
    school = make.a_school(district)
    one, two = make.a_student(school), make.a_student(school)
    group = make.a_group(school, [one])
    lead = make.lead_of(school)
    assert schools.add_members(group, by=lead, students=[one, two]) == 1
    with pytest.raises(Refused) as no:
        schools.add_members(group, by=lead, students=[make.a_student(make.a_school(district))])
    assert no.value.code == "group_other_school"
    schools.end_memberships([GroupMember.objects.get(student=two)], by=lead)
    schools.end_memberships([GroupMember.objects.get(student=one)], by=lead)
    assert GroupMember.objects.get().student_id == one.pk  # who joined and left on one day was never in it
    assert not GroupMember.objects.on(clock.today()).exists()
    assert GroupMember.objects.on(clock.today() - DAY).exists()
    with pytest.raises(Refused) as no:  # a page of days ago does not bring the pupil back until today
        schools.end_memberships([GroupMember.objects.get()], by=lead, ends_on=clock.today() + 3 * DAY)
    assert no.value.code == "changed"


def test_a_group_that_ends_before_it_begins_is_refused(district):
    school = make.a_school(district)
    with pytest.raises(Refused) as no:
        make.a_group(school, starts_on=clock.today(), ends_on=clock.today())
    assert no.value.code == "activity_group_ends_after_start"


@pytest.mark.parametrize(
    ("stage", "entry_year", "day", "grade", "zh", "en"),
    [
        ("primary", 2022, dt.date(2026, 11, 22), 5, "五（3）班", "Class 5(3)"),
        ("primary", 2022, dt.date(2026, 8, 31), 4, "四（3）班", "Class 4(3)"),
        ("primary", 2022, dt.date(2026, 9, 1), 5, "五（3）班", "Class 5(3)"),
        ("primary", 2020, dt.date(2026, 9, 1), None, "2020级3班", "Class 3 of 2020"),
        ("primary", 2027, dt.date(2026, 9, 1), None, "2027级3班", "Class 3 of 2027"),
        ("junior", 2025, dt.date(2026, 11, 22), 8, "八（3）班", "Class 8(3)"),
        ("senior", 2026, dt.date(2026, 11, 22), 10, "高一（3）班", "Class 10(3)"),
        ("kindergarten", 2024, dt.date(2026, 11, 22), 0, "大（3）班", "Class K3(3)"),
    ],
)
def test_a_class_is_named_by_its_grade_on_the_day(stage, entry_year, day, grade, zh, en):
    school_class = SchoolClass(stage=stage, entry_year=entry_year, number=3)
    assert school_class.grade(day) == grade
    with override("zh-hans"):
        assert school_class.label(day) == zh
    with override("en"):
        assert school_class.label(day) == en


def test_classes_of_a_grade_and_those_that_study(district):
    school = make.a_school(district)
    day = dt.date(2026, 11, 22)
    make_ = SchoolClass.objects.create
    five = make_(school=school, stage="primary", entry_year=2022, number=2)
    seven = make_(school=school, stage="junior", entry_year=2026, number=1)
    five_one = make_(school=school, stage="primary", entry_year=2022, number=1)
    make_(school=school, stage="primary", entry_year=2020, number=1)
    assert set(SchoolClass.objects.of_grade(5, day)) == {five, five_one}
    assert list(SchoolClass.objects.studying(day).in_order()) == [five_one, five, seven]


# --- pupils -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"), [("陈小诺", "陈＊诺"), ("李敏", "李＊"), ("欧阳小明", "欧＊＊明"), ("李", "＊"), ("", "")]
)
def test_masks_leave_what_a_friend_would_know(name, shown):
    assert masked(name) == shown


def test_names_are_sealed_and_bound_to_their_pupil(district):
    school = make.a_school(district)
    one, two = make.a_student(school, name="陈小诺", number="12"), make.a_student(school, name="李敏")
    row = StudentIdentity.objects.get(pk=one.pk)
    assert (row.name, row.number) == ("陈小诺", "12")
    assert "陈小诺".encode() not in bytes(row.name_ct)
    assert bytes(row.number_mac) == number_digest(school.pk, " １２ ")
    moved = StudentIdentity.objects.get(pk=two.pk)
    moved.name_ct = row.name_ct
    with pytest.raises(InvalidTag):
        str(moved.name)


def test_look_answers_names_and_leaves_one_row(district, officer):
    school = make.a_school(district)
    student, other = make.a_student(school, name="陈小诺"), make.a_student(school)
    names = identities.look([student.pk, other.pk], by=officer, school=school, purpose="dispute")
    assert {key: value.name for key, value in names.items()} == {student.pk: "陈小诺"}
    row = IdentityLook.objects.get()
    assert (row.purpose, row.students, row.actor_ref) == ("dispute", [student.pk, other.pk], officer.ref)
    assert "陈" not in repr(names)


@pytest.mark.parametrize("role", [Role.PARTNER_OFFICER, Role.INSPECTOR, Role.TEACHER, Role.VENUE_STAFF])
def test_look_is_refused_to_roles_that_never_see_names(role):
    district = make.a_district(offices=2)
    school = make.a_school(district)
    at = {
        Role.PARTNER_OFFICER: district.organisations.get(kind="partner_office"),
        Role.INSPECTOR: make.bureau_of(district),
        Role.TEACHER: school.organisation,
    }.get(role)
    with pytest.raises(PermissionDenied):
        identities.look([], by=people.actor(people.hat(role, at=at)), school=school, purpose="roster")
    assert not IdentityLook.objects.exists()


def test_pupils_are_seen_by_their_school_and_its_offices_and_not_by_teachers(district, officer):
    school = make.a_school(district)
    student = make.a_student(school, make.a_class(school))
    hats = {
        "lead": make.lead_of(school),
        "officer": officer,
        "teacher": people.actor(people.hat(Role.TEACHER, at=school.organisation)),
        "other school": make.lead_of(make.a_school(district)),
        "venue": make.lead_of(make.a_venue(listed_in=[district])),
        "other office": make.officer_of(make.a_district()),
    }
    seen = {name for name, who in hats.items() if student in Student.objects.visible_to(who)}
    assert seen == {"lead", "officer"}


def test_everything_of_a_school_stays_with_it(district):
    school = make.a_school(district)
    make.a_group(school)
    stranger = make.lead_of(make.a_school(district))
    assert not ActivityGroup.objects.visible_to(stranger).exists()
    assert not School.objects.visible_to(stranger).filter(pk=school.pk).exists()


def test_a_calendar_is_seen_in_its_district_and_by_its_listed_venues(district):
    make.a_term(district)
    here = CalendarDay.objects.visible_to(make.lead_of(make.a_school(district))).count()
    listed = CalendarDay.objects.visible_to(make.lead_of(make.a_venue(listed_in=[district]))).count()
    unlisted = CalendarDay.objects.visible_to(make.lead_of(make.a_venue())).count()
    assert (here > 300, listed == here, unlisted) == (True, True, 0)


def test_edits_leave_a_trail_without_values(district, officer):
    school = make.a_school(district)
    schools.change(school, by=officer, street="光明街道")
    event = AuditEvent.objects.about(school).get()
    assert (event.verb, event.facts) == ("school.change", {"fields": ["street"]})
