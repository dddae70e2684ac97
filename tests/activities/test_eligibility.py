"""Every rule: what breaks it, what it says, and that nothing else breaks with it."""

import dataclasses
import datetime as dt

import pytest
from django.utils.translation import override

from activities import groups
from activities.eligibility import Judge
from activities.models import Hold, Session
from partnerships.models import BookingRules, CalendarDay, Listing, Venue
from people.models import ThresholdValue
from tests.factories.activities import (
    a_booking,
    a_class,
    a_group,
    a_programme,
    a_session,
    a_town,
    a_venue,
    an_activity_group,
    local,
    next_weekday,
)
from tests.factories.partnerships import an_agreement
from tests.factories.rules import a_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """With an agreement, so that only what a test breaks is broken."""
    found = a_town()
    an_agreement(found.venue, [found.school])
    return found


def verdict(town, session, group=None):
    return Judge([session], group or a_group(town, session)).of(session)


def codes(town, session, group=None):
    return [rule.code for rule in verdict(town, session, group).broken]


def rules(town, **fields):
    return BookingRules.objects.create(venue=town.venue, starts_on=dt.date(2020, 1, 1), **fields)


def threshold(town, code, value):
    ThresholdValue.objects.create(
        district=town.district,
        code=code,
        value=value,
        starts_on=dt.date(2020, 1, 1),
        reason="本区规定",
        set_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    )


def test_nothing_is_broken_where_everything_fits(town):
    found = verdict(town, a_session(town.venue))
    assert (found.broken, found.met, found.may_book) == ((), 25, True)
    assert found.agreement.venue == town.venue


@pytest.mark.parametrize("state", ["draft", "postponed", "cancelled"])
def test_a_session_that_is_not_open(town, state):
    assert codes(town, a_session(town.venue, state=state)) == ["session.state"]


def test_a_session_that_has_begun(town, clock):
    session = a_session(town.venue)
    group = a_group(town, session)
    clock.to(session.starts_at)
    assert codes(town, session, group) == ["session.begun", "venue.lead_days"]


def test_a_session_whose_booking_opens_later(town, clock):
    session = a_session(town.venue, opens_on=clock.today() + dt.timedelta(days=1))
    assert codes(town, session) == ["session.opens"]


def test_too_few_places(town):
    session = a_session(town.venue, capacity=2)
    (rule,) = verdict(town, session).broken
    assert (rule.code, rule.facts, rule.source, rule.blocks) == (
        "session.capacity",
        {"left": 2, "needed": 3},
        "session",
        True,
    )


def test_a_session_for_teachers(town):
    assert codes(town, a_session(town.venue, audience="teachers")) == ["session.audience"]


def test_a_family_session_is_booked_by_heads(town):
    session = a_session(town.venue, audience="families")
    (rule,) = verdict(town, session).broken
    assert (rule.code, rule.change) == ("session.audience", {"by": "heads", "pupils": 3})
    assert codes(town, session, groups.of_heads(town.school, 12, on=session.day, adults=0)) == []


def test_a_closed_session_of_another_school(town):
    other = a_town()
    assert codes(town, a_session(town.venue, school=other.school)) == ["session.audience"]


def test_grades_that_the_programme_is_not_for(town):
    session = a_session(town.venue, programme=a_programme(town.venue, grades=[7, 8]))
    (rule,) = verdict(town, session).broken
    assert rule.code == "programme.grades"
    with override("en"):
        assert rule.sentence == "This programme is for grades 7, 8; your group has grade 5."


def test_a_programme_without_grades_is_for_everybody(town):
    assert codes(town, a_session(town.venue, programme=a_programme(town.venue, grades=[]))) == []


def test_pupils_and_classes_that_are_somewhere_else(town):
    a_booking(town, a_session(town.venue), town.class_a)
    session = a_session(town.venue)
    assert codes(town, session) == ["school.pupils_busy", "school.class_busy"]
    assert codes(town, session, a_group(town, session, town.class_b)) == []
    club = an_activity_group(town.school, town.class_a.enrolments.first().student)
    (rule,) = verdict(town, session, groups.of_activity_group(club, on=session.day, adults=1)).broken
    assert (rule.code, rule.facts) == ("school.pupils_busy", {"count": 1})


def test_a_session_that_begins_when_another_ends_is_no_clash(town):
    first = a_session(town.venue)
    a_booking(town, first, town.class_a)
    assert codes(town, a_session(town.venue, starts_at=first.ends_at)) == []


@pytest.mark.parametrize("way", [["suspended"], ["left"], ["left", "applied"]], ids=lambda way: way[-1])
def test_a_venue_that_the_district_has_not_listed(town, way):
    for state in way:
        Listing.objects.filter(organisation_id=town.venue.pk).update(state=state)
    assert codes(town, a_session(town.venue)) == ["district.listing"]
    assert codes(town, a_session(town.venue, programme=a_programme(town.venue, open_to_all=True))) == []


def test_a_hold_of_the_school_at_this_venue_only(town, clock):
    today, hold = clock.today(), a_hold(town.school, town.venue)
    session = a_session(town.venue)
    (rule,) = verdict(town, session).broken
    assert (rule.code, rule.blocks) == ("venue.hold", True)
    assert rule.facts == {"until": today + dt.timedelta(days=29), "reason": "两次未到馆"}
    elsewhere = a_venue(listed_in=town.district)
    an_agreement(elsewhere, [town.school])
    assert codes(town, a_session(elsewhere)) == []
    clock.forward(days=30)  # it has ended by itself
    assert "venue.hold" not in codes(town, session)
    clock.forward(days=-30)
    Hold.objects.filter(pk=hold.pk).update(lifted_at=clock.now(), lifted_by=town.staff)
    assert codes(town, session) == []


