"""A check or listing that no longer counts: one reopening, one message each, however often the job runs."""

import datetime as dt

import pytest

from activities import assignments, following, sessions, tasks
from activities.models import Assignment, Session
from partnerships import listings
from people import reminders
from people.models import AuditEvent, Notice, ThresholdValue
from people.roles import Role
from portal.lib import clock as house_clock
from tests.factories import activities as make
from tests.factories import people
from tests.factories.counselors import a_check, a_counselor, actor_of, an_assignment

pytestmark = pytest.mark.django_db
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
EXPIRY = dt.date(2027, 3, 1)  # the first day on which the check does not count


@pytest.fixture
def town(clock):
    clock.to(dt.datetime(2027, 2, 1, 9, tzinfo=SHANGHAI))
    return make.a_town(pupils=0)


@pytest.fixture
def assignment(town):
    """Agreed for 20 February, with a check until the end of the month; then the session moves to 24 March."""
    counselor = a_counselor(listed_in=[town.district], checked=False, consented_on=dt.date(2026, 1, 1))
    a_check(counselor, town.district, days_ago=(house_clock.today() - dt.date(2026, 3, 1)).days)
    assert counselor.checks.get().valid_until == EXPIRY
    session = make.a_session(town.venue, starts_at=make.local(dt.date(2027, 2, 20), 9))
    assignment = an_assignment(session, counselor, town.staff)
    starts_at = make.local(dt.date(2027, 3, 24), 9)
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=2))
    assignment.refresh_from_db()
    assert assignment.starts_at == starts_at
    return assignment


def messages(kind: str) -> list[int]:
    return sorted(Notice.objects.filter(kind=kind).values_list("user", flat=True))


@pytest.mark.notice("assignment.check_ran_out")
def test_clock_past_an_expiry_reopens_once_and_tells_each_once(clock, town, assignment):
    """The person, and at the venue everybody who looks after groups; a job run ten times finds it once."""
    lead = people.hat(Role.VENUE_LEAD, at=town.venue.organisation)
    clock.to(make.local(EXPIRY - dt.timedelta(days=1), 23, 59))
    tasks.reopen()
    assignment.refresh_from_db()
    assert assignment.state == "confirmed"  # it may still be renewed
    clock.to(make.local(EXPIRY, 0, 1))
    for _n in range(10):
        tasks.reopen()
        clock.forward(minutes=10)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.is_live, assignment.lacking) == ("reopened", False, "check")
    everybody = sorted([town.staff.user_id, lead.user_id, actor_of(assignment.counselor).user.pk])
    assert messages("assignment.check_ran_out") == everybody
    assert AuditEvent.objects.filter(verb="assignment.reopen").count() == 1
    assert list(Session.objects.lacking_counselor()) == [assignment.session]


def test_renewed_in_time_stands(clock, town, assignment):
    clock.to(make.local(EXPIRY - dt.timedelta(days=1), 9))
    a_check(assignment.counselor, town.district, days_ago=0)
    clock.to(make.local(EXPIRY, 9))
    assert following.reopen_due() == 0
    assert Assignment.objects.live().get() == assignment


def test_reopened_and_renewed_is_invited_again(clock, town, assignment):
    clock.to(make.local(EXPIRY, 9))
    assert following.reopen_due() == 1
    a_check(assignment.counselor, town.district, days_ago=0)
    staff, person = people.actor(town.staff), actor_of(assignment.counselor)
    again = assignments.invite(assignment.session, counselor=assignment.counselor, by=staff)
    assignments.accept(again, by=person)
    assert (again.pk, again.state, again.lacking) == (assignment.pk, "confirmed", "")
    assert following.reopen_due() == 0
    clock.forward(hours=1)
    a_check(assignment.counselor, town.district, days_ago=0, outcome="not_clear")
    assert following.reopen_due() == 1  # another reopening is another message
    assert len(messages("assignment.check_ran_out")) == 4


def test_a_near_session_does_not_wait_for_the_expiry(clock, town, assignment):
    """Seven days before, somebody else must be found, even though the check still counts today."""
    starts_at = make.local(EXPIRY + dt.timedelta(days=2), 9)
    Session.objects.update(starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1))
    clock.to(make.local(EXPIRY - dt.timedelta(days=6), 9))
    assert following.due().count() == 0
    clock.forward(days=1)
    assert following.reopen_due() == 1


