"""证书: who is due, what is frozen, who may read what, and what revoking does."""

import datetime as dt
import io
import re
import uuid

import pytest
from django.urls import reverse

from credits import certificates, ledger, papers
from credits.models import Certificate
from credits.models.certificate import digest
from partnerships.models import IdentityLook, StudentIdentity
from people import thresholds
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import credits as make
from tests.factories import people
from tests.factories.year import a_final_year, a_year, publish

pytestmark = pytest.mark.django_db
CODES = ("EXP", "LEC", "FES", "TRN")  # 1 + 0.5 + 0.5 + 2 = 4 points of 12


@pytest.fixture
def year(clock):
    year = a_final_year(clock, codes=CODES)
    set_first(year, 30)
    return year


def set_first(year, percent):
    thresholds.set_value(
        year.world.district, "credits.certificate_first", percent, by=SYSTEM, starts_on=make.FIRST_DAY, reason="试点"
    )


def issue(year):
    return certificates.issue_due(year.world.school_class, by=year.coordinator)


@pytest.mark.notice("certificates_issued")
def test_issue_due_gives_every_pupil_at_a_level_one_certificate_and_no_second(year):
    target = certificates.targets(year.world.district.pk, on=dt.date(2026, 11, 28))["primary"]
    assert (target.grades, target.points) == ((5, 6), 12000)
    made = issue(year)
    assert [(one.level, one.stage, one.content["points"]) for one in made] == [(30, "primary", 4000)] * 3
    assert [notice.user for notice in Notice.objects.filter(kind="certificates_issued")] == [year.lead.user]
    with pytest.raises(Refused) as no:
        issue(year)
    assert no.value.code == "certificate_none_due"


def test_only_final_standing_entries_count(clock):
    year = a_year(clock, codes=CODES)
    set_first(year, 30)
    publish(year)
    with pytest.raises(Refused):
        issue(year)
    clock.to(dt.datetime(2026, 12, 1, 9, tzinfo=make.SHANGHAI))
    from_final = certificates.standings(year.world.school_class)
    assert [one.points for one in from_final] == [0, 0, 0]


def test_points_taken_back_after_the_end_lower_the_level(year):
    make.correct(year.bookings[3], year.world.pupils[0], mark="absent")
    ledger.post(year.bookings[3])
    standing = {one.student.pk: one for one in certificates.standings(year.world.school_class)}
    assert (standing[year.world.pupils[0].pk].points, standing[year.world.pupils[0].pk].level) == (2000, None)
    assert len(issue(year)) == 2


def test_content_holds_codes_points_rules_and_no_name(year):
    one = issue(year)[0]
    assert [(kind["code"], kind["times"], kind["points"]) for kind in one.content["kinds"]] == [
        ("EXP", 1, 1000), ("LEC", 1, 500), ("FES", 1, 500), ("TRN", 1, 2000),
    ]  # fmt: skip
    assert one.content["kinds"][0]["rules"] == ["EXP v1"]
    assert bytes(one.sha256) == digest(one.content)
    assert one.is_whole
    assert "陈" not in str(one.content)


def test_revoked_certificate_is_issued_anew_with_what_is_final_today(year):
    one = issue(year)[0]
    with pytest.raises(Refused) as no:
        certificates.reissue(one, by=year.head)
    assert no.value.code == "certificate_valid"
    with pytest.raises(Refused) as no:
        certificates.revoke(one, by=year.head, reason=" ")
    assert no.value.code == "certificate_reason"
    certificates.revoke(one, by=year.head, reason="姓名登记有误。")
    one.refresh_from_db()
    assert (one.state, one.revoked_by, one.reason) == ("revoked", year.lead.user.full_name, "姓名登记有误。")
    anew = certificates.reissue(one, by=year.head)
    assert (anew.replaces, anew.level, anew.is_valid) == (one, 30, True)


def test_record_sheet_of_the_same_content_keeps_its_code(year):
    pupil = year.world.pupils[0]
    first = certificates.issue_sheet(pupil, 2026, by=year.coordinator)
    assert certificates.issue_sheet(pupil, 2026, by=year.head) == first
    assert [line["rule"] for line in first.content["lines"]] == ["EXP v1", "LEC v1", "FES v1", "TRN v1"]
    make.correct(year.bookings[3], pupil, mark="absent")
    ledger.post(year.bookings[3])
    assert certificates.issue_sheet(pupil, 2026, by=year.coordinator) != first
    with pytest.raises(Refused) as no:
        certificates.issue_sheet(pupil, 2025, by=year.coordinator)
    assert no.value.code == "sheet_nothing_final"


