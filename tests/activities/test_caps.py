"""How often and how many: visits a school year of a school and of a class, pupils of one class in a session."""

import datetime as dt

import pytest

from activities import bookings, groups
from activities.eligibility import Judge
from partnerships.models import AgreementParty, Commitment
from tests.factories.activities import (
    a_booking,
    a_class,
    a_group,
    a_school,
    a_session,
    a_town,
    a_venue,
    an_activity_group,
    local,
    next_weekday,
)
from tests.factories.partnerships import a_term, an_agreement
from tests.factories.people import actor
from tests.factories.rules import a_threshold, venue_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    an_agreement(found.venue, [found.school])
    return found


def later(town, days, venue=None):
    return a_session(venue or town.venue, starts_at=local(next_weekday(3, after=10 + days), 9, 30))


def broken(town, session, group=None):
    return Judge([session], group or a_group(town, session)).of(session).broken


def test_a_venue_caps_the_groups_of_one_school_a_school_year(town):
    venue_rules(town.venue, visits_a_year=1, ahead_days=700)
    a_booking(town, later(town, 0), town.class_a)
    (rule,) = broken(town, later(town, 7), a_group(town, later(town, 7), town.class_b))
    assert (rule.code, rule.facts, rule.granted_by) == ("venue.visits_a_year", {"most": 1, "had": 1}, "venue")
    assert broken(town, later(town, 370)) == ()  # the next school year
    other = a_school(town.district)
    an_agreement(town.venue, [other])
    session = later(town, 7)
    assert broken(town, session, groups.of_heads(other, 9, on=session.day, adults=1)) == ()
    elsewhere = a_venue(listed_in=town.district)
    an_agreement(elsewhere, [town.school])
    assert broken(town, later(town, 7, elsewhere)) == ()


def test_a_booking_that_moves_is_not_in_its_own_way(town):
    venue_rules(town.venue, visits_a_year=1)
    a_threshold(town.district, "class_visits_a_year", 1)
    booking, to = a_booking(town, later(town, 0)), later(town, 7)
    group = groups.of_booking(booking, on=to.day)
    assert Judge([to], group, moving=booking).of(to).broken == ()


def test_a_cancelled_visit_does_not_count(town):
    venue_rules(town.venue, visits_a_year=1)
    booking = a_booking(town, later(town, 0))
    bookings.cancel(booking, by=actor(town.coordinator))
    assert broken(town, later(town, 7)) == ()


def test_a_district_caps_the_visits_of_a_class_wherever_it_goes(town):
    a_threshold(town.district, "class_visits_a_year", 1)
    elsewhere = a_venue(listed_in=town.district)
    an_agreement(elsewhere, [town.school])
    a_booking(town, later(town, 0, elsewhere), town.class_a)
    session = later(town, 7)
    (rule,) = broken(town, session, a_group(town, session, town.class_a, town.class_b))
    assert (rule.code, rule.facts["most"], rule.granted_by) == ("district.class_visits", 1, "bureau")
    assert [str(name) for name in rule.facts["names"]] == [town.class_a.label(session.day)]
    assert broken(town, session, a_group(town, session, town.class_b)) == ()


def test_what_a_school_gives_itself_is_no_visit(town):
    a_threshold(town.district, "class_visits_a_year", 1)
    own = a_session(town.school, school=town.school)
    a_booking(town, own, town.class_a)
    assert broken(town, later(town, 7)) == ()


def test_one_class_leaves_room_for_others(town):
    venue_rules(town.venue, pupils_of_a_class=2)
    session = later(town, 0)
    (rule,) = broken(town, session)
    assert (rule.code, rule.facts) == ("venue.class_share", {"most": 2, "largest": 3})
    mixed = [*town.class_a.enrolments.all()[:2], *town.class_b.enrolments.all()[:2]]
    club = an_activity_group(town.school, *(row.student for row in mixed))
    assert broken(town, session, groups.of_activity_group(club, on=session.day, adults=1)) == ()
    unnamed = a_class(town.school, number=8)
    heads = groups.of_classes(town.school, [unnamed], on=session.day, adults=1, heads={unnamed.pk: 3})
    assert [rule.code for rule in broken(town, session, heads)] == ["venue.class_share"]
    assert broken(town, session, groups.of_heads(town.school, 9, on=session.day, adults=1)) == ()


