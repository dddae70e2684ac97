"""A supplement that ends an agreement earlier: what is chosen beforehand is done when it is filed."""

import datetime as dt

import pytest
from django.urls import reverse

from activities import supplements
from activities.models import Booking, ImpactChoice
from activities.options import What
from partnerships import agreement_life, agreements, impact
from partnerships.models import Agreement, Commitment
from partnerships.promises import Promise
from people.roles import Role
from portal.lib import clock
from tests.breaking import copy, refused_as
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.activities import a_booking, a_session, a_town, local, next_weekday

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    found.term = make.a_term(found.district)
    found.promise = Promise(found.venue.pk, found.term, "visits", 9)
    long_ago = clock.today() - dt.timedelta(days=500)  # so that an earlier end still leaves it a year
    found.agreement = make.an_agreement(found.venue, [found.school], promises=[found.promise], starts_on=long_ago)
    found.museum, found.head = make.lead_of(found.venue), make.lead_of(found.school)
    return found


def shortened(town, ends_on, *, promises=None):
    """The supplement as the venue has drafted it."""
    amendment = agreement_life.amend(town.agreement, by=town.museum)
    agreements.revise(
        amendment,
        by=town.museum,
        text="第一条 提前结束。",
        ends_on=ends_on,
        promises=[town.promise] if promises is None else promises,
    )
    return Agreement.objects.get(pk=amendment.pk)


def put_into_force(town, amendment):
    def now():
        return Agreement.objects.get(pk=amendment.pk)

    agreements.propose(now(), by=town.museum)
    agreements.agree(now(), by=town.head)
    for who in (town.museum, town.head):
        agreements.sign(now(), by=who, how="online", reauthenticated=True)
    agreements.submit(now(), by=town.museum)
    agreements.file(now(), by=make.officer_of(town.district))


def soon(weeks=0):
    """Wednesdays on which the shorter agreement would be over."""
    return local(next_weekday(3, 24 + 7 * weeks), 9, 30)


def test_what_was_chosen_is_done_when_it_comes_into_force(town):
    kept = a_booking(town, a_session(town.venue, starts_at=soon()), town.class_a)
    gone = a_booking(town, a_session(town.venue, starts_at=soon(1)), town.class_a)
    before = a_booking(town, a_session(town.venue), town.class_b)
    neighbour = make.a_school(town.district)
    amendment = shortened(town, soon().date())
    assert (impact.touched(amendment, town.museum), impact.touched(amendment, make.lead_of(neighbour))) == (2, 0)
    found = supplements.preview(amendment)
    wanted = dict(zip((row.name for row in found.rows), (What.KEEP, What.CANCEL), strict=True))
    keys = found.keys_of(
        found.plan(lambda row: next((one for one in row.options if one.what == wanted.get(row.name)), None))
    )
    supplements.choose(amendment, by=town.museum, keys=keys)
    assert Booking.objects.get(pk=gone.pk).state == "confirmed"
    outcome = found.outcome(found.chosen(keys))
    put_into_force(town, amendment)
    after = {row.pk: (row.state, row.session_id, row.agreement_id) for row in Booking.objects.exclude(pk=before.pk)}
    assert after == {
        kept.pk: ("confirmed", kept.session_id, None),
        gone.pk: ("cancelled_no_fault", gone.session_id, town.agreement.pk),
    }
    assert {pk: row[:2] for pk, row in outcome.bookings.items()} == {pk: row[:2] for pk, row in after.items()}
    assert Commitment.objects.values_list("reserved", "released").get(agreement=town.agreement) == (1, 2)


def test_new_promises_count_what_is_booked_already(town):
    a_booking(town, a_session(town.venue))
    more = [town.promise, Promise(town.venue.pk, town.term, "pupils", 90)]
    amendment = shortened(town, town.agreement.ends_on, promises=more)
    assert impact.touched(amendment, town.museum) == 0
    put_into_force(town, amendment)
    rows = Commitment.objects.filter(agreement=town.agreement).values_list("kind", "reserved")
    assert dict(rows) == {"visits": 1, "pupils": 3}


def test_the_page_keeps_the_choices_of_a_party_and_shows_them_to_the_bureau(client, town):
    booking = a_booking(town, a_session(town.venue, starts_at=soon()))
    amendment = shortened(town, soon().date())
    address = reverse("activities:agreement-impact", args=[amendment.pk])
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    page = client.get(address)
    assert page.context["sums"]["keep"] == 1
    cancel = page.context["sums"]["bookings"][0].choices[-1].key
    assert client.post(address, {f"booking_{booking.pk}": cancel}).url == address
    assert client.get(address).context["sums"]["cancel"] == 1
    agreements.propose(amendment, by=town.museum)
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(town.district)))
    page = client.get(address)
    assert (page.context["sums"]["cancel"], page.context["may_choose"]) == (1, False)
    client.post(address, {f"booking_{booking.pk}": page.context["sums"]["bookings"][0].choices[0].key})
    assert client.get(address).context["sums"]["cancel"] == 1
    assert client.get(reverse("activities:agreement-impact", args=[town.agreement.pk])).status_code == 404


def test_a_school_reads_nothing_of_another_schools_dates(client, town):
    mine, theirs = a_session(town.venue, starts_at=soon()), a_session(town.venue, starts_at=soon(1))
    a_booking(town, mine, town.class_a)
    neighbour = make.a_school(town.district)
    Booking.objects.filter(pk=a_booking(town, theirs, town.class_b).pk).update(school=neighbour)
    amendment = shortened(town, soon().date())
    agreements.propose(amendment, by=town.museum)
    address = reverse("activities:agreement-impact", args=[amendment.pk])
    told = {}
    for role, side in ((Role.VENUE_LEAD, town.venue), (Role.SCHOOL_LEAD, town.school)):
        people.login(client, people.hat(role, at=side.organisation))
        told[role] = [one.row.session for one in client.get(address).context["sums"]["sessions"]]
    assert told == {Role.VENUE_LEAD: [mine, theirs], Role.SCHOOL_LEAD: [mine]}
    assert impact.touched(amendment, town.head) == 1


def test_nothing_is_touched_by_a_longer_one(town):
    a_booking(town, a_session(town.venue))
    amendment = shortened(town, town.agreement.ends_on + dt.timedelta(days=30))
    assert (impact.touched(amendment, town.museum), supplements.preview(amendment)) == (0, None)


@pytest.mark.guards("impactchoice_once")
def test_one_choice_stands_for_a_booking(town):
    a_booking(town, a_session(town.venue, starts_at=soon()))
    amendment = shortened(town, soon().date())
    found = supplements.preview(amendment)
    supplements.choose(amendment, by=town.museum, keys=found.keys_of(found.plan()))
    with refused_as("impactchoice_once"):
        copy("activities_impactchoice", ImpactChoice.objects.order_by("pk")[0].pk)
