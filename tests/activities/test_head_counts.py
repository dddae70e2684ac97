"""人数: groups that become larger or smaller, part returns, and what each change does to places and promises."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from activities import bookings, groups, head_counts, waitlist
from activities.models import Booking, RollEntry, Session, VenueDay
from partnerships.models import BookingRules, IdentityLook
from people.models import Notice
from portal import books
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_class, a_programme, a_pupil, a_session, a_town, an_activity_group
from tests.factories.people import actor, login
from tests.factories.rules import an_exemption, venue_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town(pupils=3)


@pytest.fixture
def session(town):
    return a_session(town.venue, programme=a_programme(town.venue, capacity=60))


def heads(town, session, pupils, adults=9):
    """A class of so many pupils without stored names."""
    each = a_class(town.school)
    group = groups.of_classes(town.school, [each], on=session.day, adults=adults, heads={each.pk: pupils})
    return a_booking(town, session, group=group), each


def change(town, booking, **wishes):
    is_final = wishes.pop("is_final", False)
    group = head_counts.coming(booking, **wishes)
    return head_counts.change(booking, group, by=actor(town.coordinator), is_final=is_final)


def taken(session):
    return Session.objects.values_list("taken", flat=True).get(pk=session.pk)


def day_heads(town):
    return set(VenueDay.objects.filter(venue=town.venue).values_list("groups", "heads"))


@pytest.mark.parametrize(("to", "agreed", "returned"), [(35, 40, 0), (45, 40, 0), (34, 34, 6), (46, 46, 0)])
def test_a_few_more_or_fewer_breathe_and_beyond_that_it_is_agreed_anew(town, session, to, agreed, returned):
    booking, each = heads(town, session, 40)
    changed = change(town, booking, heads={each.pk: to})
    assert (changed.pupils, changed.agreed_pupils, changed.returned, changed.returned_late) == (to, agreed, returned, 0)
    assert (taken(session), day_heads(town), changed.state) == (to, {(1, to)}, "confirmed")
    assert list(books.problems()) == []


def test_small_steps_do_not_add_up_to_a_large_one(town, session):
    booking, each = heads(town, session, 40)
    for to in (36, 35):
        booking = change(town, booking, heads={each.pk: to})
    assert (booking.returned, booking.agreed_pupils) == (0, 40)
    booking = change(town, booking, heads={each.pk: 31})
    assert (booking.returned, booking.agreed_pupils) == (9, 31)


@pytest.mark.notice("booking.heads_changed")
def test_a_host_that_confirms_by_hand_is_asked_for_many_more_only(town):
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=60, confirmation="manual"))
    booking, each = heads(town, session, 40)
    bookings.confirm(booking, by=actor(town.staff))
    booking = change(town, booking, heads={each.pk: 44})
    assert (booking.state, Notice.objects.filter(kind="booking.heads_changed").count()) == ("confirmed", 0)
    booking = change(town, booking, heads={each.pk: 50})
    assert (booking.state, booking.seats_held, taken(session), booking.agreed_pupils) == ("requested", 50, 50, 40)
    assert Notice.objects.filter(kind="booking.heads_changed", user=town.staff.user).count() == 1
    fewer = change(town, booking, heads={each.pk: 20})  # of what was agreed, not of what was asked for
    assert (fewer.state, fewer.returned, fewer.agreed_pupils) == ("requested", 20, 20)
    bookings.confirm(fewer, by=actor(town.staff))
    assert (fewer.state, fewer.agreed_pupils) == ("confirmed", 20)


def test_a_part_given_back_after_the_free_time_is_late(town, session, clock):
    booking, each = heads(town, session, 40)
    clock.to(bookings.free_until(booking))
    clock.forward(minutes=1)
    if clock.today() == session.day:
        pytest.skip("the free time ends on the day itself")
    assert change(town, booking, heads={each.pk: 20}).returned_late == 20


def test_named_pupils_who_stay_are_free_and_may_come_again(town, session):
    booking = a_booking(town, session, town.class_a, town.class_b)
    rows = head_counts.candidates(booking)
    changed = change(town, booking, stay=[rows[0].pk, rows[1].pk])
    assert (changed.pupils, taken(session), changed.roll.count()) == (4, 4, 4)
    away = RollEntry.objects.filter(booking=booking, student__in=[rows[0].student_id, rows[1].student_id])
    assert not away.exists()
    again = change(town, changed, stay=[rows[0].pk])
    assert (again.pupils, taken(session)) == (5, 5)
    assert list(books.problems()) == []


def test_a_whole_class_stays_and_another_visit_of_it_is_possible(town, session):
    booking = a_booking(town, session, town.class_a, town.class_b)
    changed = change(town, booking, classes=[town.class_a.pk])
    assert [row.school_class for row in changed.classes.all()] == [town.class_a]
    other = a_session(town.venue, starts_at=session.starts_at, ends_at=session.ends_at)
    assert a_booking(town, other, town.class_b).pupils == 3
    with pytest.raises(Refused) as no:  # the pupils of class B are elsewhere by now
        change(town, changed, stay=[], classes=[])
    assert no.value.code == "count.nobody"


def test_a_club_comes_without_some_of_its_members(town, session):
    club = an_activity_group(town.school, *[row.student for row in town.class_a.enrolments.all()])
    group = groups.of_activity_group(club, on=session.day, adults=3)
    booking = a_booking(town, session, group=group)
    rows = head_counts.candidates(booking)
    assert change(town, booking, stay=[rows[0].pk]).pupils == 2


def test_names_that_came_after_the_booking_replace_the_number(town, session):
    booking, each = heads(town, session, 40)
    for _n in range(3):
        a_pupil(each)
    come = head_counts.candidates(booking)
    changed = change(town, booking, stay=[come[0].pk], heads={each.pk: 40})
    assert (changed.pupils, changed.by_roster, [row.heads for row in changed.classes.all()]) == (2, True, [0])
    assert list(books.problems()) == []


def test_a_host_is_not_asked_for_more_once_leaving_would_be_late(town, clock):
    """Else a group that asks for one more than breathes could withdraw its request without a mark."""
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=60, confirmation="manual"))
    booking, each = heads(town, session, 40)
    bookings.confirm(booking, by=actor(town.staff))
    clock.to(bookings.free_until(booking) + dt.timedelta(minutes=1))
    with pytest.raises(Refused) as no:
        change(town, booking, heads={each.pk: 46})
    assert no.value.code == "count.late"
    assert change(town, booking, heads={each.pk: 45}).state == "confirmed"


def test_a_group_that_grows_by_an_exception_uses_it(town, session):
    venue_rules(town.venue, largest_group=40)
    an_exemption(session, town.school, "venue.group_max", granted=town.staff)
    booking, each = heads(town, session, 30)
    other, another = heads(town, session, 10)
    grown = change(town, booking, heads={each.pk: 41})
    assert grown.exemption_uses.count() == 1
    with pytest.raises(bookings.NotEligible) as no:
        change(town, other, heads={another.pk: 41})
    assert "venue.group_max" in {rule.code for rule in no.value.verdict.blocking}
    assert change(town, grown, heads={each.pk: 40}).exemption_uses.count() == 0


def test_what_the_host_confirms_after_it_was_asked_for_more_is_the_final_word(town, clock):
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=60, confirmation="manual"))
    booking, each = heads(town, session, 40)
    bookings.confirm(booking, by=actor(town.staff))
    Booking.objects.update(count_due_at=clock.now() + dt.timedelta(hours=2))
    asked = change(town, booking, heads={each.pk: 50}, is_final=True)
    assert (asked.state, asked.count_due_at) == ("requested", None)
    clock.forward(hours=3)
    bookings.confirm(asked, by=actor(town.staff))
    assert not Booking.objects.awaiting_count().exists()


def test_nobody_left_is_a_cancellation_and_the_day_itself_is_the_roll_s(town, session, clock):
    booking, each = heads(town, session, 40)
    with pytest.raises(Refused) as no:
        change(town, booking, heads={each.pk: 0})
    assert no.value.code == "count.nobody"
    clock.to(session.starts_at.replace(hour=0))
    with pytest.raises(Refused) as no:
        change(town, booking, heads={each.pk: 39})
    assert no.value.code == "count.day"


def test_only_what_the_change_breaks_is_in_its_way(town, session, clock):
    BookingRules.objects.create(venue=town.venue, starts_on=clock.today(), smallest_group=10, lead_days=7)
    booking, each = heads(town, session, 40, adults=2)
    clock.forward(days=8)  # the lead time is over: what stands is not asked for it again
    with pytest.raises(bookings.NotEligible) as no:
        change(town, booking, heads={each.pk: 9})
    assert {rule.code for rule in no.value.verdict.broken} == {"venue.group_min"}
    with pytest.raises(bookings.NotEligible) as no:
        change(town, booking, heads={each.pk: 61}, adults=4)
    assert "session.capacity" in {rule.code for rule in no.value.verdict.broken}
    assert taken(session) == 40


def test_nobody_becomes_larger_past_a_waiting_list_and_a_part_given_back_wakes_it(town, session, rung):
    booking, each = heads(town, session, 40)
    heads(town, session, 20)
    session.refresh_from_db()
    other = a_class(town.school)
    group = groups.of_classes(town.school, [other], on=session.day, adults=3, heads={other.pk: 8})
    waitlist.join(session, group, by=actor(town.coordinator), leader=town.teacher, request_key=uuid.uuid4())
    change(town, booking, heads={each.pk: 38})
    assert rung == [("activities.offer_places", session.pk)]
    with pytest.raises(Refused) as no:
        change(town, booking, heads={each.pk: 39})
    assert no.value.code == "session.queue"


def test_a_quota_of_the_venue_s_day_holds_a_group_that_grows(town, session, clock):
    BookingRules.objects.create(venue=town.venue, starts_on=clock.today(), heads_per_day=42)
    booking, each = heads(town, session, 40)
    assert change(town, booking, heads={each.pk: 42}).pupils == 42
    with pytest.raises(bookings.NotEligible) as no:
        change(town, booking, heads={each.pk: 43})
    assert {rule.code for rule in no.value.verdict.broken} == {"venue.quota_day"}


def test_a_stranger_changes_nothing(town, session):
    booking, each = heads(town, session, 40)
    stranger = a_town(pupils=0).coordinator
    with pytest.raises(PermissionDenied):
        head_counts.change(booking, head_counts.coming(booking, heads={each.pk: 30}), by=actor(stranger))


@pytest.mark.guards("booking_count_signed")
@pytest.mark.guards("booking_returned_ok")
def test_the_database_refuses_by_name(town, session):
    booking, _each = heads(town, session, 40)
    for name, change_to in {
        "booking_count_signed": f"counted_by_id = {town.coordinator.pk}",
        "booking_returned_ok": "returned_late = 1",
    }.items():
        with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE activities_booking SET {change_to} WHERE id = {booking.pk}")
        assert broken.value.__cause__.diag.constraint_name == name
    assert Booking.objects.get().counted_at is None


@pytest.fixture
def rung(monkeypatch):
    """What was rung for after commit."""
    heard = []
    monkeypatch.setattr("activities.bookings.ring", lambda task, *ids: heard.append((task, *ids)))
    return heard


def test_the_page_changes_a_group_and_shows_names_only_on_purpose(client, town, session):
    booking = a_booking(town, session, town.class_a, town.class_b)
    signed_in = login(client, town.coordinator)
    page = reverse("activities:booking-heads", args=[booking.pk])
    assert signed_in.get(page).context["pupils"] is None
    assert not IdentityLook.objects.exists()
    pupils = signed_in.get(page + "?names=1").context["pupils"]
    assert (len(pupils), IdentityLook.objects.count()) == (6, 1)
    sent = {"classes": [town.class_a.pk, town.class_b.pk], "adults": "2", "names": "1"}
    come = [pupil["pk"] for pupil in pupils[1:]]
    assert signed_in.post(page, sent | {"come": come}).status_code == 302
    booking.refresh_from_db()
    assert (booking.pupils, booking.adults, booking.counted_at) == (5, 2, None)
    answer = signed_in.post(page, {"classes": [], "adults": "2"})
    assert (answer.status_code, taken(session)) == (409, 5)


def test_one_press_gives_the_final_count_of_all_groups_of_an_outing(client, town, session):
    one, two = a_booking(town, session, town.class_a), a_booking(town, session, town.class_b)
    Booking.objects.update(count_due_at=session.starts_at, outing=one.outing)
    login(client, town.coordinator).post(reverse("activities:booking-count", args=[one.pk]))
    assert Booking.objects.filter(counted_by=town.coordinator).count() == 2
    assert two.pk
