"""A suspended agreement in force again: what stayed under it, what rests on it again, and what does not come back."""

import datetime as dt

import pytest
from django.urls import reverse

from activities import endings, resumptions
from activities.models import Booking
from activities.options import Act, What
from activities.touched import look
from partnerships.models import Agreement, AgreementParty, Commitment
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """Suspended: one visit kept, one moved under another agreement, one cancelled, and one booked since without any."""
    found = a_town()
    term = make.a_term(found.district)
    found.agreement = make.an_agreement(found.venue, [found.school])
    found.promise = Commitment.objects.create(
        agreement=found.agreement,
        party=found.agreement.parties.get(position=0),
        term=term,
        kind="pupils",
        promised=9,
        is_ceiling=True,
    )
    found.museum = make.lead_of(found.venue)
    programme = a_programme(found.venue)
    found.sessions = [
        a_session(found.venue, programme=programme, starts_at=local(next_weekday(3, days), 9, 30))
        for days in (10, 17, 24, 31, 38)
    ]
    found.kept, found.moved, found.gone = (a_booking(found, one) for one in found.sessions[:3])
    other = make.an_agreement(found.venue, [found.school])
    suspend(found)
    Agreement.objects.filter(pk=other.pk).update(ends_on=found.sessions[4].day)  # nothing else carries what comes then
    found.loose = a_booking(found, found.sessions[4], found.class_b)
    found.agreement.refresh_from_db()
    return found


def suspend(town):
    by = town.museum
    preview = look(town.agreement, endings.change_of(town.agreement, Act.SUSPEND, by=by), by=by)
    wanted = {
        f"booking_{town.kept.pk}": What.KEEP,
        f"booking_{town.moved.pk}": What.MOVE,
        f"booking_{town.gone.pk}": What.CANCEL,
    }
    plan = preview.plan(lambda row: next((one for one in row.options if one.what == wanted.get(row.name)), None))
    endings.carry_out(town.agreement, preview.change, by=by, reason="设备检修", keys=preview.keys_of(plan))


def rests():
    return dict(Booking.objects.values_list("pk", "agreement"))


def test_each_booking_comes_back_to_a_clear_state(town):
    found = resumptions.look(town.agreement)
    assert [row.booking for row in found.rows] == [town.moved, town.loose]
    assert (found.under, found.gone) == ((town.kept,), (town.gone,))
    was = rests()
    assert was[town.loose.pk] is None
    resumptions.resume(town.agreement, by=town.museum, keys=found.keys_of(found.plan({})))
    assert rests() == was | {town.loose.pk: town.agreement.pk}
    town.agreement.refresh_from_db()
    town.promise.refresh_from_db()
    assert (town.agreement.state, town.promise.reserved) == ("filed", 6)
    assert not Booking.objects.exclude(displaced_from=None).exists()


@pytest.mark.notice("agreement.back")
def test_the_school_reads_what_becomes_of_its_own(town):
    found = resumptions.look(town.agreement)
    resumptions.resume(town.agreement, by=town.museum, keys=found.keys_of(found.plan({})))
    told = Notice.objects.get(kind="agreement.back", user=town.coordinator.user).facts
    assert {kind: told[kind] for kind in ("under", "back", "stay", "gone")} == {
        "under": 1,
        "back": 1,
        "stay": 1,
        "gone": 1,
    }


def test_a_moved_visit_rests_on_it_again_where_that_is_chosen(town):
    found = resumptions.look(town.agreement)
    keys = found.keys_of({row.name: row.options[-1] for row in found.rows})
    resumptions.resume(town.agreement, by=town.museum, keys=keys)
    town.moved.refresh_from_db()
    assert (town.moved.agreement, rests()[town.loose.pk]) == (town.agreement, None)
    assert town.moved.session_id == town.sessions[3].pk


def test_nothing_comes_back_beyond_a_ceiling(town):
    Commitment.objects.filter(pk=town.promise.pk).update(promised=5)
    found = resumptions.look(town.agreement)
    assert [len(row.options) for row in found.rows] == [1, 1]
    resumptions.resume(town.agreement, by=town.museum, keys=found.keys_of(found.plan({})))
    assert rests()[town.loose.pk] is None


def test_what_was_not_shown_is_not_done(town):
    found = resumptions.look(town.agreement)
    keys = found.keys_of(found.plan({}))
    a_booking(town, a_session(town.venue, starts_at=local(next_weekday(4, 38), 9, 30)), town.class_a)
    with pytest.raises(Refused) as no:
        resumptions.resume(town.agreement, by=town.museum, keys=keys)
    town.agreement.refresh_from_db()
    assert (no.value.code, town.agreement.state) == ("impact.changed", "suspended")


def test_the_page_says_what_comes_back_and_does_it(client, town):
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    address = reverse("activities:agreement-resume", args=[town.agreement.pk])
    page = client.get(address)
    assert [one.row.booking for one in page.context["rows"]] == [town.moved, town.loose]
    chosen = {one.row.name: next(c.key for c in one.choices if c.is_chosen) for one in page.context["rows"]}
    assert client.post(address, {}).context["refused"]
    done = client.post(address, chosen)
    assert done.url == reverse("partnerships:agreement-page", args=[town.agreement.pk])
    assert rests()[town.loose.pk] == town.agreement.pk


def test_a_school_reads_nothing_of_one_that_is_leaving(client, town):
    """What the other school keeps until its last day stays as proposed, unseen by the only one that is left."""
    leaving = make.a_school(town.district)
    school = town.agreement.parties.get(position=1)
    until = {"state": "left", "left_on": town.sessions[4].day + dt.timedelta(days=1), "position": 2}
    signed = {name: getattr(school, name) for name in ("version", "how", "signed_at", "signed_by")}
    AgreementParty.objects.create(agreement=town.agreement, organisation=leaving.organisation, **signed, **until)
    theirs = (town.kept, town.gone, town.loose)
    Booking.objects.filter(pk__in=[one.pk for one in theirs]).update(school=leaving)
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=town.school.organisation))
    address = reverse("activities:agreement-resume", args=[town.agreement.pk])
    page = client.get(address).context
    assert [one.row.booking for one in page["rows"]] == [town.moved]
    assert (page["under"], page["gone"]) == ([], [])
    chosen = {one.row.name: next(c.key for c in one.choices if c.is_chosen) for one in page["rows"]}
    assert client.post(address, chosen).status_code == 302
    assert rests()[town.loose.pk] == town.agreement.pk
