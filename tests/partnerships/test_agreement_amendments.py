"""Supplements, parties that sign later or leave alone, and numbers without a gap."""

import datetime as dt
import json
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from partnerships import (
    agreement_amendments,
    agreement_joining,
    agreement_life,
    agreement_parties,
    agreements,
    texts,
)
from partnerships.models import Agreement, Commitment, FilingSeries
from partnerships.promises import Promise
from people.models import Notice
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make

State = Agreement.State


def again(agreement):
    return Agreement.objects.get(pk=agreement.pk)


def agreed(sides, **fields):
    agreement = make.a_draft(sides["venue"], [sides["one"], sides["two"]], by=sides["museum"], **fields)
    agreements.propose(agreement, by=sides["museum"])
    for who in ("first", "second"):
        agreements.agree(agreement, by=sides[who])
    return agreement


def sign(agreement, sides, *who):
    for each in who:
        agreements.sign(agreement, by=sides[each], how="online", reauthenticated=True)


def file(agreement, sides):
    agreements.submit(agreement, by=sides["museum"])
    return agreements.file(agreement, by=sides["officer"])


def filed(sides, **fields):
    agreement = agreed(sides, **fields)
    sign(agreement, sides, "museum", "first", "second")
    return again(file(agreement, sides))


def amended(agreement, sides, **changes):
    amendment = agreement_life.amend(agreement, by=sides["museum"])
    agreements.revise(amendment, by=sides["museum"], text=agreement.current_version.text, **changes)
    agreements.propose(amendment, by=sides["museum"])
    for who in ("first", "second"):
        agreements.agree(amendment, by=sides[who])
    sign(amendment, sides, "museum", "first", "second")
    return amendment


@pytest.mark.django_db
def test_amend_changes_nothing_before_it_is_filed(sides):
    term = make.a_term(sides["district"])
    agreement = filed(sides, promises=[Promise(sides["venue"].pk, term, "visits", 16)])
    amendment = amended(
        agreement,
        sides,
        title="新标题",
        ends_on=agreement.ends_on + dt.timedelta(days=30),
        promises=[Promise(sides["venue"].pk, term, "visits", 20), Promise(sides["one"].pk, term, "courses", 2)],
    )
    assert again(agreement).title == agreement.title
    assert Commitment.objects.get().promised == 16
    assert not amendment.is_in_force()
    assert list(Agreement.objects.in_force(clock.today())) == [agreement]
    changes = agreement_amendments.changes(amendment)
    assert changes.ends_on == (agreement.ends_on, amendment.ends_on)
    assert [(one.kind, one.was, one.is_now) for one in changes.promises] == [("visits", 16, 20), ("courses", 0, 2)]

    file(amendment, sides)
    now = again(agreement)
    assert (now.title, now.ends_on, now.state) == ("新标题", amendment.ends_on, State.FILED)
    assert amendment.number == f"{agreement.number}补1"
    assert sorted(now.commitments.values_list("kind", "promised")) == [("courses", 2), ("visits", 20)]
    assert [version.number for version in now.versions.all()] == [2, 1]
    assert now.current_version.sha256 == amendment.current_version.sha256
    assert now.current_version.came_with == amendment
    assert texts.is_whole(now.current_version)


@pytest.mark.django_db
def test_amend_leaves_every_past_version_with_its_fingerprint(sides):
    agreement = filed(sides)
    first = agreement.current_version.sha256
    for title in ("第二版", "第三版"):
        file(amended(again(agreement), sides, title=title), sides)
    versions = again(agreement).versions.order_by("number")
    assert [json.loads(bytes(version.body))["title"] for version in versions][1:] == ["第二版", "第三版"]
    assert versions[0].sha256 == first
    assert all(texts.fingerprint(version.body) == version.sha256 for version in versions)


