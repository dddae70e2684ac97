"""Attacks on results and the white-list by raw SQL: each is refused by the database, under its own name."""

import datetime as dt

import pytest

from credits import clubs, ledger, results
from credits.models import Entry, Result
from people.roles import Role
from tests.breaking import change, copy, refused_as
from tests.factories import credits as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=make.SHANGHAI))
    return make.world(pupils=2)


@pytest.fixture
def competed(world) -> Result:
    return make.took_part(world, pupils=world.pupils[:1])[0]


@pytest.fixture
def project(world) -> Result:
    return make.project(world, pupils=world.pupils[:1])[0]


@pytest.fixture
def club(world) -> Result:
    make.club(world, dates=3)
    clubs.settle_all()
    return Result.objects.filter(kind="club").first()


@pytest.mark.guards("competition_ends_after_start")
def test_competition_ends_after_it_starts(world):
    with refused_as("competition_ends_after_start"):
        change("credits_competition", make.competition(world).pk, "ends_on = starts_on")


@pytest.mark.guards("competition_has_stages")
@pytest.mark.parametrize("stages", ["'{}'", "'{kindergarten}'"])
def test_competition_is_for_known_stages(world, stages):
    with refused_as("competition_has_stages"):
        change("credits_competition", make.competition(world).pk, f"stages = {stages}")


@pytest.mark.guards("competition_once")
def test_competition_stands_on_the_list_once_at_a_time(world):
    competition = make.competition(world)
    with refused_as("competition_once"):
        copy("credits_competition", competition.pk, starts_on="ends_on - 1", ends_on="ends_on + 100")
    copy("credits_competition", competition.pk, starts_on="ends_on", ends_on="ends_on + 100")


@pytest.mark.guards("result_competition_once_a_year")
def test_competition_counts_once_a_school_year(competed):
    with refused_as("result_competition_once_a_year"):
        copy("credits_result", competed.pk)


@pytest.mark.guards("result_club_once_a_term")
def test_club_counts_once_a_term(club):
    with refused_as("result_club_once_a_term"):
        copy("credits_result", club.pk)


@pytest.mark.guards("result_project_once_a_year")
def test_project_of_a_title_counts_once_a_school_year(project):
    with refused_as("result_project_once_a_year"):
        copy("credits_result", project.pk)


@pytest.mark.guards("result_names_its_kind")
@pytest.mark.parametrize(
    "changes",
    [
        {"competition_id": "NULL"},
        {"dates": "3", "present": "3"},
        {"kind": "'project'", "title": "'x'"},
        {"kind": "'club'"},
    ],
)
def test_result_is_of_one_kind(competed, changes):
    with refused_as("result_names_its_kind"):
        copy("credits_result", competed.pk, school_year="school_year + 1", **changes)


@pytest.mark.guards("result_has_evidence")
def test_result_has_evidence(competed, club):
    with refused_as("result_has_evidence"):
        change("credits_result", competed.pk, "evidence = ''")
    with refused_as("result_has_evidence"):
        change("credits_result", club.pk, "present = dates + 1")
    with refused_as("result_has_evidence"):
        change("credits_result", club.pk, "present = 0, dates = 0")


@pytest.mark.guards("result_confirmed_when")
def test_confirmed_result_says_when(competed):
    with refused_as("result_confirmed_when"):
        change("credits_result", competed.pk, "confirmed_at = NULL")


@pytest.mark.guards("result_two_people")
@pytest.mark.parametrize(
    "settings", ["confirmed_by_id = vouched_by_id", "confirmed_by_id = NULL", "vouched_by_id = NULL"]
)
def test_project_is_confirmed_by_two_people(world, project, settings):
    results.vouch(project, by=people.actor(project.mentor))
    results.confirm(project, by=people.actor(world.coordinator))
    with refused_as("result_two_people"):
        change("credits_result", project.pk, settings)


