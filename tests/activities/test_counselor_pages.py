"""Pages of counselors: from the link to the session that both agreed on, each hat on its own page."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import appointments, assignments, counselors, following, sessions
from activities.models import Appointment, Assignment, Check, Counselor, Session
from partnerships.models import Listing
from people.roles import Role
from tests.factories import activities as make
from tests.factories import people
from tests.factories.counselors import (
    a_check,
    a_counselor,
    actor_of,
    an_appointment,
    an_assignment,
    an_invitation,
    hat_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return make.a_town()


@pytest.fixture
def session(town):
    return make.a_session(town.venue)


@pytest.fixture
def counselor(town):
    return a_counselor(listed_in=[town.district])


@pytest.fixture
def enter(client):
    """enter(hat) → the client, signed in as that hat, reading English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return lambda hat: people.login(client, hat)


def page(client, name: str, *args, **data) -> str:
    response = client.get(reverse(f"activities:{name}", args=args), data)
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"))
    return response.content.decode()


def post(client, name: str, *args, **data):
    return client.post(reverse(f"activities:{name}", args=args), data)


def test_a_new_counselor_writes_a_profile_agrees_and_applies(enter, town):
    lead = people.hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    printed = post(enter(lead), "counselor-invite", full_name="陆行舟").content.decode()
    assert "/invitations/" in printed
    counselor_hat = people.hat(Role.COUNSELOR)
    client = enter(counselor_hat)
    assert "Write your profile" in page(client, "counselor-me")
    profile = {
        "name_zh": "陆行舟", "kind": "scientist", "fields_known": ["physics", "astronomy"], "grades": [5, 6],
        "availability": [23, 31],
    }  # fmt: skip
    wrong = post(client, "counselor-edit", **profile | {"fields_known": []})
    assert (wrong.status_code, Counselor.objects.count()) == (200, 0)
    post(client, "counselor-edit", **profile)
    counselor = Counselor.objects.get()
    assert (counselor.fields, counselor.grades, counselor.availability) == (["physics", "astronomy"], [5, 6], [23, 31])
    assert counselor.organisation.name_zh == "陆行舟"
    post(client, "counselor-consent")
    post(client, "counselor-apply", district=town.district.pk)
    assert Listing.objects.get(organisation=counselor.pk).state == "applied"
    shown = page(client, "counselor-me")
    assert "waiting for review" in shown
    assert "You agreed on" in shown


def test_reviewers_find_applications_and_the_bureau_records_the_check(enter, town):
    counselor = a_counselor()
    counselors.apply(counselor, by=actor_of(counselor), district=town.district)
    client = enter(town.bureau)
    listing = Listing.objects.get(organisation=counselor.pk)
    assert reverse("partnerships:listing-review", args=[listing.pk]) in page(client, "counselor-list")
    answer = client.post(
        reverse("partnerships:listing-review", args=[listing.pk]), {"verdict": "approve", "reason": "经验丰富"}
    )
    assert answer.headers["Location"] == f"/counselors/{counselor.pk}/"
    post(client, "counselor-check", counselor.pk, checked_on="2026-11-17", outcome="clear")
    assert Check.objects.get().valid_until == dt.date(2027, 11, 17)
    shown = page(client, "counselor-page", counselor.pk)
    assert "16 Nov 2027" in shown
    assert actor_of(counselor).user.mobile in shown


def test_pages_show_each_hat_what_it_may_read(enter, town, session, counselor):
    number = actor_of(counselor).user.mobile
    inspector = people.hat(Role.INSPECTOR, at=town.bureau.organisation)
    partner = people.hat(Role.PARTNER_OFFICER, at=people.partner_office(town.district))
    until = "18 Oct 2027"
    seen = {}
    for hat in (town.bureau, partner, inspector, town.coordinator, town.staff):
        shown = page(enter(hat), "counselor-page", counselor.pk)
        seen[hat.role] = (number in shown, until in shown, "valid today" in shown)
    assert seen == {
        "bureau_officer": (True, True, False),
        "partner_officer": (True, True, False),
        "inspector": (False, False, False),
        "coordinator": (False, False, True),
        "venue_staff": (False, False, False),
    }


