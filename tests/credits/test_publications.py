"""公示: what is published, for how long, when it becomes final, and what waits for a supplement."""

import datetime as dt

import pytest

from credits import ledger, publications, reminders, shown
from credits.models import Entry, Publication
from partnerships.models import StudentIdentity
from people.models import Notice
from people.reminders import run
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import credits as make
from tests.factories import people
from tests.factories.year import a_dispute, a_year, earn, finish, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(clock):
    return a_year(clock)


@pytest.mark.notice("credits_published")
def test_publish_shows_the_standing_entries_for_five_working_days(year):
    publication = publish(year)
    assert (publication.starts_on, publication.last_day) == (dt.date(2026, 11, 23), dt.date(2026, 11, 27))
    assert (publication.number, publication.entries, publication.state) == (1, 3, "open")
    assert set(publication.shown.values_list("entry", flat=True)) == set(Entry.objects.values_list("pk", flat=True))
    notice = Notice.objects.get(kind="credits_published")
    assert (notice.user, notice.path) == (year.lead.user, f"/publications/{publication.pk}/")


def test_publish_counts_make_up_workdays_and_skips_holidays(year, clock):
    clock.to(
        dt.datetime(2026, 9, 18, 9, tzinfo=make.SHANGHAI)
    )  # Friday; Sunday the 20th is worked, the 25th is a feast
    publication = publish(year)
    assert (publication.starts_on, publication.last_day) == (dt.date(2026, 9, 20), dt.date(2026, 9, 24))


def test_publish_refuses_a_class_with_nothing_new_and_one_that_is_open(year):
    publish(year)
    with pytest.raises(Refused) as no:
        publish(year)
    assert no.value.code == "publication_empty"
    earn(year, "LEC", day=dt.date(2026, 11, 2))
    with pytest.raises(Refused) as no:
        publish(year)
    assert no.value.code == "publication_one_open"


def test_later_entries_go_into_a_supplement(year, clock):
    finish(year, publish(year), clock)
    earn(year, "LEC", day=dt.date(2026, 11, 2))
    supplement = publish(year)
    assert (supplement.number, supplement.is_supplementary, supplement.entries) == (2, True, 3)
    assert {shown.entry.rule.code for shown in supplement.shown.select_related("entry__rule")} == {"LEC"}


def test_what_was_taken_back_is_not_published(year):
    make.correct(year.bookings[0], year.world.pupils[0], mark="absent")
    ledger.post(year.bookings[0])
    assert publish(year).entries == 2


def test_publish_all_takes_every_class_that_is_ready(year):
    other = make.SchoolClass.objects.create(school=year.world.school, stage="primary", entry_year=2022, number=2)
    newcomer = make.pupil(year.world, other)
    ledger.post(make.attended(year.world, "LEC", day=dt.date(2026, 11, 3), pupils=[newcomer]))
    made = publications.publish_all(year.world.school, year.world.term, by=year.head)
    assert [(one.school_class, one.entries) for one in made] == [(year.world.school_class, 3), (other, 1)]
    with pytest.raises(Refused) as no:
        publications.publish_all(year.world.school, year.world.term, by=year.head)
    assert no.value.code == "publication_empty_school"


@pytest.mark.notice("credits_final")
def test_finalise_waits_for_the_last_day_and_tells_once(year, clock):
    publication = publish(year)
    clock.to(dt.datetime(2026, 11, 27, 23, 59, tzinfo=make.SHANGHAI))
    assert publications.finalise_ripe() == 0
    with pytest.raises(Refused) as no:
        publications.finalise(publication, by=year.coordinator)
    assert no.value.code == "credits_publication_period_over"
    clock.to(dt.datetime(2026, 11, 28, 0, 1, tzinfo=make.SHANGHAI))
    assert (publications.ripe(), publications.finalise_ripe(), publications.finalise_ripe()) == (1, 1, 0)
    publication.refresh_from_db()
    assert publication.state == "final"
    assert Entry.objects.final().count() == 3
    assert Notice.objects.filter(kind="credits_final").count() == 2  # lead and coordinator, however often the job runs


def test_finalise_waits_for_an_objection(year, clock):
    publication = publish(year)
    a_dispute(year)
    clock.to(dt.datetime(2026, 12, 10, 8, tzinfo=make.SHANGHAI))
    assert publications.finalise_ripe() == 0
    with pytest.raises(Refused) as no:
        publications.finalise(publication)
    assert no.value.code == "credits_publication_undisputed"


def test_results_are_published_in_the_class_of_their_day(year):
    ledger.post(make.took_part(year.world, pupils=year.world.pupils[:1])[0])
    assert publish(year).entries == 4
    assert Entry.objects.filter(result__isnull=False, published__isnull=False).count() == 1


def test_school_where_it_was_earned_publishes_for_a_pupil_who_has_moved_away(year):
    mover = year.world.pupils[0]
    elsewhere = make.world(pupils=0, of=year.world.district, ruled=False)
    mover.enrolments.update(ends_on=dt.date(2026, 11, 1))
    make.Enrolment.objects.create(student=mover, school_class=elsewhere.school_class, starts_on=dt.date(2026, 11, 1))
    type(mover).objects.filter(pk=mover.pk).update(school=elsewhere.school)
    mover.identity.delete()
    identity = StudentIdentity(student=mover, school=elsewhere.school, consent="given")
    identity.set_name("陈小诺")
    identity.save()
    publication = publish(year)
    assert publication.entries == 3
    labels = {row.entry.account_id: row.label for row in shown.rows_of(publication, by=year.coordinator)}
    assert (labels[mover.pk], labels[year.world.pupils[1].pk]) == (mover.pseudonym, "李＊")
    with pytest.raises(Refused) as no:
        publications.publish(elsewhere.school_class, year.world.term, by=people.actor(elsewhere.coordinator))
    assert no.value.code == "publication_empty"


def test_publications_are_the_own_school_s_and_counted_by_its_offices(year):
    publish(year)

    def count(hat):
        return Publication.objects.visible_to(people.actor(hat)).count()

    world = year.world
    assert count(world.coordinator) == count(year.lead) == count(year.officers[0]) == 1
    assert count(people.hat(Role.COORDINATOR, of=world.district)) == 0
    assert count(people.hat(Role.BUREAU_OFFICER)) == 0
    assert count(people.hat(Role.TEACHER, at=world.school.organisation)) == 0
    assert count(people.hat(Role.VENUE_STAFF, at=world.venue)) == 0


@pytest.mark.notice("credits_to_publish")
def test_reminder_comes_near_the_end_of_the_term_once_a_month(year, clock):
    assert list(reminders.credits_to_publish(dt.date(2026, 11, 22))) == []
    clock.to(dt.datetime(2027, 1, 20, 9, tzinfo=make.SHANGHAI))
    assert (run("credits_to_publish"), run("credits_to_publish")) == (2, 0)
    notice = Notice.objects.filter(kind="credits_to_publish").first()
    assert notice.facts["classes"] == 1
    publish(year)
    assert list(reminders.credits_to_publish(dt.date(2027, 1, 21))) == []
