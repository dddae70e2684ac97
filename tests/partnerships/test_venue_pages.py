import datetime as dt

import pytest
from django.urls import reverse

from partnerships.models import BookingRules, Hall, Listing, Recognition, Venue
from people.roles import Role
from portal.lib import clock
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def district():
    return make.a_district(offices=2)


@pytest.fixture
def officer(district):
    return people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district))


def test_list_shows_a_school_what_its_district_lists(client, district):
    listed = make.a_venue(listed_in=[district])
    make.a_venue(listed_in=[make.a_district()])
    people.login(client, people.hat(Role.COORDINATOR, of=district))
    assert [venue for _entry, venue in client.get(url("venue-list")).context["page"]] == [listed]


def test_list_asks_as_often_for_three_as_for_one(client, district, officer, django_assert_num_queries):
    people.login(client, officer)
    make.a_venue(listed_in=[district])
    client.get(url("venue-list"))
    with django_assert_num_queries(14):
        client.get(url("venue-list"))
    for _each in range(2):
        venue = make.a_venue(listed_in=[district])
        Recognition.objects.create(venue=venue, title="基地")
    with django_assert_num_queries(14):
        client.get(url("venue-list"))


def test_page_says_which_title_ends_within_ninety_days_and_which_has(client, district, officer):
    venue = make.a_venue(listed_in=[district])
    today = clock.today()
    for title, days in (("过期", 0), ("将到期", 90), ("有效", 91)):
        Recognition.objects.create(venue=venue, title=title, ends_on=today + dt.timedelta(days=days))
    Recognition.objects.create(venue=venue, title="日期未知")
    people.login(client, officer)
    titles = client.get(url("venue-page", venue.pk)).context["titles"]
    tones = {row.recognition.title: row.badge[1] if row.badge else None for row in titles}
    assert tones == {"过期": "red", "将到期": "turn", "有效": None, "日期未知": None}


def test_both_offices_review_on_the_page(client, district, officer):
    venue = make.a_venue()
    lead = people.hat(Role.VENUE_LEAD, at=venue.organisation)
    people.login(client, lead)
    client.post(url("listing-apply"), {"district": district.pk})
    listing = Listing.objects.get()
    for hat in (officer, people.hat(Role.PARTNER_OFFICER, at=district.organisations.get(kind="partner_office"))):
        people.login(client, hat)
        assert client.get(url("venue-list")).context["waiting"].get() == listing
        client.post(url("listing-review", listing.pk), {"verdict": "approve", "reason": "条件具备"})
    listing.refresh_from_db()
    assert listing.state == "listed"
    page = client.get(url("venue-page", venue.pk))
    assert len(page.context["listings"][0].reviews) == 2


def test_review_without_a_reason_keeps_the_choice(client, district, officer):
    listing = Listing.objects.create(district=district, organisation=make.a_venue().organisation)
    people.login(client, officer)
    answer = client.post(url("listing-review", listing.pk), {"verdict": "return", "reason": ""})
    assert answer.status_code == 200
    assert answer.context["form"]["verdict"].value() == "return"


def test_suspend_resume_leave_and_again(client, district, officer):
    venue = make.a_venue(listed_in=[district])
    listing = Listing.objects.get(organisation=venue.organisation)
    people.login(client, officer)
    states = []
    for step in ("suspend", "resume"):
        client.post(url(f"listing-{step}", listing.pk), {"reason": "维修"})
        listing.refresh_from_db()
        states.append(listing.state)
    people.login(client, people.hat(Role.VENUE_LEAD, at=venue.organisation))
    for step in ("leave", "again"):
        client.post(url(f"listing-{step}", listing.pk))
        listing.refresh_from_db()
        states.append(listing.state)
    assert states == ["suspended", "listed", "left", "applied"]


def test_rules_start_tomorrow_and_keep_their_history(client, district):
    venue = make.a_venue(listed_in=[district])
    people.login(client, people.hat(Role.VENUE_STAFF, at=venue.organisation))
    page = client.get(url("rules-edit"))
    form = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    form |= {"largest_group": 60, "reason": "展厅改造", "starts_on": form["starts_on"].isoformat()}
    form = {name: value for name, value in form.items() if value is not False}
    assert client.post(url("rules-edit"), form).status_code == 302
    row = BookingRules.objects.get()
    assert (row.largest_group, row.starts_on) == (60, clock.today() + dt.timedelta(days=1))
    assert BookingRules.objects.of(venue.pk, on=clock.today()).is_default
    assert client.get(url("venue-page", venue.pk)).context["next_rules"] == row
    again = client.post(url("rules-edit"), form)
    assert again.context["form"].non_field_errors()


def test_rules_that_contradict_themselves_are_answered_in_the_form(client):
    venue = make.a_venue()
    people.login(client, people.hat(Role.VENUE_LEAD, at=venue.organisation))
    form = dict(client.get(url("rules-edit")).context["form"].initial)
    form = {k: v for k, v in form.items() if v not in (None, False)}
    form |= {"smallest_group": 80, "largest_group": 60, "starts_on": form["starts_on"].isoformat()}
    answer = client.post(url("rules-edit"), form)
    assert answer.status_code == 200
    assert not BookingRules.objects.exists()


