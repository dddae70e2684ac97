"""Counselors: by a link, a profile, consent, checks of which nothing else is storable, appointments, who sees whom."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from activities import appointments, checks, counselors
from activities.models import Appointment, Check, Counselor
from partnerships import listings
from people import invitations
from people.models import AuditEvent, Membership, Notice
from people.roles import Role
from portal.lib import clock as house_clock
from portal.lib.errors import Refused
from tests.breaking import change, copy, refused_as
from tests.factories import activities as make
from tests.factories import people
from tests.factories.counselors import (
    a_check,
    a_counselor,
    actor_of,
    an_appointment,
    an_assignment,
    hat_of,
    list_in,
)

pytestmark = pytest.mark.django_db
PROFILE = {
    "name_zh": "陆行舟", "kind": "scientist", "employer": "示例研究院", "fields": ["physics"], "grades": [5, 6],
    "certification": "", "availability": [23], "introduction": "",
}  # fmt: skip


@pytest.fixture
def town(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return make.a_town(pupils=0)


@pytest.fixture
def bureau(town):
    return people.actor(town.bureau)


@pytest.fixture
def lead(town):
    return people.hat(Role.SCHOOL_LEAD, at=town.school.organisation)


def test_a_link_a_profile_an_application(town, lead, bureau):
    """From the link to the list: nobody sees them before they apply, nobody but the office before it approves."""
    issued = counselors.invite("陆行舟", by=people.actor(lead))
    hat = invitations.accept_as_new(
        invitations.find_open(issued.token), username="luxingzhou", password="clear-water-42", full_name="陆行舟"
    )
    person = people.actor(hat)
    assert (hat.role, hat.organisation.kind, hat.organisation.name_zh) == ("counselor", "counselor", "陆行舟")
    counselor = counselors.save(hat.organisation, by=person, **PROFILE)
    assert not Counselor.objects.visible_to(bureau).exists()
    listing = counselors.apply(counselor, by=person, district=town.district)
    assert Counselor.objects.visible_to(bureau).get() == counselor
    assert not Counselor.objects.visible_to(people.actor(lead)).exists()
    listings.review(listing, by=bureau, verdict="approve", reason="经验丰富")
    assert Counselor.objects.visible_to(people.actor(lead)).get() == counselor
    assert Counselor.objects.visible_to(people.actor(town.staff)).get() == counselor
    assert not Counselor.objects.visible_to(people.actor(people.hat(Role.COORDINATOR))).exists()


def test_links_are_given_by_offices_and_leads_only(town, lead, bureau):
    for who in (bureau, people.actor(lead), people.actor(people.hat(Role.VENUE_LEAD, at=town.venue.organisation))):
        assert counselors.invite("某人", by=who).token
    for who in (people.actor(town.coordinator), people.actor(town.staff), actor_of(a_counselor())):
        with pytest.raises(PermissionDenied):
            counselors.invite("某人", by=who)


@pytest.mark.guards("membership_one_person_a_counselor")
@pytest.mark.guards("membership_one_counselor_a_person")
@pytest.mark.guards("counselor_of_its_kind")
def test_a_counselor_is_one_person_and_a_person_one_counselor(town):
    one, other = hat_of(a_counselor()), hat_of(a_counselor())
    with refused_as("membership_one_person_a_counselor"):
        copy("people_membership", one.pk, user_id=str(people.user().pk))
    with refused_as("membership_one_counselor_a_person"):
        copy("people_membership", one.pk, organisation_id=str(people.organisation("counselor").pk))
    with refused_as("membership_one_counselor_a_person"):
        change("people_membership", other.pk, f"user_id = {one.user_id}")
    with refused_as("counselor_of_its_kind"):
        Counselor.objects.create(organisation=town.venue.organisation, kind="scientist", fields=["other"], grades=[5])


def test_a_second_link_tells_a_counselor_to_use_the_profile(lead):
    issued = counselors.invite("陆行舟", by=people.actor(lead))
    with pytest.raises(Refused) as no:
        invitations.accept(invitations.find_open(issued.token), user=hat_of(a_counselor()).user)
    assert no.value.code == "membership_one_counselor_a_person"


@pytest.mark.guards("counselor_fields_exist")
@pytest.mark.guards("counselor_grades_exist")
@pytest.mark.guards("counselor_slots_exist")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("counselor_fields_exist", "fields = '{}'"),
        ("counselor_fields_exist", "fields = '{alchemy}'"),
        ("counselor_grades_exist", "grades = '{}'"),
        ("counselor_grades_exist", "grades = '{13}'"),
        ("counselor_slots_exist", "availability = '{84}'"),
    ],
)
def test_a_profile_is_refused(name, settings):
    counselor = a_counselor()
    with refused_as(name), connection.cursor() as cursor:
        cursor.execute(f"UPDATE activities_counselor SET {settings} WHERE organisation_id = %s", [counselor.pk])


def test_a_check_has_no_room_for_anything_else(town):
    """准入查询 keeps consent, unit, date, outcome, valid until. No column, no JSON, no text takes a word more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
            " WHERE table_name = 'activities_check' AND table_schema = current_schema() ORDER BY 1"
        )
        columns = {name: (kind, length) for name, kind, length in cursor.fetchall()}
    assert columns == {
        "id": ("bigint", None), "counselor_id": ("bigint", None), "unit_id": ("bigint", None),
        "consented_on": ("date", None), "checked_on": ("date", None), "valid_until": ("date", None),
        "outcome": ("character varying", 10),
    }  # fmt: skip
    check = a_check(a_counselor(listed_in=[town.district], checked=False), town.district)
    refused = {"outcome": "'盗窃前科'", "valid_until": "'某年某月'", "note": "'说明'"}
    for column, words in refused.items():
        with pytest.raises((IntegrityError, DataError, ProgrammingError)), transaction.atomic():
            insert(check, **{column: words})
    assert AuditEvent.objects.get(verb="check.record").facts == {"counselor": check.counselor_id}