@pytest.mark.django_db
@pytest.mark.guards("agreement_one_amendment_at_a_time")
def test_amend_once_at_a_time(sides):
    agreement = filed(sides)
    agreement_life.amend(agreement, by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreement_life.amend(agreement, by=sides["first"])
    assert no.value.code == "agreement_one_amendment_at_a_time"


@pytest.mark.django_db
@pytest.mark.guards("agreement_amendment_lives_in_its_agreement")
def test_a_supplement_is_never_suspended_or_terminated(sides):
    agreement = filed(sides)
    amendment = amended(agreement, sides, title="第二版")
    file(amendment, sides)
    for act in (agreement_life.suspend, agreement_life.terminate):
        with pytest.raises(PermissionDenied):
            act(again(amendment), by=sides["museum"], reason="试")
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partnerships_agreement SET state = 'terminated', terminated_on = now() WHERE id = %s",
            [amendment.pk],
        )
    assert broken.value.__cause__.diag.constraint_name == "agreement_amendment_lives_in_its_agreement"


@pytest.mark.django_db
@pytest.mark.guards("agreement_not_its_own_amendment")
def test_an_agreement_does_not_amend_itself(sides):
    draft = make.a_draft(sides["venue"], [sides["one"]])
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        Agreement.objects.filter(pk=draft.pk).update(amends=draft.pk)
    assert broken.value.__cause__.diag.constraint_name == "agreement_not_its_own_amendment"


