"""Every figure against an independent count in SQL, on the whole demo; and every figure against its own rows."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction

from activities.models import Session
from activities.rule_codes import CODES
from partnerships.models import Commitment, School, Term, Venue
from people.actors import Person
from people.models import Membership, Organisation, ThresholdValue
from portal.demo import seed
from portal.lib import clock
from portal.reports import breakdown, rows
from portal.reports.catalogue import CATALOGUE, figures_for
from portal.reports.figure import Value
from portal.reports.scope import Scope
from tests.factories.rules import an_exemption
from tests.keeping import kept_demo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
EVENING = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)

# Groups that came: what all counts of activity rest on.
CAME = """
    FROM activities_booking b
    JOIN activities_session s ON s.id = b.session_id
    WHERE b.state = 'attended'
      AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= %(starts)s
      AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date < %(ends)s
      AND (%(school)s IS NULL OR b.school_id = %(school)s)
      AND (%(venue)s IS NULL OR s.provider_id = %(venue)s)
      AND (%(district)s IS NULL OR b.district_id = %(district)s)
"""
THERE = "('present', 'late', 'left_early')"
ROLL = f"SELECT r.*, s.price_kind, s.list_price, s.paid_price FROM activities_rollentry r JOIN (SELECT b.id AS bid {CAME}) came ON came.bid = r.booking_id JOIN activities_session s ON s.id = r.session_id WHERE r.mark IN {THERE}"  # noqa: E501
RESULTS = """
    SELECT x.* FROM credits_result x WHERE x.state = 'confirmed'
      AND x.happened_on >= %(starts)s AND x.happened_on < %(ends)s AND %(venue)s IS NULL
      AND (%(school)s IS NULL OR x.school_id = %(school)s) AND (%(district)s IS NULL OR x.district_id = %(district)s)
"""
STANDING = f"""
    SELECT e.*, w.category FROM credits_entry e JOIN credits_creditrule w ON w.id = e.rule_id
      LEFT JOIN ({ROLL}) r ON r.id = e.roll_entry_id LEFT JOIN ({RESULTS}) x ON x.id = e.result_id
    WHERE (r.id IS NOT NULL OR x.id IS NOT NULL)
      AND e.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM credits_entry x WHERE x.reverses_id = e.id)
"""
# As the crow flies, by another formula than the portal's: the spherical law of cosines.
KILOMETRES = f"""
    SELECT 6371 * acos(least(1, sin(radians(a.latitude)) * sin(radians(v.latitude))
        + cos(radians(a.latitude)) * cos(radians(v.latitude)) * cos(radians(v.longitude - a.longitude)))) AS km
    FROM activities_booking b2 JOIN (SELECT b.id AS bid {CAME}) c ON c.bid = b2.id
    JOIN activities_session s2 ON s2.id = b2.session_id JOIN activities_programme p ON p.id = s2.programme_id
    JOIN partnerships_school a ON a.organisation_id = b2.school_id
    JOIN partnerships_venue v ON v.organisation_id = s2.place_id
    WHERE p.direction = 'go_out' AND a.latitude IS NOT NULL AND v.latitude IS NOT NULL
