"""The pages of invitations: print a link, come in by it, and what ends it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from people import invitations
from people.models import Invitation, Membership
from people.roles import Role
from tests.factories.people import PASSWORD, actor, hat, login, user

pytestmark = pytest.mark.django_db


def press(client, name, *args, **data):
    return client.post(reverse(f"people:{name}", args=args), data)


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def link_in(response):
    [(_invitation, address, code)] = response.context["slips"]
    assert code.startswith("data:image/svg+xml")
    assert f"{address}</p>" in text(response)
    return address


def test_lead_prints_a_link_and_the_invited_teacher_comes_in(client):
    lead = hat(Role.SCHOOL_LEAD)
    login(client, lead)
    printed = press(client, "invitation-create", lead.organisation_id, role="teacher", full_name="何远舟")
    assert printed["Cache-Control"].startswith("max-age=0")
    link = link_in(printed)
    client.logout()
    assert "何远舟" in text(client.get(link))
    new = {"full_name": "何远舟", "username": "he.yuanzhou", "mobile": "", "password": PASSWORD, "again": PASSWORD}
    assert client.post(link, new).url == "/"
    worn = Membership.objects.get(user__username="he.yuanzhou")
    assert (worn.role, worn.organisation, client.session["hat"]) == ("teacher", lead.organisation, worn.pk)
    assert text(client.get("/notices/"))
    assert client.get(link).status_code == 410


def test_accept_page_keeps_what_was_typed_and_says_what_would_be_right(client):
    lead = hat(Role.SCHOOL_LEAD)
    user(username="taken.name", mobile="13800000001")
    one = invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(lead))
    link = reverse("people:invitation-accept", args=[one.token])
    typed = {"full_name": "何远舟", "username": "Taken.Name", "mobile": "", "password": PASSWORD, "again": PASSWORD}
    assert list(client.post(link, typed).context["form"].errors) == ["username"]
    assert list(client.post(link, typed | {"again": "x"}).context["form"].errors) == ["again"]
    assert list(client.post(link, typed | {"password": "12345678", "again": "12345678"}).context["form"].errors) == [
        "password"
    ]
    assert list(client.post(link, typed | {"username": "1x"}).context["form"].errors) == ["username"]
    free = typed | {"username": "free.name"}
    assert list(client.post(link, free | {"mobile": "13800000001"}).context["form"].errors) == ["mobile"]
    assert client.post(link, free).status_code == 302


def test_accept_with_the_account_that_is_signed_in(client):
    lead, teacher = hat(Role.SCHOOL_LEAD), hat(Role.TEACHER)
    one = invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(lead))
    login(client, teacher)
    link = reverse("people:invitation-accept", args=[one.token])
    assert teacher.user.full_name in text(client.get(link))
    client.post(link)
    assert set(teacher.user.memberships.values_list("organisation", flat=True)) == {
        teacher.organisation_id, lead.organisation_id,
    }  # fmt: skip


@pytest.mark.parametrize("state", ["unknown", "withdrawn", "run out", "used"])
def test_dead_link_answers_alike_whatever_ended_it(client, clock, state):
    lead = hat(Role.SCHOOL_LEAD)
    one = invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(lead))
    if state == "withdrawn":
        invitations.withdraw(one.invitation, by=actor(lead))
    if state == "run out":
        clock.forward(days=7)
    if state == "used":
        invitations.accept(one.invitation, user=user())
    token = "x" * 43 if state == "unknown" else one.token
    answer = client.get(reverse("people:invitation-accept", args=[token]))
    assert (answer.status_code, answer.context["sentence"]) == (410, invitations.GONE)


def test_reading_the_link_uses_nothing_up(client):
    lead = hat(Role.SCHOOL_LEAD)
    one = invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(lead))
    for _look in range(2):
        assert client.get(reverse("people:invitation-accept", args=[one.token])).status_code == 200


def test_renew_and_withdraw_from_the_page(client):
    lead = hat(Role.SCHOOL_LEAD)
    one = invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(lead))
    login(client, lead)
    link = link_in(press(client, "invitation-renew", one.invitation.pk))
    press(client, "invitation-withdraw", one.invitation.pk)
    assert client.get(link).status_code == 410


def test_pasted_list_becomes_printable_links(client):
    lead = hat(Role.SCHOOL_LEAD)
    login(client, lead)
    printed = press(client, "invitation-many", lead.organisation_id, people="周若禾 联络员\n何远舟 教师")
    assert [invitation.full_name for invitation, *_rest in printed.context["slips"]] == ["周若禾", "何远舟"]


def test_pasted_list_with_a_problem_makes_nothing_and_keeps_the_text(client):
    lead = hat(Role.SCHOOL_LEAD)
    login(client, lead)
    answer = press(client, "invitation-many", lead.organisation_id, people="周若禾 联络员\n何远舟 馆长")
    assert "何远舟 馆长" in text(answer)
    assert [problem.row for problem in answer.context["sheet"].problems] == [2]
    assert Invitation.objects.count() == 0


def test_uploaded_sheet_is_looked_through_before_links_are_made(client):
    lead = hat(Role.SCHOOL_LEAD)
    login(client, lead)
    upload = SimpleUploadedFile("名单.csv", "姓名,身份\n周若禾,联络员\n何远舟,教师\n".encode("gb18030"))
    answer = press(client, "invitation-many", lead.organisation_id, sheet=upload)
    assert "周若禾\t联络员" in text(answer)
    assert Invitation.objects.count() == 0
    broken = press(client, "invitation-many", lead.organisation_id, sheet=SimpleUploadedFile("x.xlsx", b"PK junk"))
    assert broken.status_code == 200