def test_a_venue_keeps_its_facts_halls_and_titles(client):
    venue = make.a_venue()
    people.login(client, people.hat(Role.VENUE_LEAD, at=venue.organisation))
    client.post(url("venue-edit", venue.pk), {"kind": "planetarium", "closing_weekdays": [1], "display_area": 900})
    client.post(url("hall-add", venue.pk), {"name": "一层", "heads": 120})
    hall = Hall.objects.get()
    client.post(url("hall-edit", hall.pk), {"name": "一层东", "heads": 100})
    client.post(url("recognition-add", venue.pk), {"title": "全国科普教育基地", "last_day": "2030-12-31"})
    title = Recognition.objects.get()
    client.post(url("recognition-edit", title.pk), {"level": "national", "last_day": "2031-12-31"})
    venue = Venue.objects.get()
    hall.refresh_from_db()
    title.refresh_from_db()
    assert (venue.kind, venue.closing_weekdays, venue.display_area) == ("planetarium", [1], 900)
    assert (hall.name, hall.heads) == ("一层东", 100)
    assert (title.level, title.last_day, title.ends_on) == ("national", dt.date(2031, 12, 31), dt.date(2032, 1, 1))
    assert client.get(url("venue-page", venue.pk)).status_code == 200


def test_another_venue_is_404_and_a_school_may_not_edit(client, district):
    venue = make.a_venue(listed_in=[district])
    people.login(client, people.hat(Role.VENUE_LEAD))
    assert client.get(url("venue-page", venue.pk)).status_code == 404
    assert client.get(url("venue-edit", venue.pk)).status_code == 404
    people.login(client, people.hat(Role.SCHOOL_LEAD, of=district))
    assert client.get(url("venue-page", venue.pk)).status_code == 200
    assert client.get(url("venue-edit", venue.pk)).status_code == 403


def test_a_venue_says_where_it_is_and_what_it_has_for_groups(client, district):
    venue = make.a_venue(listed_in=[district], latitude="22.70", longitude="113.90", position_is_sample=True)
    people.login(client, people.hat(Role.VENUE_LEAD, at=venue.organisation))
    facts = {"facilities": ["step_free", "lunch"], "coach_places": 4, "credit_code": "91350100m000100y43"}
    client.post(url("venue-edit", venue.pk), facts | {"position": "22.70, 113.90"})
    venue = Venue.objects.get()
    assert (venue.is_step_free, venue.coach_places, venue.organisation.credit_code) == (True, 4, "91350100M000100Y43")
    assert venue.position_is_sample  # the same position is still nobody's measurement
    # a map that gives the longitude first
    client.post(url("venue-edit", venue.pk), facts | {"position": "113.936208，22.748512"})
    venue.refresh_from_db()
    assert (str(venue.latitude), str(venue.longitude)) == ("22.748512", "113.936208")
    assert not venue.position_is_sample
    client.post(url("venue-edit", venue.pk), facts)
    venue.refresh_from_db()
    assert not venue.has_position


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("position", "22.7"),
        ("position", "48.85, 2.35"),
        ("credit_code", "91350100M000100Y44"),
        ("credit_code", "91350100M000100Y4"),
        ("facilities", "helipad"),
    ],
)
def test_what_can_not_be_is_answered_beside_its_field(client, field, given):
    venue = make.a_venue()
    people.login(client, people.hat(Role.VENUE_LEAD, at=venue.organisation))
    assert list(client.post(url("venue-edit", venue.pk), {field: given}).context["form"].errors) == [field]


def test_a_school_reads_way_and_time_and_that_they_are_samples(client, district):
    venue = make.a_venue(listed_in=[district], latitude="22.78", longitude="113.95")
    school = make.a_school(district)
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=school.organisation))
    assert client.get(url("venue-page", venue.pk)).context["ways"] == []
    client.post(url("school-edit", school.pk), {"position": "22.75, 113.93"})
    client.post(url("campus-add", school.pk), {"name": "北校区"})
    campus = school.campuses.get()
    (way,) = client.get(url("venue-page", venue.pk)).context["ways"]
    assert (way.metres, way.minutes, way.is_sample) == (5482, 29, False)
    client.post(url("campus-edit", campus.pk), {"name": "北校区", "position": "22.78 113.95"})
    ways = client.get(url("venue-page", venue.pk)).context["ways"]
    assert [(way.metres, way.minutes) for way in ways] == [(5482, 29), (0, 0)]


def test_a_hall_is_reached_without_steps_or_not_or_nobody_has_said(client):
    venue = make.a_venue()
    people.login(client, people.hat(Role.VENUE_STAFF, at=venue.organisation))
    said = []
    for answer in ("unknown", "true", "false"):
        name = f"展厅{answer}"
        client.post(url("hall-add", venue.pk), {"name": name, "heads": 40, "is_step_free": answer})
        said.append(Hall.objects.get(name=name).is_step_free)
    assert said == [None, True, False]