def test_a_venue_needs_invites_and_sees_the_phone_once_agreed(enter, town, session, counselor):
    client = enter(town.staff)
    post(client, "session-need", session.pk, wanted="on", field="physics")
    assert "nobody found yet" in page_of_session(client, session)
    shown = page(client, "session-counselors", session.pk)
    assert "knows Physics" in shown
    assert "was here" not in shown
    post(client, "session-invite", session.pk, counselor=counselor.pk)
    assignment = Assignment.objects.get()
    assert actor_of(counselor).user.mobile not in page(client, "assignment-page", assignment.pk)
    client = enter(hat_of(counselor))
    assert "Accept the invitation" in page(client, "assignment-page", assignment.pk)
    assert "Accept the invitation" not in page(client, "assignment-list", view="waiting")
    post(client, "assignment-accept", assignment.pk)
    assert "Agreed" in page(client, "assignment-page", assignment.pk)
    client = enter(town.staff)
    agreed = page(client, "assignment-page", assignment.pk)
    assert actor_of(counselor).user.mobile in agreed
    assert "valid on the day" in agreed
    assert "nobody found yet" not in page_of_session(client, session)


def test_an_appointed_counselor_can_be_called_by_the_school(enter, town, counselor):
    lead = people.hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    number, client = actor_of(counselor).user.mobile, enter(lead)
    appointment = an_appointment(town.school, counselor, lead, accepted=False)
    assert number not in page(client, "counselor-page", counselor.pk)
    appointments.accept(appointment, by=actor_of(counselor))
    assert number in page(client, "counselor-page", counselor.pk)


def page_of_session(client, session: Session) -> str:
    return client.get(reverse("activities:session-page", args=[session.pk])).content.decode()


def test_a_counselor_finds_the_need_applies_and_meets_the_groups(enter, town, session, counselor):
    assignments.need(session, by=people.actor(town.staff), wanted=True, field="physics")
    booking = make.a_booking(town, session)
    client = enter(hat_of(counselor))
    assert "knows Physics" in page(client, "need-list")
    post(client, "need-apply", session.pk)
    assignment = Assignment.objects.get()
    assert session.programme.name_en not in page(client, "need-list")
    assert booking.who not in page(client, "assignment-page", assignment.pk)
    client = enter(town.staff)
    post(client, "assignment-take_on", assignment.pk)
    client = enter(hat_of(counselor))
    shown = page(client, "assignment-page", assignment.pk)
    assert booking.who in shown
    assert town.staff.user.full_name in shown
    post(client, "assignment-give_up", assignment.pk, reason="生病")
    assert Assignment.objects.get().state == "withdrawn"


def test_all_dates_of_a_series_are_asked_at_once_or_none(enter, town, counselor, clock):
    programme = make.a_programme(town.venue)
    series = sessions.repeat(
        programme, by=people.actor(town.staff), weekdays=[3], starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 31),
        starts=dt.time(9), ends=dt.time(11), request_key=uuid.uuid4(), capacity=30, audience="groups",
    )  # fmt: skip
    dates = list(series.sessions.order_by("starts_at"))
    other = make.a_session(town.venue, starts_at=dates[2].starts_at)
    clash = an_assignment(other, counselor, town.staff)
    client = enter(town.staff)
    post(client, "session-invite", dates[0].pk, counselor=counselor.pk, dates="all")
    assert Assignment.objects.exclude(pk=clash.pk).count() == 0
    assignments.release(clash, by=people.actor(town.staff), reason="换人")
    post(client, "session-invite", dates[1].pk, counselor=counselor.pk, dates="all")
    asked = Assignment.objects.filter(state="invited").values_list("session", flat=True)
    assert set(asked) == {date.pk for date in dates[1:]}


