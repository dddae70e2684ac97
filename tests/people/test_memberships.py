"""Start and end of memberships; the last lead or officer stays, also when two leave at once."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from people import giving, memberships
from people.actors import SYSTEM
from people.models import AuditEvent, Membership, Notice
from people.roles import HANDS_OUT_AT_HOME, HANDS_OUT_ELSEWHERE, KEPT, KINDS, Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.people import actor, bureau, district, hat, organisation, user

pytestmark = pytest.mark.django_db


def two_leads():
    school = organisation("school")
    return school, hat(Role.SCHOOL_LEAD, at=school), hat(Role.SCHOOL_LEAD, at=school)


# --- who may --------------------------------------------------------------------------------------------------------


def test_roles_to_give_is_the_table_of_the_policy():
    own, other = district(), district()
    schools = {"own": organisation("school", of=own), "other": organisation("school", of=other)}
    office, venue, platform = bureau(own), organisation("venue"), organisation("platform")
    officer, lead = hat(Role.BUREAU_OFFICER, at=office), hat(Role.SCHOOL_LEAD, at=schools["own"])
    administrator = hat(Role.ADMINISTRATOR, at=platform)
    answers = {
        (who.role, where): giving.roles_to_give(actor(who), place)
        for who in (officer, lead, administrator)
        for where, place in {**schools, "office": office, "venue": venue, "platform": platform}.items()
    }
    assert {key: set(roles) for key, roles in answers.items() if roles} == {
        ("bureau_officer", "own"): {Role.SCHOOL_LEAD},
        ("bureau_officer", "office"): {Role.BUREAU_OFFICER, Role.INSPECTOR},
        ("school_lead", "own"): {Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER},
        ("administrator", "office"): {Role.BUREAU_OFFICER},
        ("administrator", "platform"): {Role.ADMINISTRATOR, Role.AUDIT_READER},
    }


def test_officer_hands_out_the_lead_of_a_venue_only_where_it_is_listed(monkeypatch):
    officer, venue = actor(hat(Role.BUREAU_OFFICER)), organisation("venue")
    assert giving.roles_to_give(officer, venue) == []
    monkeypatch.setattr("people.reach.LISTED", [lambda district: [venue.pk] if district == officer.district_id else []])
    assert giving.roles_to_give(officer, venue) == [Role.VENUE_LEAD]
    assert giving.roles_to_give(actor(hat(Role.BUREAU_OFFICER)), venue) == []


@pytest.mark.parametrize("role", sorted(set(Role) - set(HANDS_OUT_AT_HOME) - set(HANDS_OUT_ELSEWHERE)))
def test_other_roles_hand_out_nothing(role):
    who = hat(role)
    assert giving.roles_to_give(actor(who), who.organisation) == []


def test_start_refuses_a_role_that_the_actor_may_not_hand_out():
    school, lead, _other = two_leads()
    with pytest.raises(PermissionDenied):
        memberships.start(organisation("school"), user(), role=Role.TEACHER, by=actor(lead))
    assert memberships.start(school, user(), role=Role.TEACHER, by=actor(lead)).starts_on == clock.today()


# --- end ------------------------------------------------------------------------------------------------------------


@pytest.mark.notice("membership.ended")
def test_end_takes_the_hat_off_today_and_tells_the_person():
    school, lead, _other = two_leads()
    teacher = hat(Role.TEACHER, at=school)
    memberships.end(teacher, by=actor(lead))
    assert not Membership.objects.active().filter(pk=teacher.pk).exists()
    assert Notice.objects.get(kind="membership.ended").user == teacher.user
    trail = AuditEvent.objects.get(verb="membership.end")
    assert (trail.was, trail.subject_id, trail.actor_label) == ("teacher", str(teacher.pk), lead.user.full_name)


def test_end_of_ones_own_hat_needs_nobody_elses_consent_and_sends_no_notice():
    teacher = hat(Role.TEACHER)
    memberships.end(teacher, by=actor(teacher))
    assert not teacher.is_active
    assert not Notice.objects.exists()


def test_end_refuses_strangers_and_colleagues():
    school, _lead, _other = two_leads()
    teacher = hat(Role.TEACHER, at=school)
    for stranger in (hat(Role.SCHOOL_LEAD), hat(Role.COORDINATOR, at=school), hat(Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            memberships.end(teacher, by=actor(stranger))


def test_end_twice_is_refused():
    teacher = hat(Role.TEACHER)
    memberships.end(teacher, by=actor(teacher))
    with pytest.raises(Refused) as refused:
        memberships.end(teacher, by=actor(teacher))
    assert refused.value.code == "changed"


def test_end_refuses_the_last_lead_and_lets_the_last_but_one_go():
    _school, first, second = two_leads()
    memberships.end(first, by=actor(second))
    with pytest.raises(Refused) as refused:
        memberships.end(second, by=actor(second))
    assert refused.value.code == "membership_last_lead"
    assert Membership.objects.active().get(pk=second.pk).ends_on is None


def test_person_who_left_can_come_back():
    school, lead, _other = two_leads()
    who = user()
    first = memberships.start(school, who, role=Role.TEACHER, by=actor(lead))
    memberships.end(first, by=actor(lead))
    assert memberships.start(school, who, role=Role.TEACHER, by=actor(lead)).pk != first.pk


@pytest.mark.guards("membership_last_lead")
@pytest.mark.parametrize("role", sorted(KEPT))
@pytest.mark.parametrize("sql", ["UPDATE people_membership SET ends_on = '2030-01-01' WHERE id = %s",
                                 "DELETE FROM people_membership WHERE id = %s"])  # fmt: skip
def test_last_of_a_kept_role_is_held_by_the_database(role, sql):
    last = hat(role)
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [last.pk])
    assert broken.value.__cause__.diag.constraint_name == "membership_last_lead"


@pytest.mark.parametrize("role", sorted(set(Role) - KEPT))
def test_last_of_another_role_may_go(role):
    last = hat(role)
    memberships.end(last, by=SYSTEM)
    assert not last.is_active


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_leave_at_once_leave_one_behind():
    _school, first, second = two_leads()
    start, answers = threading.Barrier(2), []

    def leave(one):
        start.wait()
        try:
            memberships.end(one, by=actor(one))
            answers.append("left")
        except Refused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    both = [threading.Thread(target=leave, args=[one]) for one in (first, second)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(answers) == ["left", "membership_last_lead"]
    assert Membership.objects.active().with_role(Role.SCHOOL_LEAD).count() == 1


# --- what the rows refuse -------------------------------------------------------------------------------------------


def refused_by(sql, *values):
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return broken.value.__cause__.diag.constraint_name


INSERT = """INSERT INTO people_membership (user_id, organisation_id, kind, role, starts_on, ends_on)
            VALUES (%s, %s, %s, %s, '2026-09-01', %s)"""


@pytest.mark.guards("membership_role_fits_kind")
@pytest.mark.parametrize("role", list(Role))
def test_role_exists_only_in_its_kind_of_organisation(role):
    wrong = "venue" if KINDS[role] != "venue" else "school"
    place = organisation(wrong)
    assert refused_by(INSERT, user().pk, place.pk, wrong, role, None) == "membership_role_fits_kind"


@pytest.mark.guards("membership_ends_after_start")
def test_membership_does_not_end_before_it_starts():
    place = organisation("school")
    name = refused_by(INSERT, user().pk, place.pk, "school", "teacher", "2026-08-31")
    assert name == "membership_ends_after_start"


@pytest.mark.guards("membership_once")
def test_same_hat_is_worn_once():
    worn = hat(Role.TEACHER)
    assert refused_by(INSERT, worn.user_id, worn.organisation_id, "school", "teacher", None) == "membership_once"


@pytest.mark.guards("membership_administrator_or_audit_reader")
def test_administrator_and_audit_reader_are_two_people():
    one = hat(Role.ADMINISTRATOR)
    name = refused_by(INSERT, one.user_id, one.organisation_id, "platform", "audit_reader", None)
    assert name == "membership_administrator_or_audit_reader"
