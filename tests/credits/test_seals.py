"""封存: two officers close a term; later facts go to the open term and name the one they concern."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.utils.translation import override

from credits import ledger, publications, seals
from credits.models import Chain, Entry
from people.models import AuditEvent, Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import credits as make
from tests.factories import people
from tests.factories.year import a_dispute, a_final_year, a_year, publish

pytestmark = pytest.mark.django_db
AFTER = dt.datetime(2027, 2, 22, 9, tzinfo=make.SHANGHAI)


@pytest.fixture
def year(clock):
    """Published, final, and the next term under way."""
    year = a_final_year(clock)
    year.world.district.terms.create(school_year=2026, half=2, starts_on="2027-02-20", ends_on="2027-07-10")
    clock.to(AFTER)
    return year


@pytest.mark.notice("seal_proposed")
def test_seal_takes_two_officers_and_records_the_head(year):
    first, second = year.bureau
    term = year.world.term
    seals.propose(term, by=first)
    assert [notice.user for notice in Notice.objects.filter(kind="seal_proposed")] == [second.user]
    with pytest.raises(Refused) as no:
        seals.confirm(term, by=first)
    assert no.value.code == "chain_two_people"
    chain = seals.confirm(term, by=second)
    assert (chain.proposed_by, chain.confirmed_by) == (f"user:{first.user.pk}", f"user:{second.user.pk}")
    assert chain.sealed_at == AFTER
    event = AuditEvent.objects.get(verb="chain.seal")
    assert event.facts == {"postings": 1, "head": bytes(chain.head).hex()}
    assert seals.name_of(chain.proposed_by) == first.user.full_name
    with pytest.raises(Refused) as no:
        seals.propose(term, by=first)
    assert no.value.code == "seal_sealed"


def test_sealed_term_takes_no_posting_and_later_facts_name_it(year):
    seals.propose(year.world.term, by=year.bureau[0])
    seals.confirm(year.world.term, by=year.bureau[1])
    make.correct(year.bookings[0], year.world.pupils[0], mark="absent")
    ledger.post(year.bookings[0])
    reversal = Entry.objects.get(reverses__isnull=False)
    assert (reversal.term.half, reversal.concerns_term) == (2, year.world.term)
    late = make.attended(year.world, "LEC", day=dt.date(2026, 12, 1))
    ledger.post(late)
    assert Entry.objects.to_publish(year.world.term).count() == 3
    assert publish(year).number == 2  # a supplement about the sealed term


def test_checks_list_what_stands_open_and_some_hold_the_seal_up(year, clock):
    first = year.bureau[0]
    assert [check.code for check in seals.checks(year.world.term) if not check.is_clear] == []
    late = make.attended(year.world, "LEC", day=dt.date(2026, 12, 1))
    ledger.post(late)
    assert [check.code for check in seals.checks(year.world.term) if not check.is_clear] == ["classes"]
    publication = publish(year)
    open_now = {check.code for check in seals.checks(year.world.term) if not check.is_clear}
    assert open_now == {"publications"}
    with pytest.raises(Refused) as no:
        seals.propose(year.world.term, by=first)
    assert no.value.code == "seal_held_up"
    clock.to(AFTER + dt.timedelta(days=14))
    publications.finalise(publication)
    assert seals.propose(year.world.term, by=first).proposed_by


def test_what_stands_open_is_listed_by_school(clock):
    year = a_year(clock, codes=("EXP",))
    other = make.world(pupils=1, of=year.world.district, ruled=False)
    ledger.post(make.attended(other, "LEC", day=dt.date(2026, 10, 20)))
    publish(year)
    a_dispute(year)
    rows = {row.school.pk: (row.classes, row.publications, row.disputes) for row in seals.by_school(year.world.term)}
    assert rows == {year.world.school.pk: (0, 1, 1), other.school.pk: (1, 0, 0)}


def test_term_under_way_and_term_without_a_next_one_are_not_sealed(clock):
    year = a_year(clock)
    held = {check.code for check in seals.checks(year.world.term) if check.blocks and not check.is_clear}
    assert held == {"running", "next"}
    publish(year)
    a_dispute(year)
    held = {check.code for check in seals.checks(year.world.term) if check.blocks and not check.is_clear}
    assert held == {"running", "next", "disputes", "publications"}


def test_proposal_can_be_taken_back(year):
    seals.propose(year.world.term, by=year.bureau[0])
    with pytest.raises(Refused) as no:
        seals.propose(year.world.term, by=year.bureau[1])
    assert no.value.code == "seal_proposed"
    seals.withdraw(year.world.term, by=year.bureau[1])
    assert Chain.objects.get().proposed_by == ""
    with pytest.raises(Refused) as no:
        seals.confirm(year.world.term, by=year.bureau[1])
    assert no.value.code == "seal_not_proposed"


def test_only_officers_of_the_own_bureau_seal(year):
    for hat in (people.hat(Role.BUREAU_OFFICER), people.hat(Role.INSPECTOR, of=year.world.district), year.lead):
        with pytest.raises(PermissionDenied):
            seals.propose(year.world.term, by=people.actor(hat))


def test_verify_chain_says_complete_or_names_the_first_bad_posting(year, capsys):
    call_command("verify_chain")
    assert "台账完整，共 3 条记录" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE credits_entry SET points = 2000 WHERE id = %s", [year.entry().pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(SystemExit), override("zh-hans"):
        call_command("verify_chain", district=year.world.district.code)
    told = capsys.readouterr()
    assert "计入批次 1" in told.out
    assert "台账不完整" in told.err