@pytest.mark.notice("assignment.listing_ended")
def test_suspended_counselors_are_free_and_missed(town, assignment):
    listing = assignment.counselor.organisation.listings.get()
    listings.suspend(listing, by=people.actor(town.bureau), reason="核实情况")
    assert [following.reopen_due() for _n in range(3)] == [1, 0, 0]
    assignment.refresh_from_db()
    assert (assignment.state, assignment.lacking) == ("reopened", "listing")
    assert messages("assignment.listing_ended") == sorted([town.staff.user_id, actor_of(assignment.counselor).user.pk])


def test_a_kind_that_needs_no_check_is_left_alone(clock, town, assignment):
    ThresholdValue.objects.create(
        district=town.district, code="counselor_check_kinds", value=["parent"], starts_on=house_clock.today(),
        reason="例", set_at=house_clock.now(),
    )  # fmt: skip
    clock.to(make.local(EXPIRY, 9))
    assert following.reopen_due() == 0


def test_of_two_who_reopen_at_once_one_does(clock, town, assignment):
    clock.to(make.local(EXPIRY, 9))
    stale = following.due().get()
    assert following.reopen(stale) is True
    assert following.reopen(stale) is False


def test_what_is_over_stays_as_it_was(clock, assignment):
    clock.to(assignment.starts_at + dt.timedelta(days=1))
    assert following.reopen_due() == 0


def test_cancelled_before_the_sweep_is_not_reopened(clock, town, assignment):
    sessions.cancel(assignment.session, by=people.actor(town.staff), reason="检修")
    clock.to(make.local(EXPIRY, 9))
    assert following.reopen_due() == 0


def test_due_asks_the_same_number_of_queries_with_one_and_three(clock, town, assignment, django_assert_num_queries):
    clock.to(make.local(EXPIRY, 9))
    with django_assert_num_queries(3):
        assert len(following.due()) == 1
    for week in (1, 2):
        starts_at = assignment.starts_at + dt.timedelta(weeks=week)
        session = make.a_session(town.venue, starts_at=starts_at)
        Assignment.objects.create(
            session=session, counselor=assignment.counselor, host=assignment.host, district=town.district,
            starts_at=session.starts_at, ends_at=session.ends_at, state="confirmed", is_live=True,
            host_at=starts_at, host_by=assignment.host_by, counselor_at=starts_at, counselor_by=assignment.counselor_by,
        )  # fmt: skip
    with django_assert_num_queries(3):
        assert len(following.due()) == 3


@pytest.mark.notice("session.without_counselor")
def test_a_near_session_without_a_counselor_is_called_out_once(clock, town):
    """Seven days before, to the host; not again the next day, and not when none is needed."""
    session = make.a_session(town.venue, starts_at=make.local(dt.date(2027, 2, 20), 9))
    make.a_session(town.venue, starts_at=make.local(dt.date(2027, 2, 20), 14))
    assignments.need(session, by=people.actor(town.staff), wanted=True)
    clock.to(make.local(dt.date(2027, 2, 12), 9))
    reminders.run("session.without_counselor")
    assert messages("session.without_counselor") == []
    for _day in range(3):
        clock.forward(days=1)
        reminders.run("session.without_counselor")
    assert messages("session.without_counselor") == [town.staff.user_id]
    assert Notice.objects.get(kind="session.without_counselor").subject == f"session:{session.pk}"


@pytest.mark.notice("counselor.check_ends_soon")
def test_a_check_that_runs_out_is_recalled_once(clock, town, assignment):
    """Thirty days before, to the person and the bureau that asked; a renewed one is not recalled."""
    bureau = {hat.user_id for hat in town.bureau.organisation.memberships.all()}
    person = actor_of(assignment.counselor).user.pk
    clock.to(make.local(EXPIRY - dt.timedelta(days=31), 9))
    reminders.run("counselor.check_ends_soon")
    assert messages("counselor.check_ends_soon") == []
    for _day in range(2):
        clock.forward(days=1)
        reminders.run("counselor.check_ends_soon")
    assert set(messages("counselor.check_ends_soon")) == bureau | {person}
    assert len(messages("counselor.check_ends_soon")) == len(bureau) + 1
