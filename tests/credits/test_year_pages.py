"""Pages of the year's end: who opens which, what they say, and that the acts behind their buttons happen."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from credits import certificates, ledger
from credits.models import Certificate, Chain, Dispute, EvaluationColumn, Publication
from partnerships.models import IdentityLook
from people.roles import Role
from tests.factories import credits as make
from tests.factories import people
from tests.factories.year import a_dispute, a_final_year, a_year, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(clock, client):
    client.cookies["django_language"] = "en"
    return a_year(clock)


def page(client, as_hat, name, *args, status=200, **query):
    response = people.login(client, as_hat).get(reverse(f"credits:{name}", args=args), query)
    assert response.status_code == status, name
    return response.content.decode()


def send(client, as_hat, name, *args, status=302, **data):
    response = people.login(client, as_hat).post(reverse(f"credits:{name}", args=args), data)
    assert response.status_code == status, name
    return response.content.decode()


def test_coordinator_publishes_a_class_and_reads_the_masked_list(client, year):
    world = year.world
    assert "1 class has entries to publish" in page(client, world.coordinator, "publication-list")
    send(client, world.coordinator, "publication-publish", world.school_class.pk, term=world.term.pk)
    publication = Publication.objects.get()
    told = page(client, world.coordinator, "publication-page", publication.pk)
    assert "陈＊诺" in told
    assert "陈小诺" not in told
    assert ">01<" in told  # the last digits of the school number
    assert "(5 working days)" in told
    assert "never a basis for admission" in told
    assert "until Fri 27 Nov" in page(client, world.coordinator, "publication-list")


def test_publication_stays_inside_the_school(client, year):
    publication = publish(year)
    for hat in (
        *year.officers,
        people.hat(Role.INSPECTOR, of=year.world.district),
        people.hat(Role.TEACHER, at=year.world.school.organisation),
        people.hat(Role.VENUE_LEAD, at=year.world.venue),
    ):
        page(client, hat, "publication-page", publication.pk, status=403)
    page(client, people.hat(Role.COORDINATOR, of=year.world.district), "publication-page", publication.pk, status=404)
    client.logout()
    assert client.get(reverse("credits:publication-page", args=[publication.pk])).status_code == 302


def test_lists_can_t_be_ordered_by_points(client, year):
    publication = publish(year)
    plain = page(client, year.world.coordinator, "publication-page", publication.pk)
    asked = page(client, year.world.coordinator, "publication-page", publication.pk, order="-points", sort="points")
    order = [plain.index(name) for name in ("陈＊诺", "李＊", "王＊二")]
    assert order == sorted(order)
    assert [asked.index(name) - asked.index("陈＊诺") for name in ("李＊", "王＊二")] == [
        plain.index(name) - plain.index("陈＊诺") for name in ("李＊", "王＊二")
    ]


def test_objection_is_entered_and_decided_on_the_pages(client, year):
    publish(year)
    entry = year.entry()
    assert "Enter an objection" in page(client, year.world.coordinator, "entry-page", entry.pk)
    send(client, year.world.coordinator, "dispute-entry", entry.pk, reason="孩子那天请假。")
    dispute = Dispute.objects.get()
    own = page(client, year.world.coordinator, "dispute-page", dispute.pk)
    assert "somebody else of the school decides" in own
    again = send(client, year.world.coordinator, "dispute-uphold", dispute.pk, status=409, answer="好")
    assert "ask a second person" in again
    assert "an objection waits" in people.login(client, year.lead).get("/").content.decode()
    assert "Uphold: the family is right" in page(client, year.lead, "dispute-page", dispute.pk)
    send(client, year.lead, "dispute-uphold", dispute.pk, answer="核对后确认请假。")
    assert make.points(year.world.pupils[0]) == [1000, -1000]
    told = page(client, year.world.coordinator, "dispute-page", dispute.pk)
    assert "核对后确认请假。" in told
    assert "corrected: taken back" in page(client, year.lead, "publication-page", dispute.publication_id)
    reversal = page(client, year.lead, "entry-page", entry.reversals.get().pk)
    assert "An objection to these points was upheld" in reversal


def test_missing_entry_is_objected_to_by_choosing_pupil_and_roll_call(client, year):
    pupil = year.world.pupils[1]
    booking = make.attended(year.world, "LEC", day=dt.date(2026, 11, 2))
    make.correct(booking, pupil, mark="absent")
    ledger.post(booking)
    publication = publish(year)
    assert "李＊ 02" in page(client, year.world.coordinator, "dispute-missing", publication.pk)
    told = page(client, year.world.coordinator, "dispute-missing", publication.pk, pupil=pupil.pk)
    line = booking.roll.get(student=pupil)
    assert f'value="{line.pk}"' in told
    sent = {"pupil": str(pupil.pk), "line": str(line.pk), "reason": "孩子那天去了。"}
    send(client, year.world.coordinator, "dispute-missing", publication.pk, **sent)
    assert Dispute.objects.get().roll_entry == line
    refused = send(client, year.lead, "dispute-uphold", Dispute.objects.get().pk, status=409, answer="好")
    assert "Correct the roll first" in refused
    assert "Was not there" in page(client, year.lead, "line-page", line.pk)


def test_entry_is_explained_down_to_the_hash_with_the_arithmetic_of_its_caps(client, year):
    second = make.attended(year.world, "EXP", day=dt.date(2026, 10, 20))
    ledger.post(second)
    entry = second.roll.get(student=year.world.pupils[0]).credit_entries.get()
    told = page(client, year.world.coordinator, "entry-page", entry.pk)
    assert bytes(entry.posting.hash).hex() in told
    assert second.number in told
    caps = told[told.index("How the caps were applied") :]
    assert [cell in caps for cell in (">1.0<", ">+1.0<", ">2.0<", ">4.0<")] == [True] * 4
    assert "within the cap" in caps
    bureau = page(client, year.officers[0], "entry-page", entry.pk)
    assert year.world.pupils[0].pseudonym in bureau
    assert "陈＊诺" not in bureau
    page(client, people.hat(Role.COORDINATOR, of=year.world.district), "entry-page", entry.pk, status=404)
    page(client, people.hat(Role.VENUE_STAFF, at=year.world.venue), "entry-page", entry.pk, status=403)


def test_line_that_earned_nothing_shows_the_cap_that_was_full(client, year):
    for n in range(3):
        ledger.post(make.attended(year.world, "EXP", day=dt.date(2026, 10, 20 + n)))
    last = make.attended(year.world, "EXP", day=dt.date(2026, 10, 26))
    ledger.post(last)
    told = page(client, year.world.coordinator, "line-page", last.roll.get(student=year.world.pupils[0]).pk)
    assert "The cap of 4.0 points a school year" in told
    assert "above the cap" in told


def test_two_officers_seal_on_the_page_and_the_inspector_only_reads(client, clock):
    client.cookies["django_language"] = "en"
    year = a_final_year(clock)
    term = year.world.term
    year.world.district.terms.create(school_year=2026, half=2, starts_on="2027-02-20", ends_on="2027-07-10")
    clock.to(dt.datetime(2027, 2, 22, 9, tzinfo=make.SHANGHAI))
    assert "Ledger open" in page(client, year.officers[0], "ledger-list")
    send(client, year.officers[0], "ledger-propose", term.pk)
    assert "Sealing the credits of" in people.login(client, year.officers[1]).get("/").content.decode()
    assert "Sealing the credits of" not in people.login(client, year.officers[0]).get("/").content.decode()
    send(client, year.officers[0], "ledger-confirm", term.pk)
    assert Chain.objects.get().sealed_at is None
    send(client, year.officers[1], "ledger-confirm", term.pk)
    assert Chain.objects.get().sealed_at is not None
    inspector = people.hat(Role.INSPECTOR, of=year.world.district)
    assert "The ledger is complete, 3 entries" in page(client, inspector, "ledger-verify", term.pk)
    send(client, inspector, "ledger-propose", term.pk, status=403)
    page(client, year.lead, "ledger-page", term.pk, status=403)


def test_certificates_of_a_class_are_issued_revoked_and_issued_anew(client, clock):
    client.cookies["django_language"] = "en"
    year = a_final_year(clock, codes=("EXP", "LEC", "FES", "TRN"))
    certificates.thresholds.set_value(
        year.world.district, "credits.certificate_first", 30, by=make.SYSTEM, starts_on=make.FIRST_DAY, reason="试点"
    )
    clock.forward(days=1)
    told = page(client, year.world.coordinator, "certificate-class", year.world.school_class.pk)
    assert "3 certificates are due" in told
    send(client, year.world.coordinator, "certificate-issue", year.world.school_class.pk)
    one = Certificate.objects.order_by("pk")[0]
    assert "Valid" in page(client, year.world.coordinator, "certificate-page", one.pk)
    page(client, people.hat(Role.COORDINATOR, of=year.world.district), "certificate-page", one.pk, status=404)
    assert year.world.pupils[0].pseudonym in page(
        client, year.officers[0], "certificate-page", Certificate.objects.get(account=year.world.pupils[0].pk).pk
    )
    send(client, year.officers[0], "certificate-revoke", one.pk, reason="核查有误。")
    assert "核查有误。" in page(client, year.lead, "certificate-page", one.pk)
    send(client, year.lead, "certificate-reissue", one.pk)
    assert Certificate.objects.filter(replaces=one).count() == 1


def test_export_follows_the_columns_of_the_district_and_logs_the_names(client, clock):
    client.cookies["django_language"] = "en"
    year = a_final_year(clock)
    bureau, school_class = year.officers[0], year.world.school_class
    assert "default, not policy" in page(client, bureau, "evaluation-columns")
    sent = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}
    for n, (place, title, field) in enumerate(
        [("2", "科普活动学分", "points"), ("1", "学生姓名", "name"), ("", "", "")]
    ):
        sent |= {f"form-{n}-place": place, f"form-{n}-title": title, f"form-{n}-field": field}
    send(client, bureau, "evaluation-columns", **sent)
    assert list(EvaluationColumn.objects.values_list("title", "field")) == [
        ("学生姓名", "name"),
        ("科普活动学分", "points"),
    ]
    assert "科普活动学分" in page(client, year.world.coordinator, "evaluation-page")
    people.login(client, year.world.coordinator)
    answer = client.post(
        reverse("credits:evaluation-export", args=[school_class.pk]), {"year": "2026", "format": "csv"}
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [["学生姓名", "科普活动学分"], ["陈小诺", "1.0"], ["李敏", "1.0"], ["王一二", "1.0"]]
    assert IdentityLook.objects.get().school_class_id == school_class.pk
    xlsx = client.post(reverse("credits:evaluation-export", args=[school_class.pk]), {"year": "2026"})
    assert xlsx.content[:2] == b"PK"


def test_export_and_printing_ask_for_a_fresh_code(client, year):
    people.login(client, year.lead)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp", "reauthenticated": True}]
    session.save()
    for name in ("evaluation-export", "certificate-print-class"):
        answer = client.post(reverse(f"credits:{name}", args=[year.world.school_class.pk]))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/code/")
    assert IdentityLook.objects.count() == 0


def test_school_finds_what_waits_on_its_home(client, year, clock):
    assert "wait to be published" not in people.login(client, year.lead).get("/").content.decode()
    clock.to(dt.datetime(2027, 1, 20, 9, tzinfo=make.SHANGHAI))
    assert "wait to be published" in people.login(client, year.lead).get("/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("publication-list", 10), ("publication-page", 13), ("dispute-list", 5), ("certificate-class", 16)],
)
def test_lists_take_the_same_number_of_queries(client, clock, django_assert_num_queries, name, queries, rows):
    year = a_year(clock, pupils=rows)
    publication = publish(year)
    for n in range(rows):
        a_dispute(year, n)
    args = {"publication-page": [publication.pk], "certificate-class": [year.world.school_class.pk]}
    people.login(client, year.lead)
    with django_assert_num_queries(queries):
        client.get(reverse(f"credits:{name}", args=args.get(name, [])))


def test_record_sheet_marks_what_is_published_and_final(client, clock):
    client.cookies["django_language"] = "en"
    year = a_final_year(clock)
    late = make.attended(year.world, "LEC", day=dt.date(2026, 11, 2))
    ledger.post(late)
    told = page(client, year.world.coordinator, "student-sheet", year.world.pupils[0].pk)
    assert ">Final<" in told
    assert ">Posted<" in told


def test_results_stand_beside_rolls_on_every_page(client, year):
    pupil, coordinator = year.world.pupils[0], year.world.coordinator
    result = make.took_part(year.world, pupils=[pupil])[0]
    ledger.post(result)
    unlisted = make.took_part(year.world, make.competition(year.world, stages=["senior"]), pupils=[pupil])[0]
    ledger.post(unlisted)
    publication = publish(year)
    entry = result.credit_entries.get()
    assert result.name in page(client, coordinator, "publication-page", publication.pk)
    assert "white-list competition" in page(client, coordinator, "entry-page", entry.pk)
    assert result.name in page(client, coordinator, "dispute-entry", entry.pk)
    assert "On no roll by name" in page(client, coordinator, "dispute-missing", publication.pk, pupil=pupil.pk)
    assert result.name in page(client, coordinator, "student-sheet", pupil.pk)