def insert(check: Check, **told: str) -> None:
    values = {
        "counselor_id": str(check.counselor_id), "unit_id": str(check.unit_id), "consented_on": "'2026-01-01'",
        "checked_on": "'2026-01-02'", "outcome": "'clear'", "valid_until": "'2027-01-02'",
    } | told  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO activities_check ({', '.join(values)}) VALUES ({', '.join(values.values())})")


@pytest.mark.guards("check_after_consent")
@pytest.mark.guards("check_validity_fits_outcome")
@pytest.mark.guards("check_by_a_bureau")
@pytest.mark.guards("activities_check_append_only")
def test_constraints_of_a_check(town):
    check = a_check(a_counselor(listed_in=[town.district], checked=False), town.district)
    with refused_as("check_after_consent"):
        insert(check, consented_on="'2026-01-03'")
    for told in ({"valid_until": "NULL"}, {"valid_until": "'2026-01-02'"}, {"outcome": "'not_clear'"}):
        with refused_as("check_validity_fits_outcome"):
            insert(check, **told)
    with refused_as("check_by_a_bureau"):
        insert(check, unit_id=str(town.venue.pk))
    for settings in ("outcome = 'not_clear', valid_until = NULL", "valid_until = '2030-01-01'"):
        with refused_as("activities_check_append_only"):
            change("activities_check", check.pk, settings)
    with refused_as("activities_check_append_only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM activities_check")


@pytest.mark.notice("counselor.check_recorded")
def test_only_the_bureau_records_and_only_with_consent(town, bureau):
    counselor = a_counselor(listed_in=[town.district], checked=False, consented_on=None)
    day = house_clock.today()
    with pytest.raises(Refused) as no:
        checks.record(counselor, by=bureau, outcome="clear", checked_on=day)
    assert no.value.code == "check.consent"
    checks.consent(counselor, by=actor_of(counselor))
    with pytest.raises(Refused) as no:
        checks.record(counselor, by=bureau, outcome="clear", checked_on=day + dt.timedelta(days=1))
    assert no.value.code == "check.future"
    office = people.hat(Role.PARTNER_OFFICER, at=people.partner_office(town.district))
    for who in (office, town.coordinator, town.staff, hat_of(counselor)):
        with pytest.raises(PermissionDenied):
            checks.record(counselor, by=people.actor(who), outcome="clear", checked_on=day)
    assert list(checks.awaiting(town.district.pk)) == [counselor]
    check = checks.record(counselor, by=bureau, outcome="clear", checked_on=day)
    assert (check.unit, check.last_day) == (bureau.organisation, dt.date(2027, 11, 17))
    assert Notice.objects.get(kind="counselor.check_recorded").user == actor_of(counselor).user
    assert not checks.awaiting(town.district.pk).exists()
    checks.withdraw_consent(counselor, by=actor_of(counselor))
    with pytest.raises(Refused):
        checks.record(counselor, by=bureau, outcome="clear", checked_on=day)
    assert checks.is_valid(counselor, town.district.pk, day)