def test_suggestions_are_ranked_with_reasons_and_without_points(enter, town, session):
    fits = a_counselor(listed_in=[town.district], fields=["astronomy"], availability=[31])
    plain = a_counselor(listed_in=[town.district], fields=["other"], grades=[12], availability=[], certification="")
    busy = a_counselor(listed_in=[town.district], fields=["astronomy"])
    unchecked = a_counselor(listed_in=[town.district], checked=False)
    stranger = a_counselor()
    an_assignment(make.a_session(town.venue, starts_at=session.starts_at), busy, town.staff)
    assignments.need(session, by=people.actor(town.staff), wanted=True, field="astronomy")
    shown = page(enter(town.staff), "session-counselors", session.pk)
    places = [shown.index(one.name) for one in (fits, plain, busy)]
    assert places == sorted(places)
    assert unchecked.name not in shown
    assert stranger.name not in shown
    assert shown.count("Not available at that time.") == 1
    club = make.a_session(town.school, programme=make.a_programme(town.school, direction="bring_in"))
    own = page(enter(town.coordinator), "session-counselors", club.pk)
    assert own.count("The background check does not cover the day.") == 1


def test_hosts_pages_are_closed_to_everybody_else(enter, town, session, counselor):
    stranger = people.hat(Role.VENUE_STAFF)
    for hat, status in ((town.coordinator, 403), (stranger, 404), (town.bureau, 403), (hat_of(counselor), 403)):
        client = enter(hat)
        for name in ("session-counselors",):
            assert client.get(reverse(f"activities:{name}", args=[session.pk])).status_code == status
        for name in ("session-need", "session-invite"):
            assert post(client, name, session.pk, counselor=counselor.pk).status_code == status
    assert not Assignment.objects.exists()


def test_appointments_are_offered_by_the_lead_and_answered_by_the_person(enter, town, counselor):
    lead = people.hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    client = enter(lead)
    assert "Offer an appointment" in page(client, "counselor-page", counselor.pk)
    post(client, "appointment-offer", counselor.pk)
    appointment = Appointment.objects.get()
    client = enter(hat_of(counselor))
    assert "Accept the appointment" in page(client, "appointment-list")
    post(client, "appointment-accept", appointment.pk)
    assert Appointment.objects.get().state == "accepted"
    client = enter(lead)
    post(client, "appointment-end", appointment.pk, reason="调离")
    assert Appointment.objects.get().state == "ended"
    assert post(enter(town.coordinator), "appointment-offer", counselor.pk).status_code == 403


def test_expert_pool_narrows_the_list(enter, town, counselor):
    other = a_counselor(listed_in=[town.district])
    client = enter(town.bureau)
    post(client, "counselor-expert", counselor.pk)
    shown = page(client, "counselor-list", expert="on")
    assert counselor.name in shown
    assert other.name not in shown
    narrowed = page(client, "counselor-list", kind="parent")
    assert counselor.name not in narrowed


@pytest.mark.parametrize("name", ["counselor-list", "assignment-list", "appointment-list", "session-counselors"])
def test_lists_ask_the_same_number_of_queries_with_one_and_three(enter, town, name):
    lead = people.hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    host = make.a_session(town.school, programme=make.a_programme(town.school, direction="bring_in"))

    def grow():
        who = a_counselor(listed_in=[town.district])
        an_appointment(town.school, who, lead)
        an_invitation(host, who, lead)
        a_counselor(listed_in=[town.district])

    client = enter(lead)
    args = [host.pk] if name == "session-counselors" else []
    counted = []
    for more in (1, 2):
        for _n in range(more):
            grow()
        with CaptureQueriesContext(connection) as queries:
            page(client, name, *args, view="waiting")
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_check_of_another_district_is_not_shown(enter, town, counselor):
    other = make.a_town(pupils=0)
    both = a_counselor(listed_in=[town.district, other.district], checked=False)
    a_check(both, other.district)
    shown = page(enter(town.bureau), "counselor-page", both.pk)
    assert "no answer on record" in shown
    assert other.district.name_en not in shown


