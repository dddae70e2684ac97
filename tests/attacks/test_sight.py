"""What must not be seen, and must not stay in a cache."""

import datetime as dt

import pytest
from django.urls import reverse

from activities import roll_names
from activities.models import Booking
from partnerships.models import BookingRules, IdentityLook, School
from people.roles import Role
from tests.factories.people import login
from tests.factories.rolls import a_roll

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "shown"), [("requested", False), ("confirmed", True), ("cancelled", False), ("declined", False)]
)
def test_a_venue_reads_names_only_of_groups_that_it_receives(clock, state, shown):
    roll = a_roll(clock)
    BookingRules.objects.filter(venue=roll.town.venue).update(needs_real_names=True)
    if not BookingRules.objects.filter(venue=roll.town.venue).exists():
        BookingRules.objects.create(
            venue=roll.town.venue, starts_on=dt.date(2026, 1, 1), set_by=roll.town.bureau.user, needs_real_names=True
        )
    roll.booking.state = state
    assert roll_names.are_shown(roll.booking, roll.venue) is shown


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.BUREAU_OFFICER, True), (Role.INSPECTOR, True), (Role.PARTNER_OFFICER, False)]
)
def test_the_partner_office_does_not_read_how_rural_a_school_is(client, world, role, shown):
    school = world.one("A1", "school")
    School.objects.filter(pk=school.pk).update(locality="rural", is_underserved=True, stage="primary")
    login(client, world.hat(role))
    client.cookies["django_language"] = "en"
    for url in (reverse("partnerships:school-page", args=[school.pk]), reverse("partnerships:school-list")):
        text = client.get(url, headers={"accept-language": "en"}).content.decode()
        for word in ("rural", "underserved", "乡村", "农村", "薄弱"):
            assert shown or word not in text
    if shown:
        assert "underserved" in text or "薄弱" in text


def test_pages_of_the_signed_in_stay_in_no_cache(client, world):
    login(client, world.hat(Role.COORDINATOR))
    page = client.get(reverse("partnerships:class-page", args=[world.one("A1", "class").pk]), {"names": "1"})
    assert page["Cache-Control"] == "private, no-store"
    assert IdentityLook.objects.count() == 1
    assert Booking.objects.exists()


@pytest.mark.parametrize("role", [Role.PARTNER_OFFICER, Role.INSPECTOR])
def test_offices_that_never_read_names_ask_in_every_way(client, world, role):
    names = [row.identity.name for row in world.things["A1"]["student"]]
    login(client, world.hat(role))
    student, called = world.one("A1", "student"), world.one("A1", "called")
    answers = [
        client.get(reverse("partnerships:class-page", args=[world.one("A1", "class").pk]), {"names": "1"}),
        client.get(reverse("partnerships:group-page", args=[world.one("A1", "group").pk]), {"names": "1"}),
        client.post(reverse("credits:student-sheet", args=[student.pk])),
        client.get(reverse("activities:roll-result", args=[called.pk])),
        client.get(reverse("activities:roll-add", args=[called.pk]), {"class": world.one("A1", "class").pk}),
        client.get(reverse("credits:booking-credits", args=[called.pk])),
    ]
    for answer in answers:
        assert answer.status_code in (200, 403), answer.request["PATH_INFO"]
        assert not [name for name in names if name in answer.content.decode()]
    assert not IdentityLook.objects.exists()


def test_a_coordinator_of_another_school_adds_nobodys_pupils(client, world):
    """Foreign enrolments, classes, groups and leaders in the POST of one's own booking."""
    mine, other = world.one("A1", "called"), world.things["A2"]
    login(client, world.hat(Role.COORDINATOR))
    before = mine.roll.count()
    theirs = [row.enrolments.get().pk for row in other["student"]]
    client.post(reverse("activities:roll-add", args=[mine.pk]), {"class": other["class"][0].pk, "pupil": theirs})
    assert mine.roll.count() == before
    session = world.one("A1", "session")
    count = Booking.objects.count()
    client.post(
        reverse("activities:booking-request", args=[session.pk]),
        {
            "by": "classes", "classes": other["class"][0].pk, "activity_group": other["group"][0].pk, "adults": 2,
            "leader": world.hat(Role.TEACHER, "A2").pk, "request_key": "00000000-0000-4000-8000-000000000002",
        },
    )  # fmt: skip
    assert Booking.objects.count() == count


@pytest.mark.parametrize(("letter", "errors"), [("A", False), ("B", True)])
def test_a_venue_of_two_districts_promises_nothing_for_the_term_of_the_other(client, world, letter, errors):
    login(client, world.hat(Role.VENUE_LEAD))
    answer = client.post(
        reverse("partnerships:agreement-new"),
        {
            "venue": world.one("A1", "venue").pk, "schools": world.one("A2", "school").pk, "title": "t",
            "terms": world.districts[letter].terms.get().pk, "promise_visits": 3,
        },
    )  # fmt: skip
    assert ("terms" in answer.context["form"].errors) is errors


@pytest.mark.parametrize(("role", "shown"), [(Role.BUREAU_OFFICER, True), (Role.PARTNER_OFFICER, False)])
def test_nor_does_it_read_so_through_the_api(client, world, role, shown):
    school = world.one("A1", "school")
    School.objects.filter(pk=school.pk).update(locality="rural")
    login(client, world.hat(role))
    for address in ("/api/v1/schools/", f"/api/v1/schools/{school.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert ("rural" in answer.content.decode().casefold()) is shown