# --- the public page --------------------------------------------------------------------------------------------------


def verify(client, key):
    return client.get(reverse("credits:verify-page", args=[key]), headers={"accept-language": "en"})


def test_verification_shows_the_content_with_the_name_masked_to_anybody(year, client):
    one = next(one for one in issue(year) if one.account_id == year.world.pupils[0].pk)
    answer = verify(client, one.code)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "陈＊诺" in told
    assert "陈小诺" not in told
    assert "EXP v1" in told
    assert "never a basis for admission" in told
    assert "Valid" in told
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert IdentityLook.objects.count() == 0
    certificates.revoke(one, by=year.head, reason="内部原因")
    told = verify(client, one.code.lower().replace("-", "")).content.decode()
    assert "Revoked" in told
    assert "内部原因" not in told


def test_unknown_code_and_nonsense_get_the_same_page(year, client):
    told = []
    for key in (str(uuid.uuid4()), "x" * 22):
        answer = verify(client, key)
        assert answer.status_code == 404
        told.append(re.sub(r'value="\w{64}"', "", answer.content.decode().replace(key, "")))  # but for the form's token
    assert told[0] == told[1]


def test_typed_code_leads_to_its_page_and_signs_alone_stay(year, client):
    one = issue(year)[0]
    answer = client.get(reverse("credits:verify-ask"), {"code": f" {one.code} "})
    assert answer["Location"] == reverse("credits:verify-page", args=[one.code])
    assert client.get(reverse("credits:verify-ask"), {"code": "/?#"}).status_code == 200


def test_look_ups_are_counted_and_stop(year, client, settings):
    for _n in range(30):
        assert verify(client, "x").status_code == 404
    assert verify(client, "x").status_code == 429


def test_name_that_is_no_longer_stored_is_not_shown(year, client):
    one = next(one for one in issue(year) if one.account_id == year.world.pupils[0].pk)
    StudentIdentity.objects.filter(pk=one.account_id).update(name_ct=None)
    assert "Name no longer stored" in verify(client, one.code).content.decode()


# --- on paper ---------------------------------------------------------------------------------------------------------


def address(one):
    return f"https://example.invalid/verify/{one.code}/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_papers_are_the_same_bytes_twice_and_one_page_each(year, language):
    made = issue(year)
    told = [(one, f"学生{n}") for n, one in enumerate(made)]
    first, again = (papers.certificates(told, address, language=language) for _n in range(2))
    assert first == again
    assert first.startswith(b"%PDF")
    template, data = papers.document(told, address, language=language)
    pages = papers.documents.pictures(template, data, language=language, dots_per_inch=30)
    assert len(pages) == 3
    sheet = certificates.issue_sheet(year.world.pupils[0], 2026, by=year.coordinator)
    assert papers.certificates([(sheet, "陈小诺")], address, language=language).startswith(b"%PDF")


def test_printing_logs_one_look_at_the_names_and_masks_for_nobody_else(year, client):
    issue(year)
    people.login(client, year.world.coordinator)
    answer = client.post(reverse("credits:certificate-print-class", args=[year.world.school_class.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    look = IdentityLook.objects.get()
    assert (look.purpose, look.school_class_id) == ("credits", year.world.school_class.pk)
    answer = client.post(
        reverse("credits:certificate-print-sheet", args=[year.world.pupils[0].pk]), {"year": "2026", "language": "en"}
    )
    assert io.BytesIO(answer.content).read(5) == b"%PDF-"
    assert IdentityLook.objects.count() == 2


def test_certificates_are_seen_by_the_school_and_its_offices(year):
    issue(year)

    def count(hat):
        return Certificate.objects.visible_to(people.actor(hat)).count()

    world = year.world
    assert count(world.coordinator) == count(year.officers[0]) == 3
    assert count(people.hat(Role.INSPECTOR, of=world.district)) == 3
    assert count(people.hat(Role.COORDINATOR, of=world.district)) == 0
    assert count(people.hat(Role.BUREAU_OFFICER)) == 0
    assert count(people.hat(Role.TEACHER, at=world.school.organisation)) == 0
    assert count(people.hat(Role.VENUE_LEAD, at=world.venue)) == 0
