"""Figures of counselors, hours, pay and training against an independent count in SQL, and against their own rows."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from activities import settlement, training
from activities.models import TrainingPlace
from partnerships.models import VicePrincipal
from people.roles import Role
from portal.lib import clock as house_clock
from portal.reports import rows, staffing
from portal.reports.catalogue import CATALOGUE, figures_for
from portal.reports.scope import Scope
from tests.factories import activities, partnerships, people
from tests.factories import hours as make
from tests.factories.counselors import a_counselor, an_appointment

pytestmark = pytest.mark.django_db
OURS = [figure.code for figure in (*staffing.COVERAGE_FIGURES, *staffing.FIGURES)]

DAYS = """(r.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= %(starts)s
      AND (r.starts_at AT TIME ZONE 'Asia/Shanghai')::date < %(ends)s"""
GIVEN = f"""
    FROM activities_servicerecord r JOIN activities_assignment a ON a.id = r.assignment_id
    WHERE r.state IN ('confirmed', 'settled') AND {DAYS}
      AND (%(district)s IS NULL OR r.district_id = %(district)s)
      AND (%(school)s IS NULL OR a.host_id = %(school)s) AND (%(venue)s IS NULL OR a.host_id = %(venue)s)
"""
TRAINED = f"""
    FROM activities_trainingplace r JOIN activities_session s ON s.id = r.session_id
    WHERE r.state = 'attended' AND {DAYS}
      AND (%(district)s IS NULL OR r.district_id = %(district)s)
      AND (%(school)s IS NULL OR r.school_id = %(school)s) AND (%(venue)s IS NULL OR s.provider_id = %(venue)s)
"""
COUNTED = {
    "counselor-schools": """
        SELECT count(DISTINCT p.school_id) FROM activities_appointment p
        JOIN partnerships_listing l ON l.organisation_id = p.counselor_id AND l.district_id = p.district_id
        WHERE p.state = 'accepted' AND l.state = 'listed' AND p.district_id = %(district)s AND p.school_year = 2026""",
    "vice-principal-schools": """
        SELECT count(DISTINCT v.school_id) FROM partnerships_viceprincipal v
        JOIN people_organisation o ON o.id = v.school_id
        WHERE o.district_id = %(district)s AND v.state <> 'candidate'
          AND v.starts_on <= %(as_of)s AND v.ends_on > %(as_of)s""",
    "paid-class-hours": f"SELECT round(coalesce(sum(r.paid_minutes), 0) / 40.0, 2) {GIVEN}",
    "volunteer-hours": f"SELECT round(coalesce(sum(r.volunteer_minutes), 0) / 60.0, 2) {GIVEN}",
    "subsidies": f"""
        SELECT coalesce(sum(i.amount), 0) FROM activities_settlementline i
        JOIN activities_settlement b ON b.id = i.settlement_id
        WHERE b.state IN ('approved', 'exported', 'locked') AND i.record_id IN (SELECT r.id {GIVEN})""",
    "training-sessions": f"SELECT count(DISTINCT s.id) {TRAINED}",
    "training-hours": f"SELECT coalesce(sum(r.hours), 0) {TRAINED}",
    "teachers-trained": f"SELECT count(DISTINCT r.user_id) {TRAINED}",
}


class Story:
    """Two schools of a district and one elsewhere; hours of each kind, a settlement with a correction, a training."""

    def __init__(self, walk):
        walk.to(dt.datetime(2026, 11, 18, 1, tzinfo=dt.UTC))
        self.district = partnerships.a_district()
        partnerships.a_term(self.district)
        self.places = [make.a_place(district=self.district, locality=word) for word in ("urban", "rural")]
        (self.school, self.lead), (self.other, _lead) = self.places
        self.venue = partnerships.a_venue(listed_in=[self.district])
        self.counselor = a_counselor(listed_in=[self.district])
        an_appointment(self.school, self.counselor, self.lead)
        partnerships.a_vice_principal(self.school, starts_on=dt.date(2026, 9, 1))
        partnerships.a_candidate(self.other)
        lessons = [make.a_given(place=self.places[n % 2], days_ago=20 - n, minutes=70 + n) for n in range(5)]
        self.elsewhere = make.a_given(days_ago=14)
        kinds = ("paid", "paid", "volunteer", "volunteer", "paid")
        for lesson, kind in zip([*lessons, self.elsewhere], [*kinds, "paid"], strict=True):
            last = make.confirmed(lesson, minutes=lesson.assignment.session.minutes, kind=kind)
        self.train(walk)
        make.ripe(walk, last)
        self.settle(lessons[0])

    def train(self, walk):
        teachers = [
            people.hat(Role.TEACHER, at=school.organisation) for school in (self.school, self.other, self.other)
        ]
        for n in range(2):
            session = activities.a_training(self.venue, starts_at=activities.local(dt.date(2026, 11, 19 + n), 14))
            for teacher in teachers:
                training.sign_up(session, by=people.actor(teacher), teachers=[teacher])
            walk.to(session.ends_at)
            staff = people.actor(people.hat(Role.VENUE_STAFF, at=self.venue.organisation))
            present = TrainingPlace.objects.filter(session=session).order_by("pk").values_list("pk", flat=True)[: 2 + n]
            training.attend(session, by=staff, present=list(present))

    def settle(self, lesson):
        make.rate(self.district, yuan="66.66")
        make.rate(self.district, yuan="80", locality="rural")
        first, second = make.officers(self.district)
        term = make.term_of(lesson)
        for minutes in (None, 10):
            batch = settlement.open_batch(term, by=first)
            if minutes:
                line = lesson.assignment.service.lines.get()
                settlement.correct(batch, line, by=first, minutes=minutes, reason="更正")
            settlement.submit(batch, by=first)
            settlement.approve(batch, by=second)
            settlement.export(batch, by=first)
            settlement.lock(batch, by=first)
        self.officer = first

    def scopes(self):
        dates = {"starts_on": dt.date(2026, 9, 1), "ends_on": dt.date(2027, 2, 1)}
        mine = {"district_id": self.district.pk}
        return [
            Scope(**dates, **mine),
            *(Scope(**dates, **mine, school_id=school.pk) for school in (self.school, self.other)),
            Scope(**dates, venue_id=self.venue.pk),
            Scope(dt.date(2026, 10, 30), dt.date(2026, 11, 2), **mine),
        ]


@pytest.fixture
def story(clock):
    return Story(clock)


def counted(sql, scope):
    values = {
        "starts": scope.starts_on, "ends": scope.ends_on, "as_of": scope.as_of, "school": scope.school_id,
        "venue": scope.venue_id, "district": scope.district_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Decimal(cursor.fetchone()[0])


def test_figures_equal_an_independent_count(story):
    seen = set()
    for scope in story.scopes():
        for figure in figures_for(scope.kind):
            if sql := COUNTED.get(figure.code):
                expected = counted(sql, scope)
                assert Decimal(figure.value(scope).number) == expected, (figure.code, scope)
                seen |= {figure.code} if expected else set()
    assert seen == set(COUNTED) == set(OURS)


def test_figures_open_the_rows_that_they_count(story):
    scope = story.scopes()[0]

    def opened(code):
        figure = CATALOGUE[code]
        return rows.of(figure.counted, figure.rows(scope), story.officer)

    assert sum(record.paid_minutes for record in opened("paid-class-hours")) == 70 + 71 + 74
    assert sum(record.volunteer_minutes for record in opened("volunteer-hours")) == 72 + 73
    assert sum(line.amount for line in opened("subsidies")) == CATALOGUE["subsidies"].value(scope).number
    assert sum(place.hours for place in opened("training-hours")) == CATALOGUE["training-hours"].value(scope).number
    assert len({place.user_id for place in opened("teachers-trained")}) == 3
    assert list(opened("counselor-schools")) == list(opened("vice-principal-schools")) == [story.school]
    assert opened("training-sessions").count() == 2


def test_a_denominator_is_all_schools(story):
    for code in ("counselor-schools", "vice-principal-schools"):
        value = CATALOGUE[code].value(story.scopes()[0])
        assert (value.number, value.denominator) == (1, 2)


def test_an_office_that_was_ended_counts_until_its_day(story):
    post = VicePrincipal.objects.get(school=story.school)
    VicePrincipal.objects.filter(pk=post.pk).update(state="ended", ends_on=house_clock.today())
    scope = story.scopes()[0]
    assert CATALOGUE["vice-principal-schools"].value(scope).number == 0
    before = Scope(dt.date(2026, 9, 1), house_clock.today(), district_id=story.district.pk)
    assert CATALOGUE["vice-principal-schools"].value(before).number == 1


@pytest.mark.parametrize("code", OURS)
def test_every_figure_opens_by_page(client, story, code):
    people.login(client, story.officer.membership)
    answer = client.get(reverse("portal:figure-rows", args=[code]), {"starts": "2026-09-01", "until": "2027-01-31"})
    assert answer.status_code == 200
    assert answer.context["rows"]


def test_sums_are_for_partner_and_inspector_and_amounts_by_person_are_not(client, story):
    inspector = people.hat(Role.INSPECTOR, at=partnerships.bureau_of(story.district))
    people.login(client, inspector)
    page = client.get(
        reverse("portal:figure-rows", args=["subsidies"]), {"starts": "2026-09-01", "until": "2027-01-31"}
    )
    assert page.context["line"].value.number > 0
    assert page.context["rows"] == []
