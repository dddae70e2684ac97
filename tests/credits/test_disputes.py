"""异议: entered for a family, decided by a second person, and what the ledger makes of it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from credits import books, disputes, ledger, sweep
from credits.models import Dispute, Entry
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import credits as make
from tests.factories import people
from tests.factories.year import a_dispute, a_year, finish, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(clock):
    year = a_year(clock)
    publish(year)
    return year


@pytest.mark.notice("dispute_raised")
def test_objection_is_entered_while_the_class_is_published_and_tells_the_deciders(year):
    dispute = a_dispute(year)
    assert (dispute.state, dispute.student, dispute.entry) == ("open", year.world.pupils[0], year.entry())
    assert [notice.user for notice in Notice.objects.filter(kind="dispute_raised")] == [year.lead.user]
    with pytest.raises(Refused) as no:
        a_dispute(year)
    assert no.value.code == "dispute_one_open"


def test_objection_needs_a_reason_a_publication_and_the_open_period(year, clock):
    with pytest.raises(Refused) as no:
        a_dispute(year, reason="  ")
    assert no.value.code == "dispute_reason"
    late = make.attended(year.world, "LEC", day=dt.date(2026, 11, 2))
    ledger.post(late)
    unpublished = Entry.objects.get(roll_entry__booking=late, account=year.world.pupils[0].pk)
    with pytest.raises(Refused) as no:
        disputes.object_to(unpublished, by=year.coordinator, reason="不对")
    assert no.value.code == "dispute_unpublished"
    finish(year, year.entry().published.publication, clock)
    with pytest.raises(Refused) as no:
        a_dispute(year)
    assert no.value.code == "credits_dispute_in_time"


@pytest.mark.notice("dispute_decided")
def test_upheld_objection_takes_the_points_back_for_good(year):
    dispute = a_dispute(year)
    disputes.uphold(dispute, by=year.head, answer="核对后确认请假。")
    assert make.points(year.world.pupils[0]) == [1000, -1000]
    reversal = Entry.objects.get(reverses=dispute.entry)
    assert reversal.inputs["why"] == "overruled"
    assert sweep.run().posted == 0  # the roll still says present, and the ruling stands
    assert make.points(year.world.pupils[0]) == [1000, -1000]
    assert Notice.objects.get(kind="dispute_decided").user == year.world.coordinator.user
    assert list(books.problems()) == []


def test_upheld_objection_to_a_result_takes_its_points_back_for_good(clock):
    year = a_year(clock)
    result = make.took_part(year.world, pupils=year.world.pupils[:1])[0]
    ledger.post(result)
    publish(year)
    entry = Entry.objects.get(result=result)
    disputes.uphold(
        disputes.object_to(entry, by=year.coordinator, reason="未参赛"), by=year.head, answer="核实未参赛。"
    )
    sweep.run()
    assert make.points(year.world.pupils[0]) == [1000, 1000, -1000]


def test_dismissed_objection_leaves_the_entry(year):
    dispute = a_dispute(year)
    disputes.dismiss(dispute, by=year.head, answer="点名记录和签到表一致。")
    assert make.points(year.world.pupils[0]) == [1000]
    dispute.refresh_from_db()
    assert (dispute.state, dispute.decided_by, dispute.answer) == (
        "dismissed",
        year.lead.user,
        "点名记录和签到表一致。",
    )
    assert a_dispute(year).state == "open"  # the family may come again


def test_whoever_entered_it_does_not_decide_and_an_answer_is_needed(year):
    dispute = a_dispute(year)
    for verb in (disputes.uphold, disputes.dismiss):
        with pytest.raises(Refused) as no:
            verb(dispute, by=year.coordinator, answer="好")
        assert no.value.code == "dispute_two_people"
        with pytest.raises(Refused) as no:
            verb(dispute, by=year.head, answer=" ")
        assert no.value.code == "dispute_answer"
    assert Dispute.objects.get().state == "open"


def test_one_person_in_two_hats_is_one_person(year):
    dispute = a_dispute(year)
    lead_too = people.hat(Role.SCHOOL_LEAD, at=year.world.school.organisation, who=year.world.coordinator.user)
    with pytest.raises(Refused) as no:
        disputes.dismiss(dispute, by=people.actor(lead_too), answer="好")
    assert no.value.code == "dispute_two_people"


def test_missing_entry_is_upheld_once_the_corrected_roll_earns_it(year, clock):
    world, pupil = year.world, year.world.pupils[1]
    booking = make.attended(world, "LEC", day=dt.date(2026, 11, 2))
    make.correct(booking, pupil, mark="absent")
    ledger.post(booking)
    line = booking.roll.get(student=pupil)
    publication = year.entry().published.publication
    dispute = disputes.object_to_missing(
        publication, by=year.coordinator, reason="孩子那天去了。", student=pupil, roll_entry=line
    )
    with pytest.raises(Refused) as no:
        disputes.uphold(dispute, by=year.head, answer="查了签到表。")
    assert no.value.code == "dispute_not_earned"
    assert Dispute.objects.get().state == "open"
    dispute.refresh_from_db()
    make.correct(booking, pupil, mark="present")
    disputes.uphold(dispute, by=year.head, answer="查了签到表，已更正。")
    assert make.points(pupil) == [1000, 500]


def test_missing_entry_names_a_line_of_that_pupil_and_school(year):
    with pytest.raises(Refused) as no:
        disputes.object_to_missing(
            year.entry().published.publication,
            by=year.coordinator,
            reason="少一条",
            student=year.world.pupils[1],
            roll_entry=year.bookings[0].roll.get(student=year.world.pupils[0]),
        )
    assert no.value.code == "dispute_other_pupil"


def test_a_later_ruling_for_the_pupil_lifts_the_earlier_one(year):
    pupil = year.world.pupils[0]
    disputes.uphold(a_dispute(year), by=year.head, answer="请假。")
    back = disputes.object_to_missing(
        year.entry().published.publication,
        by=year.coordinator,
        reason="请假日期写错了，那天去了。",
        student=pupil,
        roll_entry=year.bookings[0].roll.get(student=pupil),
    )
    disputes.uphold(back, by=year.head, answer="核实去了。")
    assert make.points(pupil) == [1000, -1000, 1000]
    assert list(books.problems()) == []


def test_teacher_enters_one_for_a_roll_they_lead_and_does_not_decide(year):
    teacher = people.hat(Role.TEACHER, at=year.world.school.organisation)
    dispute = disputes.object_to(year.entry(), by=people.actor(teacher), reason="家长说请假。")
    assert list(Dispute.objects.visible_to(people.actor(teacher))) == [dispute]
    with pytest.raises(PermissionDenied):
        disputes.dismiss(dispute, by=people.actor(teacher), answer="好")