@pytest.mark.guards("result_only_projects_wait")
def test_only_projects_wait(competed):
    with refused_as("result_only_projects_wait"):
        copy("credits_result", competed.pk, school_year="school_year + 1", state="'entered'", confirmed_at="NULL")


@pytest.mark.guards("result_withdrawn_why")
def test_withdrawn_result_says_why(competed):
    with refused_as("result_withdrawn_why"):
        change("credits_result", competed.pk, "state = 'withdrawn'")


@pytest.mark.parametrize("state", ["entered", "vouched"])
def test_confirmed_result_is_never_open_again(project, world, state):
    results.vouch(project, by=people.actor(project.mentor))
    results.confirm(project, by=people.actor(world.coordinator))
    with refused_as("credits_result_moves"):
        change("credits_result", project.pk, f"state = '{state}', confirmed_at = NULL")


@pytest.mark.guards("credits_result_facts")
@pytest.mark.parametrize(
    "settings",
    ["student_id = gen_random_uuid()", "happened_on = happened_on - 1", "school_year = school_year - 1", "title = 'x'",
     "competition_id = competition_id + 1", "kind = 'project'"],
)  # fmt: skip
def test_what_a_result_is_of_never_changes(competed, settings):
    with refused_as("credits_result_facts"):
        change("credits_result", competed.pk, settings)


@pytest.mark.guards("credits_result_facts")
def test_day_of_a_withdrawn_result_may_be_entered_anew(world, competed):
    results.withdraw(competed, why="误录", by=people.actor(world.coordinator))
    change("credits_result", competed.pk, "happened_on = happened_on - 1")


@pytest.mark.guards("entry_one_source")
def test_entry_rests_on_one_fact_and_not_on_two(world, competed):
    ledger.post(competed)
    booking = make.attended(world)
    entry = Entry.objects.get()
    with refused_as("entry_one_source"):
        copy("credits_entry", entry.pk, n="2", balance="2000", roll_entry_id=str(booking.roll.first().pk))


@pytest.mark.guards("entry_one_award_of_result")
def test_result_is_awarded_once(competed):
    ledger.post(competed)
    with refused_as("entry_one_award_of_result"):
        copy("credits_entry", Entry.objects.get().pk, n="2", balance="2000")


@pytest.mark.guards("credits_entry_one_standing")
def test_second_award_of_a_result_waits_for_the_reversal_of_the_first(competed):
    ledger.post(competed)
    with refused_as("credits_entry_one_standing"):
        copy("credits_entry", Entry.objects.get().pk, n="2", balance="2000", nth="2")


@pytest.mark.guards("entry_one_reversal_of_result")
def test_award_of_a_result_is_reversed_once(world, competed):
    ledger.post(competed)
    results.withdraw(competed, why="误录", by=people.actor(world.coordinator))
    ledger.post(competed)
    other = make.took_part(world, pupils=world.pupils[:1])[0]
    ledger.post(other)
    reversal, award = Entry.objects.get(reverses__isnull=False), Entry.objects.get(result=other)
    with refused_as("entry_one_reversal_of_result"):
        copy("credits_entry", reversal.pk, n="4", balance="0", reverses_id=str(award.pk))


@pytest.mark.guards("credits_entry_exact_reversal")
def test_reversal_keeps_the_result_of_its_award(world, competed):
    other = make.took_part(world, pupils=world.pupils[:1])[0]
    ledger.post(competed)
    award = Entry.objects.get()
    with refused_as("credits_entry_exact_reversal"):
        copy(
            "credits_entry", award.pk, n="2", points="-1000", balance="0", reverses_id=str(award.pk),
            result_id=str(other.pk),
        )  # fmt: skip


def test_role_of_a_mentor_is_not_enough(world, project):
    other = people.hat(Role.TEACHER, at=world.school.organisation)
    assert not Result.objects.visible_to(people.actor(other)).filter(pk=project.pk).exists()
