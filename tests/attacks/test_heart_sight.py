"""What one school of an agreement must not read of another, one host of another, and how often a PIN is guessed."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities import after_school, bookings, groups, offering, outing_papers, requests, roll_links, waitlist
from activities.models import Booking, ImpactChoice, Outing, RollLink, Series
from activities.verdicts import Broken, Verdict
from partnerships import agreement_life, agreements
from partnerships.models import Agreement
from partnerships.promises import Promise
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import activities, outings, people
from tests.factories import partnerships as make
from tests.factories.requests import a_request, a_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def pact():
    """One venue with two schools of the district; each has a visit to come."""
    town = activities.a_town()
    town.other = make.a_school(town.district)
    term = make.a_term(town.district)
    town.promise = Promise(town.venue.pk, term, "visits", 9)
    long_ago = clock.today() - dt.timedelta(days=500)
    town.agreement = make.an_agreement(
        town.venue, [town.school, town.other], promises=[town.promise], starts_on=long_ago
    )
    session = activities.a_session(town.venue, starts_at=activities.local(activities.next_weekday(3), 9))
    town.own = activities.a_booking(town, session)
    group = groups.of_classes(town.other, [activities.a_class(town.other, 12)], on=session.day, adults=2)
    who = people.hat(Role.COORDINATOR, at=town.other.organisation)
    town.theirs = activities.a_booking(town, session, group=group, by=people.actor(who), leader=who)
    return town


@pytest.mark.parametrize("name", ["terminate", "suspend"])
def test_a_school_does_not_see_by_an_ending_what_others_have_booked(client, pact, name):
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=pact.school.organisation))
    assert client.get(reverse(f"activities:agreement-{name}", args=[pact.agreement.pk])).status_code == 403


def test_a_school_reads_and_chooses_for_its_own_bookings_of_a_supplement(client, pact):
    museum = make.lead_of(pact.venue)
    amendment = agreement_life.amend(pact.agreement, by=museum)
    soon = clock.today() + dt.timedelta(days=1)
    agreements.revise(amendment, by=museum, text="第一条 提前结束。", ends_on=soon, promises=[pact.promise])
    agreements.propose(Agreement.objects.get(pk=amendment.pk), by=museum)
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=pact.school.organisation))
    url = reverse("activities:agreement-impact", args=[amendment.pk])
    page = client.get(url)
    sums = page.context["sums"]
    assert [one.row.booking.pk for one in sums["bookings"]] == [pact.own.pk]
    assert (len(sums["sessions"]), sums["pupils"]) == (1, pact.own.pupils)
    assert sums["keep"] + sums["move"] + sums["cancel"] == 1
    assert f"/bookings/{pact.theirs.pk}/" not in page.content.decode()
    own = sums["bookings"][0].choices[-1].key
    assert client.post(url, {f"booking_{pact.own.pk}": own, f"booking_{pact.theirs.pk}": own}).status_code == 302
    assert ImpactChoice.objects.filter(amendment=amendment).count() == 2


def test_a_host_does_not_read_the_letter_to_another_host():
    grade = outings.a_grade(classes=2)
    outing = outings.an_outing(grade)
    elsewhere = make.a_venue()
    first = outing.trips[0]
    session = activities.a_session(elsewhere)
    bookings.cancel(first, by=people.actor(grade.town.coordinator))
    Booking.objects.filter(pk=first.pk).update(session=session)
    outing = Outing.objects.with_names().get(pk=outing.pk)
    staff = people.actor(people.hat(Role.VENUE_STAFF, at=elsewhere.organisation))
    letter = outing_papers.letter(outing, staff)
    assert elsewhere.organisation.name in str(letter)
    assert grade.town.venue.organisation.name not in str(letter)


def test_guesses_at_the_same_time_are_five_guesses(clock):
    town = activities.a_town()
    booking = activities.a_booking(town, activities.a_session(town.venue), town.class_a)
    clock.to(booking.session.starts_at - dt.timedelta(hours=1))
    link, _token, pin = roll_links.make(booking, by=people.actor(town.coordinator), for_whom="周代课")
    read = [RollLink.objects.get(pk=link.pk) for _n in range(8)]  # eight requests have read it before one has counted
    assert [roll_links.opens(one, "x") for one in read[:5]] == [False] * 5
    assert not roll_links.opens(read[5], pin)
    RollLink.objects.filter(pk=link.pk).update(wrong=4)
    assert roll_links.opens(link, pin)
    link.refresh_from_db()
    assert link.wrong == 4


@pytest.mark.parametrize("code", ["school.pupils_busy", "district.travel_time"])
def test_a_venue_that_accepts_does_not_read_where_the_pupils_are(monkeypatch, code):
    town = activities.a_town()
    a_term(town)
    make.an_agreement(town.venue, [town.school])
    asked = a_request(town)
    broken = (Broken("venue.quota_day", "voll", "venue"), Broken(code, "anderswo", code.partition(".")[0]))

    def refuse(*_args):
        raise bookings.NotEligible(Verdict(broken, met=0, agreement=None, adults_needed=0))

    monkeypatch.setattr(requests, "_visit", refuse)
    with pytest.raises(Refused) as no:
        requests.accept(asked, asked.times.get(), by=people.actor(town.staff))
    assert (no.value.code, "anderswo" in str(no.value)) == ("request.group_busy", False)


def test_nobody_takes_more_from_the_waiting_list_than_was_in_line():
    town = activities.a_town(pupils=3)
    session = activities.a_session(town.venue, capacity=1, unit="groups")
    holder = activities.a_booking(town, session, town.class_a)
    session.refresh_from_db()
    who, key = people.actor(town.coordinator), uuid.uuid4()
    group = groups.of_heads(town.school, 12, on=session.day, adults=3)
    entry = waitlist.join(session, group, by=who, leader=town.teacher, request_key=key)
    bookings.cancel(holder, by=who)
    offering.offer_places(session.pk)
    entry.refresh_from_db()
    assert waitlist.accept(entry, by=who, heads=1500).pupils == 12


def test_another_school_s_key_finds_nothing():
    mine, theirs = activities.a_town(), activities.a_town()
    key = uuid.uuid4()
    Series.objects.create(
        programme=activities.a_programme(theirs.school), provider=theirs.school.organisation, school=theirs.school,
        rule="FREQ=WEEKLY;BYDAY=TU", starts_on=clock.today(), ends_on=clock.today() + dt.timedelta(days=9),
        starts=dt.time(16), ends=dt.time(17), request_key=key, school_class=theirs.class_a,
    )  # fmt: skip
    with pytest.raises(Refused):
        after_school.request(
            mine.school, activities.a_programme(mine.school), by=people.actor(mine.coordinator), members=mine.class_a,
            weekdays=[2], starts_on=clock.today(), ends_on=clock.today() + dt.timedelta(days=9), starts=dt.time(16),
            ends=dt.time(17), leader=mine.teacher, adults=1, request_key=key,
        )  # fmt: skip