@pytest.mark.django_db
def test_a_supplement_to_what_has_ended_meanwhile_is_refused(sides):
    agreement = filed(sides)
    amendment = amended(agreement, sides, title="第二版")
    agreement_life.suspend(again(agreement), by=sides["museum"], reason="展厅维修")
    agreements.submit(amendment, by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreements.file(amendment, by=sides["officer"])
    assert no.value.code == "amended_over"
    assert again(amendment).state == State.SENT


@pytest.mark.django_db
def test_who_leaves_the_agreement_has_no_say_in_its_supplement(sides):
    agreement = filed(sides)
    amendment = agreement_life.amend(agreement, by=sides["museum"])
    agreements.revise(amendment, by=sides["museum"], text="第一条 新。")
    agreements.propose(amendment, by=sides["museum"])
    agreements.agree(amendment, by=sides["first"])
    agreement_life.leave(again(agreement), by=sides["second"], reason="学校撤并")
    assert again(amendment).state == State.AGREED
    sign(again(amendment), sides, "museum", "first")
    file(again(amendment), sides)
    assert again(agreement).current_version.text == "第一条 新。"


def a_supplement_for(agreement, sides, school):
    """Drafted by the museum, with a new school and its promise, and sent."""
    amendment = agreement_life.amend(agreement, by=sides["museum"])
    agreement_joining.name(amendment, by=sides["museum"], schools=[school])
    promise = Promise(school.pk, sides["term"], "courses", 3)
    agreements.revise(amendment, by=sides["museum"], text="第一条 新增一所学校。", promises=[promise])
    return agreements.propose(again(amendment), by=sides["museum"])


@pytest.mark.django_db
def test_a_supplement_takes_a_school_in(sides):
    agreement = filed(sides)
    sides["term"] = make.a_term(sides["district"])
    school = make.a_school(sides["district"])
    sides["third"] = make.lead_of(school)
    amendment = a_supplement_for(agreement, sides, school)
    assert [party.organisation_id for party in agreement_amendments.changes(amendment).joins] == [school.pk]
    for who in ("first", "second", "third"):
        agreements.agree(again(amendment), by=sides[who])
    assert json.loads(bytes(again(amendment).current_version.body))["parties"][3][0] == "丁方"
    sign(again(amendment), sides, "museum", "first", "second")
    with pytest.raises(Refused) as no:
        agreements.submit(again(amendment), by=sides["museum"])
    assert no.value.code == "not_signed"
    sign(again(amendment), sides, "third")
    in_force = Agreement.objects.binding(venue_id=sides["venue"].pk, school_id=school.pk, day=clock.today())
    assert not in_force.exists()
    file(again(amendment), sides)
    assert in_force.get() == agreement
    party = again(agreement).parties.get(organisation=school.organisation)
    assert (party.position, party.state, party.version) == (3, "signed", again(agreement).current_version)
    assert again(agreement).commitments.values_list("party", "kind", "promised").get() == (party.pk, "courses", 3)
    assert texts.is_whole(again(agreement).current_version)
    assert not agreement_joining.candidates(again(amendment)).filter(pk=school.pk).exists()


@pytest.mark.django_db
def test_a_school_that_was_late_comes_in_by_a_supplement(sides):
    agreement = agreed(sides)
    sign(agreement, sides, "museum", "first")
    file(agreement, sides)
    amendment = agreement_life.amend(again(agreement), by=sides["museum"])
    agreement_joining.name(amendment, by=sides["museum"], schools=[sides["two"]])
    agreements.revise(amendment, by=sides["museum"], text="第一条 新。")
    agreements.propose(again(amendment), by=sides["museum"])
    for who in ("first", "second"):
        agreements.agree(again(amendment), by=sides[who])
    sign(again(amendment), sides, "museum", "first", "second")
    file(again(amendment), sides)
    party = again(agreement).parties.get(organisation=sides["two"].organisation)
    assert (party.position, party.state, party.version) == (2, "signed", again(agreement).current_version)


@pytest.mark.django_db
def test_a_school_that_does_not_want_to_join_leaves_the_others_to_it(sides):
    agreement = filed(sides)
    sides["term"] = make.a_term(sides["district"])
    school = make.a_school(sides["district"])
    amendment = a_supplement_for(agreement, sides, school)
    with pytest.raises(Refused):
        agreement_life.leave(again(amendment), by=sides["first"], reason="不同意")
    agreement_life.leave(again(amendment), by=make.lead_of(school), reason="今年不参加")
    for who in ("first", "second"):
        agreements.agree(again(amendment), by=sides[who])
    sign(again(amendment), sides, "museum", "first", "second")
    file(again(amendment), sides)
    assert not again(agreement).parties.filter(organisation=school.organisation).exists()
    assert not again(agreement).commitments.exists()
    assert agreement_life.amend(again(agreement), by=sides["museum"]).pk


@pytest.mark.django_db
def test_who_joins_is_named_in_the_draft_and_can_be_left_out_again(sides):
    agreement = filed(sides)
    sides["term"] = make.a_term(sides["district"])
    school, elsewhere = make.a_school(sides["district"]), make.a_school(make.a_district())
    amendment = agreement_life.amend(agreement, by=sides["museum"])
    for wrong in (elsewhere, sides["one"]):
        with pytest.raises(Refused):
            agreement_joining.name(amendment, by=sides["museum"], schools=[wrong])
    agreement_joining.name(amendment, by=sides["museum"], schools=[school])
    promise = Promise(school.pk, sides["term"], "courses", 3)
    agreements.revise(amendment, by=sides["museum"], text="第一条 新。", promises=[promise])
    with pytest.raises(Refused) as no:
        agreement_joining.name(again(amendment), by=sides["museum"], schools=[])
    assert no.value.code == "joining_promises"
    agreements.revise(again(amendment), by=sides["museum"], text="第一条 新。", promises=[])
    agreement_joining.name(again(amendment), by=sides["museum"], schools=[])
    assert again(amendment).parties.count() == 3
    agreements.propose(again(amendment), by=sides["museum"])
    with pytest.raises(Refused):
        agreement_joining.name(again(amendment), by=sides["museum"], schools=[school])


@pytest.mark.django_db
def test_a_supplement_under_way_ends_with_its_agreement(sides):
    agreement = filed(sides)
    amendment = agreement_life.amend(agreement, by=sides["first"])
    agreement_life.terminate(again(agreement), by=sides["museum"], reason="撤馆")
    assert again(amendment).state == State.WITHDRAWN


@pytest.mark.django_db
def test_a_supplement_needs_every_signature(sides):
    agreement = filed(sides)
    amendment = agreement_life.amend(agreement, by=sides["museum"])
    agreements.revise(amendment, by=sides["museum"], text="第一条 新。")
    agreements.propose(amendment, by=sides["museum"])
    for who in ("first", "second"):
        agreements.agree(amendment, by=sides[who])
    sign(amendment, sides, "museum", "first")
    with pytest.raises(Refused) as no:
        agreements.submit(amendment, by=sides["museum"])
    assert no.value.code == "not_signed"


@pytest.mark.django_db
@pytest.mark.notice("agreement_joined")
def test_a_school_may_sign_after_the_filing(sides):
    agreement = agreed(sides)
    sign(agreement, sides, "museum")
    with pytest.raises(Refused) as no:
        agreements.submit(agreement, by=sides["museum"])
    assert no.value.code == "not_signed"
    sign(agreement, sides, "first")
    file(agreement, sides)
    bound = Agreement.objects.binding
    today = clock.today()
    assert bound(venue_id=sides["venue"].pk, school_id=sides["one"].pk, day=today).exists()
    assert not bound(venue_id=sides["venue"].pk, school_id=sides["two"].pk, day=today).exists()
    sign(again(agreement), sides, "second")
    assert bound(venue_id=sides["venue"].pk, school_id=sides["two"].pk, day=today).exists()
    assert again(agreement).state == State.FILED
    assert Notice.objects.filter(kind="agreement_joined").count() == 2


@pytest.mark.django_db
def test_a_school_that_was_late_does_not_sign_a_text_amended_without_it(sides):
    agreement = agreed(sides)
    sign(agreement, sides, "museum", "first")
    file(agreement, sides)
    amendment = agreement_life.amend(again(agreement), by=sides["museum"])
    agreements.revise(amendment, by=sides["museum"], text="第一条 新。")
    agreements.propose(amendment, by=sides["museum"])
    agreements.agree(amendment, by=sides["first"])
    sign(amendment, sides, "museum", "first")
    file(amendment, sides)
    with pytest.raises(Refused) as no:
        sign(again(agreement), sides, "second")
    assert no.value.code == "amended_since"


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["review", "signing"])
def test_a_school_may_leave_the_others_to_it(sides, when):
    if when == "review":
        agreement = make.a_draft(sides["venue"], [sides["one"], sides["two"]], by=sides["museum"])
        agreements.propose(agreement, by=sides["museum"])
        agreements.agree(agreement, by=sides["first"])
    else:
        agreement = agreed(sides)
        sign(agreement, sides, "museum", "first")
    agreement_life.leave(agreement, by=sides["second"], reason="今年不参加")
    assert again(agreement).state == {"review": State.AGREED, "signing": State.SIGNED}[when]
    with pytest.raises(Refused) as no:
        agreement_life.leave(again(agreement), by=sides["first"], reason="也不参加")
    assert no.value.code in ("last_party", "changed")


