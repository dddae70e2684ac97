"""check_books finds every kind of drift that the guards would have refused."""

import pytest
from django.core.management import call_command
from django.db import connection

from credits import books, certificates, ledger
from tests.factories import credits as make
from tests.factories.year import a_final_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted():
    """Two postings of three pupils, one of them with a reversal."""
    world = make.world()
    booking = make.attended(world)
    ledger.post(booking)
    make.correct(booking, world.pupils[0], mark="absent")
    ledger.post(booking)
    make.world()  # a second district, so that a copied district can be wrong
    return world


def behind_the_guards(text: str) -> None:
    """What only a superuser could do: change rows with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(text)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_right_books_have_no_problem(posted):
    assert list(books.problems()) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE credits_account SET balance = balance + 1", {"account.balance"}),
        ("UPDATE credits_account SET n = n + 1", {"account.balance"}),
        ("UPDATE credits_entry SET balance = balance + 1 WHERE n = 1", {"entry.balance", "posting.body"}),
        ("UPDATE credits_entry SET grade = 8 WHERE n = 1", {"posting.body"}),
        ("""UPDATE credits_entry SET inputs = inputs || '{"minutes": 1}'""", {"posting.body"}),
        (
            "UPDATE credits_entry SET district_id = (SELECT max(id) FROM people_district)",
            {"entry.district", "posting.body"},
        ),
        (
            "UPDATE credits_entry SET school_id = (SELECT max(organisation_id) FROM partnerships_school)",
            {"entry.school", "entry.district", "posting.body"},
        ),
        ("UPDATE credits_posting SET hash = sha256('x') WHERE seq = 1", {"posting.hash", "posting.prev"}),
        ("UPDATE credits_posting SET prev = sha256('x') WHERE seq = 2", {"posting.hash", "posting.prev"}),
        ("UPDATE credits_posting SET body = body || 'x'::bytea WHERE seq = 2", {"posting.hash", "posting.body"}),
        ("UPDATE credits_chain SET head = sha256('x')", {"chain.head"}),
        ("DELETE FROM credits_entry WHERE n = 2", {"account.balance", "posting.entries", "posting.body"}),
        ("UPDATE credits_chain SET district_id = (SELECT max(id) FROM people_district)", {"chain.district"}),
    ],
)
def test_each_drift_is_found(posted, change, found):
    behind_the_guards(change)
    assert {line.split(":")[0] for line in books.problems()} == found


def test_command_says_the_books_are_right_and_fails_when_they_are_not(posted, capsys):
    call_command("check_books")
    assert "the books are right" in capsys.readouterr().out
    behind_the_guards("UPDATE credits_account SET balance = balance + 1")
    with pytest.raises(SystemExit) as gone:
        call_command("check_books")
    assert gone.value.code == 1
    assert "account.balance" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE credits_publication SET entries = entries + 1", {"publication.entries"}),
        ("DELETE FROM credits_publishedentry WHERE id = (SELECT min(id) FROM credits_publishedentry)", {"publication.entries"}),
        ("UPDATE credits_publication SET district_id = (SELECT max(id) FROM people_district)", {"publication.district"}),
        ("UPDATE credits_certificate SET content = content || '{\"points\": 99000}'", {"certificate.content"}),
        ("UPDATE credits_certificate SET district_id = (SELECT max(id) FROM people_district)", {"certificate.district"}),
    ],
)  # fmt: skip
def test_drift_of_what_was_published_and_certified_is_found(clock, change, found):
    year = a_final_year(clock)
    certificates.issue_sheet(year.world.pupils[0], 2026, by=year.coordinator)
    make.world()
    assert list(books.problems()) == []
    behind_the_guards(change)
    assert {line.split(":")[0] for line in books.problems()} == found
