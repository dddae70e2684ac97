"""Pages of credits: who sees which, what they say, and that they never rank or name."""

import pytest
from django.urls import reverse

from credits import ledger
from credits.models import CreditRule, Entry
from partnerships.models import IdentityLook, StudentIdentity
from people.roles import Role
from tests.factories import credits as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(clock):
    """All pages are read in the middle of the term."""
    clock.to(make.dt.datetime(2026, 11, 22, 8, tzinfo=make.SHANGHAI))


@pytest.fixture
def world(client):
    client.cookies["django_language"] = "en"
    world = make.world(pupils=3)
    for student, name in zip(world.pupils, ("陈小诺", "李敏", "王一二"), strict=True):
        identity = StudentIdentity(student=student, school=world.school, consent="given")
        identity.set_name(name)
        identity.save()
    return world


@pytest.fixture
def booking(world):
    booking = make.attended(world, "EXP", day=make.dt.date(2026, 10, 12))
    make.correct(booking, world.pupils[2], mark="absent")
    ledger.post(booking)
    return booking


def page(client, as_hat, name, *args, status=200, **query):
    response = people.login(client, as_hat).get(reverse(f"credits:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


def test_school_sees_its_classes_and_the_bureau_its_schools(client, world, booking):
    own = page(client, world.coordinator, "entry-list")
    assert "Class 5(1)" in own
    assert ">2.0<" in own
    bureau = people.hat(Role.BUREAU_OFFICER, of=world.district)
    district = page(client, bureau, "entry-list")
    assert world.school.organisation.name_en in district
    assert "Class 5(1)" in page(client, bureau, "school-credits", world.school.pk)


def test_class_page_masks_names_for_the_school_and_gives_offices_pseudonyms(client, world, booking):
    own = page(client, world.coordinator, "class-credits", world.school_class.pk)
    assert "陈＊诺" in own
    assert "陈小诺" not in own
    for role in (Role.BUREAU_OFFICER, Role.PARTNER_OFFICER, Role.INSPECTOR):
        seen = page(client, people.hat(role, of=world.district), "class-credits", world.school_class.pk)
        assert world.pupils[0].pseudonym in seen
        assert "陈＊诺" not in seen
    assert IdentityLook.objects.count() == 0


def test_another_school_and_another_district_find_no_such_page(client, world, booking):
    stranger = people.hat(Role.COORDINATOR, of=world.district)
    other_bureau = people.hat(Role.BUREAU_OFFICER)
    for hat in (stranger, other_bureau):
        page(client, hat, "class-credits", world.school_class.pk, status=404)
        page(client, hat, "student-sheet", world.pupils[0].pk, status=404)
        page(client, hat, "booking-credits", booking.pk, status=404)
        page(client, hat, "school-credits", world.school.pk, status=404)


def test_venue_counselor_and_platform_may_not_open_credits(client, world, booking):
    venue = people.hat(Role.VENUE_STAFF, at=world.venue)
    for hat in (venue, people.hat(Role.COUNSELOR), people.hat(Role.ADMINISTRATOR), people.hat(Role.AUDIT_READER)):
        page(client, hat, "entry-list", status=403)
        page(client, hat, "booking-credits", booking.pk, status=403)


def test_record_sheet_shows_entries_the_reversal_and_the_fixed_sentence(client, world, booking):
    pupil = world.pupils[0]
    make.correct(booking, pupil, mark="absent")
    ledger.post(booking)
    lecture = make.attended(world, "LEC", day=make.dt.date(2026, 10, 20))
    ledger.post(lecture)
    sheet = page(client, world.coordinator, "student-sheet", pupil.pk)
    assert "never a basis for admission" in sheet
    assert "陈＊诺" in sheet
    assert 'class="reversal"' in sheet
    assert "Correction of entry 1: Was there" not in sheet
    assert "Correction of entry 1: Was not there" in " ".join(sheet.split())
    assert "−1.0" in sheet
    assert "<b>0.5</b> / 6.0 points" in sheet


def test_record_sheet_tells_what_was_not_counted_and_why(client, world, booking):
    sheet = page(client, world.coordinator, "student-sheet", world.pupils[2].pk)
    assert "Not counted (reason)" in sheet
    assert "Was not there" in sheet
    assert "No entries in this school year" in sheet


def test_looking_at_the_name_is_a_post_and_leaves_a_row(client, world, booking):
    url = reverse("credits:student-sheet", args=[world.pupils[0].pk])
    people.login(client, world.coordinator)
    assert "陈小诺" not in client.get(url).content.decode()
    assert IdentityLook.objects.count() == 0
    assert "陈小诺" in client.post(url).content.decode()
    look = IdentityLook.objects.get()
    assert (look.purpose, look.students) == ("credits", [world.pupils[0].pk])


def test_partner_office_and_inspector_never_see_a_name(client, world, booking):
    url = reverse("credits:student-sheet", args=[world.pupils[0].pk])
    for role in (Role.PARTNER_OFFICER, Role.INSPECTOR):
        hat = people.hat(role, of=world.district)
        assert "Show the name" not in page(client, hat, "student-sheet", world.pupils[0].pk)
        assert client.post(url).status_code == 403
    assert IdentityLook.objects.count() == 0


def test_booking_page_says_who_earned_and_why_not(client, world, booking):
    told = page(client, world.coordinator, "booking-credits", booking.pk)
    assert "Was not there" in told
    assert told.count(">Posted<") == 3  # two pupils and the figure's name
    assert "EXP v1" in told


def test_booking_by_head_count_says_that_nothing_can_be_earned(client, world):
    booking = make.attended(world, by_roster=False)
    told = page(client, world.coordinator, "booking-credits", booking.pk)
    assert "without a roll by name nothing can be earned" in told


def test_teacher_sees_the_booking_they_lead_and_no_other_page(client, world, booking):
    teacher = people.hat(Role.TEACHER, at=world.school.organisation)
    page(client, teacher, "booking-credits", booking.pk, status=404)
    type(booking).objects.filter(pk=booking.pk).update(leader=teacher)
    told = page(client, teacher, "booking-credits", booking.pk)
    assert "陈＊诺" not in told  # six weeks later the window is closed
    assert world.pupils[0].pseudonym in told
    page(client, teacher, "entry-list", status=403)
    page(client, teacher, "student-sheet", world.pupils[0].pk, status=403)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("entry-list", 11), ("class-credits", 10), ("student-sheet", 23), ("booking-credits", 15)]
)
def test_lists_take_the_same_number_of_queries_for_one_row_and_for_three(
    client, world, django_assert_num_queries, name, queries, rows
):
    world.pupils = world.pupils[:rows]
    bookings = [make.attended(world, "LEC") for _ in range(rows)]
    for booking in bookings:
        ledger.post(booking)
        make.attended(world, "VIS", task_sheet=False)
    args = {
        "entry-list": [],
        "class-credits": [world.school_class.pk],
        "student-sheet": [world.pupils[0].pk],
        "booking-credits": [bookings[0].pk],
    }
    people.login(client, world.coordinator)
    with django_assert_num_queries(queries):
        client.get(reverse(f"credits:{name}", args=args[name]))


