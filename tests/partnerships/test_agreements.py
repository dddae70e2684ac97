import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from partnerships import agreements, texts
from partnerships.agreements import Promise
from partnerships.models import Agreement, AgreementParty
from people.models import AuditEvent, Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
State = Agreement.State


def drafted(sides, **fields):
    return make.a_draft(sides["venue"], [sides["one"], sides["two"]], by=sides["museum"], **fields)


def agreed(sides, **fields):
    agreement = agreements.propose(drafted(sides, **fields), by=sides["museum"])
    for who in ("first", "second"):
        agreements.agree(agreement, by=sides[who])
    return agreement


def signed(sides):
    agreement = agreed(sides)
    for who in ("museum", "first", "second"):
        agreements.sign(agreement, by=sides[who], how="online", reauthenticated=True)
    return agreement


def filed(sides):
    agreement = agreements.submit(signed(sides), by=sides["museum"])
    return agreements.file(agreement, by=sides["officer"])


def states(agreement):
    return [party.state for party in agreement.parties.all()]


def test_draft_seats_the_venue_first_and_starts_from_the_usual_clauses(sides):
    agreement = drafted(sides)
    assert [party.ordinal for party in agreement.parties.all()] == ["甲方", "乙方", "丙方"]
    assert agreement.parties.get(position=0).organisation_id == sides["venue"].pk
    assert agreement.current_version.text.startswith("第一条")
    assert "学生活动" in agreement.current_version.text


def test_draft_refuses_whoever_is_no_side_of_it(sides):
    with pytest.raises(PermissionDenied):
        make.a_draft(sides["venue"], [sides["one"]], by=sides["second"])


@pytest.mark.parametrize(("days", "refused"), [(364, True), (365, False), (1826, False), (1828, True)])
def test_draft_keeps_to_the_years_of_the_district(sides, days, refused):
    starts_on = dt.date(2026, 9, 1)
    ends_on = starts_on + dt.timedelta(days=days)
    if not refused:
        assert drafted(sides, starts_on=starts_on, ends_on=ends_on).pk
        return
    with pytest.raises(Refused) as no:
        drafted(sides, starts_on=starts_on, ends_on=ends_on)
    assert no.value.code == "agreement_years"


def test_draft_refuses_a_venue_that_the_district_does_not_list(sides):
    with pytest.raises(Refused) as no:
        make.a_draft(make.a_venue(), [sides["one"]], by=sides["first"])
    assert no.value.code == "venue_not_listed"


def test_draft_refuses_schools_of_two_districts(sides):
    with pytest.raises(Refused) as no:
        make.a_draft(sides["venue"], [sides["one"], make.a_school()], by=sides["museum"])
    assert no.value.code == "school_elsewhere"


def test_draft_refuses_to_be_without_a_school(sides):
    with pytest.raises(Refused) as no:
        agreements.draft(
            sides["venue"], by=sides["museum"], district=sides["district"], schools=[], **make.terms_of_agreement()
        )
    assert no.value.code == "no_school"


def test_revise_changes_a_draft_in_place(sides):
    agreement = agreements.revise(drafted(sides), by=sides["museum"], text="第一条 新文本", title="新标题")
    assert (agreement.title, agreement.current_version.number, agreement.current_version.text) == (
        "新标题",
        1,
        "第一条 新文本",
    )


