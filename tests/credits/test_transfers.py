"""A pupil who changes the school: the credits go along, and the school where they were earned publishes them."""

import datetime as dt

import pytest
from django.urls import reverse

from credits import ledger
from credits.models import Account, Entry
from partnerships import roster_changes
from people.roles import Role
from tests.factories import credits as make
from tests.factories import partnerships, people
from tests.factories.year import a_year, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(clock):
    return a_year(clock)


def test_credits_go_along_and_are_published_where_they_were_earned(year, client):
    pupil, school = year.world.pupils[0], year.world.school
    late = make.attended(year.world, "LEC", day=dt.date(2026, 11, 2), pupils=[pupil])
    other = partnerships.a_school(school.organisation.district)
    here, there = (people.hat(Role.COORDINATOR, at=each.organisation) for each in (school, other))
    leaving = roster_changes.leave(year.world.school_class, by=people.actor(here), students={pupil.pk}, to_school=other)
    leaving = roster_changes.apply(leaving, by=people.actor(here))
    joining = roster_changes.join(leaving, by=people.actor(there), school=other, number=1)
    joining = roster_changes.apply(joining, by=people.actor(there))
    ledger.post(late)  # a roll of before, posted after the pupil has gone
    account = Account.objects.get(student=pupil)
    assert set(Entry.objects.filter(account=account).values_list("school_id", flat=True)) == {school.pk}
    assert account.balance == sum(make.points(pupil))
    publication = publish(year)
    assert publication.shown.filter(entry__account=account).count() == 2
    for hat, page in (
        (here, reverse("credits:publication-page", args=[publication.pk])),
        (there, reverse("credits:class-credits", args=[joining.target_id])),
        (there, reverse("credits:student-sheet", args=[pupil.pk])),
    ):
        people.login(client, hat)
        assert client.get(page).status_code == 200
    people.login(client, here)  # who no longer has the pupil no longer opens the pupil's sheet
    assert client.get(reverse("credits:student-sheet", args=[pupil.pk])).status_code == 404
