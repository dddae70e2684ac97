import datetime as dt

import pytest

from partnerships.models import Recognition
from people import reminders
from people.models import Notice
from portal.lib import clock
from tests.factories import partnerships as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sides():
    district = make.a_district()
    venue, school = make.a_venue(listed_in=[district]), make.a_school(district)
    people = [make.lead_of(venue), make.lead_of(school)]
    return {"district": district, "venue": venue, "school": school, "people": people}


@pytest.mark.notice("agreement_ends_soon")
def test_an_agreement_that_ends_within_sixty_days_is_told_once(sides):
    today = clock.today()
    for days in (60, 61):
        make.an_agreement(
            sides["venue"],
            [sides["school"]],
            starts_on=today - dt.timedelta(days=400),
            ends_on=today + dt.timedelta(days=days),
        )
    reminders.run()
    told = Notice.objects.filter(kind="agreement_ends_soon", user__in=[who.user for who in sides["people"]])
    assert sorted(told.values_list("user", flat=True)) == sorted(who.user.pk for who in sides["people"])
    assert reminders.run() == 0
    assert told.count() == 2


@pytest.mark.notice("recognition_ends_soon")
def test_a_title_that_ends_within_ninety_days_is_told_once(sides):
    today = clock.today()
    for title, days in (("将到期", 90), ("还早", 91), ("已过期", 0)):
        Recognition.objects.create(venue=sides["venue"], title=title, ends_on=today + dt.timedelta(days=days))
    assert reminders.run() > 0
    told = Notice.objects.filter(kind="recognition_ends_soon", user=sides["people"][0].user)
    assert [notice.facts["title"] for notice in told] == ["将到期"]
    assert reminders.run() == 0
