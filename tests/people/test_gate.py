"""The gate and the policy: undeclared views, hats, may(), what is seen and what is only refused."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from people import gate
from people.access import may, require
from people.actors import ANONYMOUS, SYSTEM
from people.models import Membership
from people.roles import GRANTS, KINDS, Permission, Role
from tests.factories.people import actor, bureau, district, hat, login, organisation

pytestmark = pytest.mark.django_db


def undeclared(request):
    return HttpResponse("open to all")


def through_the_gate(view):
    request = RequestFactory().get("/")
    return gate.GateMiddleware(lambda request: None).process_view(request, view, (), {})


def test_undeclared_view_is_refused_at_run_time():
    with pytest.raises(ImproperlyConfigured, match="does not say who may open it"):
        through_the_gate(undeclared)


@pytest.mark.parametrize("declare", [gate.public, gate.signed_in, gate.allow(Permission.AUDIT_READ)])
def test_declared_view_passes(declare):
    view = declare(lambda request: HttpResponse())
    assert through_the_gate(view) is None


def every_view(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from every_view(pattern.url_patterns)
        else:
            yield pattern.callback


def test_every_view_of_the_house_says_who_may_open_it():
    views = list(every_view(get_resolver().url_patterns))
    assert len(views) > 40
    assert [view for view in views if through_the_gate(view)] == []


def test_no_view_of_a_library_is_reachable_by_accident():
    foreign = {view.__module__ for view in every_view(get_resolver().url_patterns) if not hasattr(view, "gate")}
    assert {module.split(".")[0] for module in foreign} <= {"allauth"}


def answer(view, user, who):
    request = RequestFactory().get("/page/")
    request.user, request.actor = user, who
    return view(request)


def test_allow_opens_for_the_role_refuses_others_and_sends_strangers_to_sign_in():
    view = gate.allow(Permission.AUDIT_READ)(lambda request: HttpResponse("trail"))
    reader, officer = hat(Role.AUDIT_READER), hat(Role.BUREAU_OFFICER)
    assert answer(view, reader.user, actor(reader)).content == b"trail"
    with pytest.raises(PermissionDenied):
        answer(view, officer.user, actor(officer))
    assert answer(view, AnonymousUser(), ANONYMOUS).url == "/accounts/login/?next=/page/"


def test_seen_answers_the_same_for_hidden_and_for_missing_rows():
    mine, theirs = hat(Role.SCHOOL_LEAD), hat(Role.SCHOOL_LEAD)
    assert gate.seen(Membership.objects, actor(mine), pk=mine.pk) == mine
    sentences = []
    for pk in (theirs.pk, 999_999):
        with pytest.raises(Http404) as missing:
            gate.seen(Membership.objects, actor(mine), pk=pk)
        sentences.append(str(missing.value))
    assert sentences[0] == sentences[1]


# --- hats -----------------------------------------------------------------------------------------------------------


def test_hat_of_the_session_is_worn_and_only_ones_own(client):
    who = hat(Role.TEACHER)
    second = hat(Role.COUNSELOR, who=who.user)
    stranger = hat(Role.TEACHER)
    login(client, who)
    assert client.post("/hats/switch/", {"hat": stranger.pk}).status_code == 404
    assert client.post("/hats/switch/", {"hat": "junk"}).status_code == 404
    client.post("/hats/switch/", {"hat": second.pk})
    assert client.get("/notices/").wsgi_request.actor.membership == second


def test_ended_hat_is_not_worn_any_more(client):
    who = hat(Role.TEACHER)
    login(client, who)
    Membership.objects.filter(pk=who.pk).update(ends_on="2026-01-02")
    request = client.get("/notices/").wsgi_request
    assert (request.actor.role, request.actor.user) == (None, who.user)
    assert client.get("/members/").status_code == 403


# --- may ------------------------------------------------------------------------------------------------------------


def test_every_role_has_its_place_and_its_grants():
    assert set(GRANTS) == set(KINDS) == set(Role)
    assert set().union(*GRANTS.values()) <= set(Permission)


# moves that only the portal itself makes, by a job
OF_THE_SYSTEM = {
    Permission.ASSIGNMENT_FOLLOW,
    Permission.NO_SHOW_SETTLE,
    Permission.REPORT_WORK,
    Permission.WAITLIST_RUN,
}


def test_every_permission_is_granted_to_somebody():
    assert set(Permission) - set().union(*GRANTS.values()) == OF_THE_SYSTEM


def test_watchmen_hold_no_business_permission():
    nouns = {
        permission.split(".")[0] for role in (Role.ADMINISTRATOR, Role.AUDIT_READER) for permission in GRANTS[role]
    }
    assert nouns <= {"audit", "delivery", "district", "home", "job", "member"}


def test_may_needs_role_and_place():
    own, other = district(), district()
    school, elsewhere = organisation("school", of=own), organisation("school", of=own)
    lead, officer = actor(hat(Role.SCHOOL_LEAD, at=school)), actor(hat(Role.BUREAU_OFFICER, at=bureau(own)))
    far = actor(hat(Role.BUREAU_OFFICER, at=bureau(other)))
    teacher = actor(hat(Role.TEACHER, at=school))
    asked = Permission.MEMBER_INVITE
    assert [may(who, asked, school) for who in (lead, officer, far, teacher, ANONYMOUS, SYSTEM)] == [
        True, True, False, False, False, True,
    ]  # fmt: skip
    assert not may(lead, asked, elsewhere)
    with pytest.raises(PermissionDenied):
        require(far, asked, school)
