"""Invitations: one person, seven days, and only the digest is kept."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from people import invitation_sheet, invitations
from people.models import Invitation, Membership, Notice, User
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories.people import actor, hat, organisation, user

pytestmark = pytest.mark.django_db
NEW = {"username": "he.yuanzhou", "password": "clear-water-42", "full_name": "何远舟"}


def issued(role=Role.TEACHER, **more):
    lead = hat(Role.SCHOOL_LEAD)
    return lead, invitations.invite(lead.organisation, role=role, by=actor(lead), **more)


def test_invite_keeps_the_digest_and_never_the_token():
    _lead, one = issued()
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM people_invitation i")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT a::text FROM people_auditevent a")
        trail = "".join(text for (text,) in cursor.fetchall())
    assert one.token not in row + trail
    assert bytes(one.invitation.token_digest) == invitations.digest_of(one.token)
    assert invitations.find_open(one.token) == one.invitation


def test_invite_refuses_roles_and_places_of_others():
    lead, _one = issued()
    for place, role in [(organisation("school"), Role.TEACHER), (lead.organisation, Role.BUREAU_OFFICER)]:
        with pytest.raises(PermissionDenied):
            invitations.invite(place, role=role, by=actor(lead))
    teacher = hat(Role.TEACHER, at=lead.organisation)
    with pytest.raises(PermissionDenied):
        invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(teacher))


@pytest.mark.notice("invitation.accepted")
def test_accept_as_new_makes_the_account_and_its_hat_and_tells_the_inviter():
    lead, one = issued(Role.COORDINATOR)
    worn = invitations.accept_as_new(one.invitation, **NEW)
    assert (worn.role, worn.organisation, worn.user.full_name) == ("coordinator", lead.organisation, "何远舟")
    assert worn.user.check_password("clear-water-42")
    assert Notice.objects.get(kind="invitation.accepted").user == lead.user


def test_accept_with_an_account_adds_a_hat():
    _lead, one = issued()
    who = hat(Role.COORDINATOR).user
    invitations.accept(one.invitation, user=who)
    assert Membership.objects.active().filter(user=who).count() == 2


def gone(invitation):
    with pytest.raises(Refused) as refused:
        invitations.accept(invitation, user=user())
    return refused.value.code == "invitation_gone"


def test_link_works_once():
    _lead, one = issued()
    invitations.accept(one.invitation, user=user())
    assert gone(one.invitation)
    assert invitations.find_open(one.token) is None


def test_link_ends_after_seven_days(clock):
    _lead, one = issued()
    clock.forward(days=6, hours=23)
    assert invitations.find_open(one.token)
    clock.forward(hours=1)
    assert invitations.find_open(one.token) is None
    assert gone(one.invitation)


def test_withdrawn_link_opens_nothing_and_cannot_be_renewed():
    lead, one = issued()
    invitations.withdraw(one.invitation, by=actor(lead))
    assert invitations.find_open(one.token) is None
    assert gone(one.invitation)
    with pytest.raises(Refused):
        invitations.renew(one.invitation, by=actor(lead))


def test_renewed_link_replaces_the_old_one(clock):
    lead, one = issued()
    clock.forward(days=8)
    again = invitations.renew(one.invitation, by=actor(lead))
    assert invitations.find_open(one.token) is None
    assert invitations.find_open(again.token) == one.invitation


def test_taken_names_are_answered_and_leave_the_link_open():
    _lead, one = issued()
    user(username="He.Yuanzhou")
    with pytest.raises(Refused) as refused:
        invitations.accept_as_new(one.invitation, **NEW)
    assert refused.value.code == "user_name_once"
    assert invitations.find_open(one.token) == one.invitation
    assert User.objects.filter(full_name="何远舟").count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_share_no_link():
    _lead, one = issued()
    people, answers, start = [user(), user()], [], threading.Barrier(2)

    def take(who):
        start.wait()
        try:
            invitations.accept(one.invitation, user=who)
            answers.append("taken")
        except Refused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["invitation_gone", "taken"]


@pytest.mark.guards("invitation_accepted_by_somebody")
def test_accepted_invitation_names_who():
    _lead, one = issued()
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        Invitation.objects.filter(pk=one.invitation.pk).update(accepted_at="2026-11-22T00:00Z")
    assert broken.value.__cause__.diag.constraint_name == "invitation_accepted_by_somebody"


# --- the sheet ------------------------------------------------------------------------------------------------------

SCHOOL = [Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER]


def test_sheet_reads_names_and_roles_as_people_write_them():
    text = "姓名\t身份\n周若禾\t学校联络员\n何远舟，老师\n宋知行 负责人\nMary Lee, teacher\nTom Coordinator\n\n"
    sheet = invitation_sheet.read(text, SCHOOL)
    assert sheet.problems == []
    assert sheet.rows == [
        ("周若禾", Role.COORDINATOR),
        ("何远舟", Role.TEACHER),
        ("宋知行", Role.SCHOOL_LEAD),
        ("Mary Lee", Role.TEACHER),
        ("Tom", Role.COORDINATOR),
    ]


def test_sheet_names_row_and_column_of_every_problem():
    sheet = invitation_sheet.read("周若禾 联络员\n何远舟 馆长\n张3 教师\n李四", SCHOOL)
    with override("en"):
        places = [(problem.row, str(problem.column)) for problem in sheet.problems]
    assert places == [(2, "Role"), (3, "Name"), (4, "Role")]


def test_sheet_refuses_identity_numbers_and_does_not_echo_them():
    sheet = invitation_sheet.read("周若禾 11010519491231002X\n何远舟 教师", SCHOOL)
    assert [p.row for p in sheet.problems] == [1]
    assert sheet.echo == "\n何远舟 教师"
    assert "11010519491231002X" not in str(sheet)


def test_invite_many_is_all_or_nothing():
    lead = hat(Role.SCHOOL_LEAD)
    rows = [("周若禾", Role.COORDINATOR), ("何远舟", Role.VENUE_LEAD)]
    with pytest.raises(PermissionDenied):
        invitations.invite_many(lead.organisation, rows, by=actor(lead))
    assert Invitation.objects.count() == 0
    assert len(invitations.invite_many(lead.organisation, rows[:1] * 3, by=actor(lead))) == 3
