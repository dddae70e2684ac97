"""Pages of hours, rates and settlements: each role finds its own, and the way from a session to the pay sheet."""

import datetime as dt

import pytest
from django.urls import reverse

from activities import certificate, hours, settlement
from activities.models import ServiceRecord, Settlement, SettlementLine, SubsidyRate
from people.roles import Role
from portal.lib import clock as house_clock
from tests.factories import hours as make
from tests.factories import partnerships, people
from tests.factories.counselors import hat_of

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"activities:{name}", args=args)


@pytest.fixture
def lesson(clock):
    return make.a_given()


def signed_in(client, hat):
    people.login(client, hat)
    return client


def test_hours_go_from_claim_to_answer_by_page(client, lesson):
    person = hat_of(lesson.counselor)
    signed_in(client, person)
    enter = url("hours-enter", lesson.assignment.pk)
    assert client.get(url("hours-list")).context["waiting"][0] == lesson.assignment
    assert client.get(enter).context["form"].initial["minutes"] == 80
    assert client.post(enter, {"minutes": 0, "kind": "paid"}).context["form"].errors
    answer = client.post(enter, {"minutes": 90, "kind": "paid"})
    record = ServiceRecord.objects.get()
    assert answer.url == url("hours-page", record.pk)

    signed_in(client, lesson.lead)
    assert client.get("/").context["waiting"].count == 1
    assert client.get(enter).context["form"].initial == {"minutes": 90, "kind": "paid"}
    client.post(enter, {"minutes": 80, "kind": "paid"})

    signed_in(client, person)
    assert client.get(url("hours-page", record.pk)).context["moves"] == ["object"]
    client.post(url("hours-object", record.pk), {"reason": "讲了两课时多"})
    assert client.post(url("hours-answer", record.pk), {}).status_code == 403

    signed_in(client, lesson.lead)
    assert client.get(url("hours-answer", record.pk)).status_code == 200
    client.post(url("hours-answer", record.pk), {"minutes": 90, "kind": "paid", "reason": "核对后更正"})
    record.refresh_from_db()
    assert (record.state, record.paid_minutes) == ("confirmed", 90)


def test_a_claim_is_turned_down_by_page(client, lesson):
    record = hours.claim(lesson.assignment, by=lesson.person, minutes=80, kind="paid")
    signed_in(client, lesson.lead)
    assert client.get(url("hours-turn_down", record.pk)).status_code == 200
    client.post(url("hours-turn_down", record.pk), {"reason": "未到校"})
    record.refresh_from_db()
    assert record.state == "turned_down"


def test_objecting_is_not_offered_when_its_days_are_over(client, lesson, clock):
    record = make.ripe(clock, make.confirmed(lesson))
    signed_in(client, hat_of(lesson.counselor))
    assert client.get(url("hours-page", record.pk)).context["moves"] == []
    late = client.post(url("hours-object", record.pk), {"reason": "太晚"})
    assert late.context["form"].non_field_errors()