def test_a_group_too_small_or_too_large(town):
    rules(town, smallest_group=4, largest_group=5)
    session = a_session(town.venue)
    assert codes(town, session) == ["venue.group_min"]
    assert codes(town, session, a_group(town, session, town.class_a, town.class_b)) == ["venue.group_max"]


@pytest.mark.parametrize(("days", "broken"), [(6, ["venue.lead_days"]), (7, [])])
def test_booking_too_late(town, clock, days, broken):
    clock.to(local(next_weekday(3, after=0), 8))
    session = a_session(town.venue, starts_at=local(clock.today() + dt.timedelta(days=days), 9, 30))
    assert codes(town, session) == broken


def test_booking_too_early(town, clock):
    rules(town, ahead_days=20)
    assert codes(town, a_session(town.venue, starts_at=local(next_weekday(3, after=22), 9))) == ["venue.ahead_days"]


def test_a_weekday_without_groups(town):
    rules(town, weekdays=[1, 2])
    assert codes(town, a_session(town.venue)) == ["venue.weekday"]


def test_a_closing_day(town):
    Venue.objects.filter(pk=town.venue.pk).update(closing_weekdays=[3])
    assert codes(town, a_session(town.venue)) == ["venue.weekday"]


def test_a_public_holiday(town):
    session = a_session(town.venue)
    CalendarDay.objects.create(
        district=town.district, date=session.day, is_workday=False, is_teaching=False, source="official"
    )
    assert codes(town, session) == ["venue.holiday"]


def test_too_few_adults_by_the_district(town):
    session = a_session(town.venue)
    (rule,) = verdict(town, session, a_group(town, session, adults=0)).broken
    assert (rule.code, rule.change, rule.is_default) == ("district.adult_ratio", {"adults": 1}, True)
    threshold(town, "pupils_per_adult", 2)
    assert codes(town, session, a_group(town, session, adults=1)) == ["district.adult_ratio"]
    assert codes(town, session, a_group(town, session, adults=2)) == []


def test_a_venue_may_only_be_stricter_about_adults(town):
    rules(town, pupils_per_adult=1)
    session = a_session(town.venue)
    assert verdict(town, session).adults_needed == 3
    threshold(town, "pupils_per_adult", 1)
    BookingRules.objects.update(pupils_per_adult=20)
    assert verdict(town, session).adults_needed == 3


def test_preschool_children_need_more_adults(town):
    small = a_class(town.school, number=8)
    small.stage, small.entry_year = "kindergarten", small.entry_year + 4
    small.save()
    day = next_weekday(3)
    group = groups.of_classes(town.school, [small], on=day, adults=0, heads={small.pk: 21})
    assert (group.preschool, groups.usual_adults(group)) == (21, 3)


@pytest.mark.parametrize(
    ("direction", "need", "broken", "may_book"),
    [
        ("go_out", "none", [], True),
        ("go_out", "warn", ["agreement.missing"], True),
        ("go_out", "block", ["agreement.missing"], False),
        ("bring_in", "block", ["agreement.missing"], False),
        ("online", "block", [], True),
    ],
)
def test_an_agreement_is_needed_as_the_district_says(direction, need, broken, may_book):
    town = a_town()
    threshold(town, "agreement_needed_go_out", need)
    threshold(town, "agreement_needed_bring_in", need)
    session = a_session(town.venue, programme=a_programme(town.venue, direction=direction))
    found = verdict(town, session)
    assert ([rule.code for rule in found.broken], found.may_book) == (broken, may_book)


def test_an_agreement_that_ends_before_the_session(clock):
    town = a_town()
    an_agreement(town.venue, [town.school], ends_on=clock.today() + dt.timedelta(days=400))
    session = a_session(town.venue, starts_at=local(next_weekday(3, after=410), 9))
    rules(town, ahead_days=500)
    assert codes(town, session) == ["agreement.ended"]


def test_the_schools_own_session_asks_no_venue_and_no_agreement():
    town = a_town()
    session = a_session(town.school, programme=a_programme(town.school, direction="bring_in"), school=town.school)
    group = dataclasses.replace(a_group(town, session), adults=0)
    found = verdict(town, session, group)
    assert (found.broken, found.met, found.adults_needed) == ((), 9, 0)


def test_every_sentence_has_both_languages(town):
    session = a_session(town.venue, capacity=1, audience="teachers", opens_on=next_weekday(3))
    rules(town, smallest_group=100, largest_group=200, lead_days=30, weekdays=[1])
    for rule in verdict(town, session, a_group(town, session, adults=0)).broken:
        with override("en"):
            english = (rule.sentence, rule.way_out, str(rule.source_label))
        assert all(word.isascii() or "“" in word or "—" in word or "–" in word for word in english)


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_sessions_is_judged_with_the_same_queries(town, count, django_assert_num_queries):
    sessions = [a_session(town.venue, programme=a_programme(town.venue)) for _ in range(count)]
    group = a_group(town, sessions[0])
    loaded = list(Session.objects.filter(pk__in=[s.pk for s in sessions]).select_related("programme"))
    with django_assert_num_queries(14):
        judge = Judge(loaded, group)
        assert all(judge.of(session).may_book for session in loaded)
