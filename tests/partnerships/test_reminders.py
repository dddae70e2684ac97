import datetime as dt

import pytest

from partnerships import agreements, calendar, causes
from partnerships.agreements import Promise
from partnerships.models import Agreement, Commitment, Recognition
from people import reminders
from people.models import Notice
from portal.lib import clock as house_clock
from portal.lib.errors import Refused
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
    today = house_clock.today()
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
    today = house_clock.today()
    for title, days in (("将到期", 90), ("还早", 91), ("已过期", 0)):
        Recognition.objects.create(venue=sides["venue"], title=title, ends_on=today + dt.timedelta(days=days))
    assert reminders.run() > 0
    told = Notice.objects.filter(kind="recognition_ends_soon", user=sides["people"][0].user)
    assert [notice.facts["title"] for notice in told] == ["将到期"]
    assert reminders.run() == 0


@pytest.mark.notice("agreement_sign_late")
def test_a_school_that_has_not_signed_what_was_filed_is_reminded_every_fortnight(clock):
    clock.to(dt.date(2026, 9, 1))
    district = make.a_district()
    venue, one, two = make.a_venue(listed_in=[district]), make.a_school(district), make.a_school(district)
    museum, first, late = (make.lead_of(side) for side in (venue, one, two))
    agreement = make.a_draft(venue, [one, two], by=museum)
    agreements.propose(agreement, by=museum)
    for lead in (first, late):
        agreements.agree(agreement, by=lead)
    for lead in (museum, first):
        agreements.sign(agreement, by=lead, how="online", reauthenticated=True)
    agreements.submit(agreement, by=museum)
    agreements.file(agreement, by=make.officer_of(district))
    told = []
    for day in (13, 14, 15, 16, 28, 29):
        clock.to(dt.date(2026, 9, day))
        told.append(reminders.run("agreement_sign_late"))
    assert told == [0, 0, 1, 0, 0, 1]
    notice = Notice.objects.filter(kind="agreement_sign_late").last()
    assert (notice.user, notice.facts["filed_on"], causes.may_still_sign(notice)) == (late.user, "2026-09-01", True)
    agreements.sign(Agreement.objects.get(), by=late, how="online", reauthenticated=True)
    clock.to(dt.date(2026, 10, 20))
    assert (reminders.run("agreement_sign_late"), causes.may_still_sign(notice)) == (0, False)


@pytest.mark.notice("agreement_sign_soon")
def test_an_unsigned_agreement_is_called_out_three_working_days_before_with_make_up_saturdays(clock):
    """It begins on Monday 12 October 2026, and Saturday the 10th is worked: three working days before is Thursday."""
    clock.to(dt.date(2026, 9, 30))
    district = make.a_district()
    make.a_term(district, starts_on=dt.date(2026, 9, 1))
    venue, school = make.a_venue(listed_in=[district]), make.a_school(district)
    leads = [make.lead_of(venue), make.lead_of(school)]
    agreement = make.a_draft(
        venue, [school], by=leads[0], starts_on=dt.date(2026, 10, 12), ends_on=dt.date(2027, 10, 12)
    )
    agreements.propose(agreement, by=leads[0])
    agreements.agree(agreement, by=leads[1])
    told = []
    for day in (6, 7, 8, 9):
        clock.to(dt.date(2026, 10, day))
        told.append(reminders.run("agreement_sign_soon"))
    assert told == [0, 0, 2, 0]
    assert calendar.working_day_before(district.pk, dt.date(2026, 10, 12), 1) == dt.date(2026, 10, 10)
    notice = Notice.objects.get(kind="agreement_sign_soon", user=leads[1].user)
    assert causes.is_to_be_signed(notice)
    agreement.parties.filter(organisation=school.organisation).update(state="invited")
    assert not causes.is_to_be_signed(notice)


@pytest.mark.notice("commitment_behind")
def test_a_commitment_behind_is_told_once_a_month_until_it_is_not(sides, clock):
    term = make.a_term(sides["district"], starts_on=clock.today() - dt.timedelta(weeks=8), weeks=20)
    promise = Promise(sides["venue"].pk, term, "visits", 20)
    make.an_agreement(sides["venue"], [sides["school"]], promises=[promise])
    people = {who.user.pk for who in sides["people"]}
    assert reminders.run("commitment_behind") >= 2
    assert reminders.run("commitment_behind") == 0
    told = Notice.objects.filter(kind="commitment_behind")
    assert people <= set(told.values_list("user", flat=True))
    notice = told.first()
    assert (notice.facts["promised"], notice.facts["due"] > 0, causes.is_behind(notice)) == (20, True, True)
    clock.forward(days=31)
    assert reminders.run("commitment_behind") == told.count() / 2
    Commitment.objects.update(delivered=20)
    clock.forward(days=31)
    assert reminders.run("commitment_behind") == 0
    assert not causes.is_behind(notice)


def test_what_a_notice_of_an_ending_tells_must_still_be_so(sides, clock):
    last = clock.today() + dt.timedelta(days=30)
    agreement = make.an_agreement(
        sides["venue"], [sides["school"]], starts_on=clock.today() - dt.timedelta(days=400), ends_on=last
    )
    title = Recognition.objects.create(venue=sides["venue"], title="将到期", ends_on=last)
    reminders.run()
    of_agreement = Notice.objects.filter(kind="agreement_ends_soon").first()
    of_title = Notice.objects.filter(kind="recognition_ends_soon").first()
    assert causes.agreement_still_ends(of_agreement)
    assert causes.title_still_ends(of_title)
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=last + dt.timedelta(days=400))
    Recognition.objects.filter(pk=title.pk).update(ends_on=last + dt.timedelta(days=400))
    assert not causes.agreement_still_ends(of_agreement)
    assert not causes.title_still_ends(of_title)


def test_one_source_that_fails_keeps_none_of_the_others(sides, monkeypatch):
    def broken(today):
        raise Refused("calendar_ends", "no days")

    Recognition.objects.create(
        venue=sides["venue"], title="将到期", ends_on=house_clock.today() + dt.timedelta(days=30)
    )
    monkeypatch.setitem(reminders.SOURCES, "agreement_ends_soon", [broken])
    assert reminders.run() > 0