def test_checks_are_seen_in_their_own_district_only(town, bureau):
    other = make.a_town(pupils=0)
    counselor = a_counselor(listed_in=[town.district, other.district])
    ours, theirs = (
        counselor.checks.get(unit__district=town.district),
        counselor.checks.get(unit__district=other.district),
    )
    partner = people.actor(people.hat(Role.PARTNER_OFFICER, at=people.partner_office(town.district)))
    inspector = people.actor(people.hat(Role.INSPECTOR, at=bureau.organisation))
    seen = {
        who: list(Check.objects.visible_to(who)) for who in (bureau, partner, people.actor(other.bureau), inspector)
    }
    assert list(seen.values()) == [[ours], [ours], [theirs], []]
    assert set(Check.objects.visible_to(actor_of(counselor))) == {ours, theirs}
    for who in (town.coordinator, town.staff):
        assert not Check.objects.visible_to(people.actor(who)).exists()


def test_phone_is_for_reviewers_own_staff_and_whoever_agreed(town, bureau):
    counselor = a_counselor(listed_in=[town.district])
    number = actor_of(counselor).user.mobile
    staff, coordinator = people.actor(town.staff), people.actor(town.coordinator)
    inspector = people.actor(people.hat(Role.INSPECTOR, at=bureau.organisation))
    shown = {who: counselors.phone_for(counselor, who) for who in (bureau, actor_of(counselor), staff, inspector)}
    assert list(shown.values()) == [number, number, "", ""]
    an_assignment(make.a_session(town.venue), counselor, town.staff)
    assert counselors.phone_for(counselor, staff) == number
    assert counselors.phone_for(counselor, coordinator) == ""
    Membership.objects.create(
        user=actor_of(counselor).user, organisation=town.school.organisation, kind="school", role="teacher",
        starts_on=house_clock.today(),
    )  # fmt: skip
    assert counselors.phone_for(counselor, coordinator) == number


def test_expert_pool_is_each_district_s(town, bureau):
    other = make.a_town(pupils=0)
    counselor = a_counselor(listed_in=[town.district, other.district])
    listing = counselor.organisation.listings.get(district=town.district)
    counselors.mark_expert(listing, by=bureau, is_expert=True)
    assert counselor.organisation.listings.get(is_expert=True) == listing
    with pytest.raises(PermissionDenied):
        counselors.mark_expert(listing, by=people.actor(other.bureau), is_expert=False)
    with pytest.raises(Refused) as no:
        counselors.mark_expert(town.venue.organisation.listings.get(), by=bureau, is_expert=True)
    assert no.value.code == "listing_kind"


@pytest.mark.notice("appointment.offered")
@pytest.mark.notice("appointment.accepted")
def test_appointment_takes_both(town, lead, bureau):
    counselor = a_counselor(listed_in=[town.district])
    person = actor_of(counselor)
    for who in (bureau, people.actor(town.coordinator), person):
        with pytest.raises(PermissionDenied):
            appointments.offer(town.school, counselor=counselor, school_year=2026, by=who)
    appointment = an_appointment(town.school, counselor, lead, accepted=False)
    assert not Appointment.objects.in_force(house_clock.today()).exists()
    for who in (bureau, people.actor(lead), actor_of(a_counselor())):
        with pytest.raises(PermissionDenied):
            appointments.accept(appointment, by=who)
    appointments.accept(appointment, by=person)
    assert Appointment.objects.in_force(dt.date(2027, 8, 31)).get() == appointment
    assert not Appointment.objects.in_force(dt.date(2027, 9, 1)).exists()
    assert Notice.objects.get(kind="appointment.offered").user == person.user
    assert set(Notice.objects.filter(kind="appointment.accepted").values_list("user", flat=True)) == {
        lead.user_id, town.coordinator.user_id,
    }  # fmt: skip
    listing = counselor.organisation.listings.get()
    listings.suspend(listing, by=bureau, reason="核实情况")
    assert not Appointment.objects.in_force(house_clock.today()).exists()


