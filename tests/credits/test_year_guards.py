"""Raw SQL against the year's end: each attack is refused by the database, under its own name."""

import datetime as dt

import pytest
from django.db import connection

from credits import certificates, disputes, ledger, publications
from credits.models import Certificate, EvaluationColumn
from people import thresholds
from people.actors import SYSTEM
from tests.breaking import change, copy, refused_as
from tests.factories import credits as make
from tests.factories.people import actor
from tests.factories.year import a_dispute, a_final_year, a_year, earn, finish, publish

pytestmark = pytest.mark.django_db
PUBLICATION, DISPUTE, CERTIFICATE = "credits_publication", "credits_dispute", "credits_certificate"


@pytest.fixture
def year(clock):
    return a_year(clock)


@pytest.fixture
def open_one(year):
    return publish(year)


def a_certificate(clock) -> Certificate:
    year = a_final_year(clock)
    thresholds.set_value(
        year.world.district, "credits.certificate_first", 5, by=SYSTEM, starts_on=make.FIRST_DAY, reason="试点"
    )
    return certificates.issue_due(year.world.school_class, by=year.coordinator)[0]


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def first_entry(booking) -> int:
    """Post a booking; the key of its first entry about the first pupil of the roll."""
    ledger.post(booking)
    return booking.roll.order_by("pk")[0].credit_entries.get().pk


def key_of(certificate: Certificate) -> str:
    return str(certificate.pk)


# --- publications -----------------------------------------------------------------------------------------------------


@pytest.mark.guards("publication_number")
def test_number_of_a_publication_is_given_once(year, clock):
    publication = finish(year, publish(year), clock)
    with refused_as("publication_number"):
        copy(PUBLICATION, publication.pk)


@pytest.mark.guards("publication_one_open")
def test_one_publication_of_a_class_is_open(open_one):
    with refused_as("publication_one_open"):
        copy(PUBLICATION, open_one.pk, number="2")


@pytest.mark.guards("publication_period")
@pytest.mark.parametrize("wrong", [{"ends_on": "starts_on"}, {"number": "0"}, {"entries": "0"}])
def test_publication_lasts_a_day_and_shows_something(year, clock, wrong):
    publication = finish(year, publish(year), clock)
    with refused_as("publication_period"):
        copy(PUBLICATION, publication.pk, **{"number": "2"} | wrong)


@pytest.mark.guards("publication_final_since")
def test_final_publication_says_since_when(open_one):
    with refused_as("publication_final_since"):
        change(PUBLICATION, open_one.pk, "finalised_at = now()")


@pytest.mark.guards("credits_publication_append_only")
@pytest.mark.parametrize("settings", ["ends_on = ends_on - 3", "entries = 2", "published_by = 'x'"])
def test_what_was_published_is_never_changed(open_one, settings):
    with refused_as("credits_publication_append_only"):
        change(PUBLICATION, open_one.pk, settings)
    with refused_as("credits_publication_append_only"):
        sql("DELETE FROM credits_publication")


@pytest.mark.guards("credits_publishedentry_append_only")
def test_shown_entries_are_never_taken_out(open_one):
    with refused_as("credits_publishedentry_append_only"):
        sql("DELETE FROM credits_publishedentry")
    with refused_as("credits_publishedentry_append_only"):
        sql("UPDATE credits_publishedentry SET publication_id = publication_id")


@pytest.mark.guards("credits_publication_period_over")
def test_publication_is_not_final_before_its_period_is_over(open_one):
    with refused_as("credits_publication_period_over"):
        change(PUBLICATION, open_one.pk, "state = 'final', finalised_at = '2026-11-27 23:59+08'")


@pytest.mark.guards("credits_publication_undisputed")
def test_publication_is_not_final_while_an_objection_waits(year, open_one):
    a_dispute(year)
    with refused_as("credits_publication_undisputed"):
        change(PUBLICATION, open_one.pk, "state = 'final', finalised_at = '2026-12-01 08:00+08'")


@pytest.mark.guards("credits_published_fits")
def test_publication_shows_entries_of_its_own_school_only(year, open_one):
    other = make.world(pupils=1, of=year.world.district)
    foreign = first_entry(make.attended(other, "LEC", day=dt.date(2026, 11, 2)))
    with refused_as("credits_published_fits"):
        sql("INSERT INTO credits_publishedentry (publication_id, entry_id) VALUES (%s, %s)", open_one.pk, foreign)


@pytest.mark.guards("credits_published_whole")
def test_nothing_is_added_to_a_publication(year, open_one):
    late = first_entry(earn(year, "LEC", day=dt.date(2026, 11, 2)))
    with refused_as("credits_published_whole"):
        sql("INSERT INTO credits_publishedentry (publication_id, entry_id) VALUES (%s, %s)", open_one.pk, late)


# --- objections -------------------------------------------------------------------------------------------------------


@pytest.mark.guards("dispute_one_open")
def test_one_objection_to_an_entry_waits_at_a_time(year, open_one):
    with refused_as("dispute_one_open"):
        copy(DISPUTE, a_dispute(year).pk)


@pytest.mark.guards("dispute_one_open_missing")
def test_one_objection_about_a_missing_entry_of_a_pupil_waits(year, open_one):
    missing = disputes.object_to_missing(open_one, by=year.coordinator, reason="少一条", student=year.world.pupils[0])
    with refused_as("dispute_one_open_missing"):
        copy(DISPUTE, missing.pk)