def test_each_district_reads_its_own_rows_and_of_the_other_nothing(enter, town):
    """One counselor, listed by both: reviews, checks, sessions and appointments of B are on no page of A."""
    other = make.a_town(pupils=0)
    both = a_counselor(listed_in=[town.district, other.district])
    session = make.a_session(other.venue, starts_at=make.local(make.next_weekday(5), 13, 7))
    theirs = an_assignment(session, both, other.staff)
    their_lead = people.hat(Role.SCHOOL_LEAD, at=other.school.organisation)
    an_appointment(other.school, both, their_lead)
    an_assignment(make.a_session(town.venue), both, town.staff)
    marks = [
        other.district.name_en, other.venue.organisation.name_en, other.school.organisation.name_en,
        other.bureau.organisation.name_en, session.programme.name_en, "13:07",
    ]  # fmt: skip
    office = town.bureau.organisation
    hats = [
        town.bureau, people.hat(Role.INSPECTOR, at=office), people.hat(Role.SCHOOL_LEAD, at=town.school.organisation),
        town.coordinator, town.staff, people.hat(Role.PARTNER_OFFICER, at=people.partner_office(town.district)),
    ]  # fmt: skip
    for hat in hats:
        client = enter(hat)
        shown = [
            page(client, "counselor-list"),
            page(client, "counselor-page", both.pk),
            page(client, "appointment-list"),
            *(page(client, "assignment-list", view=view) for view in ("waiting", "coming", "past", "ended")),
        ]
        assert both.name in shown[0]
        found = {mark for text in shown for mark in marks if mark in text}
        assert found == set(), hat.role
        assert client.get(reverse("activities:assignment-page", args=[theirs.pk])).status_code == 404
    assert both.name in page(enter(other.staff), "assignment-list")


def test_a_school_that_wants_the_same_time_reads_only_that_it_is_not_available(enter, town):
    other = make.a_town(pupils=0)
    both = a_counselor(listed_in=[town.district, other.district])
    theirs = make.a_session(other.venue)
    an_assignment(theirs, both, other.staff)
    wanted = make.a_session(town.venue, starts_at=theirs.starts_at)
    client = enter(town.staff)
    assert "Not available at that time." in page(client, "session-counselors", wanted.pk)
    answer = client.post(
        reverse("activities:session-invite", args=[wanted.pk]), {"counselor": both.pk}, follow=True
    ).content.decode()
    assert "Not available at that time." in answer
    assert other.venue.organisation.name_en not in answer


def test_a_counselor_leaves_a_district_from_the_own_page(enter, town, session, counselor):
    an_assignment(session, counselor, town.staff)
    listing = counselor.organisation.listings.get()
    client = enter(hat_of(counselor))
    address = reverse("partnerships:listing-leave", args=[listing.pk])
    assert address in page(client, "counselor-me")
    assert client.post(address).headers["Location"] == f"/counselors/{counselor.pk}/"
    assert client.get(f"/counselors/{counselor.pk}/").headers["Location"] == reverse("activities:counselor-me")
    following.reopen_due()
    assert Assignment.objects.get().lacking == "listing"
    assert counselor.name not in page(enter(town.coordinator), "counselor-list")


def test_a_teacher_sees_who_gives_the_session_that_they_lead(enter, town, counselor):
    """With the number, once both have agreed; no other session of the school, and no directory."""
    lesson = make.a_session(town.school, programme=make.a_programme(town.school, direction="bring_in"))
    assignment = an_invitation(lesson, counselor, town.coordinator)
    client = enter(town.teacher)
    address = reverse("activities:assignment-page", args=[assignment.pk])
    assert client.get(address).status_code == 404
    assignments.accept(assignment, by=actor_of(counselor))
    assert client.get(address).status_code == 404
    make.a_booking(town, lesson)
    assert actor_of(counselor).user.mobile in client.get(address).content.decode()
    assert client.get(reverse("activities:counselor-list")).status_code == 403
