import pytest
from django.core.exceptions import PermissionDenied

from partnerships import listings
from partnerships.models import Listing, Review, Venue
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
APPROVE, RETURN, REFUSE = Review.Verdict


@pytest.fixture
def district():
    return make.a_district(offices=2)


@pytest.fixture
def officers(district):
    roles = {"bureau": Role.BUREAU_OFFICER, "partner_office": Role.PARTNER_OFFICER}
    return [people.actor(people.hat(roles[office.kind], at=office)) for office in listings.offices_of(district)]


@pytest.fixture
def venue():
    return make.a_venue()


@pytest.fixture
def lead(venue):
    return make.lead_of(venue)


@pytest.mark.notice("listing_to_review")
def test_propose_tells_every_reviewing_office(district, officers, venue, lead):
    listing = listings.propose(venue.organisation, by=lead, district=district)
    assert listing.state == "applied"
    told = Notice.objects.filter(kind="listing_to_review").values_list("user", flat=True)
    assert set(told) == {officer.user.pk for officer in officers}


def test_propose_refuses_the_second_time(district, venue, lead):
    listings.propose(venue.organisation, by=lead, district=district)
    with pytest.raises(Refused) as no:
        listings.propose(venue.organisation, by=lead, district=district)
    assert no.value.code == "listing_once"


def test_propose_refuses_a_school(district):
    with pytest.raises(Refused) as no:
        listings.propose(make.a_school(district).organisation, by=SYSTEM, district=district)
    assert no.value.code == "listing_kind"


def test_propose_is_for_the_venue_itself_or_the_bureau_of_the_district(district, venue, officers):
    for who in (make.lead_of(make.a_venue()), make.officer_of(make.a_district()), officers[1]):
        with pytest.raises(PermissionDenied):
            listings.propose(venue.organisation, by=who, district=district)
    assert listings.propose(venue.organisation, by=officers[0], district=district).pk


@pytest.mark.notice("listing_listed")
def test_review_lists_with_the_last_office(district, officers, venue, lead):
    listing = listings.propose(venue.organisation, by=lead, district=district)
    listing = listings.review(listing, by=officers[0], verdict=APPROVE, reason="条件具备")
    assert (listing.state, listing.listed_on) == ("applied", None)
    assert [office.pk for office in listings.waiting_offices(listing)] == [officers[1].organisation_id]
    listing = listings.review(listing, by=officers[1], verdict=APPROVE, reason="符合条件")
    assert (listing.state, listing.listed_on) == ("listed", clock.today())
    assert Notice.objects.filter(kind="listing_listed", user=lead.user).exists()


@pytest.mark.guards("review_two_people")
def test_review_of_both_offices_takes_two_people(district, officers, venue, lead):
    """An officer of the bureau who also wears a hat of the partner office."""
    twin = people.actor(people.hat(Role.PARTNER_OFFICER, at=officers[1].organisation, who=officers[0].user))
    listing = listings.propose(venue.organisation, by=lead, district=district)
    listing = listings.review(listing, by=officers[0], verdict=APPROVE, reason="条件具备")
    assert not Listing.objects.awaiting(twin).exists()
    assert Listing.objects.awaiting(officers[1]).get() == listing
    with pytest.raises(Refused) as no:
        listings.review(listing, by=twin, verdict=APPROVE, reason="符合条件")
    assert no.value.code == "review_two_people"
    assert listings.review(listing, by=officers[1], verdict=APPROVE, reason="符合条件").state == "listed"


def test_review_by_the_only_office_lists_at_once(venue):
    district = make.a_district()
    listing = listings.propose(venue.organisation, by=SYSTEM, district=district)
    assert listings.review(listing, by=make.officer_of(district), verdict=APPROVE, reason="好").state == "listed"


@pytest.mark.notice("listing_not_listed")
@pytest.mark.parametrize(("verdict", "state"), [(RETURN, "returned"), (REFUSE, "refused")])
def test_review_that_does_not_approve_ends_the_round(district, officers, venue, lead, verdict, state):
    listing = listings.propose(venue.organisation, by=lead, district=district)
    listing = listings.review(listing, by=officers[1], verdict=verdict, reason="缺消防证明")
    assert (listing.state, listing.reason) == (state, "缺消防证明")
    assert Notice.objects.filter(kind="listing_not_listed", user=lead.user).exists()
    listing = listings.apply_again(listing, by=lead)
    assert (listing.state, listing.round, listing.reason) == ("applied", 2, "")
    assert listings.waiting_offices(listing).count() == 2


def test_review_refuses_without_a_reason_and_twice(district, officers, venue):
    listing = listings.propose(venue.organisation, by=SYSTEM, district=district)
    with pytest.raises(Refused) as no:
        listings.review(listing, by=officers[0], verdict=APPROVE, reason=" ")
    assert no.value.code == "review_has_reason"
    listings.review(listing, by=officers[0], verdict=APPROVE, reason="好")
    with pytest.raises(Refused) as no:
        listings.review(listing, by=officers[0], verdict=APPROVE, reason="好")
    assert no.value.code == "review_once_a_round"


def test_review_refuses_a_stale_page(district, officers, venue, lead):
    listing = listings.propose(venue.organisation, by=lead, district=district)
    stale = Listing.objects.get(pk=listing.pk)
    listings.review(listing, by=officers[0], verdict=RETURN, reason="缺材料")
    with pytest.raises(Refused) as no:
        listings.review(stale, by=officers[1], verdict=APPROVE, reason="好")
    assert no.value.code == "changed"


def test_review_is_not_the_inspectors(district, officers, venue):
    listing = listings.propose(venue.organisation, by=SYSTEM, district=district)
    inspector = people.actor(people.hat(Role.INSPECTOR, at=officers[0].organisation))
    with pytest.raises(PermissionDenied):
        listings.review(listing, by=inspector, verdict=APPROVE, reason="好")


@pytest.mark.notice("listing_suspended")
def test_suspend_hides_the_venue_from_schools_and_resume_shows_it(district, officers, venue, lead):
    listing = make.a_listing(venue, district)
    school = people.actor(people.hat(Role.COORDINATOR, of=district))
    assert Venue.objects.visible_to(school).get() == venue
    listings.suspend(listing, by=officers[1], reason="消防整改")
    assert not Venue.objects.visible_to(school).exists()
    assert Venue.objects.visible_to(officers[0]).get() == venue
    assert Notice.objects.filter(kind="listing_suspended", user=lead.user).exists()
    listings.resume(listing, by=officers[1])
    assert Venue.objects.visible_to(school).get() == venue


def test_leave_is_the_leads(district, venue, lead):
    listing = make.a_listing(venue, district)
    assert listings.leave(listing, by=lead).state == "left"


def test_listings_are_seen_by_their_district_and_by_themselves(district, officers, venue, lead):
    listing = listings.propose(venue.organisation, by=lead, district=district)
    school = people.actor(people.hat(Role.SCHOOL_LEAD, of=district))
    seen = {who: list(Listing.objects.visible_to(who)) for who in (officers[0], lead, school)}
    assert list(seen.values()) == [[listing], [listing], []]
    assert not Listing.objects.visible_to(make.officer_of(make.a_district())).exists()
    assert Listing.objects.awaiting(officers[0]).get() == listing