@pytest.mark.guards("dispute_two_people")
def test_nobody_decides_the_objection_that_they_entered(year, open_one):
    with refused_as("dispute_two_people"):
        change(
            DISPUTE, a_dispute(year).pk,
            "state = 'dismissed', decided_by_id = raised_by_id, decided_at = now(), answer = '好'",
        )  # fmt: skip


@pytest.mark.guards("dispute_decided")
@pytest.mark.parametrize("settings", ["state = 'upheld'", "answer = '好'", "decided_at = now()"])
def test_decision_says_who_when_and_why(year, open_one, settings):
    with refused_as("dispute_decided"):
        change(DISPUTE, a_dispute(year).pk, settings)


@pytest.mark.guards("dispute_reason")
def test_objection_says_what_is_wrong(year, open_one):
    dispute = a_dispute(year)
    disputes.dismiss(dispute, by=year.head, answer="核对无误。")
    with refused_as("dispute_reason"):
        copy(DISPUTE, dispute.pk, reason="''")


@pytest.mark.guards("credits_dispute_append_only")
def test_what_a_family_said_is_never_changed(year, open_one):
    dispute = a_dispute(year)
    with refused_as("credits_dispute_append_only"):
        change(DISPUTE, dispute.pk, "reason = '另一件事'")
    with refused_as("credits_dispute_append_only"):
        sql("DELETE FROM credits_dispute")


@pytest.mark.guards("credits_dispute_in_time")
def test_objections_end_with_the_publication(year, open_one, clock):
    dispute = a_dispute(year)
    disputes.dismiss(dispute, by=year.head, answer="核对无误。")
    finish(year, open_one, clock)
    with refused_as("credits_dispute_in_time"):
        copy(DISPUTE, dispute.pk)


@pytest.mark.guards("credits_dispute_about_shown")
def test_objection_is_about_an_entry_of_its_publication(year, open_one):
    dispute = a_dispute(year)
    late = first_entry(earn(year, "LEC", day=dt.date(2026, 11, 2)))
    with refused_as("credits_dispute_about_shown"):
        copy(DISPUTE, dispute.pk, entry_id=str(late))


# --- certificates and seal --------------------------------------------------------------------------------------------


def another(certificate: Certificate, **changes: str) -> None:
    """A copy of a certificate's row under a new code."""
    with connection.cursor() as cursor:
        columns = [field.column for field in Certificate._meta.local_fields]
        told = [{"id": "gen_random_uuid()"} | changes for _column in columns]
        values = ", ".join(values.get(column, column) for values, column in zip(told, columns, strict=True))
        cursor.execute(
            f"INSERT INTO {CERTIFICATE} ({', '.join(columns)}) SELECT {values} FROM {CERTIFICATE} WHERE id = %s",
            [str(certificate.pk)],
        )


@pytest.mark.guards("certificate_one_valid")
def test_pupil_holds_one_valid_certificate_of_a_level(clock):
    one = a_certificate(clock)
    with refused_as("certificate_one_valid"):
        another(one)


@pytest.mark.guards("certificate_kind_fits")
@pytest.mark.parametrize("wrong", [{"stage": "''"}, {"level": "NULL"}, {"school_year": "2026"}, {"kind": "'sheet'"}])
def test_certificate_has_stage_and_level_and_a_sheet_its_year(clock, wrong):
    one = a_certificate(clock)
    with refused_as("certificate_kind_fits"):
        another(one, **wrong)


@pytest.mark.guards("certificate_revoked")
def test_revocation_says_who_when_and_why(clock):
    one = a_certificate(clock)
    with refused_as("certificate_revoked"):
        sql("UPDATE credits_certificate SET state = 'revoked' WHERE id = %s", key_of(one))


@pytest.mark.guards("credits_certificate_append_only")
@pytest.mark.parametrize("settings", ["content = '{}'", "level = 100", "issued_by = 'x'", "sha256 = '\\x00'"])
def test_certificate_is_never_changed(clock, settings):
    one = a_certificate(clock)
    with refused_as("credits_certificate_append_only"):
        sql(f"UPDATE credits_certificate SET {settings} WHERE id = %s", key_of(one))
    with refused_as("credits_certificate_append_only"):
        sql("DELETE FROM credits_certificate")


@pytest.mark.guards("credits_certificate_final")
def test_certificate_rests_on_a_final_publication(clock):
    one = a_certificate(clock)
    world = make.world(pupils=1, of=one.district)
    ledger.post(make.attended(world, "LEC", day=dt.date(2026, 11, 2)))
    open_one = publications.publish(world.school_class, world.term, by=actor(world.coordinator))
    with refused_as("credits_certificate_final"):
        another(one, level="99", publication_id=str(open_one.pk))


@pytest.mark.guards("credits_certificate_revoked_once")
def test_revoked_certificate_stays_revoked(clock):
    one = a_certificate(clock)
    sql("UPDATE credits_certificate SET state = 'revoked', revoked_at = now(), revoked_by = 'x', reason = 'y'")
    with refused_as("credits_certificate_revoked_once"):
        sql("UPDATE credits_certificate SET reason = 'z' WHERE id = %s", key_of(one))


@pytest.mark.guards("evaluation_column_position")
def test_two_columns_do_not_stand_in_one_place(year):
    column = EvaluationColumn.objects.create(district=year.world.district, position=1, title="姓名", field="name")
    with refused_as("evaluation_column_position"):
        copy("credits_evaluationcolumn", column.pk)


@pytest.mark.guards("credits_chain_settled")
def test_term_with_an_open_publication_is_not_sealed(year, open_one):
    with refused_as("credits_chain_settled"):
        sql("UPDATE credits_chain SET sealed_at = now(), proposed_by = 'user:1', confirmed_by = 'user:2'")
