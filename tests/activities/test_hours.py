"""Hours of counselors: claimed, confirmed, objected to, answered; what counts once and what the database refuses."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities import hours, stars
from activities.models import Assignment, ServiceRecord
from partnerships import calendar
from people import notices, reminders, thresholds
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.breaking import change, refused_as
from tests.factories import hours as make
from tests.factories import people
from tests.factories.counselors import a_check, list_in

pytestmark = pytest.mark.django_db
TABLE = "activities_servicerecord"


@pytest.fixture
def lesson(clock):
    return make.a_given()


def refused(act) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def test_the_host_confirms_what_the_counselor_claims_or_something_else(lesson):
    claim = hours.claim(lesson.assignment, by=lesson.person, minutes=90, kind="volunteer")
    assert (claim.state, claim.volunteer_minutes, claim.paid_minutes) == ("claimed", 90, 0)
    record = hours.confirm(lesson.assignment, by=lesson.host, minutes=80, kind="paid")
    assert record == claim
    assert (record.state, record.paid_minutes, record.volunteer_minutes) == ("confirmed", 80, 0)
    assert record.ends_at - record.starts_at == dt.timedelta(minutes=80)
    assert (record.kind, record.locality, record.district) == ("scientist", "urban", lesson.district)


def test_objections_run_for_working_days_of_the_district(lesson, clock):
    record = make.confirmed(lesson)
    assert record.object_until == calendar.working_day_after(lesson.district.pk, clock.now().date(), 5)
    thresholds.set_value(
        lesson.district, "hours_objection_days", 2, by=SYSTEM, starts_on=clock.now().date(), reason="本区规定"
    )
    other = make.a_given(place=(lesson.school, lesson.lead), days_ago=6)
    assert make.confirmed(other).object_until == calendar.working_day_after(lesson.district.pk, clock.now().date(), 2)


def test_only_the_host_confirms_and_only_the_counselor_claims(lesson):
    stranger = people.actor(people.hat(Role.SCHOOL_LEAD))
    officer = make.officers(lesson.district)[0]
    for nobody in (stranger, officer, lesson.person):
        with pytest.raises(PermissionDenied):
            hours.confirm(lesson.assignment, by=nobody, minutes=80, kind="paid")
    with pytest.raises(PermissionDenied):
        hours.claim(lesson.assignment, by=lesson.host, minutes=80, kind="paid")


@pytest.mark.parametrize(
    ("minutes", "kind", "code"),
    [(0, "paid", "service.minutes"), (721, "paid", "service.minutes"), (80, "both", "service.kind")],
)
def test_nonsense_is_refused(lesson, minutes, kind, code):
    assert refused(lambda: hours.confirm(lesson.assignment, by=lesson.host, minutes=minutes, kind=kind)) == code
    assert not ServiceRecord.objects.exists()


def test_hours_are_entered_once_it_is_over_and_agreed(clock):
    lesson = make.a_given()
    now = hours.clock.now()
    clock.to(lesson.assignment.ends_at - dt.timedelta(minutes=1))
    assert refused(lambda: make.confirmed(lesson)) == "service.early"
    clock.to(now)
    Assignment.objects.filter(pk=lesson.assignment.pk).update(state="withdrawn", is_live=False)
    lesson.assignment.refresh_from_db()
    assert refused(lambda: make.confirmed(lesson)) == "service.assignment"


def test_an_objection_is_answered_and_may_be_raised_again_in_time(lesson, clock):
    record = make.confirmed(lesson, minutes=40)
    hours.object_to(record, by=lesson.person, reason="实际讲了两课时")
    assert (record.state, record.objected_by.user) == ("objected", lesson.person.user)
    assert refused(lambda: make.confirmed(lesson)) == "service.objected"
    hours.answer(record, by=lesson.host, minutes=80, kind="paid", reason="核对后更正")
    assert (record.state, record.paid_minutes) == ("confirmed", 80)
    make.ripe(clock, record)
    assert refused(lambda: hours.object_to(record, by=lesson.person, reason="太晚了")) == "service.late"


def test_hours_that_were_not_confirmed_can_be_objected_to(lesson):
    record = hours.claim(lesson.assignment, by=lesson.person, minutes=80, kind="paid")
    assert refused(lambda: hours.turn_down(record, by=lesson.host, reason=" ")) == "reason_needed"
    hours.turn_down(record, by=lesson.host, reason="当天没有到校")
    hours.object_to(record, by=lesson.person, reason="有签到记录")
    assert record.state == "objected"


@pytest.mark.notice("hours.claimed")
@pytest.mark.notice("hours.confirmed")
@pytest.mark.notice("hours.objected")
@pytest.mark.notice("hours.answered")
@pytest.mark.notice("hours.turned_down")
def test_the_other_side_is_told_each_time(lesson, clock):
    record = hours.claim(lesson.assignment, by=lesson.person, minutes=80, kind="paid")
    hours.confirm(lesson.assignment, by=lesson.host, minutes=80, kind="paid")
    record.refresh_from_db()
    hours.object_to(record, by=lesson.person, reason="少了一课时")
    hours.answer(record, by=lesson.host, minutes=80, kind="paid", reason="以签到为准")
    other = make.a_given(place=(lesson.school, lesson.lead), counselor=lesson.counselor, days_ago=6)
    claim = hours.claim(other.assignment, by=other.person, minutes=80, kind="paid")
    hours.turn_down(claim, by=other.host, reason="未到校")
    host, person = lesson.host.user, lesson.person.user
    told = Notice.objects.filter(kind__startswith="hours.").order_by("pk").values_list("kind", "user")
    assert list(told) == [
        ("hours.claimed", host.pk),
        ("hours.confirmed", person.pk),
        ("hours.objected", host.pk),
        ("hours.answered", person.pk),
        ("hours.claimed", host.pk),
        ("hours.turned_down", person.pk),
    ]


@pytest.mark.notice("hours.to_confirm")
def test_the_host_is_recalled_once_when_hours_are_missing(lesson):
    other = make.a_given(place=(lesson.school, lesson.lead), counselor=lesson.counselor, days_ago=1)
    make.confirmed(make.a_given(place=(lesson.school, lesson.lead), counselor=lesson.counselor, days_ago=6))
    assert [reminders.run("hours.to_confirm") for _n in range(2)] == [1, 0]
    notice = Notice.objects.get(kind="hours.to_confirm")
    assert (notice.user, notice.subject) == (lesson.lead.user, f"assignment:{lesson.assignment.pk}")
    assert notices.KINDS[notice.kind].still_holds(notice)
    make.confirmed(lesson)
    assert not notices.KINDS[notice.kind].still_holds(notice)
    assert not ServiceRecord.objects.filter(assignment=other.assignment).exists()


def test_a_notice_is_not_sent_when_its_cause_has_gone(lesson):
    record = hours.claim(lesson.assignment, by=lesson.person, minutes=80, kind="paid")
    notice = Notice.objects.get(kind="hours.claimed")
    assert notices.KINDS[notice.kind].still_holds(notice)
    hours.turn_down(record, by=lesson.host, reason="未到校")
    assert not notices.KINDS[notice.kind].still_holds(notice)


@pytest.mark.guards("service_minute_counts_once")
def test_a_minute_counts_once_across_districts(clock):
    """A lesson in another district begins right after the first ends; the first host enters twenty minutes too many."""
    first = make.a_given(minutes=60)
    elsewhere = make.a_place()
    district = elsewhere[0].organisation.district
    list_in(first.counselor, district)
    a_check(first.counselor, district)
    second = make.a_given(place=elsewhere, counselor=first.counselor, hour=10, minutes=40)
    make.confirmed(second, minutes=40)
    assert refused(lambda: make.confirmed(first, minutes=80)) == "service_minute_counts_once"
    record = make.confirmed(first, minutes=60)
    assert record.district != second.district
    with refused_as("service_minute_counts_once"):
        change(TABLE, record.pk, "paid_minutes = 61, ends_at = starts_at + interval '61 minutes'")


@pytest.mark.guards("service_paid_or_volunteer")
@pytest.mark.guards("service_minutes_are_its_time")
@pytest.mark.guards("service_within_a_day")
@pytest.mark.guards("service_confirmed_by")
@pytest.mark.guards("service_state_is_signed")
@pytest.mark.guards("service_objection_signed")
@pytest.mark.parametrize(
    ("name", "change_to"),
    [
        ("service_paid_or_volunteer", "volunteer_minutes = 40, paid_minutes = 40"),
        ("service_paid_or_volunteer", "volunteer_minutes = 0, paid_minutes = 0, ends_at = starts_at"),
        ("service_minutes_are_its_time", "paid_minutes = 40"),
        ("service_within_a_day", "paid_minutes = 1441, ends_at = starts_at + interval '1441 minutes'"),
        ("service_confirmed_by", "confirmed_by_id = NULL"),
        (
            "service_state_is_signed",
            "confirmed_by_id = NULL, confirmed_at = NULL, object_until = NULL",
        ),
        ("service_objection_signed", "objected_at = now()"),
    ],
)
def test_a_record_is_refused(lesson, name, change_to):
    with refused_as(name):
        change(TABLE, make.confirmed(lesson).pk, change_to)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.integers(-10, 800), kind=st.sampled_from(["paid", "volunteer"]), raw=st.booleans())
def test_whatever_is_entered_is_paid_or_volunteer_and_never_both(lesson, minutes, kind, raw):
    """By the verb, and by raw SQL beside it."""
    with transaction.atomic():
        try:
            record = make.confirmed(lesson, minutes=minutes, kind=kind)
        except Refused:
            assert not 0 < minutes <= hours.LONGEST
        else:
            assert (record.paid_minutes > 0) != (record.volunteer_minutes > 0)
            assert record.minutes == minutes
            if raw:
                with pytest.raises(IntegrityError), transaction.atomic():
                    change(TABLE, record.pk, "paid_minutes = 10, volunteer_minutes = 10")
        transaction.set_rollback(True)


# --- stars ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "count", "next_hours"),
    [(0, 0, 100), (5999, 0, 100), (6000, 1, 300), (60 * 999, 3, 1000), (60 * 1500, 5, None)],
)
def test_stars_come_at_their_hours(minutes, count, next_hours):
    standing = stars.reached(minutes, [100, 300, 600, 1000, 1500])
    assert (standing.stars, standing.next_hours) == (count, next_hours)


def test_only_volunteer_hours_that_stand_make_stars(lesson, clock):
    thresholds.set_value(lesson.district, "volunteer_star_1", 1, by=SYSTEM, starts_on=clock.now().date(), reason="试行")
    make.confirmed(lesson, kind="volunteer")
    place = (lesson.school, lesson.lead)
    make.confirmed(make.a_given(place=place, counselor=lesson.counselor, days_ago=6))
    claimed = make.a_given(place=place, counselor=lesson.counselor, days_ago=5)
    hours.claim(claimed.assignment, by=claimed.person, minutes=80, kind="volunteer")
    standing = stars.of(lesson.counselor.pk, lesson.district.pk)
    assert (standing.minutes, standing.stars, standing.next_hours) == (80, 1, 300)


# --- sight ------------------------------------------------------------------------------------------------------------


def test_hours_are_seen_by_both_sides_and_the_district(lesson):
    record = make.confirmed(lesson)
    seen = ServiceRecord.objects.visible_to
    for actor in (lesson.host, lesson.person, make.officers(lesson.district)[0]):
        assert list(seen(actor)) == [record]
    teacher = people.hat(Role.TEACHER, at=lesson.school.organisation)
    for actor in (
        people.actor(teacher),
        people.actor(people.hat(Role.SCHOOL_LEAD)),
        people.actor(people.hat(Role.BUREAU_OFFICER)),
        people.actor(people.hat(Role.COUNSELOR)),
        people.actor(people.hat(Role.ADMINISTRATOR)),
    ):
        assert list(seen(actor)) == []
