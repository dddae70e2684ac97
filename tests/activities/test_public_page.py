"""课后服务公示: anybody reads price, time and content of a school's activities, and nobody's name."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities import after_school, series_dates
from partnerships import schools
from tests.factories.activities import a_programme, a_pupil, a_town, an_activity_group, next_weekday
from tests.factories.people import actor, login
from tests.factories.requests import a_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    a_term(found)
    return found


def a_series(town, **fields):
    programme = a_programme(
        town.school, name_zh="航模社团", summary_zh="动手做滑翔机", direction="bring_in", form="club", price_kind="paid",
        list_price=15, paid_price=15,
    )  # fmt: skip
    first = next_weekday(2)
    return after_school.request(
        town.school,
        programme,
        **{
            "by": actor(town.coordinator),
            "members": an_activity_group(town.school, a_pupil(town.class_a), name="航模队"),
            "weekdays": [2],
            "starts_on": first,
            "ends_on": first + dt.timedelta(days=21),
            "starts": dt.time(16, 40),
            "ends": dt.time(17, 30),
            "leader": town.teacher,
            "adults": 1,
            "request_key": uuid.uuid4(),
        }
        | fields,
    )


def read(client, school):
    return client.get(reverse("activities:after_school-page", args=[school.pk]), headers={"accept-language": "zh-hans"})


def test_anybody_reads_price_time_and_content(town, client):
    series = a_series(town)
    schools.add_slot(town.school, by=actor(town.coordinator), weekday=2, starts=dt.time(16, 40), ends=dt.time(17, 30))
    series_dates.drop(series.sessions.order_by("starts_at")[0], by=actor(town.coordinator), reason="运动会")
    answer = read(client, town.school)
    page = answer.content.decode()
    assert answer.status_code == 200
    for word in ("航模社团", "动手做滑翔机", "航模队", "16:40", "15 元", town.school.name):
        assert word in page
    (row,) = answer.context["activities"]
    assert (row.dates, row.first.date()) == (2, next_weekday(2) + dt.timedelta(days=7))
    assert (town.teacher.user.full_name or "?") not in page


def test_another_school_and_what_is_over_do_not_stand_there(town, client, clock):
    a_series(town)
    assert read(client, a_town().school).context["activities"] == []
    clock.forward(days=60)
    assert read(client, town.school).context["activities"] == []
    assert client.get(reverse("activities:after_school-page", args=[999_999])).status_code == 404


def test_queries_do_not_grow_with_the_activities(town, client, django_assert_num_queries):
    a_series(town)
    with django_assert_num_queries(3):
        read(client, town.school)
    a_series_of_class = {"members": town.class_b, "starts": dt.time(15), "ends": dt.time(15, 40)}
    first = next_weekday(3)
    after_school.request(
        town.school, a_programme(town.school), by=actor(town.coordinator), weekdays=[3], starts_on=first,
        ends_on=first + dt.timedelta(days=14), leader=town.teacher, adults=1, request_key=uuid.uuid4(), **a_series_of_class,
    )  # fmt: skip
    with django_assert_num_queries(3):
        read(client, town.school)


def test_a_school_keeps_its_slots(town, client):
    slot = schools.add_slot(
        town.school, by=actor(town.coordinator), weekday=2, starts=dt.time(16, 40), ends=dt.time(17, 30)
    )
    drop = reverse("partnerships:slot-drop", args=[slot.pk])
    assert login(client, a_town().coordinator).post(drop).status_code == 404
    signed_in = login(client, town.coordinator)
    assert drop in signed_in.get(reverse("partnerships:school-page", args=[town.school.pk])).content.decode()
    assert signed_in.post(drop).status_code == 302
    assert not town.school.slots.exists()