@pytest.mark.notice("appointment.declined")
@pytest.mark.notice("appointment.ended")
def test_appointment_declined_offered_again_and_ended(town, lead):
    counselor = a_counselor(listed_in=[town.district])
    appointment = an_appointment(town.school, counselor, lead, accepted=False)
    with pytest.raises(Refused) as no:
        an_appointment(town.school, counselor, lead, accepted=False)
    assert no.value.code == "appointment_once"
    appointments.decline(appointment, by=actor_of(counselor), reason="时间不够")
    assert Notice.objects.filter(kind="appointment.declined", user=lead.user).count() == 1
    again = an_appointment(town.school, counselor, lead)
    assert (again.pk, again.reason) == (appointment.pk, "")
    with pytest.raises(Refused):
        appointments.end(again, by=people.actor(lead), reason="")
    appointments.end(again, by=people.actor(lead), reason="调离")
    assert Notice.objects.get(kind="appointment.ended").user == actor_of(counselor).user
    stranger = a_counselor()
    with pytest.raises(Refused) as no:
        an_appointment(town.school, stranger, lead)
    assert no.value.code == "appointment.listing"


@pytest.mark.guards("appointment_accepted_by_both")
@pytest.mark.guards("appointment_once")
@pytest.mark.guards("appointment_sides_act_themselves")
def test_constraints_of_an_appointment(town, lead):
    appointment = an_appointment(town.school, a_counselor(listed_in=[town.district]), lead, accepted=False)
    table, key = "activities_appointment", appointment.pk
    with refused_as("appointment_accepted_by_both"):
        change(table, key, "state = 'accepted'")
    with refused_as("appointment_once"):
        copy(table, key)
    with refused_as("appointment_sides_act_themselves"):
        change(table, key, f"state = 'accepted', counselor_at = now(), counselor_by_id = {town.bureau.pk}")
    with refused_as("appointment_sides_act_themselves"):
        change(table, key, f"host_by_id = {town.bureau.pk}")


def test_applying_again_begins_a_new_round(town, bureau):
    counselor = a_counselor()
    listing = counselors.apply(counselor, by=actor_of(counselor), district=town.district)
    listings.review(listing, by=bureau, verdict="return", reason="请补充单位证明")
    listing.refresh_from_db()
    listings.apply_again(listing, by=actor_of(counselor))
    assert (listing.state, listing.round) == ("applied", 2)
    told = Notice.objects.get(kind="listing_not_listed")
    assert (told.user, told.path) == (actor_of(counselor).user, f"/counselors/{counselor.pk}/")
    with pytest.raises(Refused) as no:
        list_in(counselor, town.district)
    assert no.value.code == "listing_once"


def test_a_reviewed_name_stays(town):
    """Whom the offices let in is not somebody else tomorrow; everything else may be written anew."""
    counselor = a_counselor(listed_in=[town.district])
    organisation, person = counselor.organisation, actor_of(counselor)
    kept = PROFILE | {"name_zh": organisation.name_zh, "employer": "另一家研究院"}
    assert counselors.save(organisation, by=person, **kept).employer == "另一家研究院"
    with pytest.raises(Refused) as no:
        counselors.save(organisation, by=person, **PROFILE)
    assert no.value.code == "counselor.name_reviewed"
    listings.leave(organisation.listings.get(), by=person)
    assert counselors.save(organisation, by=person, **PROFILE).organisation.name_zh == "陆行舟"
