"""Ending, suspending and leaving an agreement: what is shown first is what happens, and nothing stays under it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import bookings, endings, uses
from activities.models import Booking
from activities.options import Act, What
from activities.touched import look
from partnerships.models import Commitment
from people import thresholds
from people.actors import SYSTEM
from people.models import Notice
from portal.lib import clock
from portal.lib.errors import Refused
from tests.breaking import change, refused_as
from tests.factories import partnerships as make
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday
from tests.factories.counselors import a_counselor, an_assignment
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
State = Booking.State


@pytest.fixture
def town():
    found = a_town()
    found.term = make.a_term(found.district)
    found.agreement = make.an_agreement(found.venue, [found.school])
    found.museum, found.head = make.lead_of(found.venue), make.lead_of(found.school)
    for kind in ("visits", "pupils"):
        Commitment.objects.create(
            agreement=found.agreement,
            party=found.agreement.parties.get(position=0),
            term=found.term,
            kind=kind,
            promised=99,
        )
    return found


def preview_of(town, act=Act.TERMINATE, *, by=None, last_day=None):
    by = by or town.museum
    return look(town.agreement, endings.change_of(town.agreement, act, by=by, last_day=last_day), by=by)


def keys_of(preview, **wanted):
    """For each row the first option of what is wanted for it, or for all bookings; else the proposed one."""

    def choose(row):
        what = wanted.get(row.name) or (wanted.get("all") if row.kind == "booking" else None)
        return next((one for one in row.options if one.what == what), None)

    return preview.keys_of(preview.plan(choose))


def carry(town, preview, keys, *, by=None, **more):
    return endings.carry_out(town.agreement, preview.change, by=by or town.museum, reason="场馆改造", keys=keys, **more)


def standing():
    return {row.pk: (row.state, row.session_id, row.agreement_id) for row in Booking.objects.all()}


def counters():
    return {row.kind: (row.reserved, row.delivered, row.released) for row in Commitment.objects.all()}


def block(town, code="agreement_needed_go_out", value="block"):
    long_ago = clock.today() - dt.timedelta(days=90)
    thresholds.set_value(town.district, code, value, by=SYSTEM, starts_on=long_ago, reason="规定")


def test_only_what_it_carries_no_more_is_touched(town):
    near = a_booking(town, a_session(town.venue, starts_at=local(next_weekday(3), 9, 30)), town.class_a)
    far = a_booking(town, a_session(town.venue, starts_at=local(next_weekday(3, 24), 9, 30)), town.class_a)
    assert [row.booking for row in preview_of(town).rows] == [near, far]
    assert [row.booking for row in preview_of(town, last_day=near.session.day).rows] == [far]
    assert preview_of(town, last_day=far.session.day).rows == ()


def test_a_visit_is_kept_without_an_agreement_where_the_district_lets_it(town):
    booking = a_booking(town, a_session(town.venue))
    preview = preview_of(town)
    keys = keys_of(preview, all=What.KEEP)
    assert preview.outcome(preview.chosen(keys)).bookings == {booking.pk: ("confirmed", booking.session_id, None)}
    carry(town, preview, keys)
    assert standing() == {booking.pk: ("confirmed", booking.session_id, None)}
    assert counters() == {"visits": (0, 0, 1), "pupils": (0, 0, 3)}


def test_where_an_agreement_is_needed_nothing_is_kept_without_one(town):
    block(town)
    a_booking(town, a_session(town.venue))
    assert {one.what for one in preview_of(town).rows[0].options} == {What.CANCEL}


def test_another_agreement_takes_over_with_its_own_promises(town):
    booking = a_booking(town, a_session(town.venue))
    other = make.an_agreement(town.venue, [town.school])
    Commitment.objects.create(
        agreement=other, party=other.parties.get(position=0), term=town.term, kind="courses", promised=2
    )
    theirs = Commitment.objects.create(
        agreement=other, party=other.parties.get(position=0), term=town.term, kind="pupils", promised=9
    )
    block(town)
    preview = preview_of(town)
    outcome = carry(town, preview, keys_of(preview, all=What.KEEP))
    assert standing() == {booking.pk: ("confirmed", booking.session_id, other.pk)}
    assert outcome.reserved[theirs.pk] == 3
    theirs.refresh_from_db()
    assert theirs.reserved == 3


def test_a_group_is_moved_to_a_day_that_is_still_carried(town):
    programme = a_programme(town.venue)
    early = a_session(town.venue, programme=programme, starts_at=local(next_weekday(3), 9, 30))
    booking = a_booking(town, a_session(town.venue, programme=programme, starts_at=local(next_weekday(3, 24), 9, 30)))
    block(town)
    preview = preview_of(town, last_day=early.day)
    carry(town, preview, keys_of(preview, all=What.MOVE))
    assert standing() == {booking.pk: ("confirmed", early.pk, town.agreement.pk)}
    early.refresh_from_db()
    assert early.taken == 3
    assert counters() == {"visits": (1, 0, 0), "pupils": (3, 0, 0)}


@pytest.mark.notice("agreement.impact")
def test_whoever_ends_it_answers_for_what_is_cancelled(town):
    first = a_booking(town, a_session(town.venue), town.class_a)
    preview = preview_of(town)
    carry(town, preview, keys_of(preview, all=What.CANCEL))
    first.refresh_from_db()
    assert (first.state, first.reason) == ("cancelled_by_venue", "场馆改造")
    told = Notice.objects.filter(kind="agreement.impact")
    assert {notice.facts["cancel"] for notice in told} == {1}
    assert set(told.values_list("user", flat=True)) >= {town.coordinator.user_id, town.teacher.user_id}


def test_a_school_that_leaves_cancels_its_own_and_leaves_others_alone(town):
    neighbour = make.a_school(town.district)
    Commitment.objects.all().delete()
    town.agreement = make.an_agreement(town.venue, [town.school, neighbour])
    booking = a_booking(town, a_session(town.venue))
    Booking.objects.filter(pk=booking.pk).update(agreement=town.agreement)
    preview = preview_of(town, Act.LEAVE, by=town.head)
    carry(town, preview, keys_of(preview, all=What.CANCEL), by=town.head)
    assert {state for state, _session, _agreement in standing().values()} == {"cancelled"}
    other = preview_of(town, Act.LEAVE, by=make.lead_of(neighbour))
    assert other.rows == ()


def test_a_suspension_may_leave_a_visit_under_the_agreement(town):
    booking = a_booking(town, a_session(town.venue))
    preview = preview_of(town, Act.SUSPEND)
    carry(town, preview, keys_of(preview, all=What.KEEP))
    assert standing() == {booking.pk: ("confirmed", booking.session_id, town.agreement.pk)}
    assert counters() == {"visits": (1, 0, 0), "pupils": (3, 0, 0)}
    town.agreement.refresh_from_db()
    assert town.agreement.state == "suspended"


def test_what_was_not_shown_is_not_done(town):
    a_booking(town, a_session(town.venue), town.class_a)
    preview = preview_of(town)
    keys = keys_of(preview, all=What.CANCEL)
    since = a_booking(town, a_session(town.venue, starts_at=local(next_weekday(4), 9)), town.class_b)
    before = standing()
    with pytest.raises(Refused) as no:
        carry(town, preview, keys)
    assert (no.value.code, standing()) == ("impact.changed", before)
    town.agreement.refresh_from_db()
    assert town.agreement.state == "filed"
    carry(town, preview, keys, meanwhile=True)
    assert standing()[since.pk] == ("confirmed", since.session_id, None)  # as proposed for what came since


def test_a_late_cancellation_is_no_longer_the_free_one_that_was_shown(town, clock):
    booking = a_booking(town, a_session(town.venue))
    clock.to(booking.session.starts_at - dt.timedelta(hours=25))
    preview = preview_of(town, Act.TERMINATE, by=town.head)
    keys = keys_of(preview, all=What.CANCEL)
    clock.forward(hours=2)
    with pytest.raises(Refused) as no:
        endings.carry_out(town.agreement, preview.change, by=town.head, reason="撤并", keys=keys)
    assert no.value.code == "impact.changed"


def test_counselors_of_a_closed_date_are_free_again_as_shown(town):
    session = a_session(town.venue, school=town.school)
    a_booking(town, session)
    coming = an_assignment(session, a_counselor(listed_in=[town.district]), town.staff)
    preview = preview_of(town)
    keys = keys_of(preview, all=What.CANCEL)
    outcome = carry(town, preview, keys)
    coming.refresh_from_db()
    session.refresh_from_db()
    assert outcome.assignments == {coming.pk: ("cancelled", session.pk)} == {coming.pk: (coming.state, session.pk)}
    assert outcome.sessions == {session.pk: "cancelled"} == {session.pk: session.state}


@pytest.mark.parametrize("days", [-2, 4000])
def test_the_last_day_lies_within_the_agreement(town, days):
    with pytest.raises(Refused) as no:
        endings.change_of(town.agreement, Act.TERMINATE, by=town.museum, last_day=clock.today() + dt.timedelta(days))
    assert no.value.code == "ending.last_day"


@pytest.mark.guards("agreement_carries_bookings")
@pytest.mark.guards("booking_rests_on_force")
def test_the_database_keeps_bookings_and_agreements_together(town):
    booking = a_booking(town, a_session(town.venue))
    day = booking.session.day
    for settings in (f"state = 'terminated', terminated_on = '{day}'", f"ends_on = '{day}'"):
        with refused_as("agreement_carries_bookings"):
            change("partnerships_agreement", town.agreement.pk, settings)
    party = town.agreement.parties.get(organisation=town.school.organisation)
    with refused_as("agreement_carries_bookings"):
        change("partnerships_agreementparty", party.pk, f"state = 'left', left_on = '{day}'")
    over = make.an_agreement(town.venue, [town.school], starts_on=clock.today() - dt.timedelta(days=400), ends_on=day)
    with refused_as("booking_rests_on_force"):
        change("activities_booking", booking.pk, f"agreement_id = {over.pk}")


def test_settling_twice_changes_nothing(town):
    booking = a_booking(town, a_session(town.venue))
    bookings.cancel(booking, by=actor(town.coordinator))
    uses.settle(booking)
    assert counters() == {"visits": (0, 0, 1), "pupils": (0, 0, 3)}


def test_the_preview_asks_as_often_for_three_bookings_as_for_one(town):
    counts = []
    for week in range(3):
        a_booking(town, a_session(town.venue, starts_at=local(next_weekday(3, 10 + 7 * week), 9, 30)))
        with CaptureQueriesContext(connection) as seen:
            assert len(preview_of(town).rows) == week + 1
        counts.append(len(seen))
    assert counts[0] == counts[2]
