"""双向选择: who asks, who accepts, what neither office nor a third party can do, and one place at a time."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities import assignments, sessions
from activities.models import Assignment, Session
from people.models import Notice, ThresholdValue
from people.roles import Role
from portal.lib import clock as house_clock
from portal.lib.errors import Refused
from tests.breaking import change, copy, refused_as
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import local, next_weekday
from tests.factories.counselors import a_check, a_counselor, actor_of, an_assignment, an_invitation, list_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return make.a_town(pupils=0)


@pytest.fixture
def session(town):
    return make.a_session(town.venue)


@pytest.fixture
def counselor(town):
    return a_counselor(listed_in=[town.district])


@pytest.fixture
def staff(town):
    return people.actor(town.staff)


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def slot(days: int, hour: float, hours: float = 2) -> dict[str, dt.datetime]:
    starts = local(house_clock.today() + dt.timedelta(days=days), 0) + dt.timedelta(hours=hour)
    return {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=hours)}


@pytest.mark.notice("assignment.invited")
@pytest.mark.notice("assignment.confirmed")
def test_invite_and_accept_settle_it(town, session, counselor, staff):
    assignment = assignments.invite(session, counselor=counselor, by=staff)
    assert (assignment.state, assignment.is_live, assignment.host_id) == ("invited", False, town.venue.pk)
    assert told("assignment.invited") == {actor_of(counselor).user.pk}
    assert Session.objects.get().needs_counselor
    assignments.accept(assignment, by=actor_of(counselor))
    assignment.refresh_from_db()
    assert (assignment.state, assignment.is_live) == ("confirmed", True)
    assert (assignment.host_by_id, assignment.counselor_by_id) == (town.staff.pk, actor_of(counselor).membership.pk)
    assert assignment.district_id == town.district.pk
    assert told("assignment.confirmed") == {town.staff.user_id, actor_of(counselor).user.pk}
    assert not Session.objects.lacking_counselor().exists()


@pytest.mark.notice("assignment.applied")
def test_apply_and_take_on_settle_it(town, session, counselor, staff):
    with pytest.raises(Refused) as no:
        assignments.apply(session, by=actor_of(counselor))
    assert no.value.code == "assignment.settled"  # nobody is looked for
    assignments.need(session, by=staff, wanted=True, field="physics")
    assert list(Session.objects.lacking_counselor()) == [session]
    assignment = assignments.apply(session, by=actor_of(counselor))
    assert assignment.state == "applied"
    assert told("assignment.applied") == {town.staff.user_id}
    assignments.take_on(assignment, by=staff)
    assert (assignment.state, assignment.is_live) == ("confirmed", True)


def test_who_is_asked_twice_agrees(session, counselor, staff):
    """An invitation that meets an application settles it, and the other way round."""
    assignments.need(session, by=staff, wanted=True)
    assignments.apply(session, by=actor_of(counselor))
    assert assignments.invite(session, counselor=counselor, by=staff).state == "confirmed"
    with pytest.raises(Refused) as no:
        assignments.invite(session, counselor=counselor, by=staff)
    assert no.value.code == "assignment_once"


def test_no_office_and_no_stranger_brings_them_together(town, session, counselor):
    """Neither as a host nor in somebody's place: the bureau can't assign."""
    officer = people.actor(town.bureau)
    strangers = [
        officer,
        people.actor(town.coordinator),
        people.actor(people.hat(Role.VENUE_STAFF)),
        actor_of(counselor),
    ]
    for who in strangers:
        with pytest.raises(PermissionDenied):
            assignments.invite(session, counselor=counselor, by=who)
    for who in (officer, people.actor(town.staff)):
        with pytest.raises(PermissionDenied):
            assignments.apply(session, by=who)
    assignment = an_invitation(session, counselor, town.staff)
    for who in (officer, people.actor(town.staff), actor_of(a_counselor())):
        with pytest.raises(PermissionDenied):
            assignments.accept(assignment, by=who)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.counselor_at) == ("invited", None)


@pytest.mark.guards("assignment_confirmed_by_both")
@pytest.mark.guards("assignment_sides_act_themselves")
def test_sql_can_t_assign_either(town, session, counselor):
    assignment = an_invitation(session, counselor, town.staff)
    table, key = "activities_assignment", assignment.pk
    with refused_as("assignment_confirmed_by_both"):
        change(table, key, "state = 'confirmed', is_live = true")
    with refused_as("assignment_confirmed_by_both"):
        change(table, key, "counselor_at = now()")
    with refused_as("assignment_confirmed_by_both"):
        change(table, key, "host_at = NULL, host_by_id = NULL")
    officer = town.bureau.pk
    with refused_as("assignment_sides_act_themselves"):
        change(table, key, f"state = 'confirmed', is_live = true, counselor_at = now(), counselor_by_id = {officer}")
    with refused_as("assignment_sides_act_themselves"):
        change(table, key, f"host_by_id = {officer}")
    with refused_as("assignment_sides_act_themselves"):  # the host answers for the counselor
        change(
            table, key, f"state = 'confirmed', is_live = true, counselor_at = now(), counselor_by_id = {town.staff.pk}"
        )


@pytest.mark.guards("assignment_host_of_session")
def test_host_is_one_of_the_session_s_own(town, session, counselor):
    assignment = an_invitation(session, counselor, town.staff)
    with refused_as("assignment_host_of_session"):
        change(
            "activities_assignment", assignment.pk, f"host_id = {town.school.pk}, host_by_id = {town.coordinator.pk}"
        )


@pytest.mark.guards("assignment_once")
@pytest.mark.guards("assignment_live_while_confirmed")
@pytest.mark.guards("assignment_reopened_says_why")
@pytest.mark.guards("assignment_one_place")
def test_constraints_of_an_assignment(town, session, counselor):
    assignment = an_assignment(session, counselor, town.staff)
    with refused_as("assignment_once"):
        copy("activities_assignment", assignment.pk, is_live="false", state="'declined'")
    with refused_as("assignment_live_while_confirmed"):
        change("activities_assignment", assignment.pk, "is_live = false")
    with refused_as("assignment_reopened_says_why"):
        change("activities_assignment", assignment.pk, "state = 'reopened', is_live = false")
    other = make.a_session(town.venue, starts_at=session.starts_at)
    with refused_as("assignment_one_place"):
        copy("activities_assignment", assignment.pk, session_id=str(other.pk))


def test_time_is_the_session_s(town, session, counselor):
    assignment = an_assignment(session, counselor, town.staff)
    with refused_as("assignment_follows_session"):
        change("activities_assignment", assignment.pk, "ends_at = ends_at + interval '1 hour'")


def test_invite_refuses_who_is_not_listed_or_not_checked(town, session, counselor, staff):
    stranger, unchecked = a_counselor(), a_counselor(listed_in=[town.district], checked=False)
    for who, code in ((stranger, "assignment.listing"), (unchecked, "assignment.check")):
        with pytest.raises(Refused) as no:
            assignments.invite(session, counselor=who, by=staff)
        assert no.value.code == code
    elsewhere = make.a_town(pupils=0).district  # checked by another district's bureau only
    list_in(unchecked, elsewhere)
    a_check(unchecked, elsewhere)
    with pytest.raises(Refused) as no:
        assignments.invite(session, counselor=unchecked, by=staff)
    assert no.value.code == "assignment.check"


def test_check_counts_on_the_day_of_the_session(town, counselor, staff):
    """Valid until 19 October 2027: the last day counts, the next one does not, whatever today is."""
    assert counselor.checks.get().valid_until == dt.date(2027, 10, 19)
    last = make.a_session(town.venue, **slot((dt.date(2027, 10, 18) - house_clock.today()).days, 9))
    after = make.a_session(town.venue, **slot((dt.date(2027, 10, 19) - house_clock.today()).days, 9))
    assert assignments.invite(last, counselor=counselor, by=staff).state == "invited"
    with pytest.raises(Refused) as no:
        assignments.invite(after, counselor=counselor, by=staff)
    assert no.value.code == "assignment.check"


def test_a_later_answer_takes_the_place_of_an_earlier_one(town, session, counselor, staff):
    invitation = an_invitation(session, counselor, town.staff)
    a_check(counselor, town.district, days_ago=0, outcome="not_clear")
    with pytest.raises(Refused) as no:
        assignments.accept(invitation, by=actor_of(counselor))
    assert no.value.code == "assignment.check"


def test_kinds_that_need_no_check_are_the_district_s(town, session, staff):
    parent = a_counselor(listed_in=[town.district], checked=False, kind="parent")
    with pytest.raises(Refused):
        assignments.invite(session, counselor=parent, by=staff)
    ThresholdValue.objects.create(
        district=town.district, code="counselor_check_kinds", value=["scientist"], starts_on=house_clock.today(),
        reason="班主任在场", set_at=house_clock.now(),
    )  # fmt: skip
    assert assignments.invite(session, counselor=parent, by=staff).state == "invited"


def test_one_place_across_districts_and_never_why(clock, town, session, counselor, staff):
    """Both districts list them; whoever comes second reads one sentence without school, venue or district."""
    other = make.a_town(pupils=0)
    listings_of_both = a_counselor(listed_in=[town.district, other.district])
    elsewhere = make.a_session(other.venue, starts_at=session.starts_at + dt.timedelta(minutes=30))
    pending = an_invitation(session, listings_of_both, town.staff)  # asked, so the time is not taken yet
    an_assignment(elsewhere, listings_of_both, other.staff)
    for attempt in (
        lambda: assignments.accept(pending, by=actor_of(listings_of_both)),
        lambda: assignments.invite(make.a_session(town.venue), counselor=listings_of_both, by=staff),
    ):
        with pytest.raises(Refused) as no:
            attempt()
        with override("zh-hans"):
            assert (no.value.code, str(no.value)) == ("assignment_one_place", "该时段不可预约。")
    assert Assignment.objects.live().count() == 1


@pytest.mark.notice("assignment.declined")
@pytest.mark.notice("assignment.stepped_back")
def test_declined_and_stepped_back_can_be_asked_again(town, session, counselor, staff):
    who = actor_of(counselor)
    assignment = an_invitation(session, counselor, town.staff)
    assignments.decline(assignment, by=who, reason="出差")
    assert (assignment.state, told("assignment.declined")) == ("declined", {town.staff.user_id})
    assignments.invite(session, counselor=counselor, by=staff)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.reason, assignment.counselor_at) == ("invited", "", None)
    assignments.accept(assignment, by=who)
    with pytest.raises(Refused) as no:
        assignments.give_up(assignment, by=who, reason=" ")
    assert no.value.code == "reason_needed"
    assignments.give_up(assignment, by=who, reason="生病")
    assert (assignment.state, assignment.is_live) == ("withdrawn", False)
    assert told("assignment.stepped_back") == {town.staff.user_id}
    assert list(Session.objects.lacking_counselor()) == [session]


def test_nothing_is_agreed_or_given_up_once_it_has_begun(clock, town, session, counselor, staff):
    assignment = an_assignment(session, counselor, town.staff)
    late = an_invitation(session, a_counselor(listed_in=[town.district]), town.staff)
    clock.to(session.starts_at)
    for attempt in (
        lambda: assignments.release(assignment, by=staff, reason="换人"),
        lambda: assignments.accept(late, by=actor_of(late.counselor)),
    ):
        with pytest.raises(Refused):
            attempt()


@pytest.mark.notice("assignment.cancelled")
def test_cancelled_session_frees_and_tells_everybody_asked(town, session, counselor, staff):
    coming = an_assignment(session, counselor, town.staff)
    asked = an_invitation(session, a_counselor(listed_in=[town.district]), town.staff)
    sessions.cancel(session, by=staff, reason="设备检修")
    for assignment in (coming, asked):
        assignment.refresh_from_db()
        assert (assignment.state, assignment.is_live) == ("cancelled", False)
    assert told("assignment.cancelled") == {actor_of(each.counselor).user.pk for each in (coming, asked)}


@pytest.mark.notice("assignment.moved")
@pytest.mark.notice("assignment.shifted")
@pytest.mark.notice("assignment.postponed")
def test_moved_session_asks_again_beyond_half_an_hour(town, session, counselor, staff):
    assignment = an_assignment(session, counselor, town.staff)
    person = actor_of(counselor)
    later = dt.timedelta(minutes=30)
    sessions.edit(session, by=staff, starts_at=session.starts_at + later, ends_at=session.ends_at + later)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.starts_at) == ("confirmed", session.starts_at)
    assert told("assignment.shifted") == {person.user.pk}
    sessions.edit(session, by=staff, starts_at=session.starts_at + 3 * later, ends_at=session.ends_at + 3 * later)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.is_live, assignment.counselor_at) == ("invited", False, None)
    assert assignment.starts_at == session.starts_at
    assert told("assignment.moved") == {person.user.pk}
    assignments.accept(assignment, by=person)
    sessions.postpone(session, by=staff, reason="停电")
    assignment.refresh_from_db()
    assert (assignment.state, assignment.is_live) == ("invited", False)
    assert told("assignment.postponed") == {person.user.pk}


def test_a_shift_that_meets_another_session_is_refused(town, session, counselor, staff):
    after = make.a_session(town.venue, starts_at=session.ends_at)
    an_assignment(session, counselor, town.staff)
    an_assignment(after, counselor, town.staff)
    with pytest.raises(Refused) as no:
        sessions.edit(session, by=staff, ends_at=session.ends_at + dt.timedelta(minutes=10))
    assert no.value.code == "assignment_one_place"


def test_assignments_are_seen_by_both_sides_and_the_district(town, session, counselor):
    other = make.a_town(pupils=0)
    assignment = an_assignment(session, counselor, town.staff)
    seen = {
        who: list(Assignment.objects.visible_to(people.actor(who)))
        for who in (town.staff, town.bureau, town.coordinator, other.staff, other.bureau)
    }
    assert list(seen.values()) == [[assignment], [assignment], [], [], []]
    assert Assignment.objects.visible_to(actor_of(counselor)).get() == assignment
    assert not Assignment.objects.visible_to(actor_of(a_counselor())).exists()
    assert Session.objects.visible_to(actor_of(counselor)).get() == session
    assert not Session.objects.visible_to(actor_of(a_counselor(listed_in=[town.district]))).exists()


TIMES = st.tuples(st.integers(0, 20), st.integers(1, 6), st.integers(0, 1))  # quarter hours, length, which town


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(TIMES, min_size=2, max_size=7))
def test_never_in_two_places(clock, wanted):
    """Whatever two districts ask in whatever order: agreed times never overlap, and each refusal had a reason."""
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    with transaction.atomic():
        towns = [make.a_town(pupils=0), make.a_town(pupils=0)]
        who = a_counselor(listed_in=[town.district for town in towns])
        agreed: list[tuple[int, int]] = []
        for quarter, length, which in wanted:
            starts_at = local(next_weekday(3), 8) + dt.timedelta(minutes=15 * quarter)
            session = make.a_session(
                towns[which].venue, starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=15 * length)
            )
            clashes = any(quarter < end and start < quarter + length for start, end in agreed)
            if clashes:
                with pytest.raises(Refused) as no:
                    an_assignment(session, who, towns[which].staff)
                assert no.value.code == "assignment_one_place"
            else:
                an_assignment(session, who, towns[which].staff)
                agreed.append((quarter, quarter + length))
        assert Assignment.objects.live().filter(counselor=who).count() == len(agreed)
        transaction.set_rollback(True)
