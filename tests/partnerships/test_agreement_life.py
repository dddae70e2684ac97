"""An agreement after filing: paper, suspension, termination, leaving, renewal, and when it is in force."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from partnerships import agreement_life
from partnerships.models import Agreement
from people.models import Notice
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make

pytestmark = pytest.mark.django_db
State = Agreement.State


def test_register_files_a_paper_agreement_at_once(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"], sides["two"]], number="光馆校〔2025〕7号")
    assert (agreement.state, agreement.number, agreement.registered_on_paper) == ("filed", "光馆校〔2025〕7号", True)
    assert {(party.state, party.how) for party in agreement.parties.all()} == {("signed", "paper")}
    assert agreement.versions.get().scan.open() == make.PDF
    assert agreement.versions.get().sha256
    assert agreement.is_in_force()


def test_register_refuses_a_signature_of_tomorrow(sides):
    with pytest.raises(Refused) as no:
        make.an_agreement(sides["venue"], [sides["one"]], signed_on=clock.today() + dt.timedelta(days=1))
    assert no.value.code == "signed_in_future"


@pytest.mark.notice("agreement_suspended", "agreement_resumed")
def test_suspend_and_resume_switch_the_force_off_and_on(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"]])
    agreement_life.suspend(agreement, by=sides["museum"], reason="展厅维修")
    assert not agreement.is_in_force()
    assert agreement.is_in_force(clock.today() - dt.timedelta(days=1))
    agreement_life.resume(agreement, by=sides["museum"])
    assert agreement.is_in_force()
    assert Notice.objects.filter(kind="agreement_suspended").exists()
    assert Notice.objects.filter(kind="agreement_resumed").exists()


@pytest.mark.notice("agreement_terminated")
def test_terminate_ends_for_good_from_its_day(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"]])
    agreement_life.terminate(agreement, by=sides["first"], reason="学校撤并")
    assert (agreement.state, agreement.terminated_on) == ("terminated", clock.today())
    assert not agreement.is_in_force()
    assert agreement.is_in_force(clock.today() - dt.timedelta(days=1))
    assert Notice.objects.filter(kind="agreement_terminated").exists()


def test_terminate_by_one_school_of_several_is_not_its_to_decide(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"], sides["two"]])
    with pytest.raises(PermissionDenied):
        agreement_life.terminate(agreement, by=sides["first"], reason="退出")


@pytest.mark.notice("agreement_party_left")
def test_leave_lets_the_others_go_on(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"], sides["two"]])
    agreement_life.leave(agreement, by=sides["first"], reason="学校撤并")
    today = clock.today()
    venue = sides["venue"].pk
    assert not Agreement.objects.binding(venue_id=venue, school_id=sides["one"].pk, day=today).exists()
    assert Agreement.objects.binding(venue_id=venue, school_id=sides["two"].pk, day=today).exists()
    assert Notice.objects.filter(kind="agreement_party_left").exists()


def test_leave_refuses_the_last_school_and_the_venue(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"]])
    for who in ("first", "museum"):
        with pytest.raises(Refused) as no:
            agreement_life.leave(agreement, by=sides[who], reason="退出")
        assert no.value.code == "last_party"


def test_renew_drafts_one_successor_with_the_same_sides(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"], sides["two"]], text="第一条 原文")
    successor = agreement_life.renew(
        agreement, by=sides["first"], starts_on=agreement.ends_on, ends_on=agreement.ends_on + dt.timedelta(days=730)
    )
    assert [party.organisation_id for party in successor.parties.all()] == [
        sides["venue"].pk,
        sides["one"].pk,
        sides["two"].pk,
    ]
    assert (successor.state, successor.current_version.text) == ("draft", "第一条 原文")
    with pytest.raises(Refused) as no:
        agreement_life.renew(
            agreement, by=sides["museum"], starts_on=agreement.ends_on, ends_on=agreement.ends_on + dt.timedelta(730)
        )
    assert no.value.code == "already_renewed"


def test_renew_twice_from_the_same_page_drafts_one_successor(sides):
    agreement = make.an_agreement(sides["venue"], [sides["one"]])
    terms = {"starts_on": agreement.ends_on, "ends_on": agreement.ends_on + dt.timedelta(days=730)}
    stale = Agreement.objects.get(pk=agreement.pk)
    agreement_life.renew(agreement, by=sides["first"], **terms)
    with pytest.raises(Refused) as no:
        agreement_life.renew(stale, by=sides["first"], **terms)
    assert no.value.code == "already_renewed"


def test_in_force_reads_the_dates(sides):
    today = clock.today()
    day = dt.timedelta(days=1)
    past = make.an_agreement(sides["venue"], [sides["one"]], starts_on=today - 400 * day, ends_on=today)
    now = make.an_agreement(sides["venue"], [sides["one"]], starts_on=today, ends_on=today + 400 * day)
    make.an_agreement(sides["venue"], [sides["one"]], starts_on=today + day, ends_on=today + 400 * day)
    filed_ = Agreement.objects.filter(state=State.FILED)
    assert list(filed_.in_force(today)) == [now]
    assert list(filed_.in_force(today - day)) == [past]


def test_expiring_leaves_out_what_has_been_renewed(sides):
    today = clock.today()
    soon = {"starts_on": today - dt.timedelta(days=400), "ends_on": today + dt.timedelta(days=30)}
    kept, renewed = (make.an_agreement(sides["venue"], [sides["one"]], **soon) for _each in range(2))
    later = make.an_agreement(sides["venue"], [sides["one"]])
    Agreement.objects.filter(pk=renewed.pk).update(successor=later)
    assert list(Agreement.objects.expiring(today, 60)) == [kept]
