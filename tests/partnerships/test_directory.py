"""The directory of venues: facets that count, distance from the reader's school, and the plan to scale."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships import directory, plan
from partnerships.distance import Position
from partnerships.models import Listing, Recognition, Venue
from people.models import Organisation
from people.roles import Role
from people.thresholds import Values
from portal.lib import clock, pages
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
HOME = {"latitude": "22.75", "longitude": "113.93"}


@pytest.fixture
def district():
    return make.a_district()


@pytest.fixture
def school(district):
    return make.a_school(district, **HOME)


@pytest.fixture
def reader(client, school):
    """Signed in as the coordinator of the school."""
    people.login(client, people.hat(Role.COORDINATOR, at=school.organisation))
    return client


@pytest.fixture
def museums(district):
    """Near and step-free, far, and one that has not said where it is."""
    near = make.a_venue(
        listed_in=[district], latitude="22.78", longitude="113.95", facilities=["step_free", "lunch"], kind="farm"
    )
    far = make.a_venue(listed_in=[district], latitude="22.95", longitude="113.93", facilities=["lunch"])
    nowhere = make.a_venue(listed_in=[district])
    return near, far, nowhere


def found(client, page="venue-list", **query):
    return [entry.pk for entry in client.get(reverse(f"partnerships:{page}"), query).context["found"]]


def choices(client, facet, **query):
    form = client.get(reverse("partnerships:venue-list"), query).context["form"]
    return [label for value, label in form.fields[facet].choices if value]


def test_the_nearest_comes_first_and_who_has_no_position_last(reader, museums):
    near, far, nowhere = museums
    entries = reader.get(reverse("partnerships:venue-list")).context["found"]
    assert [(entry.pk, entry.metres) for entry in entries] == [
        (near.pk, 5482), (far.pk, 31135), (nowhere.pk, None)
    ]  # fmt: skip


@pytest.mark.parametrize("page", ["venue-list", "venue-plan"])
def test_list_and_plan_narrow_by_distance_facility_kind_and_name(reader, museums, page):
    near, far, nowhere = museums
    assert found(reader, page, near="10") == [near.pk]
    assert found(reader, page, near="50") == [near.pk, far.pk]
    assert found(reader, page, facility="lunch") == [near.pk, far.pk]
    assert found(reader, page, facility="lunch", kind="farm") == [near.pk]
    assert found(reader, page, q=far.name) == [far.pk]
    assert found(reader, page, kind="no such kind") == [near.pk, far.pk, nowhere.pk]


def test_a_facet_counts_what_the_other_choices_leave(reader, museums):
    assert [label[-3:] for label in choices(reader, "facility")] == ["(1)", "(2)"]
    assert [label[-3:] for label in choices(reader, "facility", kind="farm")] == ["(1)", "(1)"]
    # its own choice does not narrow it: another value can still be picked
    assert [label[-3:] for label in choices(reader, "facility", facility="step_free")] == ["(1)", "(2)"]


def test_an_expired_title_is_no_level(reader, museums):
    near, far, _nowhere = museums
    Recognition.objects.create(venue=near, title="基地", level="national", ends_on=clock.today())
    Recognition.objects.create(venue=far, title="基地", level="national", ends_on=clock.today() + dt.timedelta(days=1))
    assert found(reader, level="national") == [far.pk]


def test_partners_are_those_with_an_agreement_in_force(reader, school, museums):
    _near, far, _nowhere = museums
    make.an_agreement(far, [school])
    assert found(reader, paired="yes") == [far.pk]


def test_a_campus_measures_from_where_it_is(reader, school, museums):
    near, far, nowhere = museums
    campus = school.campuses.create(name="北校区", latitude="22.95", longitude="113.93")
    assert found(reader, start=f"campus-{campus.pk}") == [far.pk, near.pk, nowhere.pk]


def test_an_office_chooses_the_school_to_measure_from(client, district, school, museums):
    near, far, nowhere = museums
    stranger = make.a_school(make.a_district(), **HOME)
    make.a_school(district, latitude="22.95", longitude="113.93")
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district)))
    assert {entry.metres for entry in client.get(reverse("partnerships:venue-list")).context["found"]} == {None}
    assert found(client, start=f"school-{school.pk}") == [near.pk, far.pk, nowhere.pk]
    answer = client.get(reverse("partnerships:venue-list"), {"start": f"school-{stranger.pk}"})
    assert answer.context["start"] is None


def test_a_school_without_a_position_is_told_so(client, district, museums):
    people.login(client, people.hat(Role.SCHOOL_LEAD, of=district))
    answer = client.get(reverse("partnerships:venue-list"))
    assert (answer.context["start"], answer.context["no_position"]) == (None, True)


def test_pages_of_the_list_hold_everything_once(reader, district):
    for _each in range(3):
        make.a_venue(listed_in=[district])
    rows = list(range(7))
    first = pages.sliced(rows, {}, size=3)
    second = pages.sliced(rows, {"after": first.after}, size=3)
    last = pages.sliced(rows, {"after": second.after}, size=3)
    assert first.rows + second.rows + last.rows == rows
    assert (first.before, last.after) == ("", "")
    assert pages.sliced(rows, {"before": last.before}, size=3).rows == second.rows
    assert pages.sliced(rows, {"after": "x"}, size=3).rows == first.rows


def asked(client, page):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse(f"partnerships:{page}"))
    return len(queries), len(answer.context["found"])


@pytest.mark.parametrize("page", ["venue-list", "venue-plan"])
def test_pages_ask_as_often_for_a_thousand_as_for_one(client, district, page):
    make.a_venue(listed_in=[district], latitude="22.70", longitude="113.93")
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district)))
    client.get(reverse(f"partnerships:{page}"))
    for_one = asked(client, page)
    organisations = Organisation.objects.bulk_create(Organisation(kind="venue", name_zh=f"馆{n}") for n in range(999))
    Venue.objects.bulk_create(
        Venue(organisation=each, latitude=f"22.{100 + n}", longitude="113.93", facilities=["lunch"])
        for n, each in enumerate(organisations)
    )
    Listing.objects.bulk_create(Listing(district=district, organisation=each) for each in organisations)
    for_many = asked(client, page)
    assert (for_one[1], for_many[1]) == (1, 1000)
    assert for_one[0] == for_many[0] <= 15


def an_entry(number, position):
    return directory.Entry(number, str(number), False, "", "", (), (), "", False, position, None)


def test_the_plan_is_to_scale():
    start = directory.Start("school-1", "学校", Position(22.75, 113.93))
    entries = [an_entry(1, Position(22.78, 113.95)), an_entry(2, None), an_entry(3, Position(22.70, 113.80))]
    drawn = plan.draw(entries, start, Values({}))
    assert [dot.number for dot in drawn.dots] == [1, 3]
    unit = drawn.bar_metres / drawn.bar
    (x, y), (first, third) = drawn.start, drawn.dots
    for dot, metres in ((first, 3916), (third, 14454)):
        drawn_metres = ((dot.x - x) ** 2 + (dot.y - y) ** 2) ** 0.5 * unit
        assert drawn_metres == pytest.approx(metres, rel=0.01)
    assert first.x > x > third.x  # east is right
    assert first.y < y < third.y  # north is up
    # 10 km by road are 7.1 km as the crow flies
    assert {ring.km: round(ring.r * unit / 100) for ring in drawn.rings}[10] == pytest.approx(71, abs=1)
    assert all(0 <= dot.x <= drawn.width and 0 <= dot.y <= drawn.height for dot in drawn.dots)


def test_numbers_of_neighbours_do_not_hide_each_other():
    entries = [an_entry(n, Position(22.75 + n / 10_000, 113.93)) for n in (1, 2)] + [
        an_entry(3, Position(22.9, 113.93))
    ]
    first, second, _third = plan.draw(entries, None, Values({})).dots
    assert (first.label_x, first.label_y) != (second.label_x, second.label_y)
    assert abs(first.label_y - second.label_y) >= 9 or abs(first.label_x - second.label_x) >= 6


def test_without_positions_there_is_no_plan():
    assert plan.draw([an_entry(1, None)], None, Values({})) is None
