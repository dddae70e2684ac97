"""点单 to a counselor: asked from the profile, answered by the person; session, booking and assignment in one."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities import bookings, requests
from activities.models import Assignment, Booking, Programme, Request, Session
from people import reminders
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.activities.asking import page, post
from tests.factories.activities import a_programme, a_pupil, a_session, a_town, an_activity_group, next_weekday
from tests.factories.counselors import a_check, a_counselor, actor_of, an_assignment, hat_of
from tests.factories.people import actor, hat, login
from tests.factories.requests import a_request, a_term, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    a_term(found)
    return found


@pytest.fixture
def counselor(town):
    return a_counselor(listed_in=[town.district])


def ask(town, counselor, members=None, **fields):
    programme = fields.pop("programme", None) or a_programme(town.school, direction="bring_in", minutes=50)
    return a_request(town, members, counselor=counselor, programme=programme, **fields)


def accept(request, by):
    return requests.accept(request, request.times.get(round=request.round, number=1), by=by)


def test_accepting_makes_session_booking_and_an_assignment_on_which_both_agreed(town, counselor):
    asked = ask(town, counselor, times=[wanted(), wanted(1)])
    assert (asked.provider_id, asked.place_id, Session.objects.count()) == (counselor.pk, town.school.pk, 0)
    assert list(Notice.objects.filter(kind="request.asked").values_list("user", flat=True)) == [
        hat_of(counselor).user_id
    ]
    asked = accept(asked, actor_of(counselor))
    booking, assignment = Booking.objects.get(), Assignment.objects.get()
    assert (booking.state, booking.session, booking.session.provider_id) == ("confirmed", asked.session, town.school.pk)
    assert (assignment.session, assignment.counselor, assignment.state) == (asked.session, counselor, "confirmed")
    assert (assignment.host_by, assignment.host_at) == (town.coordinator, asked.put_at)
    assert (assignment.counselor_by, assignment.contact) == (hat_of(counselor), town.coordinator)
    assert not Session.objects.lacking_counselor().exists()
    told = set(Notice.objects.filter(kind="request.accepted").values_list("user", flat=True))
    assert told == {town.coordinator.user_id, town.teacher.user_id}
    assert not Notice.objects.filter(kind__startswith="assignment.").exists()


def test_the_school_takes_up_the_counselors_own_times(town, counselor):
    asked = ask(town, counselor)
    requests.propose(asked, by=actor_of(counselor), times=[wanted(2)], answer="周四有空")
    asked.refresh_from_db()
    with pytest.raises(PermissionDenied):
        accept(asked, actor_of(counselor))
    accept(asked, actor(town.coordinator))
    assignment = Assignment.objects.get()
    assert (assignment.counselor_at, assignment.counselor_by) == (asked.put_at, hat_of(counselor))
    assert assignment.host_by == town.coordinator
    assert assignment.starts_at == wanted(2).starts_at


def test_every_week_of_a_term_has_its_assignment(town, counselor):
    club = an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))
    asked = accept(ask(town, counselor, club, weeks=3), actor_of(counselor))
    assert asked.series.sessions.count() == 3
    assert Assignment.objects.live().filter(session__series=asked.series).count() == 3
    assert Notice.objects.filter(user=town.coordinator.user).count() == 1


def test_who_is_not_listed_not_checked_or_not_free_is_not_asked(town, counselor):
    codes = []
    busy = a_session(town.school, programme=a_programme(town.school), starts_at=wanted().starts_at)
    an_assignment(busy, counselor, town.coordinator)
    unchecked = a_counselor(listed_in=[town.district], checked=False)
    for who in (a_counselor(), unchecked, counselor):
        with pytest.raises(Refused) as no:
            ask(town, who)
        codes.append(no.value.code)
    assert codes == ["assignment.listing", "assignment.check", "assignment_one_place"]
    assert not Request.objects.exists()


def test_a_check_that_no_longer_counts_refuses_the_whole_answer(town, counselor):
    asked = ask(town, counselor)
    a_check(counselor, town.district, days_ago=1, outcome="not_clear")
    with pytest.raises(Refused) as no:
        accept(asked, actor_of(counselor))
    assert no.value.code == "assignment.check"
    assert (Session.objects.count(), Booking.objects.count()) == (0, 0)


def test_a_counselor_is_asked_for_the_schools_own_programme_only(town, counselor):
    foreign = a_programme(town.venue, direction="bring_in")
    with pytest.raises(Refused) as no:
        ask(town, counselor, programme=foreign)
    assert no.value.code == "request.programme"


def test_nobody_but_the_counselor_answers(town, counselor):
    asked = ask(town, counselor)
    for stranger in (actor_of(a_counselor(listed_in=[town.district])), actor(town.staff), actor(town.bureau)):
        with pytest.raises(PermissionDenied):
            accept(asked, stranger)
        assert Request.objects.visible_to(stranger).filter(pk=asked.pk).exists() == (stranger.is_office)


def test_asked_from_the_profile_and_accepted_on_the_page(town, counselor, client):
    school = login(client, town.coordinator)
    url = reverse("activities:counselor-ask", args=[counselor.pk])
    assert url in page(school, "counselor-page", counselor.pk).content.decode()
    assert school.get(url).status_code == 200
    sent = {
        "by": "classes", "classes": [town.class_a.pk], "topic": "光的折射", "form": "experiment", "minutes": 40,
        "room": "科学教室", "day_1": next_weekday(2).isoformat(), "starts_1": "16:40", "adults": 2,
        "leader": town.teacher.pk, "request_key": str(uuid.uuid4()),
    }  # fmt: skip
    assert post(school, "counselor-ask", counselor.pk, **sent | {"topic": ""}).context["form"].errors["topic"]
    post(school, "counselor-ask", counselor.pk, **sent)
    asked = Request.objects.get()
    programme = Programme.objects.get(provider=town.school.pk)
    assert (asked.programme, programme.name_zh, programme.state) == (programme, "光的折射", "published")
    assert asked.length == dt.timedelta(minutes=40)
    assert page(school, "request-page", asked.pk).status_code == 200
    person = login(client, hat_of(counselor))
    assert list(page(person, "request-list").context["page"]) == [asked]
    (row,) = page(person, "request-page", asked.pk).context["times"]
    assert post(person, "request-accept", asked.pk, time=row["time"].pk).status_code == 302
    assignment = Assignment.objects.get()
    shown = page(person, "assignment-page", assignment.pk).content.decode()
    assert "科学教室" in shown
    assert "光的折射" in shown


def test_a_topic_whose_request_is_refused_is_not_kept(town, client):
    counselor = a_counselor(listed_in=[town.district], checked=False)
    sent = {
        "by": "classes", "classes": [town.class_a.pk], "topic": "光的折射", "form": "experiment", "minutes": 40,
        "day_1": next_weekday(2).isoformat(), "starts_1": "16:40", "adults": 2, "leader": town.teacher.pk,
        "request_key": str(uuid.uuid4()),
    }  # fmt: skip
    answer = post(login(client, town.coordinator), "counselor-ask", counselor.pk, **sent)
    assert answer.context["form"].non_field_errors()
    assert not Programme.objects.filter(name_zh="光的折射").exists()


@pytest.mark.notice("request.unanswered")
def test_whose_turn_it_is_is_reminded_once_a_round_after_two_working_days(town, counselor, clock):
    day = next_weekday(1, after=0)
    clock.to(dt.datetime.combine(day, dt.time(10)))
    asked = ask(town, counselor, times=[wanted(20)])
    clock.to(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(10)))
    assert reminders.run("request.unanswered") == 0
    clock.to(dt.datetime.combine(day + dt.timedelta(days=2), dt.time(10)))
    assert (reminders.run("request.unanswered"), reminders.run("request.unanswered")) == (1, 0)
    assert Notice.objects.get(kind="request.unanswered").user == hat_of(counselor).user
    requests.propose(asked, by=actor_of(counselor), times=[wanted(21)])
    assert reminders.run("request.unanswered") == 0
    clock.to(dt.datetime.combine(day + dt.timedelta(days=4), dt.time(10)))
    reminders.run("request.unanswered")
    told = Notice.objects.filter(kind="request.unanswered", due_slot="2").values_list("user", flat=True)
    assert set(told) == {town.coordinator.user_id, town.teacher.user_id}
    requests.withdraw(asked, by=actor(town.coordinator))
    assert not list(groups_due())


def groups_due():
    """What is still due: nothing of a request that has ended."""
    for due in reminders.SOURCES["request.unanswered"]:
        yield from due(wanted().starts_at.date())


def test_nobody_asks_and_answers_in_two_hats(town, counselor):
    asked = ask(town, counselor)
    same = hat(Role.COORDINATOR, who=hat_of(counselor).user, at=town.school.organisation)
    Request.objects.filter(pk=asked.pk).update(put_by=same)
    with pytest.raises(Refused) as no:
        accept(asked, actor_of(counselor))
    assert no.value.code == "assignment_two_people"


def test_a_date_that_the_school_cancels_seeks_nobody_else(town, counselor):
    accept(ask(town, counselor), actor_of(counselor))
    bookings.cancel(Booking.objects.get(), by=actor(town.coordinator), reason="停电")
    assert Assignment.objects.get().state == "cancelled"
    assert not Session.objects.lacking_counselor().exists()