def test_rules_are_listed_with_versions_and_marked_as_default(client, world):
    hat = people.hat(Role.BUREAU_OFFICER, of=world.district)
    told = page(client, hat, "rule-list")
    assert told.count("Default, not policy") == 9
    assert "at least 90 minutes" in told
    school = page(client, world.coordinator, "rule-list")
    assert "Write the next version" not in school


def test_bureau_writes_and_publishes_the_next_version(client, world):
    people.login(client, people.hat(Role.BUREAU_OFFICER, of=world.district))
    sent = {
        "starts_on": "2027-02-20", "points": "1.5", "cap_year": "6", "minutes": "60", "grades": ["5", "6"],
        "needs_task_sheet": "on",
    }  # fmt: skip
    response = client.post(reverse("credits:rule-draft", args=["EXP"]), sent)
    assert response.status_code == 302
    draft = CreditRule.objects.get(code="EXP", version=2)
    assert (draft.points, draft.cap_year, draft.cap_venue, draft.minutes, draft.grades) == (
        1500,
        6000,
        None,
        60,
        [5, 6],
    )
    assert (draft.needs_task_sheet, draft.once_a_programme, draft.is_published) == (True, False, False)
    client.post(reverse("credits:rule-publish", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.is_published
    assert client.post(reverse("credits:rule-discard", args=[draft.pk])).status_code in (302, 409)
    assert CreditRule.objects.filter(pk=draft.pk).exists()


def test_bureau_adopts_the_starting_set_with_one_button(client):
    hat = people.hat(Role.BUREAU_OFFICER)
    people.login(client, hat)
    client.post(reverse("credits:rule-adopt"))
    assert CreditRule.objects.filter(district=hat.organisation.district).count() == 9


def test_drafts_are_seen_by_offices_only(client, world):
    hat = people.hat(Role.BUREAU_OFFICER, of=world.district)
    people.login(client, hat)
    client.post(
        reverse("credits:rule-draft", args=["LEC"]),
        {"starts_on": "2027-02-20", "points": "0.75", "minutes": "40", "grades": ["5"]},
    )
    assert "LEC v2" in page(client, hat, "rule-list")
    assert "LEC v2" not in page(client, world.coordinator, "rule-list")


def test_wrong_numbers_in_a_rule_are_answered_in_the_form(client, world):
    people.login(client, people.hat(Role.BUREAU_OFFICER, of=world.district))
    sent = {"starts_on": "soon", "points": "-1", "minutes": "x"}
    response = client.post(reverse("credits:rule-draft", args=["EXP"]), sent)
    assert response.status_code == 200
    assert CreditRule.objects.filter(code="EXP").count() == 1


def test_entries_are_visible_like_their_rolls_to_schools_and_offices_only(world, booking):
    def count(hat):
        return Entry.objects.visible_to(people.actor(hat)).count()

    assert count(world.coordinator) == 2
    assert count(people.hat(Role.INSPECTOR, of=world.district)) == 2
    assert count(people.hat(Role.COORDINATOR, of=world.district)) == 0
    assert count(people.hat(Role.BUREAU_OFFICER)) == 0
    assert count(people.hat(Role.VENUE_STAFF, at=world.venue)) == 0
    assert count(people.hat(Role.TEACHER, at=world.school.organisation)) == 0


def test_another_term_is_chosen_in_the_bar_once_there_is_one(client, world, booking):
    assert 'name="term"' not in page(client, world.coordinator, "entry-list")
    earlier = world.district.terms.create(school_year=2025, half=2, starts_on="2026-02-20", ends_on="2026-07-10")
    now = page(client, world.coordinator, "entry-list")
    assert 'name="term"' in now
    assert ">2.0<" in now
    before = page(client, world.coordinator, "entry-list", term=earlier.pk)
    assert ">2.0<" not in before
    assert before.count(">0.0<") == 2