def test_revise_refuses_once_the_other_side_has_it(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreements.revise(agreement, by=sides["museum"], text="改")
    assert no.value.code == "changed"


@pytest.mark.notice("agreement_to_review")
def test_propose_counts_as_the_writers_consent_and_tells_the_others(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    assert agreement.state == State.REVIEW
    assert states(agreement) == ["agreed", "invited", "invited"]
    told = Notice.objects.filter(kind="agreement_to_review").values_list("user_id", flat=True)
    assert set(told) == {sides["first"].user.pk, sides["second"].user.pk}


@pytest.mark.notice("agreement_to_sign")
def test_agree_freezes_the_text_with_the_last_party(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    agreements.agree(agreement, by=sides["first"])
    assert agreement.state == State.REVIEW
    assert agreement.current_version.frozen_at is None
    agreements.agree(agreement, by=sides["second"])
    agreement.refresh_from_db()
    version = agreement.current_version
    assert agreement.state == State.AGREED
    assert version.sha256 == texts.fingerprint(version.body)
    assert bytes(version.body) == texts.canonical(texts.content(version, version.terms))
    assert texts.is_whole(version)
    assert Notice.objects.filter(kind="agreement_to_sign").count() == 3


def test_agree_refuses_the_second_time(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    agreements.agree(agreement, by=sides["first"])
    with pytest.raises(Refused) as no:
        agreements.agree(agreement, by=sides["first"])
    assert no.value.code == "changed"


@pytest.mark.notice("agreement_countered")
def test_counter_voids_every_consent_and_every_signature(sides):
    agreement = agreed(sides)
    agreements.sign(agreement, by=sides["museum"], how="online", reauthenticated=True)
    agreements.counter(agreement, by=sides["second"], text="第一条 另一文本", note="改第一条")
    assert agreement.state == State.COUNTERED
    assert states(agreement) == ["invited", "invited", "agreed"]
    assert agreement.current_version.number == 2
    assert not AgreementParty.objects.filter(agreement=agreement, signed_at__isnull=False).exists()
    assert Notice.objects.filter(kind="agreement_countered").count() == 2


def test_counter_refuses_the_same_text(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreements.counter(agreement, by=sides["first"], text=agreement.current_version.text + "  \r\n")
    assert no.value.code == "text_unchanged"


def test_agree_refuses_a_page_that_showed_the_version_before(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    stale = Agreement.objects.get(pk=agreement.pk)
    agreements.counter(agreement, by=sides["first"], text="第一条 改")
    with pytest.raises(Refused) as no:
        agreements.agree(stale, by=sides["second"])
    assert no.value.code == "changed"


@pytest.mark.notice("agreement_signed")
def test_sign_walks_to_signed_with_the_last_party(sides):
    agreement = agreed(sides)
    agreements.sign(agreement, by=sides["museum"], how="online", reauthenticated=True)
    assert agreement.state == State.SIGNING
    agreements.sign(agreement, by=sides["first"], how="scan", scan=make.PDF, file_name="盖章件.pdf", signer="贺知行")
    agreements.sign(agreement, by=sides["second"], how="online", reauthenticated=True)
    assert agreement.state == State.SIGNED
    party = agreement.parties.get(organisation_id=sides["one"].pk)
    assert (party.how, party.signer, party.version_id) == ("scan", "贺知行", agreement.current_version_id)
    assert party.scan.open() == make.PDF
    assert Notice.objects.filter(kind="agreement_signed").count() == 3


def test_sign_two_parties_at_once_both_count(sides):
    agreement = agreed(sides)
    same = Agreement.objects.get(pk=agreement.pk)
    agreements.sign(agreement, by=sides["museum"], how="online", reauthenticated=True)
    agreements.sign(same, by=sides["first"], how="online", reauthenticated=True)
    assert states(agreement) == ["signed", "signed", "agreed"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"how": "online"}, "reauthenticate"),
        ({"how": "scan"}, "agreement_party_scan_present"),
        ({"how": "scan", "scan": b"GIF89a"}, "scan_type"),
        ({"how": "scan", "scan": b"%PDF-" + b"0" * (10 * 1024 * 1024)}, "scan_too_large"),
        ({"how": "paper"}, "signing_way"),
    ],
)
def test_sign_refuses_a_way_that_does_not_count(sides, how, code):
    with pytest.raises(Refused) as no:
        agreements.sign(agreed(sides), by=sides["first"], **how)
    assert no.value.code == code


def test_sign_refuses_the_same_party_twice(sides):
    agreement = agreed(sides)
    agreements.sign(agreement, by=sides["first"], how="online", reauthenticated=True)
    with pytest.raises(Refused) as no:
        agreements.sign(agreement, by=sides["first"], how="online", reauthenticated=True)
    assert no.value.code == "already_signed"


@pytest.mark.guards("agreement_party_two_people")
def test_sign_refuses_one_person_for_two_parties(sides):
    agreement = agreed(sides)
    agreements.sign(agreement, by=sides["first"], how="online", reauthenticated=True)
    twin = people.actor(people.hat(Role.SCHOOL_LEAD, at=sides["second"].organisation, who=sides["first"].user))
    with pytest.raises(Refused) as no:
        agreements.sign(agreement, by=twin, how="online", reauthenticated=True)
    assert no.value.code == "agreement_party_two_people"


def test_sign_refuses_before_the_text_is_frozen(sides):
    agreement = agreements.propose(drafted(sides), by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreements.sign(agreement, by=sides["first"], how="online", reauthenticated=True)
    assert no.value.code == "changed"


@pytest.mark.notice("agreement_to_file")
def test_submit_tells_the_bureau(sides):
    agreement = agreements.submit(signed(sides), by=sides["first"])
    assert agreement.state == State.SENT
    assert Notice.objects.filter(kind="agreement_to_file", user=sides["officer"].user).count() == 1
    assert not Notice.objects.filter(kind="agreement_to_file", user=sides["museum"].user).exists()


@pytest.mark.notice("agreement_filed")
def test_file_numbers_by_year_and_tells_the_parties(sides, clock):
    clock.to(dt.date(2026, 11, 22))
    first, second = filed(sides), filed(sides)
    assert (first.number, second.number) == ("馆校〔2026〕1号", "馆校〔2026〕2号")
    assert (first.state, first.filed_by) == (State.FILED, sides["officer"].user)
    assert Notice.objects.filter(kind="agreement_filed", path=f"/agreements/{first.pk}/").count() == 3


def test_file_passes_over_a_number_that_a_paper_agreement_bears(sides, clock):
    clock.to(dt.date(2026, 11, 22))
    assert filed(sides).number == "馆校〔2026〕1号"
    make.an_agreement(sides["venue"], [sides["one"]], number="馆校〔2026〕2号")
    assert filed(sides).number == "馆校〔2026〕3号"


def test_file_is_for_the_bureau_of_this_district(sides):
    agreement = agreements.submit(signed(sides), by=sides["museum"])
    with pytest.raises(PermissionDenied):
        agreements.file(agreement, by=make.officer_of(make.a_district()))


@pytest.mark.notice("agreement_returned")
def test_send_back_says_why_and_may_be_sent_again(sides):
    agreement = agreements.submit(signed(sides), by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreements.send_back(agreement, by=sides["officer"], reason="  ")
    assert no.value.code == "reason"
    agreements.send_back(agreement, by=sides["officer"], reason="缺附件")
    assert (agreement.state, agreement.reason) == (State.RETURNED, "缺附件")
    assert Notice.objects.filter(kind="agreement_returned").count() == 3
    agreements.submit(agreement, by=sides["museum"])
    assert (agreement.state, agreement.reason) == (State.SENT, "")


@pytest.mark.notice("agreement_withdrawn")
def test_withdraw_ends_what_is_not_filed(sides):
    agreement = agreements.withdraw(agreed(sides), by=sides["first"], reason="另行商议")
    assert agreement.state == State.WITHDRAWN
    assert Notice.objects.filter(kind="agreement_withdrawn").count() == 2


def test_every_step_leaves_a_trail(sides):
    agreement = filed(sides)
    trail = AuditEvent.objects.about(agreement).order_by("pk").values_list("verb", "was", "is_now")
    assert [row for row in trail if row[2]] == [
        ("agreement.draft", "", "draft"),
        ("agreement.propose", "draft", "review"),
        ("agreement.agree", "review", "agreed"),
        ("agreement.sign", "agreed", "signing"),
        ("agreement.sign", "signing", "signing"),
        ("agreement.complete", "signing", "signed"),
        ("agreement.submit", "signed", "sent"),
        ("agreement.file", "sent", "filed"),
    ]


def test_promises_are_part_of_the_fingerprint(sides):
    term = make.a_term(sides["district"])
    prints = set()
    for promised in (16, 17):
        promise = Promise(sides["venue"].pk, term, "visits", promised)
        agreement = agreed(sides, title="同名", text="第一条 同文", promises=[promise])
        prints.add(agreement.current_version.sha256)
    assert len(prints) == 2


def test_a_draft_is_seen_by_its_writer_only(sides):
    agreement = drafted(sides)
    seen = {who: Agreement.objects.visible_to(sides[who]).exists() for who in ("museum", "first", "officer")}
    assert seen == {"museum": True, "first": False, "officer": False}
    agreements.propose(agreement, by=sides["museum"])
    seen = {who: Agreement.objects.visible_to(sides[who]).exists() for who in ("museum", "first", "officer")}
    assert seen == {"museum": True, "first": True, "officer": True}


def test_an_agreement_is_unseen_outside_its_parties_and_district(sides):
    make.an_agreement(sides["venue"], [sides["one"]])
    strangers = [sides["second"], make.officer_of(make.a_district()), make.lead_of(make.a_venue())]
    assert [Agreement.objects.visible_to(who).exists() for who in strangers] == [False, False, False]
