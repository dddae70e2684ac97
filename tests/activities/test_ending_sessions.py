"""Sessions and counselors when an agreement ends: kept, moved or cancelled as was shown, after the bookings in them."""

import pytest

from activities import endings
from activities.models import Booking
from activities.options import Act, What
from activities.touched import look
from people.models import Notice
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday
from tests.factories.counselors import a_counselor, an_assignment, an_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    found.agreement = make.an_agreement(found.venue, [found.school])
    found.museum, found.head = make.lead_of(found.venue), make.lead_of(found.school)
    programme = a_programme(found.venue)
    found.early, found.late = (
        a_session(found.venue, programme=programme, starts_at=local(next_weekday(3, days), 9, 30)) for days in (10, 24)
    )
    return found


def preview_of(town, act=Act.TERMINATE, *, by=None, last_day=None):
    by = by or town.museum
    return look(town.agreement, endings.change_of(town.agreement, act, by=by, last_day=last_day), by=by)


def planned(preview, **wanted):
    """By kind of row what is wanted for it; else the proposed one."""
    return preview.plan(lambda row: next((one for one in row.options if one.what == wanted.get(row.kind)), None))


def carry(town, preview, plan, *, by=None):
    return endings.carry_out(
        town.agreement, preview.change, by=by or town.museum, reason="场馆改造", keys=preview.keys_of(plan)
    )


def whats(rows):
    return [[option.what for option in row.options] for row in rows]


def test_a_session_that_nobody_comes_to_any_more_ends_as_chosen(town):
    a_booking(town, town.late)
    coming = an_assignment(town.late, a_counselor(listed_in=[town.district]), town.staff)
    preview = preview_of(town)
    assert whats(preview.sessions_of(preview.plan())) == [["keep"]]  # the proposed one keeps the group
    plan = planned(preview, booking=What.CANCEL, session=What.CANCEL)
    outcome = carry(town, preview, plan)
    town.late.refresh_from_db()
    coming.refresh_from_db()
    assert outcome.sessions == {town.late.pk: "cancelled"} == {town.late.pk: town.late.state}
    assert outcome.assignments == {coming.pk: ("cancelled", town.late.pk)} == {coming.pk: (coming.state, town.late.pk)}
    assert town.late.reason == "场馆改造"


def test_a_session_to_which_another_group_comes_takes_place(town):
    a_booking(town, town.late)
    others = a_booking(town, town.late, town.class_b)
    Booking.objects.filter(pk=others.pk).update(agreement=None)
    preview = preview_of(town)
    plan = planned(preview, booking=What.CANCEL, session=What.CANCEL)
    assert whats(preview.sessions_of(plan)) == [["keep"]]
    assert carry(town, preview, plan).sessions == {town.late.pk: "open"}


def test_a_counselor_goes_along_with_the_group_and_answers_anew(town):
    booking = a_booking(town, town.late)
    coming = an_assignment(town.late, a_counselor(listed_in=[town.district]), town.staff)
    signed = coming.host_at
    preview = preview_of(town, last_day=town.early.day)
    plan = planned(preview, booking=What.MOVE)
    assert whats(preview.assignments_of(plan)) == [["move", "keep", "cancel"]]  # proposed: nobody else is left there
    outcome = carry(town, preview, plan)
    booking.refresh_from_db()
    coming.refresh_from_db()
    town.early.refresh_from_db()
    assert booking.session_id == town.early.pk
    assert (
        outcome.assignments == {coming.pk: ("invited", town.early.pk)} == {coming.pk: (coming.state, coming.session_id)}
    )
    assert (coming.starts_at, coming.host_at, coming.counselor_at) == (town.early.starts_at, signed, None)
    assert town.early.needs_counselor
    assert Notice.objects.filter(
        kind="assignment.moved", user=coming.counselor.organisation.memberships.get().user
    ).exists()


def test_a_counselor_who_has_no_time_then_is_not_asked_for_the_other_date(town):
    a_booking(town, town.late)
    counselor = a_counselor(listed_in=[town.district])
    an_assignment(town.late, counselor, town.staff)
    elsewhere = a_session(town.venue, starts_at=town.early.starts_at)
    an_assignment(elsewhere, counselor, town.staff)
    preview = preview_of(town, last_day=town.early.day)
    assert whats(preview.assignments_of(planned(preview, booking=What.MOVE))) == [["keep", "cancel"]]


def test_who_is_only_invited_is_done_without(town):
    a_booking(town, town.late)
    asked = an_invitation(town.late, a_counselor(listed_in=[town.district]), town.staff)
    preview = preview_of(town)
    outcome = carry(town, preview, planned(preview, booking=What.CANCEL, assignment=What.CANCEL))
    asked.refresh_from_db()
    assert outcome.assignments == {asked.pk: ("withdrawn", town.late.pk)} == {asked.pk: (asked.state, town.late.pk)}


def test_a_postponed_session_asks_its_counselor_again(town):
    a_booking(town, town.late)
    coming = an_assignment(town.late, a_counselor(listed_in=[town.district]), town.staff)
    preview = preview_of(town)
    outcome = carry(town, preview, planned(preview, booking=What.CANCEL, session=What.MOVE))
    coming.refresh_from_db()
    assert outcome.sessions == {town.late.pk: "postponed"}
    assert outcome.assignments == {coming.pk: ("invited", town.late.pk)} == {coming.pk: (coming.state, town.late.pk)}


def test_a_school_decides_for_its_own_dates_alone(town):
    closed = a_session(town.venue, school=town.school, starts_at=local(next_weekday(4), 16))
    a_booking(town, closed)
    a_booking(town, town.late, town.class_b)
    an_assignment(town.late, a_counselor(listed_in=[town.district]), town.staff)
    preview = preview_of(town, by=town.head)
    plan = planned(preview, booking=What.CANCEL)
    assert whats(preview.sessions_of(plan)) == [["cancel", "keep"], ["keep"]]
    assert whats(preview.assignments_of(plan)) == [["keep"]]
    outcome = carry(town, preview, plan, by=town.head)
    closed.refresh_from_db()
    assert outcome.sessions == {closed.pk: "cancelled", town.late.pk: "open"}
    assert closed.state == "cancelled"


@pytest.mark.notice("agreement.dates")
def test_a_closed_date_without_a_group_is_touched_too(town):
    closed = a_session(town.venue, school=town.school, starts_at=local(next_weekday(4), 16))
    preview = preview_of(town)
    assert (preview.rows, whats(preview.sessions_of({}))) == ((), [["cancel", "keep"]])
    assert whats(preview_of(town, Act.SUSPEND).sessions_of({})) == [["keep", "cancel"]]
    carry(town, preview, preview.plan())
    closed.refresh_from_db()
    assert closed.state == "cancelled"
    told = Notice.objects.get(kind="agreement.dates", user=town.coordinator.user)
    assert (told.facts["cancel"], told.facts["move"]) == (1, 0)
    assert not Notice.objects.filter(kind="agreement.dates", user=town.museum.user).exists()  # who decided knows


def test_a_group_that_came_in_meanwhile_keeps_its_session(town):
    booking = a_booking(town, town.late)
    preview = preview_of(town)
    plan = planned(preview, booking=What.CANCEL, session=What.CANCEL)
    since = a_booking(town, town.late, town.class_b)
    Booking.objects.filter(pk=since.pk).update(agreement=None)
    with pytest.raises(Refused) as no:
        carry(town, preview, plan)
    booking.refresh_from_db()
    assert (no.value.code, booking.state) == ("impact.changed", "confirmed")
