"""What waits around counselors, on the home of each role."""

import datetime as dt

import pytest
from django.utils.translation import override

from activities import assignments, counselors
from people.roles import Role
from portal.duties import DUTIES
from tests.factories import activities as make
from tests.factories import people
from tests.factories.counselors import a_counselor, actor_of, an_appointment, an_assignment, an_invitation, hat_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return make.a_town(pupils=0)


def waiting(actor) -> list[str]:
    """The sentences that this hat finds on its home about counselors."""
    with override("en"):
        kinds = ("Counselor", "Appointment", "Listing")
        duties = [duty for duty in DUTIES if actor.role in duty.roles and str(duty.kind) in kinds]
        return [duty.line(row).title for duty in duties for row in duty.rows(actor)]


def test_a_new_counselor_is_led_on(town):
    link_only = people.actor(people.hat(Role.COUNSELOR))
    assert waiting(link_only) == ["Write your profile as a counselor"]
    unasked = a_counselor(consented_on=None)
    assert waiting(actor_of(unasked)) == ["Agree to the background check, so that you can be with pupils"]


def test_each_side_finds_what_waits_for_its_answer(town):
    lead = people.hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    who, other = a_counselor(listed_in=[town.district]), a_counselor(listed_in=[town.district])
    session = make.a_session(town.venue)
    an_invitation(session, who, town.staff)
    an_appointment(town.school, who, lead, accepted=False)
    name = session.programme.name_en
    assert waiting(actor_of(who)) == [
        f"{town.venue.organisation.name_en} invites you: “{name}”",
        f"{town.school.organisation.name_en} offers you an appointment",
    ]
    assignments.apply(session, by=actor_of(other))
    assert waiting(people.actor(town.staff)) == [f"{other.organisation.name_en} applies for “{name}”"]


def test_a_near_session_without_counselor_waits_for_its_host(clock, town):
    session = make.a_session(town.venue)
    assignments.need(session, by=people.actor(town.staff), wanted=True)
    assert waiting(people.actor(town.staff)) == []
    clock.to(session.starts_at - dt.timedelta(days=6))
    assert waiting(people.actor(town.staff)) == [f"No counselor yet for “{session.programme.name_en}”"]
    assert waiting(people.actor(people.hat(Role.VENUE_STAFF))) == []
    an_assignment(session, a_counselor(listed_in=[town.district]), town.staff)
    assert waiting(people.actor(town.staff)) == []


def test_offices_find_applications_and_the_bureau_checks(town):
    bureau, who = people.actor(town.bureau), a_counselor()
    counselors.apply(who, by=actor_of(who), district=town.district)
    assert waiting(bureau) == [
        f"{who.organisation.name_en} waits for your office's review",
        f"Background check of {who.organisation.name_en}: ask, and record the answer",
    ]


def test_home_shows_a_counselor_what_comes_next(client, town):
    who = a_counselor(listed_in=[town.district])
    session = make.a_session(town.venue)
    an_assignment(session, who, town.staff)
    shown = people.login(client, hat_of(who)).get("/", headers={"accept-language": "en"}).content.decode()
    assert session.programme.name_en in shown
    assert town.venue.organisation.name_en in shown