@pytest.mark.parametrize("sessions", [1, 3])
def test_caps_cost_the_same_for_any_number_of_sessions(town, sessions, django_assert_num_queries):
    venue_rules(town.venue, visits_a_year=9)
    a_threshold(town.district, "class_visits_a_year", 9)
    a_booking(town, later(town, 0))
    found = [later(town, 7 * (n + 1)) for n in range(sessions)]
    group = a_group(town, found[0])
    with django_assert_num_queries(16):
        Judge(found, group)


def test_supposing_a_booking_counts_it_everywhere(town):
    """Many groups are judged as if those before had booked, and nothing is written."""
    venue_rules(town.venue, visits_a_year=3, groups_per_half_day=2)
    one, two = a_session(town.venue, capacity=4), later(town, 0)
    parts = [a_group(town, one, school_class) for school_class in (town.class_a, town.class_b)]
    judge = Judge([one, two], groups.together(parts))
    first = judge.for_part(parts[0])
    assert first.of(one).may_book
    judge.suppose(one, parts[0], first.of(one))
    assert {rule.code for rule in judge.for_part(parts[0]).of(two).broken} == {
        "school.pupils_busy",
        "school.class_busy",
    }
    assert [rule.code for rule in judge.for_part(parts[1]).of(one).broken] == ["session.capacity"]
    judge.suppose(two, parts[1])
    third = judge.for_part(a_group(town, one, a_class(town.school, 1, number=9)))
    assert [rule.code for rule in third.of(two).broken] == ["venue.quota_half_day"]
    one.refresh_from_db()
    assert one.taken == 0


def a_ceiling(town, promised):
    """Pupils that the agreement of the town promises at most in the running term."""
    party = AgreementParty.objects.get(organisation=town.venue.pk)
    return Commitment.objects.create(
        agreement=party.agreement,
        party=party,
        term=a_term(town.district),
        kind="pupils",
        promised=promised,
        is_ceiling=True,
    )


def test_a_ceiling_of_the_agreement(town):
    ceiling = a_ceiling(town, 5)
    session = later(town, 0)
    assert broken(town, session) == ()
    (rule,) = broken(town, session, a_group(town, session, town.class_a, town.class_b))
    assert (rule.code, rule.granted_by) == ("agreement.commitment", "")
    assert (rule.facts["left"], rule.facts["needed"]) == (5, 6)
    booking = a_booking(town, session, town.class_a)
    (rule,) = broken(town, session, a_group(town, session, town.class_b))
    assert rule.facts["left"] == 2
    moving = Judge([later(town, 7)], groups.of_booking(booking, on=session.day), moving=booking)
    assert moving.of(session).broken == ()  # what it holds itself is free for it
    ceiling.refresh_from_db()
    assert ceiling.reserved == 3


def test_supposed_bookings_count_against_the_ceiling(town):
    a_ceiling(town, 5)
    session = later(town, 0)
    parts = [a_group(town, session, one) for one in (town.class_a, town.class_b)]
    judge = Judge([session], groups.together(parts))
    judge.suppose(session, parts[0])
    assert [rule.code for rule in judge.for_part(parts[1]).of(session).broken] == ["agreement.commitment"]


def test_places_kept_back_are_named_with_their_last_day(town):
    day = next_weekday(3)
    session = later(town, 0)
    kept = a_session(town.venue, capacity=3, held_back=2, held_until=day - dt.timedelta(days=5))
    (rule,) = broken(town, kept)
    assert (rule.code, rule.facts["held"], rule.facts["opens"]) == ("session.capacity", 2, day - dt.timedelta(days=4))
    assert broken(town, session) == ()
    town.school.is_underserved = True
    town.school.save()
    assert broken(town, kept) == ()