"""
COUNTED = {
    "sessions": f"SELECT count(DISTINCT s.id) {CAME}",
    "after-school-dates": f"SELECT count(DISTINCT s.id) {CAME} AND s.school_id IS NOT NULL",
    "visits-by-roster": f"SELECT count(*) FROM ({ROLL}) r",
    "visits-by-heads": f"SELECT coalesce(sum(b.attended), 0) {CAME}",
    "visits": f"SELECT (SELECT count(*) FROM ({ROLL}) r) + (SELECT coalesce(sum(b.attended), 0) {CAME})",
    "pupils": f"SELECT count(DISTINCT r.student_id) FROM ({ROLL}) r",
    "roster-share": f"SELECT count(*) FROM ({ROLL}) r",
    "benefit-places": f"""
        SELECT (SELECT count(*) FROM ({ROLL}) r WHERE r.price_kind <> 'paid')
             + (SELECT coalesce(sum(b.attended), 0) {CAME} AND s.price_kind <> 'paid')""",
    "yuan-saved": f"""
        SELECT (SELECT coalesce(sum(r.list_price - r.paid_price), 0) FROM ({ROLL}) r)
             + (SELECT coalesce(sum((s.list_price - s.paid_price) * b.attended), 0) {CAME})""",
    "credit-points": f"SELECT coalesce(sum(e.points), 0)::numeric / 1000 FROM ({STANDING}) e",
    "pupils-with-credits": f"SELECT count(DISTINCT e.account_id) FROM ({STANDING}) e",
    "rural-visits": f"""
        SELECT (SELECT count(*) FROM ({ROLL}) r JOIN activities_booking b ON b.id = r.booking_id
                  JOIN partnerships_school sc ON sc.organisation_id = b.school_id WHERE sc.locality = 'rural')
             + (SELECT coalesce(sum(b.attended), 0) {CAME}
                   AND b.school_id IN (SELECT organisation_id FROM partnerships_school WHERE locality = 'rural'))""",
    "underserved-visits": f"""
        SELECT (SELECT count(*) FROM ({ROLL}) r JOIN activities_booking b ON b.id = r.booking_id
                  JOIN partnerships_school sc ON sc.organisation_id = b.school_id WHERE sc.is_underserved)
             + (SELECT coalesce(sum(b.attended), 0) {CAME}
                   AND b.school_id IN (SELECT organisation_id FROM partnerships_school WHERE is_underserved))""",
    **{
        code: f"SELECT count(*) {CAME} AND s.school_id IS NULL".replace("b.state = 'attended'", f"b.state = '{state}'")
        for code, state in (
            ("no-shows", "no_show"),
            ("late-cancellations", "cancelled_late"),
            ("venue-cancellations", "cancelled_by_venue"),
        )
    },
    **{
        code: f"SELECT count(*) FROM activities_feedback f JOIN (SELECT b.id AS bid {CAME}) c ON c.bid = f.booking_id"
        f" WHERE f.side = '{side}' AND f.score >= 4"
        for code, side in (("satisfied-schools", "school"), ("satisfied-hosts", "host"))
    },
    "mean-distance": f"SELECT coalesce(round(avg(1.4 * km)::numeric, 2), 0) FROM ({KILOMETRES}) ways",
} | {
    f"credit-points-{category.replace('_', '-')}": f"""
        SELECT coalesce(sum(e.points), 0)::numeric / 1000 FROM ({STANDING}) e WHERE e.category = '{category}'"""
    for category in ("experiment", "club", "festival", "into_school", "project", "competition")
}
PROMISED = f"SELECT count(*) {CAME} AND s.school_id IS NULL".replace(
    "b.state = 'attended'", "b.state IN ('attended', 'no_show', 'cancelled', 'cancelled_late', 'cancelled_by_venue')"
)
VISITS = COUNTED["visits"]
DIVIDED = {
    "rural-visits": VISITS,
    "underserved-visits": VISITS,
    "benefit-places": VISITS,
    "roster-share": VISITS,
    "pupils-with-credits": COUNTED["pupils"],
    **dict.fromkeys(("no-shows", "late-cancellations", "venue-cancellations"), PROMISED),
}


# Exceptions from rules by the day of their session; a venue counts those from its own rules.
ASKED = """
    FROM activities_exemption x JOIN activities_session s ON s.id = x.session_id
    WHERE (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= %(starts)s
      AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date < %(ends)s
      AND (%(school)s IS NULL OR x.school_id = %(school)s) AND (%(venue)s IS NULL OR x.owner_id = %(venue)s)
      AND (%(district)s IS NULL OR x.district_id = %(district)s)
"""
# Family nights that venues announce: of the venue, or of those listed in the district; no school has a part in them.
COUNTED["announced-visitors"] = """
    SELECT coalesce(sum(s.visitors), 0) FROM activities_session s
    WHERE s.channel <> '' AND s.state = 'open' AND s.audience = 'families' AND %(school)s IS NULL
      AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= %(starts)s
      AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date < %(ends)s
      AND (%(venue)s IS NULL OR s.provider_id = %(venue)s)
      AND (%(district)s IS NULL OR EXISTS (SELECT FROM partnerships_listing l WHERE l.organisation_id = s.provider_id
                                            AND l.district_id = %(district)s AND l.state = 'listed'))
"""
GRANTED = f"SELECT count(*) {ASKED} AND x.state IN ('granted', 'revoked')"
DECIDED = f"SELECT count(*) {ASKED} AND x.state IN ('granted', 'revoked', 'refused')"
COUNTED["exceptions-granted"] = GRANTED
DIVIDED["exceptions-granted"] = DECIDED
# Pupils who gave their places back, of those for whom places had been agreed.
OF_BACK = PROMISED.replace("count(*)", "coalesce(sum(coalesce(b.agreed, b.pupils) + b.returned), 0)")
BACK = {
    "heads-returned": PROMISED.replace("count(*)", "coalesce(sum(b.returned - b.returned_late), 0)"),
    "heads-returned-late": PROMISED.replace("count(*)", "coalesce(sum(b.returned_late), 0)"),
}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, planted once for all checks of this file (they only read) and taken back after them."""
    with kept_demo(django_db_blocker), clock.at(EVENING):
        seed.plant()
        yield


def scopes() -> list[Scope]:
    """The district of the demo, two of its schools and a venue, over the running term; and one odd week."""
    term = Term.objects.get(district__code="guangming", school_year=2026)
    dates = {"starts_on": term.starts_on, "ends_on": term.ends_on}
    district = {"district_id": term.district_id}
    schools = School.objects.filter(organisation__name_zh__in=["楼村小学", "示例乡中心小学"])
    venue = Venue.objects.get(organisation__name_zh="时尚生态谷")
    before = Term.objects.filter(district=term.district_id, starts_on__lt=term.starts_on).latest("starts_on")
    week = {"starts_on": dt.date(2026, 10, 19), "ends_on": dt.date(2026, 10, 26)}
    return [
        Scope(**dates, **district),
        *(Scope(**dates, **district, school_id=school.pk) for school in schools),
        Scope(**dates, venue_id=venue.pk),
        Scope(**week, **district),
        Scope(before.starts_on, before.ends_on, **district),  # a term whose clubs are counted
    ]


def counted(sql: str, scope: Scope) -> Decimal:
    values = {
        "starts": scope.starts_on,
        "ends": scope.ends_on,
        "school": scope.school_id,
        "venue": scope.venue_id,
        "district": scope.district_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Decimal(cursor.fetchone()[0])


def test_figures_equal_an_independent_count():
    seen_something = set()
    for scope in scopes():
        for figure in figures_for(scope.kind):
            if sql := COUNTED.get(figure.code):
                expected = counted(sql, scope)
                assert Decimal(figure.value(scope).number or 0) == expected, (figure.code, scope)
                if expected:
                    seen_something.add(figure.code)
    assert seen_something == set(COUNTED) - {"credit-points-festival"}  # the demo has no festival


def test_shares_are_divided_by_an_independent_count():
    for scope in scopes():
        for figure in figures_for(scope.kind):
            if sql := DIVIDED.get(figure.code):
                assert figure.value(scope).denominator == counted(sql, scope), (figure.code, scope)


def test_shares_of_pupils_and_targets_equal_an_independent_count():
    """What rests on class lists, positions and the school year: on the demo, with some facts changed by hand."""
    district = scopes()[0]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE partnerships_school SET locality = 'rural', is_underserved = TRUE,
                          latitude = 22.75, longitude = 113.93
                    WHERE organisation_id IN (SELECT id FROM people_organisation WHERE name_zh = '楼村小学')"""
            )
            cursor.execute("UPDATE partnerships_venue SET latitude = 22.78, longitude = 113.95")
            cursor.execute(
                """SELECT count(*) FILTER (WHERE s.locality = 'rural'), count(*) FILTER (WHERE s.is_underserved), count(*)
                   FROM partnerships_enrolment e JOIN partnerships_schoolclass c ON c.id = e.school_class_id
                   JOIN partnerships_school s ON s.organisation_id = c.school_id
                   JOIN people_organisation o ON o.id = s.organisation_id
                   WHERE o.district_id = %s AND e.starts_on <= '2026-11-22' AND coalesce(e.ends_on > '2026-11-22', TRUE)""",
                [district.district_id],
            )
            rural, underserved, everybody = cursor.fetchone()
            cursor.execute(
                """SELECT count(*) FROM (
                     SELECT e.account_id FROM credits_entry e JOIN partnerships_term t ON t.id = e.concerns_term_id
                       JOIN credits_creditrule r ON r.id = e.rule_id
                      WHERE e.district_id = %s AND t.school_year = 2026 AND e.reverses_id IS NULL
                        AND NOT EXISTS (SELECT 1 FROM credits_entry x WHERE x.reverses_id = e.id)
                      GROUP BY e.account_id HAVING sum(e.points) >= 2000 AND count(DISTINCT r.code) >= 1) reached""",
                [district.district_id],
            )
            reached = cursor.fetchone()[0]
            term = {"starts": district.starts_on, "ends": district.ends_on, "school": None, "venue": None}
            cursor.execute(
                f"SELECT count(*), count(*) FILTER (WHERE km <= 3) FROM ({KILOMETRES}) ways",
                term | {"district": district.district_id},
            )
            went_out, near = cursor.fetchone()
        for code, value in (("credits.year_target", 2), ("credits.year_categories", 1), ("report_nearby_km", 3)):
            ThresholdValue.objects.create(
                district_id=district.district_id, code=code, value=value, starts_on=district.starts_on, reason="x",
                set_at=clock.now(),
            )  # fmt: skip
        scope = Scope(district.starts_on, district.ends_on, district_id=district.district_id)
        assert rural > 0
        assert CATALOGUE["rural-pupils"].value(scope) == Value(rural, everybody)
        assert CATALOGUE["underserved-pupils"].value(scope) == Value(underserved, everybody)
        assert reached > 0
        assert CATALOGUE["pupils-at-target"].value(scope).number == reached
        target = CATALOGUE["pupils-at-target"].rows(scope)
        assert target.values("account").distinct().count() == reached
        assert 0 < near < went_out
        assert CATALOGUE["nearby-groups"].value(scope) == Value(near, went_out)
        assert CATALOGUE["nearby-groups"].rows(scope).count() == near
        transaction.set_rollback(True)


def test_places_given_back_equal_an_independent_count():
    """The demo's groups all come whole: some give places back by hand, in time and late."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("""UPDATE activities_booking SET returned = 4 + id % 3, returned_late = id % 3, agreed = pupils
                               WHERE id % 2 = 0""")
        for scope in scopes():
            for code, sql in BACK.items():
                value, behind = CATALOGUE[code].value(scope), CATALOGUE[code].rows(scope)
                assert value == Value(int(counted(sql, scope)), int(counted(OF_BACK, scope))), (code, scope)
                back = sum(row.returned_late if "late" in code else row.returned - row.returned_late for row in behind)
                assert back == value.number
        assert CATALOGUE["heads-returned-late"].value(scopes()[0]).number > 0
        transaction.set_rollback(True)


def test_exceptions_by_rule_equal_an_independent_count():
    """Of three rules one exception was granted, one granted and revoked, one refused; and so on through all rules."""
    officer, lead = Membership.objects.get(user__username="bureau"), Membership.objects.get(user__username="venue-lead")
    codes = [code for code, rule in CODES.items() if rule.granted_by]
    with transaction.atomic():
        school = School.objects.get(organisation__name_zh="楼村小学")
        session = Session.objects.filter(provider=lead.organisation, starts_at__gte=clock.moment(dt.date(2026, 10, 1)))[
            0
        ]
        for n, code in enumerate(codes):
            owner = lead if CODES[code].granted_by == "venue" else officer
            an_exemption(session, school, code, granted=owner, state=("granted", "revoked", "refused")[n % 3])
        seen = set()
        for scope in scopes():
            for code in codes:
                figure = CATALOGUE[f"exceptions-{code.replace('.', '-').replace('_', '-')}"]
                sqls = (sql.replace("WHERE", f"WHERE x.code = '{code}' AND", 1) for sql in (GRANTED, DECIDED))
                value = figure.value(scope)
                assert value == Value(*(int(counted(sql, scope)) for sql in sqls)), (code, scope)
                assert figure.rows(scope).count() == value.number
                if scope.kind in figure.scopes:
                    seen.add((scope.kind, CODES[code].granted_by, value.number, value.denominator))
        assert {("school", "venue", 1, 1), ("school", "bureau", 1, 1), ("school", "venue", 0, 1)} <= seen
        assert ("venue", "venue", 1, 1) in seen
        transaction.set_rollback(True)


def test_figures_open_as_many_rows_as_they_count():
    """Figures that count rows one by one open exactly these."""
    one_by_one = {"sessions", "after-school-dates", "visits-by-roster", "paired-schools"}
    officer = Membership.objects.get(user__username="bureau")
    actor = Person(officer.user, officer)
    for scope in scopes():
        if scope.kind == "venue":
            continue
        for figure in figures_for(scope.kind):
            found = rows.of(figure.counted, figure.rows(scope), actor)
            if figure.code in one_by_one:
                assert found.count() == figure.value(scope).number, (figure.code, scope)
            elif figure.code == "pupils-with-credits":
                assert found.values("account").distinct().count() == figure.value(scope).number
            elif figure.code in ("rural-visits", "underserved-visits", "visits", "benefit-places"):
                assert sum(row.came for row in found) == figure.value(scope).number, (figure.code, scope)
            elif figure.code in ("no-shows", "late-cancellations", "venue-cancellations", "nearby-groups"):
                assert found.count() == figure.value(scope).number, (figure.code, scope)
            elif figure.counted == "commitment":
                assert sum(row.delivered for row in found) == figure.value(scope).number


def test_paired_schools_are_those_with_a_signed_agreement_in_force():
    district = scopes()[0]
    value = CATALOGUE["paired-schools"].value(district)
    assert (value.number, value.denominator) == (5, 14)
    before = Scope(dt.date(2025, 1, 1), dt.date(2025, 2, 1), district_id=district.district_id)
    assert CATALOGUE["paired-schools"].value(before).number == 0


def test_weekly_science_counts_teaching_weeks_with_a_date_held():
    loucun = next(scope for scope in scopes() if scope.kind == "school")
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(DISTINCT date_trunc('week', s.starts_at AT TIME ZONE 'Asia/Shanghai')) """
            + CAME
            + " AND s.school_id IS NOT NULL",
            {
                "starts": loucun.starts_on, "ends": loucun.ends_on, "school": loucun.school_id,
                "venue": None, "district": None,
            },
        )  # fmt: skip
        weeks = cursor.fetchone()[0]
    value = CATALOGUE["weekly-science"].value(loucun)
    assert (value.number, value.denominator) == (weeks, 12)


def test_grades_add_up_to_the_visits_by_roster():
    for scope in scopes():
        assert sum(row.visits for row in breakdown.by_grade(scope)) == scope.on_roll
        assert sum(number for _week, number in breakdown.by_week(scope)) == scope.on_roll + scope.heads
        assert sum(number for _form, number in breakdown.by_form(scope)) == scope.sessions.count()


def test_promises_are_summed_by_kind_and_never_across_kinds():
    district = scopes()[0]
    for kind in Commitment.Kind:
        figure = CATALOGUE[f"commitment-{kind.value.replace('_', '-')}"]
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT coalesce(sum(c.delivered), 0), coalesce(sum(c.promised), 0) FROM partnerships_commitment c
                   JOIN partnerships_term t ON t.id = c.term_id
                   JOIN partnerships_agreement a ON a.id = c.agreement_id
                   WHERE a.filed_at IS NOT NULL AND c.kind = %s AND t.school_year = 2026 AND t.district_id = %s""",
                [kind.value, district.district_id],
            )
            assert (figure.value(district).number, figure.value(district).denominator) == cursor.fetchone()


@pytest.mark.parametrize("username", ["coordinator", "venue-lead", "bureau"])
def test_reader_sees_rows_of_the_own_hat_only(client, username):
    from tests.factories import people

    hat = Membership.objects.get(user__username=username)
    stranger = Organisation.objects.get(name_zh="大立实验小学")
    people.login(client, hat)
    page = client.get("/reports/figures/visits/", {"school": stranger.pk})
    assert page.status_code == 200
    assert stranger.name_zh not in page.content.decode()
