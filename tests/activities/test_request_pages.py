"""The pages of 点单: asking, answering on either side, and what each side reads."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities import proposals, requests
from activities.models import Booking, Request
from partnerships.models import Hall
from tests.activities.asking import page, post
from tests.factories.activities import a_pupil, a_town, an_activity_group, next_weekday
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, login
from tests.factories.requests import a_bring_in, a_request, a_term, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    a_term(found)
    an_agreement(found.venue, [found.school])
    return found


@pytest.fixture
def club(town):
    return an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))


def entries(town, **more):
    return {
        "day_1": next_weekday(2).isoformat(),
        "starts_1": "16:40",
        "adults": 1,
        "leader": town.teacher.pk,
        "request_key": str(uuid.uuid4()),
    } | more


def test_a_coordinator_asks_for_two_times(town, client):
    programme = a_bring_in(town)
    signed_in = login(client, town.coordinator)
    assert "request/" in page(signed_in, "programme-page", programme.pk).content.decode()
    sent = entries(town, by="classes", classes=[town.class_a.pk], day_2=next_weekday(4).isoformat(), starts_2="15:00")

    answer = post(signed_in, "request-new", programme.pk, **sent)

    asked = Request.objects.get()
    assert answer.url == reverse("activities:request-page", args=[asked.pk])
    assert {time.day for time in asked.proposed} == {next_weekday(2), next_weekday(4)}
    assert {(time.ends_at - time.starts_at, *time.weekdays) for time in asked.proposed} == {(dt.timedelta(minutes=50),)}
    assert page(signed_in, "request-page", asked.pk).status_code == 200
    assert list(page(signed_in, "request-list").context["page"]) == [asked]


def test_a_slot_of_the_school_fills_in_a_weekly_request(town, client):
    slot = town.school.slots.create(weekday=2, starts=dt.time(16, 40), ends=dt.time(17, 30))
    answer = login(client, town.coordinator).get(
        reverse("activities:request-new", args=[a_bring_in(town).pk]), {"slot": slot.pk}
    )
    form = answer.context["form"]
    assert form["weekly"].value() is True
    assert (form["day_1"].value().isoweekday(), form["starts_1"].value()) == (2, dt.time(16, 40))


def test_rules_in_the_way_are_said_and_nothing_is_lost(town, client):
    programme = a_bring_in(town)
    sent = entries(town, by="classes", classes=[town.class_a.pk], note="想看显微镜", adults=0)
    answer = post(login(client, town.coordinator), "request-new", programme.pk, **sent)
    assert [rule.code for rule in answer.context["verdict"].blocking] == ["district.adult_ratio"]
    assert "想看显微镜" in answer.content.decode()
    assert not Request.objects.exists()


def test_the_venue_accepts_a_term_without_one_date(town, club, client):
    asked = a_request(town, club, weeks=4)
    signed_in = login(client, town.staff)
    (row,) = page(signed_in, "request-page", asked.pk).context["times"]
    kept = [day.isoformat() for day in row["days"][1:]]
    answer = post(signed_in, "request-accept", asked.pk, time=row["time"].pk, keep=kept)
    asked.refresh_from_db()
    assert (answer.status_code, asked.state, asked.series.sessions.count()) == (302, "accepted", 3)
    assert page(signed_in, "request-page", asked.pk).status_code == 200


def test_a_venue_proposes_and_the_school_accepts(town, client):
    asked = a_request(town)
    signed_in = login(client, town.staff)
    sent = {"day_1": next_weekday(3).isoformat(), "starts_1": "14:00", "answer": "周三更合适", "place": town.school.pk}
    assert post(signed_in, "request-propose", asked.pk, **sent).status_code == 302
    school = login(client, town.coordinator)
    (row,) = page(school, "request-page", asked.pk).context["times"]
    assert post(school, "request-accept", asked.pk, time=row["time"].pk).status_code == 302
    assert Booking.objects.get().session.day == next_weekday(3)


def test_a_venue_proposes_its_own_hall_in_place_of_the_school(town, client):
    asked, hall = a_request(town), Hall.objects.create(venue=town.venue, name="创客工坊", heads=40)
    signed_in = login(client, town.staff)
    sent = {"day_1": next_weekday(3).isoformat(), "starts_1": "14:00", "hall": hall.pk}
    at_school = post(signed_in, "request-propose", asked.pk, **sent, place=town.school.pk)
    assert at_school.context["form"].errors["hall"]
    post(signed_in, "request-propose", asked.pk, **sent, place=town.venue.pk)
    asked.refresh_from_db()
    assert (asked.place_id, asked.hall) == (town.venue.pk, hall)
    school = login(client, town.coordinator)
    assert "创客工坊" in page(school, "request-page", asked.pk).content.decode()
    assert "hall" not in page(school, "request-propose", asked.pk).context["form"].fields


def test_a_weekly_request_keeps_its_weekdays_where_the_first_date_fits(town, club, client):
    asked = a_request(town, club, weeks=4, times=[proposals.Wanted(wanted().starts_at, wanted().ends_at, (2, 4))])
    signed_in = login(client, town.staff)
    sent = {
        "day_1": next_weekday(4).isoformat(), "starts_1": "16:00", "day_2": next_weekday(3).isoformat(), "starts_2": "16:00",
        "place": town.school.pk,
    }  # fmt: skip
    post(signed_in, "request-propose", asked.pk, **sent)
    asked.refresh_from_db()
    assert sorted(tuple(time.weekdays) for time in asked.proposed) == [(2, 4), (3,)]


def test_declining_and_withdrawing(town, client):
    first, second = a_request(town), a_request(town, town.class_b)
    venue = login(client, town.staff)
    post(venue, "request-decline", first.pk, reason="人手不足")
    post(login(client, town.coordinator), "request-withdraw", second.pk)
    assert sorted(Request.objects.values_list("state", flat=True)) == ["declined", "withdrawn"]


def test_each_side_answers_only_in_its_turn(town, client):
    asked = a_request(town)
    school = login(client, town.coordinator)
    assert post(school, "request-accept", asked.pk, time=asked.times.get().pk).status_code == 403
    assert post(school, "request-decline", asked.pk, reason="x").status_code == 403
    stranger = login(client, a_town().staff)
    assert page(stranger, "request-page", asked.pk).status_code == 404


def test_time_of_an_old_page_is_answered_with_the_page(town, client):
    asked = a_request(town)
    old = asked.times.get()
    requests.propose(asked, by=actor(town.staff), times=[wanted(1)])
    answer = post(login(client, town.coordinator), "request-accept", asked.pk, time=old.pk)
    assert answer.status_code == 200
    assert answer.context["refused"]
    assert not Booking.objects.exists()


def test_an_after_school_series_of_a_venue_that_confirms_by_hand_is_one_request(town, club, client):
    programme = a_bring_in(town)
    sent = {
        "programme": programme.pk, "group": club.pk, "adults": 1, "leader": town.teacher.pk, "weekdays": ["2"],
        "starts_on": next_weekday(2).isoformat(), "last_day": (next_weekday(2) + dt.timedelta(days=20)).isoformat(),
        "starts": "16:40", "ends": "17:30", "request_key": str(uuid.uuid4()),
    }  # fmt: skip
    signed_in = login(client, town.coordinator)
    shown = [day.isoformat() for day in post(signed_in, "series-request", **sent).context["days"]]
    answer = post(signed_in, "series-request", **sent, shown=shown, keep=shown[1:])
    asked = Request.objects.get()
    assert answer.url == reverse("activities:request-page", args=[asked.pk])
    assert [day.isoformat() for day in proposals.dates(asked, asked.proposed[0])] == shown[1:]


def test_an_own_activity_is_published_with_its_price_and_content(town, club, client):
    sent = {
        "own_name": "航模社团", "own_summary": "动手做滑翔机", "own_price": "15", "own_category": "", "group": club.pk,
        "adults": 1, "leader": town.teacher.pk, "weekdays": ["2"], "starts_on": next_weekday(2).isoformat(),
        "last_day": next_weekday(2).isoformat(), "starts": "16:40", "ends": "17:30", "request_key": str(uuid.uuid4()),
    }  # fmt: skip
    signed_in = login(client, town.coordinator)
    shown = [day.isoformat() for day in post(signed_in, "series-request", **sent).context["days"]]
    post(signed_in, "series-request", **sent, shown=shown, keep=shown)
    programme = Booking.objects.get().session.programme
    assert (programme.summary_zh, programme.price_kind, programme.paid_price) == ("动手做滑翔机", "paid", 15)


def test_lists_and_pages_of_one_and_of_three_take_the_same_queries(town, client, django_assert_max_num_queries):
    a_request(town)
    signed_in = login(client, town.staff)
    page(signed_in, "request-list")
    counts = []
    for more in (0, 2):
        for _n in range(more):
            a_request(town, town.class_b)
        with django_assert_max_num_queries(60) as asked:
            page(signed_in, "request-list")
        counts.append(len(asked))
    assert counts[0] == counts[1]
