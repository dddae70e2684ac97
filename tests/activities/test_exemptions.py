"""特批: asked for by the school, granted by the rule's owner, for some days and so many bookings, and counted."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from activities import bookings, exemptions, rescheduling
from activities.eligibility import Judge
from activities.models import Exemption
from people.models import AuditEvent, Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_group, a_programme, a_session, a_town, local, next_weekday
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, hat
from tests.factories.rules import a_threshold, an_exemption, venue_rules

pytestmark = pytest.mark.django_db
LEAD = "venue.lead_days"


@pytest.fixture
def town():
    found = a_town()
    an_agreement(found.venue, [found.school])
    venue_rules(found.venue, lead_days=60)  # everything of these tests is too near
    return found


def ask(town, session, *codes, group=None, by=None):
    by = actor(by or town.coordinator)
    return exemptions.ask(session, group or a_group(town, session), by=by, codes=codes or [LEAD], reason="校庆")


def verdict(town, session, group=None):
    return Judge([session], group or a_group(town, session)).of(session)


@pytest.mark.notice("exception.asked")
@pytest.mark.notice("exception.granted")
def test_a_school_asks_the_venue_grants_the_group_books(town):
    session = a_session(town.venue)
    (asked,) = ask(town, session)
    assert (asked.owner_id, asked.state, asked.pupils, asked.last_day) == (town.venue.pk, "asked", 3, session.day)
    assert Notice.objects.get(kind="exception.asked", user=town.staff.user).facts["reason"] == "校庆"
    assert not verdict(town, session).may_book

    exemptions.grant(asked, by=actor(town.staff), answer="同意")

    found = verdict(town, session)
    (rule,) = found.broken
    assert (rule.code, rule.blocks, rule.exemption, rule.granted_by) == (LEAD, False, asked, "")
    assert Notice.objects.filter(kind="exception.granted", user=town.coordinator.user).count() == 1
    booking = a_booking(town, session)
    assert [use.exemption for use in booking.exemption_uses.all()] == [asked]
    assert Exemption.objects.counted().get().used == 1
    trail = AuditEvent.objects.filter(verb__startswith="exemption.").order_by("pk")
    assert [(event.verb, event.is_now) for event in trail] == [
        ("exemption.ask", "asked"),
        ("exemption.grant", "granted"),
    ]


def test_it_is_used_up_and_comes_back_with_a_cancelled_booking(town):
    session = a_session(town.venue)
    an_exemption(session, town.school, LEAD, granted=town.staff)
    booking = a_booking(town, session, town.class_a)
    other = a_group(town, session, town.class_b)
    with pytest.raises(bookings.NotEligible):
        a_booking(town, session, group=other)
    bookings.cancel(booking, by=actor(town.coordinator))
    assert Exemption.objects.counted().get().used == 0
    a_booking(town, session, group=other)


def test_it_is_for_its_days_its_venue_and_its_rule_only(town):
    session = a_session(town.venue)
    an_exemption(session, town.school, LEAD, granted=town.staff)
    next_day = a_session(town.venue, starts_at=session.starts_at + dt.timedelta(days=1))
    assert not verdict(town, next_day).may_book
    grades = a_session(town.venue, programme=a_programme(town.venue, grades=[9]))
    assert [rule.code for rule in verdict(town, grades).blocking] == ["programme.grades"]


def test_the_owner_says_for_which_days_and_how_many(town):
    session = a_session(town.venue)
    (asked,) = ask(town, session)
    last_day = session.day + dt.timedelta(days=7)
    exemptions.grant(asked, by=actor(town.staff), answer="本月均可", last_day=last_day, most=2)
    later = a_session(town.venue, starts_at=session.starts_at + dt.timedelta(days=7))
    a_booking(town, session)
    a_booking(town, later)
    again = a_session(town.venue, starts_at=session.starts_at + dt.timedelta(days=6))
    assert not verdict(town, again).may_book


def test_the_bureau_grants_what_is_the_districts(town):
    a_threshold(town.district, "class_visits_a_year", 1)
    venue_rules_off(town)
    a_booking(town, a_session(town.venue))
    session = a_session(town.venue, starts_at=local(next_weekday(3, after=20), 9, 30))
    (asked,) = ask(town, session, "district.class_visits")
    assert asked.owner.kind == "bureau"
    with pytest.raises(PermissionDenied):
        exemptions.grant(asked, by=actor(town.staff), answer="同意")
    exemptions.grant(asked, by=actor(town.bureau), answer="同意")
    assert verdict(town, session).may_book


@pytest.mark.parametrize("who", ["coordinator", "bureau", "teacher"])
def test_nobody_but_the_owner_decides(town, who):
    (asked,) = ask(town, a_session(town.venue))
    for act in (exemptions.grant, exemptions.refuse, exemptions.revoke):
        with pytest.raises(PermissionDenied):
            act(asked, by=actor(getattr(town, who)), answer="同意")
    assert Exemption.objects.get().state == "asked"


def test_nobody_else_asks(town):
    session = a_session(town.venue)
    stranger = hat(Role.COORDINATOR, at=a_town().school.organisation)
    for who in (town.teacher, town.staff, stranger):
        with pytest.raises(PermissionDenied):
            ask(town, session, by=who)


@pytest.mark.parametrize("code", ["session.capacity", "venue.group_max", "no.such"])
def test_what_is_met_or_never_granted_is_not_asked_for(town, code):
    session = a_session(town.venue, capacity=1)
    with pytest.raises(Refused) as no:
        ask(town, session, code)
    assert no.value.code == "exception.code"


def test_asking_again_gives_the_request_that_waits(town):
    session = a_session(town.venue)
    assert ask(town, session) == ask(town, session)
    assert Notice.objects.filter(kind="exception.asked", user=town.staff.user).count() == 1


@pytest.mark.notice("exception.refused")
@pytest.mark.notice("exception.revoked")
def test_refused_revoked_and_withdrawn(town):
    session = a_session(town.venue)
    (asked,) = ask(town, session)
    exemptions.withdraw(asked, by=actor(town.coordinator))
    (asked,) = ask(town, session)
    exemptions.refuse(asked, by=actor(town.staff), answer="当天已有接待")
    assert Notice.objects.get(kind="exception.refused", user=town.coordinator.user).facts["reason"] == "当天已有接待"
    (asked,) = ask(town, session)
    exemptions.grant(asked, by=actor(town.staff), answer="同意")
    booking = a_booking(town, session)
    exemptions.revoke(asked, by=actor(town.staff), answer="展厅停电")
    assert Notice.objects.filter(kind="exception.revoked", user=town.coordinator.user).exists()
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert not verdict(town, session, a_group(town, session, town.class_b)).may_book


def test_a_decision_says_why_and_does_not_end_in_the_past(town, clock):
    session = a_session(town.venue)
    (asked,) = ask(town, session)
    for answer, more, code in (
        (" ", {}, "reason_needed"),
        ("同意", {"most": 0}, "exemption_counts_ok"),
        ("同意", {"last_day": clock.today() - dt.timedelta(days=1)}, "exception.past"),
        ("同意", {"starts_on": session.day + dt.timedelta(days=2)}, "exemption_ends_after_start"),
    ):
        with pytest.raises(Refused) as no:
            exemptions.grant(asked, by=actor(town.staff), answer=answer, **more)
        assert no.value.code == code


def test_a_booking_that_moves_takes_its_exception_along_or_gives_it_back(town):
    session = a_session(town.venue)
    an_exemption(session, town.school, LEAD, granted=town.staff)
    booking = a_booking(town, session)
    same_day = a_session(town.venue, starts_at=session.starts_at + dt.timedelta(hours=3))
    booking = rescheduling.reschedule(booking, to=same_day, by=actor(town.coordinator))
    assert booking.exemption_uses.count() == 1
    free = a_session(town.venue, starts_at=local(next_weekday(3, after=70), 9, 30))
    rescheduling.reschedule(booking, to=free, by=actor(town.coordinator))
    assert booking.exemption_uses.count() == 0


def test_the_last_use_is_taken_once(town):
    """Judged before, taken by another booking meanwhile."""
    session = a_session(town.venue)
    exemption = an_exemption(session, town.school, LEAD, granted=town.staff)
    stale = verdict(town, session).exemptions
    a_booking(town, session, town.class_a)
    venue_rules_off(town)
    second = a_booking(town, session, town.class_b)
    with pytest.raises(Refused) as no:
        exemptions.take(second, stale)
    assert (no.value.code, exemption.uses.count()) == ("exception.gone", 1)


def venue_rules_off(town):
    town.venue.booking_rules.all().delete()
