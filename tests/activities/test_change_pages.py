"""The pages of changes: the preview stands before the act, and a school answers on one page or from its home."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from activities import groups, sessions
from activities.models import Booking, ChangedBooking, Session, SessionChange
from people import reminders
from people.models import Notice
from portal.change_duties import times_to_answer
from portal.reports import nights
from portal.reports.scope import Scope
from portal.visit_duties import visitors_to_count
from tests.activities.asking import page, post
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def town():
    return a_town()


def entries(session, **more):
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return {
        "day": starts.date().isoformat(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", "audience": "groups",
        "capacity": session.capacity, "unit": "heads", "held_back": 0, "guide": "", "channel": "",
    } | more  # fmt: skip


def test_an_unbooked_session_is_changed_at_once(client, town):
    session = a_session(town.venue)
    answer = post(login(client, town.staff), "session-edit", session.pk, **entries(session, starts="08:30"))
    assert answer.status_code == 302
    session.refresh_from_db()
    assert timezone.localtime(session.starts_at).hour == 8


def test_a_booked_session_is_changed_after_its_preview(client, town):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    sent = entries(session, starts="13:30", ends="15:30")
    signed_in = login(client, town.staff)
    read = post(signed_in, "session-edit", session.pk, **sent)
    assert [row["touch"].weight for row in read.context["touched"]] == ["moved"]
    assert not SessionChange.objects.exists()
    done = post(signed_in, "session-edit", session.pk, **sent, read="1", agreed=read.context["agreed"])
    change = SessionChange.objects.get()
    assert done.url == reverse("activities:change-page", args=[change.pk])
    for who in (town.staff, town.coordinator, town.teacher, town.bureau):
        assert page(login(client, who), "change-page", change.pk).status_code == 200
    assert page(login(client, a_town().coordinator), "change-page", change.pk).status_code == 404
    assert page(login(client, town.coordinator), "booking-page", booking.pk).context["changed"].change == change


def test_a_preview_that_no_longer_holds_is_shown_again(client, town):
    session = a_session(town.venue)
    a_booking(town, session)
    sent = entries(session, guide="甲")
    signed_in = login(client, town.staff)
    read = post(signed_in, "session-edit", session.pk, **sent).context["agreed"]
    a_booking(town, session, town.class_b)
    again = post(signed_in, "session-edit", session.pk, **sent, read="1", agreed=read)
    assert (again.status_code, len(again.context["touched"]), SessionChange.objects.count()) == (200, 2, 0)
    assert again.context["form"].non_field_errors()


def test_fewer_places_ask_for_each_group_and_send_it_where_the_venue_says(client, town):
    session = a_session(town.venue)
    first, second = a_booking(town, session), a_booking(town, session, town.class_b)
    other = a_session(town.venue, programme=session.programme, starts_at=session.starts_at + 5 * HOUR)
    sent = entries(session, capacity=3)
    signed_in = login(client, town.staff)
    read = post(signed_in, "session-edit", session.pk, **sent)
    assert [row["booking"] for row in read.context["touched"]] == [first, second]
    assert read.context["others"] == [other]
    refused = post(signed_in, "session-edit", session.pk, **sent, read="1", agreed=read.context["agreed"])
    assert refused.context["form"].non_field_errors()
    fate = {f"fate_{second.pk}": other.pk}
    done = post(signed_in, "session-edit", session.pk, **sent, **fate, read="1", agreed=read.context["agreed"])
    assert done.status_code == 302
    second.refresh_from_db()
    assert second.session == other


def test_a_school_answers_one_by_one_all_at_once_or_leaves(client, town):
    session = a_session(town.venue)
    bookings = [a_booking(town, session), a_booking(town, session, town.class_b)]
    change = sessions.edit(
        session, by=actor(town.staff), starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR
    )
    signed_in = login(client, town.coordinator)
    assert times_to_answer(actor(town.coordinator)).count() == 2
    rows = list(change.rows.order_by("booking"))
    assert page(signed_in, "change-page", change.pk).context["may_answer"]
    post(signed_in, "changed-leave", rows[1].pk)
    post(signed_in, "change-accept", change.pk)
    assert [row.state for row in change.rows.order_by("booking")] == ["accepted", "left"]
    assert [Booking.objects.get(pk=one.pk).state for one in bookings] == ["confirmed", "cancelled"]
    assert times_to_answer(actor(town.coordinator)).count() == 0
    assert post(signed_in, "changed-accept", rows[0].pk).status_code == 302
    assert post(login(client, town.staff), "changed-accept", rows[0].pk).status_code == 403
    assert post(login(client, a_town().coordinator), "changed-accept", rows[0].pk).status_code == 404


def a_series_of(town):
    first = next_weekday(2)
    made = sessions.repeat(
        a_programme(town.venue), by=actor(town.staff), weekdays=[2], starts_on=first,
        ends_on=first + dt.timedelta(days=22), starts=dt.time(9, 30), ends=dt.time(11),
        request_key="0b7c3c5e-0000-4000-8000-000000000001",
    )  # fmt: skip
    return made, list(made.sessions.order_by("starts_at"))


def test_the_coming_dates_of_a_series_change_together_after_their_preview(client, town):
    series, dates = a_series_of(town)
    for session in dates[:2]:
        a_booking(town, session)
    signed_in = login(client, town.staff)
    sent = {"starts": "10:00", "ends": "11:30", "dates": [str(one.pk) for one in dates[:3]]}
    read = post(signed_in, "series-change", series.pk, **sent)
    assert len(read.context["touched"]) == 2
    assert not SessionChange.objects.exists()
    done = post(signed_in, "series-change", series.pk, **sent, read="1", agreed=read.context["agreed"])
    assert done.status_code == 302
    assert SessionChange.objects.get().series == series
    hours = [timezone.localtime(one.starts_at).hour for one in series.sessions.order_by("starts_at")]
    assert hours == [10, 10, 10, 9]
    assert set(ChangedBooking.objects.values_list("weight", flat=True)) == {"shifted"}


def test_a_series_change_that_changes_nothing_says_so(client, town):
    series, dates = a_series_of(town)
    signed_in = login(client, town.staff)
    for sent in ({"dates": [str(dates[0].pk)]}, {"guide": "甲"}, {"starts": "09:30", "dates": [str(dates[0].pk)]}):
        assert post(signed_in, "series-change", series.pk, **sent).context["form"].non_field_errors()
    assert page(login(client, town.coordinator), "series-change", series.pk).status_code == 404


def test_a_venue_adds_one_date_to_its_own_series_like_the_last_one(client, town):
    series, dates = a_series_of(town)
    Session.objects.filter(pk=dates[-1].pk).update(guide="李老师", capacity=25)
    signed_in = login(client, town.staff)
    assert (
        reverse("activities:series-add", args=[series.pk]) in page(signed_in, "series-page", series.pk).content.decode()
    )
    assert page(signed_in, "series-add", series.pk).status_code == 200
    day = dates[-1].day + dt.timedelta(days=9)
    sent = {"day": day.isoformat(), "starts": "14:00", "ends": "15:30"}
    for _twice in range(2):
        assert post(signed_in, "series-add", series.pk, **sent).status_code == 302
    added = series.sessions.get(starts_at=local(day, 14))
    assert (added.state, added.guide, added.capacity, added.place_id) == ("open", "李老师", 25, town.venue.pk)
    series.refresh_from_db()
    assert series.last_day == day
    past = sent | {"day": (timezone.localdate() - dt.timedelta(days=2)).isoformat()}
    assert post(signed_in, "series-add", series.pk, **past).context["form"].non_field_errors()
    assert page(login(client, a_town().staff), "series-add", series.pk).status_code == 404


def test_a_family_session_is_announced_and_its_visitors_are_told_afterwards(client, town, clock):
    programme = a_programme(town.venue)
    signed_in = login(client, town.staff)
    sent = {"day": next_weekday(6).isoformat(), "starts": "09:30", "ends": "11:00", "capacity": 60, "unit": "heads"}
    sent |= {"held_back": 0, "audience": "groups", "channel": "科技馆公众号", "guide": ""}
    assert post(signed_in, "programme-session", programme.pk, **sent).context["form"].errors["channel"]
    post(signed_in, "programme-session", programme.pk, **sent | {"audience": "families"})
    session = Session.objects.get()
    assert (session.state, session.is_announced) == ("open", True)
    seen = page(login(client, town.coordinator), "session-list", by="heads", pupils=4, adults=2)
    assert [rule.code for rule in seen.context["others"][0].verdict.blocking] == ["session.announced"]
    assert not page(login(client, town.coordinator), "session-page", session.pk).context["may_book"]
    post(login(client, town.staff), "session-visitors", session.pk, visitors="31")
    clock.to(local(session.day, 12))
    for typed in ("x", "-1"):
        post(login(client, town.staff), "session-visitors", session.pk, visitors=typed)
    session.refresh_from_db()
    assert session.visitors is None
    post(login(client, town.staff), "session-visitors", session.pk, visitors="31")
    session.refresh_from_db()
    assert (session.visitors, session.visitors_by) == (31, town.staff)


@pytest.mark.notice("session.visitors_missing")
def test_the_venue_is_reminded_once_of_a_night_of_which_nobody_has_told_who_came(client, town, clock):
    night = a_session(town.venue, audience="families", channel="科技馆公众号")
    a_session(town.venue, audience="families")
    clock.to(local(night.day, 23))
    assert list(visitors_to_count(actor(town.staff))) == [night]
    assert reminders.run("session.visitors_missing") == 0  # the same evening
    clock.to(local(night.day + dt.timedelta(days=1), 8))
    assert (reminders.run("session.visitors_missing"), reminders.run("session.visitors_missing")) == (1, 0)
    assert Notice.objects.get(kind="session.visitors_missing").user == town.staff.user
    sessions.count_visitors(night, by=actor(town.staff), visitors=31)
    scope = Scope(night.day, night.day + dt.timedelta(days=1), district_id=town.district.pk)
    assert not visitors_to_count(actor(town.staff)).exists()
    assert (nights.visitors(scope).number, nights.announced(scope).get()) == (31, night)
    assert nights.visitors(Scope(scope.starts_on, scope.ends_on, venue_id=town.venue.pk)).number == 31
    other = Scope(scope.starts_on, scope.ends_on, district_id=a_town().district.pk)
    assert nights.visitors(other).number == 0
    Session.objects.filter(pk=night.pk).update(visitors=None, visitors_at=None, visitors_by=None)
    assert nights.visitors(scope).number is None


def test_the_form_of_a_family_session_begins_with_a_head_count(client, town):
    session = a_session(town.venue, audience="families")
    answer = page(login(client, town.coordinator), "booking-request", session.pk)
    assert answer.context["form"]["by"].value() == "heads"


def test_a_family_session_is_booked_as_a_head_count_without_a_ratio_of_adults(town):
    session = a_session(town.venue, audience="families")
    group = groups.of_heads(town.school, 12, on=session.day, adults=0)
    assert a_booking(town, session, group=group).seats_held == 12