@pytest.mark.django_db
def test_introduce_stands_in_the_frozen_text_and_contact_stays_free(sides):
    agreement = make.a_draft(sides["venue"], [sides["one"]], by=sides["museum"])
    party = agreement.parties.get(position=1)
    agreements.propose(agreement, by=sides["museum"])
    agreement_parties.introduce(party, by=sides["first"], representative="林知远", contact="周若禾", phone="0755-1")
    agreements.agree(agreement, by=sides["first"])
    body = json.loads(bytes(again(agreement).current_version.body))
    assert body["parties"][1][3] == "林知远"
    assert "周若禾" not in json.dumps(body, ensure_ascii=False)
    agreement_parties.introduce(party, by=sides["first"], representative="林知远", contact="陈一", phone="0755-2")
    with pytest.raises(Refused) as no:
        agreement_parties.introduce(party, by=sides["first"], representative="别人")
    assert no.value.code == "representative_frozen"
    with pytest.raises(PermissionDenied):
        agreement_parties.introduce(party, by=sides["museum"], contact="别人")
    second = make.a_draft(sides["venue"], [sides["one"]], by=sides["museum"])
    assert second.parties.get(position=1).contact == "陈一"


@pytest.mark.django_db(transaction=True)
@pytest.mark.guards("filing_series_once")
def test_file_at_once_gives_numbers_without_a_gap(sides, clock):
    clock.to(dt.date(2026, 11, 22))
    waiting = []
    for _each in range(8):
        agreement = agreed(sides)
        sign(agreement, sides, "museum", "first", "second")
        waiting.append(agreements.submit(agreement, by=sides["museum"]))
    faults, start = [], threading.Barrier(len(waiting) * 2)

    def press(agreement):
        try:
            start.wait()
            agreements.file(Agreement.objects.get(pk=agreement.pk), by=sides["officer"])
        except Refused as no:
            faults.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[agreement]) for agreement in waiting * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = Agreement.objects.filter(number__isnull=False).values_list("number", flat=True)
    assert sorted(numbers, key=lambda number: int(number[8:-1])) == [f"馆校〔2026〕{n}号" for n in range(1, 9)]
    assert faults == ["changed"] * 8
    series = FilingSeries.objects.get()
    assert series.last == 8
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        FilingSeries.objects.create(district=series.district, head=series.head)
    assert broken.value.__cause__.diag.constraint_name == "filing_series_once"
