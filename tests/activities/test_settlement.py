"""Settlement: what is gathered, who approves, what is paid, and that nothing of it changes afterwards."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities import hours, pay_sheet, rates, settlement
from activities.models import ServiceRecord, Settlement, SettlementLine, SubsidyRate
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal.lib import clock as house_clock
from portal.lib.errors import Refused
from tests.breaking import change, copy, refused_as
from tests.factories import hours as make
from tests.factories import partnerships, people

pytestmark = pytest.mark.django_db
BATCH, LINE = "activities_settlement", "activities_settlementline"


def refused(act) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


@pytest.fixture
def lesson(clock):
    found = make.a_given()
    make.ripe(clock, make.confirmed(found))
    return found


@pytest.fixture
def officers(lesson):
    return make.officers(lesson.district)


@pytest.fixture
def batch(lesson, officers):
    make.rate(lesson.district)
    return settlement.open_batch(make.term_of(lesson), by=officers[0])


def locked(batch, officers):
    first, second = officers
    settlement.submit(batch, by=first)
    settlement.approve(batch, by=second)
    settlement.export(batch, by=first)
    return settlement.lock(batch, by=first)


def test_minutes_become_class_hours_times_the_rate(batch):
    line = batch.lines.get()
    assert (line.minutes, line.class_hours, line.rate, line.amount) == (
        80,
        Decimal("2.00"),
        Decimal("50.00"),
        Decimal("100.00"),
    )
    assert batch.title == f"BZ-{batch.term.school_year}-1-01"


def test_what_cannot_be_paid_is_listed_and_not_guessed(clock):
    district = partnerships.a_district()
    partnerships.a_term(district)
    urban, rural = (make.a_place(district=district, locality=word) for word in ("urban", "rural"))
    lessons = {
        "ready": make.a_given(place=urban, days_ago=9),
        "without_rate": make.a_given(place=rural, days_ago=8),
        "unanswered": make.a_given(place=urban, days_ago=7),
    }
    make.confirmed(lessons["ready"])
    record = make.confirmed(lessons["without_rate"])
    hours.claim(lessons["unanswered"].assignment, by=lessons["unanswered"].person, minutes=80, kind="paid")
    make.ripe(clock, record)
    late = make.a_given(place=urban, days_ago=1)
    make.confirmed(late)
    make.confirmed(make.a_given(place=urban, days_ago=2), kind="volunteer")
    make.rate(district)
    found = settlement.survey(district.pk, make.term_of(late))
    assert [record.assignment for record, _rate in found.ready] == [lessons["ready"].assignment]
    assert [record.assignment for record in found.without_rate] == [lessons["without_rate"].assignment]
    assert [record.assignment for record in found.unanswered] == [lessons["unanswered"].assignment]
    assert [record.assignment for record in found.still_open] == [late.assignment]


def test_the_rate_is_the_one_of_the_day(clock, lesson):
    day = lesson.assignment.day
    make.rate(lesson.district, yuan=50)
    rates.set_rate(
        lesson.district, by=SYSTEM, kind="scientist", locality="urban", starts_on=day, yuan=Decimal(60), reason="调整"
    )
    rates.set_rate(
        lesson.district, by=SYSTEM, kind="scientist", locality="urban", starts_on=day + dt.timedelta(days=1),
        yuan=Decimal(70), reason="调整",
    )  # fmt: skip
    table = rates.Table(lesson.district.pk)
    days = [day + dt.timedelta(days=n) for n in (-1, 0, 1)]
    assert [table.of("scientist", "urban", on) for on in days] == [Decimal(50), Decimal(60), Decimal(70)]
    assert table.of("scientist", "rural", day) is None
    assert SubsidyRate.objects.of("scientist", "urban", day).first().yuan == Decimal(60)


def test_a_later_rate_starts_tomorrow_so_that_no_hour_has_two(lesson, officers):
    today = house_clock.today()
    fields = {"kind": "scientist", "locality": "urban", "yuan": Decimal(50), "reason": "示例文件"}
    rates.set_rate(lesson.district, by=officers[0], starts_on=today - dt.timedelta(days=90), **fields)
    assert refused(lambda: rates.set_rate(lesson.district, by=officers[0], starts_on=today, **fields)) == (
        "subsidy_rate.starts"
    )
    rates.set_rate(lesson.district, by=officers[0], starts_on=today + dt.timedelta(days=1), **fields)
    assert refused(lambda: rates.set_rate(lesson.district, by=officers[0], starts_on=today, **fields | {"reason": ""}))
    with pytest.raises(PermissionDenied):
        rates.set_rate(lesson.district, by=lesson.host, starts_on=today, **fields)


def test_the_one_who_hands_in_does_not_approve(batch, officers):
    settlement.submit(batch, by=officers[0])
    assert refused(lambda: settlement.approve(batch, by=officers[0])) == "settlement_two_people"
    settlement.approve(Settlement.objects.get(pk=batch.pk), by=officers[1])
    assert Settlement.objects.get().confirmed_by == officers[1].user


def test_a_batch_goes_back_and_comes_again(batch, officers):
    settlement.submit(batch, by=officers[0])
    assert refused(lambda: settlement.gather(batch, by=officers[0])) == "changed"
    settlement.send_back(batch, by=officers[1], reason="请核对课时")
    assert (batch.state, batch.proposed_by) == ("gathering", None)
    assert settlement.gather(batch, by=officers[0]) == 0
    settlement.leave_out(batch.lines.get(), by=officers[0])
    assert refused(lambda: settlement.submit(batch, by=officers[0])) == "settlement.empty"
    assert settlement.gather(batch, by=officers[0]) == 1


def test_locking_settles_the_hours_for_good(batch, officers):
    locked(batch, officers)
    record = ServiceRecord.objects.get()
    assert (batch.state, record.state) == ("locked", "settled")
    assert settlement.survey(batch.district_id, batch.term).ready == []


def test_a_correction_is_a_line_of_the_next_batch(batch, officers):
    locked(batch, officers)
    paid = SettlementLine.objects.get()
    later = settlement.open_batch(batch.term, by=officers[0])
    assert (later.number, later.lines.count()) == (2, 0)
    line = settlement.correct(later, paid, by=officers[0], minutes=40, reason="签到时间有误")
    assert (line.minutes, line.amount, line.corrects) == (-40, Decimal("-50.00"), paid)
    locked(later, officers)
    third = settlement.open_batch(batch.term, by=officers[0])
    assert refused(lambda: settlement.correct(third, paid, by=officers[0], minutes=40, reason="再次")) == (
        "settlement.same"
    )
    line = settlement.correct(third, paid, by=officers[0], minutes=80, reason="恢复")
    assert line.minutes == 40
    assert refused(lambda: settlement.correct(third, line, by=officers[0], minutes=1, reason="更正")) == (
        "settlement.not_locked"
    )


def test_pay_sheet_has_its_columns_its_sum_and_the_same_bytes(batch, officers):
    first, second = officers
    assert refused(lambda: settlement.export(batch, by=first)) == "settlement.unapproved"
    settlement.submit(batch, by=first)
    settlement.approve(batch, by=second)
    content = settlement.export(batch, by=first)
    assert settlement.export(Settlement.objects.get(pk=batch.pk), by=first) == content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["劳务费发放表"]
    found = list(sheet.iter_rows(values_only=True))
    assert list(found[4]) == pay_sheet.HEADINGS
    counselor = ServiceRecord.objects.get().counselor
    assert found[5][:8] == (
        1,
        counselor.organisation.name_zh,
        counselor.employer,
        "科学家（院士）",
        "城区",
        2,
        50,
        100,
    ) or (found[5][1:3] == (counselor.organisation.name_zh, counselor.employer) and found[5][5:8] == (2, 50, 100))
    empty = [
        found[5][pay_sheet.HEADINGS.index(name)] for name in ("身份证件号码", "开户行及账号", "代扣个税（元）", "签名")
    ]
    assert [cell or "" for cell in empty] == [""] * 4
    assert (found[6][0], found[6][7]) == ("合计", 100)


@pytest.mark.notice("settlement.to_approve")
@pytest.mark.notice("settlement.returned")
@pytest.mark.notice("settlement.approved")
def test_each_step_tells_whoever_it_concerns(batch, lesson, officers):
    first, second = officers
    settlement.submit(batch, by=first)
    settlement.send_back(batch, by=second, reason="请核对")
    settlement.submit(batch, by=first)
    settlement.approve(batch, by=second)
    told = Notice.objects.filter(kind__startswith="settlement.").order_by("pk")
    others = {hat.user for hat in partnerships.bureau_of(lesson.district).memberships.all()} - {first.user}
    assert {notice.user for notice in told.filter(kind="settlement.to_approve")} == others
    assert [notice.user for notice in told.filter(kind="settlement.returned")] == [first.user]
    assert [notice.user for notice in told.filter(kind="settlement.approved")] == [lesson.person.user]


def test_amounts_are_seen_as_the_access_table_says(batch, lesson, officers):
    inspector = people.actor(people.hat(Role.INSPECTOR, at=partnerships.bureau_of(lesson.district)))
    teacher = people.actor(people.hat(Role.TEACHER, at=lesson.school.organisation))
    lines, batches = SettlementLine.objects.visible_to, Settlement.objects.visible_to
    assert [lines(who).count() for who in (officers[0], lesson.host, lesson.person)] == [1, 0, 0]
    settlement.submit(batch, by=officers[0])
    settlement.approve(batch, by=officers[1])
    assert [lines(who).count() for who in (officers[0], lesson.host, lesson.person)] == [1, 1, 1]
    assert [lines(who).count() for who in (inspector, teacher)] == [0, 0]
    assert [batches(who).count() for who in (officers[0], inspector, lesson.host, lesson.person)] == [1, 1, 0, 0]
    elsewhere = people.actor(people.hat(Role.BUREAU_OFFICER))
    assert [lines(elsewhere).count(), batches(elsewhere).count()] == [0, 0]


# --- sums -------------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    minutes=st.lists(st.integers(1, 720), min_size=1, max_size=10),
    fen=st.integers(1, 9_999_999),
    class_hour=st.integers(20, 90),
)
def test_python_and_the_database_reckon_the_same_amount(minutes, fen, class_hour):
    rate = Decimal(fen) / 100
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(round(m * %s::numeric / %s, 2)) FROM unnest(%s::int[]) m", [rate, class_hour, minutes]
        )
        total = cursor.fetchone()[0]
    assert sum(settlement.amount_of(n, rate, class_hour) for n in minutes) == total
    assert [settlement.amount_of(-n, rate, class_hour) for n in minutes] == [
        -settlement.amount_of(n, rate, class_hour) for n in minutes
    ]


def test_the_sum_of_a_batch_is_minutes_as_class_hours_times_rates(clock):
    district = partnerships.a_district()
    partnerships.a_term(district)
    place = make.a_place(district=district)
    given_ = [
        make.a_given(place=place, days_ago=20 - n, minutes=minutes) for n, minutes in enumerate((40, 45, 50, 80, 90))
    ]
    records = [make.confirmed(one, minutes=minutes) for one, minutes in zip(given_, (40, 45, 50, 80, 90), strict=True)]
    make.ripe(clock, records[-1])
    make.rate(district, yuan="83.33")
    officer = make.officers(district)[0]
    batch = settlement.open_batch(make.term_of(given_[0]), by=officer)
    expected = sum((Decimal(r.paid_minutes) / 40 * Decimal("83.33")).quantize(Decimal("0.01")) for r in records)
    found = Settlement.objects.with_sums().get(pk=batch.pk)
    assert (found.minutes, found.yuan) == (305, expected)


# --- guards -----------------------------------------------------------------------------------------------------------


@pytest.mark.guards("settlement_number_once")
@pytest.mark.guards("settlement_one_open")
@pytest.mark.guards("settlement_proposed_by")
@pytest.mark.guards("settlement_confirmed_by")
@pytest.mark.guards("settlement_two_people")
def test_a_settlement_is_refused(batch, officers):
    with refused_as("settlement_one_open"):
        copy(BATCH, batch.pk, number="9")
    with refused_as("settlement_proposed_by"):
        change(BATCH, batch.pk, "state = 'checking'")
    settlement.submit(batch, by=officers[0])
    with refused_as("settlement_confirmed_by"):
        change(BATCH, batch.pk, "state = 'approved'")
    with refused_as("settlement_two_people"):
        change(BATCH, batch.pk, "state = 'approved', confirmed_at = now(), confirmed_by_id = proposed_by_id")
    settlement.approve(batch, by=officers[1])
    with refused_as("settlement_number_once"):
        copy(BATCH, batch.pk)


@pytest.mark.guards("settlement_record_once")
@pytest.mark.guards("settlement_line_of_record")
@pytest.mark.guards("settlement_line_amount")
@pytest.mark.guards("settlement_line_sign")
@pytest.mark.guards("settlement_lines_frozen")
def test_a_line_is_refused(batch, officers):
    line = batch.lines.get()
    with refused_as("settlement_record_once"):
        copy(LINE, line.pk)
    with refused_as("settlement_line_of_record"):
        copy(LINE, line.pk, minutes="81")
    with refused_as("settlement_line_amount"):
        copy(LINE, line.pk, amount="amount + 1")
    with refused_as("settlement_lines_frozen"):
        change(LINE, line.pk, "reason = 'x'")
    settlement.submit(batch, by=officers[0])
    for attack in (lambda: copy(LINE, line.pk), lambda: _sql(f"DELETE FROM {LINE}"), lambda: _sql(f"TRUNCATE {LINE}")):
        with refused_as("settlement_lines_frozen"):
            attack()
    settlement.approve(batch, by=officers[1])
    settlement.export(batch, by=officers[0])
    settlement.lock(batch, by=officers[0])
    later = settlement.open_batch(batch.term, by=officers[0])
    settlement.correct(later, line, by=officers[0], minutes=40, reason="更正")
    with refused_as("settlement_line_sign"):
        copy(LINE, later.lines.get().pk, minutes="0", amount="0")


@pytest.mark.guards("settlement_correction_once")
@pytest.mark.guards("settlement_locked")
@pytest.mark.guards("service_settled_is_final")
def test_what_is_locked_stays(batch, officers):
    locked(batch, officers)
    line, record = batch.lines.get(), ServiceRecord.objects.get()
    with refused_as("settlement_locked"):
        change(BATCH, batch.pk, "pay_sheet_sha256 = 'x'")
    with refused_as("settlement_locked"):
        _sql(f"UPDATE {LINE} SET settlement_id = settlement_id WHERE false; DELETE FROM {BATCH}")
    with refused_as("service_settled_is_final"):
        change("activities_servicerecord", record.pk, "reason = 'x'")
    later = settlement.open_batch(batch.term, by=officers[0])
    made = settlement.correct(later, line, by=officers[0], minutes=40, reason="更正")
    with refused_as("settlement_correction_once"):
        copy(LINE, made.pk)


@pytest.mark.guards("subsidy_rate_once")
@pytest.mark.guards("subsidy_rate_above_zero")
@pytest.mark.guards("activities_subsidyrate_append_only")
def test_a_rate_is_refused(lesson):
    rate = make.rate(lesson.district)
    with refused_as("subsidy_rate_once"):
        copy("activities_subsidyrate", rate.pk)
    with refused_as("subsidy_rate_above_zero"):
        copy("activities_subsidyrate", rate.pk, yuan="0", starts_on="starts_on + 1")
    with refused_as("activities_subsidyrate_append_only"):
        change("activities_subsidyrate", rate.pk, "yuan = 51")


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
