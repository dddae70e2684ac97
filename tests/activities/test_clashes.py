"""The way from one activity to the next takes its time; without positions the rule is silent."""

import datetime as dt

import pytest
from django.utils.translation import override

from activities import groups
from activities.eligibility import Judge
from activities.models import Session
from partnerships.models import School, Venue
from tests.factories.activities import a_booking, a_group, a_programme, a_session, a_town, a_venue
from tests.factories.partnerships import an_agreement
from tests.factories.rules import a_threshold

pytestmark = pytest.mark.django_db
HERE, THERE = {"latitude": "22.75", "longitude": "113.90"}, {"latitude": "22.80", "longitude": "113.90"}


@pytest.fixture
def town():
    """Two venues 5.6 km apart as the crow flies: 7.8 km by road, 34 minutes."""
    found = a_town()
    found.other = a_venue(listed_in=found.district)
    for venue, where in ((found.venue, HERE), (found.other, THERE)):
        an_agreement(venue, [found.school])
        Venue.objects.filter(pk=venue.pk).update(**where)
    return found


def after(town, first, minutes, venue=None):
    return a_session(venue or town.other, starts_at=first.ends_at + dt.timedelta(minutes=minutes))


def broken(session, group):
    return Judge([session], group).of(session).broken


@pytest.mark.parametrize(("minutes", "codes"), [(33, ["district.travel_time"]), (34, [])])
def test_the_way_to_the_next_activity(town, minutes, codes):
    first = a_session(town.venue)
    a_booking(town, first, town.class_a)
    session = after(town, first, minutes)
    assert [rule.code for rule in broken(session, a_group(town, session))] == codes
    assert broken(session, a_group(town, session, town.class_b)) == ()


def test_the_way_from_the_activity_before_and_for_a_club(town):
    second = a_session(town.venue)
    a_booking(town, second, town.class_a)
    session = a_session(town.other, starts_at=second.starts_at - dt.timedelta(minutes=140))  # 20 in between
    (rule,) = broken(session, a_group(town, session))
    assert (rule.facts["gap"], rule.facts["minutes"], rule.is_default, rule.granted_by) == (20, 34, True, "bureau")
    with override("en"):
        assert rule.sentence == (
            "Between this session and the activity at 9:30 there are 20 minutes; the way takes about 34."
        )
    heads = groups.of_heads(town.school, 3, on=session.day, adults=1)
    assert broken(session, heads) == ()  # nobody knows where they are


def test_no_way_within_one_place_and_online(town):
    first = a_session(town.venue)
    a_booking(town, first, town.class_a)
    next_door = after(town, first, 0, town.venue)
    assert broken(next_door, a_group(town, next_door)) == ()
    online = a_session(
        town.other, programme=a_programme(town.other, direction="online"), place=None, starts_at=first.ends_at
    )
    assert broken(online, a_group(town, online)) == ()


def test_a_position_that_nobody_has_collected_makes_the_rule_silent(town):
    Venue.objects.filter(pk=town.other.pk).update(latitude=None, longitude=None)
    first = a_session(town.venue)
    a_booking(town, first, town.class_a)
    session = after(town, first, 0)
    assert broken(session, a_group(town, session)) == ()


def test_the_way_from_school(town):
    School.objects.filter(pk=town.school.pk).update(**THERE)
    lesson = a_session(town.school, school=town.school)
    a_booking(town, lesson, town.class_a)
    session = after(town, lesson, 10, town.venue)
    assert [rule.code for rule in broken(session, a_group(town, session))] == ["district.travel_time"]


@pytest.mark.parametrize(("says", "blocks"), [("none", []), ("warn", [False]), ("block", [True])])
def test_the_district_decides_what_it_means(town, says, blocks):
    a_threshold(town.district, "travel_clash", says)
    first = a_session(town.venue)
    a_booking(town, first, town.class_a)
    session = after(town, first, 5)
    assert [rule.blocks for rule in broken(session, a_group(town, session))] == blocks


@pytest.mark.parametrize("count", [1, 3])
def test_positions_are_read_once(town, count, django_assert_num_queries):
    first = a_session(town.venue)
    a_booking(town, first, town.class_a)
    found = [after(town, first, 5 + n) for n in range(count)]
    loaded = list(Session.objects.filter(pk__in=[one.pk for one in found]).select_related("programme"))
    group = a_group(town, found[0])
    with django_assert_num_queries(16):
        judge = Judge(loaded, group)
        assert not any(judge.of(session).may_book for session in loaded)
