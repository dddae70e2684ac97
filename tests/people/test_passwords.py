"""A forgotten password: whom a lead can help, and how long the link lives."""

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse

from people import passwords
from people.models import AuditEvent, Notice, User
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories.people import PASSWORD, actor, hat, login, organisation

pytestmark = pytest.mark.django_db
NEW = {"password": "tall-bridge-77", "again": "tall-bridge-77"}


def link(key):
    return reverse("people:password-choose", args=[key])


@pytest.mark.notice("password.link")
def test_lead_prints_a_link_and_the_teacher_sets_a_new_password(client):
    lead = hat(Role.SCHOOL_LEAD)
    teacher = hat(Role.TEACHER, at=lead.organisation)
    login(client, lead)
    printed = client.post(reverse("people:member-password", args=[teacher.pk]))
    assert printed.status_code == 200
    address = printed.context["address"]
    client.logout()
    assert client.get(address).status_code == 200
    assert list(client.post(address, NEW | {"again": "x"}).context["form"].errors) == ["again"]
    assert list(client.post(address, {"password": "1234", "again": "1234"}).context["form"].errors) == ["password"]
    assert client.post(address, NEW).url == reverse("account_login")
    assert User.objects.get(pk=teacher.user_id).check_password(NEW["password"])
    assert client.get(address).status_code == 410
    assert Notice.objects.get(kind="password.link").user == teacher.user
    assert AuditEvent.objects.filter(verb="password.issue", actor_label=lead.user.full_name).count() == 1


def refuses(by, whom):
    with pytest.raises(Refused) as refused:
        passwords.issue(whom.user, by=actor(by))
    return refused.value.code == "password_elsewhere"


def test_lead_does_not_reach_an_account_that_also_acts_elsewhere():
    lead = hat(Role.SCHOOL_LEAD)
    teacher = hat(Role.TEACHER, at=lead.organisation)
    hat(Role.INSPECTOR, who=teacher.user)
    assert refuses(lead, teacher)
    assert passwords.issue(teacher.user, by=actor(hat(Role.ADMINISTRATOR)))


def test_nobody_else_prints_a_link():
    school = organisation("school")
    teacher = hat(Role.TEACHER, at=school)
    for by in (hat(Role.COORDINATOR, at=school), hat(Role.SCHOOL_LEAD), hat(Role.BUREAU_OFFICER), teacher):
        assert refuses(by, teacher)


def test_link_of_a_stranger_is_404_and_of_a_colleague_403(client):
    lead = hat(Role.SCHOOL_LEAD)
    coordinator = hat(Role.COORDINATOR, at=lead.organisation)
    teacher = hat(Role.TEACHER, at=lead.organisation)
    login(client, lead)
    assert client.post(reverse("people:member-password", args=[hat(Role.TEACHER).pk])).status_code == 404
    login(client, coordinator)
    assert client.post(reverse("people:member-password", args=[teacher.pk])).status_code == 403


def test_link_asks_for_a_fresh_code_first(client, clock):
    lead = hat(Role.SCHOOL_LEAD)
    teacher = hat(Role.TEACHER, at=lead.organisation)
    login(client, lead)
    clock.forward(minutes=11)
    assert client.post(reverse("people:member-password", args=[teacher.pk])).status_code == 302
    assert not Notice.objects.exists()


def test_link_ends_with_the_next_sign_in(client):
    lead = hat(Role.SCHOOL_LEAD)
    teacher = hat(Role.TEACHER, at=lead.organisation)
    key = passwords.issue(teacher.user, by=actor(lead))
    client.post(reverse("account_login"), {"login": teacher.user.username, "password": PASSWORD})
    assert client.get(link(key)).status_code == 410


def test_link_ends_after_a_day(monkeypatch, settings):
    lead = hat(Role.SCHOOL_LEAD)
    teacher = hat(Role.TEACHER, at=lead.organisation)
    key = passwords.issue(teacher.user, by=actor(lead))
    assert passwords.find(key) == teacher.user
    later = default_token_generator._now().replace(year=default_token_generator._now().year + 1)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert passwords.find(key) is None


@pytest.mark.parametrize("key", ["x", "-", "1-", "zzzzzzzzzzzzzzzz-abc", "zzzzzzzzzzzzz-abc", "1-abc-def", "%%"])
def test_junk_in_the_link_is_a_dead_link(client, key):
    assert client.get(link(key)).status_code == 410


def test_officer_helps_the_lead_of_a_school_and_not_of_a_listed_venue(monkeypatch):
    """A venue serves several districts: its accounts are its own and the platform's."""
    officer, lead, venue_lead = hat(Role.BUREAU_OFFICER), hat(Role.SCHOOL_LEAD), hat(Role.VENUE_LEAD)
    lead.organisation.district = officer.organisation.district
    lead.organisation.save()
    monkeypatch.setattr("people.giving.reaches", lambda district_id, organisation: True)
    assert passwords.issue(lead.user, by=actor(officer))
    assert refuses(officer, venue_lead)
    assert passwords.issue(venue_lead.user, by=actor(hat(Role.ADMINISTRATOR)))