def test_the_bureau_enters_a_rate_and_settles_with_a_second_person(client, lesson, clock):
    make.ripe(clock, make.confirmed(lesson))
    first, second = (actor.membership for actor in make.officers(lesson.district))
    signed_in(client, first)
    rate = {
        "kind": "scientist", "locality": "urban", "starts_on": "2026-09-01", "yuan": "60", "reason": "示例文件",
    }  # fmt: skip
    client.post(url("rate-list"), rate)
    assert SubsidyRate.objects.get().yuan == 60
    assert client.post(url("rate-list"), rate).context["form"].errors
    answer = client.post(url("settlement-open"), {"term": make.term_of(lesson).pk})
    batch = Settlement.objects.get()
    page = url("settlement-page", batch.pk)
    assert answer.url == page
    assert [line.amount for line in client.get(page).context["lines"]] == [120]
    client.post(url("settlement-submit", batch.pk))
    assert "approve" not in client.get(page).context["moves"]
    client.post(url("settlement-approve", batch.pk))
    batch.refresh_from_db()
    assert batch.state == "checking"

    signed_in(client, second)
    assert client.get("/").context["waiting"].count == 1
    client.post(url("settlement-return", batch.pk), {"reason": "请核对"})
    signed_in(client, first)
    client.post(url("settlement-gather", batch.pk))
    client.post(url("settlement-submit", batch.pk))
    signed_in(client, second)
    client.post(url("settlement-approve", batch.pk))
    sheet = client.post(url("settlement-export", batch.pk))
    assert sheet["Content-Disposition"] == f'attachment; filename="{batch.title}.xlsx"'
    client.post(url("settlement-lock", batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.proposed_by, batch.confirmed_by) == ("locked", first.user, second.user)

    line = SettlementLine.objects.get()
    correct = url("settlement-correct", line.pk)
    nowhere = client.post(correct, {"minutes": 40, "reason": "多计一课时"})
    assert nowhere.context["form"].non_field_errors()
    client.post(url("settlement-open"), {"term": batch.term_id})
    assert client.get(correct).status_code == 200
    client.post(correct, {"minutes": 40, "reason": "多计一课时"})
    counter = SettlementLine.objects.get(corrects=line)
    assert counter.amount == -60
    client.post(url("settlement-leave_out", counter.pk))
    assert not SettlementLine.objects.filter(corrects=line).exists()


def test_everybody_reads_the_amounts_that_are_theirs(client, lesson, clock):
    make.ripe(clock, make.confirmed(lesson))
    make.rate(lesson.district)
    first, second = make.officers(lesson.district)
    batch = settlement.open_batch(make.term_of(lesson), by=first)
    settlement.submit(batch, by=first)
    settlement.approve(batch, by=second)
    yuan = "100 元"
    inspector = people.hat(Role.INSPECTOR, at=partnerships.bureau_of(lesson.district))
    coordinator = people.hat(Role.COORDINATOR, at=lesson.school.organisation)
    page = url("settlement-page", batch.pk)
    name = lesson.counselor.organisation.name_zh
    client.cookies["django_language"] = "zh-hans"
    seen = {
        role: yuan in signed_in(client, hat).get(url("hours-list")).content.decode()
        for role, hat in {
            "counselor": hat_of(lesson.counselor),
            "coordinator": coordinator,
            "bureau": first.membership,
            "inspector": inspector,
        }.items()
    }
    assert seen == {"counselor": True, "coordinator": True, "bureau": True, "inspector": False}
    sums = signed_in(client, inspector).get(page).content.decode()
    assert yuan in sums
    assert name not in sums
    assert signed_in(client, coordinator).get(page).status_code == 403
    stranger = people.hat(Role.BUREAU_OFFICER)
    assert signed_in(client, stranger).get(page).status_code == 404


def test_a_host_elsewhere_and_a_teacher_see_nothing(client, lesson):
    record = make.confirmed(lesson)
    signed_in(client, people.hat(Role.SCHOOL_LEAD))
    assert client.get(url("hours-page", record.pk)).status_code == 404
    assert client.get(url("hours-enter", lesson.assignment.pk)).status_code == 404
    signed_in(client, people.hat(Role.TEACHER, at=lesson.school.organisation))
    assert client.get(url("hours-list")).status_code == 403


def test_certificate_tells_the_hours_of_one_district(client, lesson):
    make.confirmed(lesson, minutes=90, kind="volunteer")
    bureau = partnerships.bureau_of(lesson.district)
    signed_in(client, hat_of(lesson.counselor))
    pdf = client.get(url("hours-certificate"), {"bureau": bureau.pk})
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    data = certificate.data(lesson.counselor, bureau)
    assert [value for _name, value in data["facts"]] == ["1", "1.5", data["facts"][2][1], "0"]
    assert data["rows"][0][1:] == ["1", "1.5", "0"]
    for wrong in ("", "0", str(partnerships.bureau_of(partnerships.a_district()).pk)):
        assert client.get(url("hours-certificate"), {"bureau": wrong}).status_code == 404


@pytest.mark.parametrize("name", ["hours-list", "rate-list", "settlement-list"])
def test_lists_ask_as_often_for_three_as_for_one(client, clock, name, django_assert_max_num_queries):
    district = partnerships.a_district()
    partnerships.a_term(district)
    place = make.a_place(district=district)
    officer = make.officers(district)[0]

    def one_more(n):
        make.confirmed(make.a_given(place=place, days_ago=20 - n))
        make.rate(district, kind=("scientist", "engineer", "social")[n])

    one_more(0)
    signed_in(client, officer.membership)
    client.get(url(name))
    with django_assert_max_num_queries(20) as first:
        client.get(url(name))
    for n in (1, 2):
        one_more(n)
    with django_assert_max_num_queries(len(first)):
        client.get(url(name))


def test_survey_is_shown_while_gathering(client, lesson, clock):
    record = make.confirmed(lesson)
    officer = make.officers(lesson.district)[0]
    batch = settlement.open_batch(make.term_of(lesson), by=officer)
    signed_in(client, officer.membership)
    left = client.get(url("settlement-page", batch.pk)).context["left"]
    assert (left.still_open, left.without_rate) == ([record], [])
    make.ripe(clock, record)
    signed_in(client, officer.membership)
    left = client.get(url("settlement-page", batch.pk)).context["left"]
    assert (left.still_open, left.without_rate) == ([], [record])
    assert house_clock.today() - record.object_until == dt.timedelta(days=1)
