"""特批 on the pages: from the booking form to its owner and back."""

import pytest
from django.urls import reverse

from activities.models import Booking, Exemption
from people.roles import Role
from tests.activities.asking import page, post
from tests.factories.activities import a_session, a_town
from tests.factories.partnerships import an_agreement
from tests.factories.people import hat, login
from tests.factories.rules import an_exemption, venue_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    an_agreement(found.venue, [found.school])
    venue_rules(found.venue, lead_days=60)
    return found


@pytest.fixture
def session(town):
    return a_session(town.venue)


def group(town):
    return {"by": "classes", "classes": town.class_a.pk, "adults": 3}


def test_from_the_form_to_the_owner_and_to_the_booking(town, session, client):
    school = login(client, town.coordinator)
    form = page(school, "booking-request", session.pk, **group(town))
    assert form.context["may_ask"]
    asking = post(school, "exemption-ask", session.pk, **group(town), request_key="x", phone="13800000000")
    assert ("classes", str(town.class_a.pk)) in asking.context["kept"]
    assert {name for name, _value in asking.context["kept"]} <= {"by", "classes", "adults"}  # no phone
    assert Exemption.objects.count() == 0
    sent = post(school, "exemption-ask", session.pk, **group(town), codes=["venue.lead_days"], reason="校庆")
    assert sent.url == reverse("activities:exemption-list")
    exemption = Exemption.objects.get()
    assert exemption.reason == "校庆"

    venue = login(client, town.staff)
    assert "校庆" in page(venue, "exemption-page", exemption.pk).content.decode()
    given = {"starts_on": session.day, "last_day": session.day, "most": 2, "answer": "同意"}
    done = post(venue, "exemption-grant", exemption.pk, **given)
    assert done.url == reverse("activities:exemption-page", args=[exemption.pk])

    school = login(client, town.coordinator)
    form = page(school, "booking-request", session.pk, **group(town))
    assert (form.context["verdict"].may_book, form.context["may_ask"]) == (True, False)
    booked = {"leader": town.teacher.pk, "request_key": "7c1f0d7e-0000-4000-8000-000000000001"}
    assert post(school, "booking-request", session.pk, **group(town), **booked).status_code == 302
    shown = page(school, "exemption-page", exemption.pk)
    assert [use.booking for use in shown.context["uses"]] == [Booking.objects.get()]
    listed = page(school, "exemption-list")
    assert (listed.context["granted"], listed.context["used"]) == (1, 1)


def test_asking_needs_a_rule_and_a_reason(town, session, client):
    school = login(client, town.coordinator)
    for data in ({"codes": ["venue.lead_days"], "reason": " "}, {"codes": [], "reason": "校庆"}):
        assert post(school, "exemption-ask", session.pk, **group(town), **data).status_code == 200
    assert not Exemption.objects.exists()


def test_without_a_group_one_is_chosen_first(town, session, client):
    school = login(client, town.coordinator)
    back = reverse("activities:booking-request", args=[session.pk])
    assert page(school, "exemption-ask", session.pk).url == back
    assert post(school, "exemption-ask", session.pk).url == back


def test_its_owner_says_no_or_ends_it(town, session, client):
    exemption = an_exemption(session, town.school)
    venue = login(client, town.staff)
    post(venue, "exemption-refuse", exemption.pk, answer="")
    exemption.refresh_from_db()
    assert exemption.state == "asked"
    post(venue, "exemption-refuse", exemption.pk, answer="当天已有接待")
    exemption.refresh_from_db()
    assert (exemption.state, exemption.answer) == ("refused", "当天已有接待")
    granted = an_exemption(session, town.school, granted=town.staff)
    post(venue, "exemption-revoke", granted.pk, answer="停电")
    granted.refresh_from_db()
    assert granted.state == "revoked"


def test_a_wrong_date_stays_on_the_form(town, session, client):
    exemption = an_exemption(session, town.school)
    venue = login(client, town.staff)
    given = {"starts_on": session.day, "last_day": "2020-01-01", "most": 1, "answer": "同意"}
    shown = post(venue, "exemption-grant", exemption.pk, **given)
    assert shown.status_code == 200
    assert shown.context["form"].errors["last_day"]


def test_who_sees_and_who_decides(town, session, client):
    exemption = an_exemption(session, town.school)
    for who, decides in ((town.coordinator, False), (town.bureau, False), (town.staff, True)):
        shown = page(login(client, who), "exemption-page", exemption.pk)
        assert (shown.status_code, shown.context["may_grant"]) == (200, decides)
    assert page(login(client, town.teacher), "exemption-page", exemption.pk).status_code == 404
    stranger = hat(Role.COORDINATOR, at=a_town().school.organisation)
    assert page(login(client, stranger), "exemption-page", exemption.pk).status_code == 404
    assert post(login(client, town.bureau), "exemption-grant", exemption.pk, **_grant(session)).status_code == 403
    assert post(login(client, town.bureau), "exemption-grant", exemption.pk).status_code == 403
    assert post(login(client, town.coordinator), "exemption-grant", exemption.pk, **_grant(session)).status_code == 403


def _grant(session):
    return {"starts_on": session.day, "last_day": session.day, "most": 1, "answer": "同意"}


def test_a_school_withdraws(town, session, client):
    exemption = an_exemption(session, town.school)
    school = login(client, town.coordinator)
    assert page(school, "exemption-page", exemption.pk).context["may_withdraw"]
    post(school, "exemption-withdraw", exemption.pk)
    exemption.refresh_from_db()
    assert exemption.state == "withdrawn"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(town, session, client, count, django_assert_num_queries):
    for n in range(count):
        an_exemption(session, town.school, f"venue.rule{n}")
    school = login(client, town.coordinator)
    page(school, "exemption-list")
    with django_assert_num_queries(8):
        assert len(page(school, "exemption-list").context["lines"]) == count


def test_what_can_be_repaired_is_one_press_away(town, session, client):
    school = login(client, town.coordinator)
    form = page(school, "booking-request", session.pk, **group(town) | {"adults": 0})
    assert form.context["repair"] == f"?by=classes&classes={town.class_a.pk}&adults=1"
    form = page(school, "booking-request", session.pk, **group(town))
    assert form.context["repair"] == ""
