"""Pages of class moves: form, preview with the bookings that it touches, and who sees which of it."""

import pytest
from django.urls import reverse

from partnerships import roster_changes
from partnerships.models import Enrolment, RosterChange
from people.roles import Role
from portal.lib import clock
from tests.factories import people
from tests.factories.activities import a_booking, a_class, a_school, a_session, a_town

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(name, args=args)


@pytest.fixture
def town():
    return a_town(pupils=3)


@pytest.fixture
def school_hat(client, town):
    people.login(client, town.coordinator)
    return client


def pupils_of(school_class):
    rows = Enrolment.objects.on(clock.today()).filter(school_class=school_class)
    return sorted(rows.values_list("student_id", flat=True))


def test_split_from_the_class_page_to_the_written_change(school_hat, town):
    one = pupils_of(town.class_a)[0]
    assert school_hat.get(url("partnerships:class-page", town.class_a.pk)).context["may_move"]
    form = school_hat.get(url("partnerships:class-split", town.class_a.pk)).context["form"]
    new = form.fields["number"].choices[-1][0]
    answer = school_hat.post(url("partnerships:class-split", town.class_a.pk), {"number": new, "pupil": [str(one)]})
    change = RosterChange.objects.get()
    assert answer.url == url("activities:roster_change-page", change.pk)
    shown = school_hat.get(answer.url).context["preview"]
    assert [(line.before, line.after) for line in shown.lines] == [(3, 2), (0, 1)]
    assert pupils_of(town.class_a)[0] == one
    school_hat.post(url("activities:roster_change-apply", change.pk))
    change.refresh_from_db()
    assert (change.state, pupils_of(change.target)) == ("done", [one])
    assert school_hat.get(answer.url).context["preview"] is None


def test_without_a_ticked_pupil_the_form_stays(school_hat, town):
    answer = school_hat.post(url("partnerships:class-leave", town.class_a.pk), {"to_school": ""})
    assert answer.context["form"].non_field_errors()
    assert not RosterChange.objects.exists()


def test_the_preview_names_the_bookings_that_it_touches(school_hat, town):
    unnamed = a_class(town.school, number=9)
    by_name = a_booking(town, a_session(town.venue), town.class_a)
    school_hat.post(
        url("partnerships:class-leave", town.class_a.pk), {"pupil": [str(pupils_of(town.class_a)[0])], "to_school": ""}
    )
    page = school_hat.get(url("activities:roster_change-page", RosterChange.objects.get().pk))
    assert (page.context["visits"], page.context["after_school"]) == ([(by_name, 1)], {})
    assert unnamed  # not concerned


def test_a_merge_is_dropped_without_a_trace_in_the_roll(school_hat, town):
    before = pupils_of(town.class_a)
    school_hat.post(url("partnerships:class-merge", town.class_a.pk), {"number": town.class_b.number})
    change = RosterChange.objects.get()
    assert school_hat.get(url("partnerships:class-list")).context["proposed"].get() == change
    school_hat.post(url("activities:roster_change-withdraw", change.pk))
    change.refresh_from_db()
    assert (change.state, pupils_of(town.class_a)) == ("withdrawn", before)


def test_the_other_school_sees_how_many_come_and_takes_them_in(client, town):
    other = a_school(town.district)
    by = people.actor(town.coordinator)
    change = roster_changes.leave(town.class_a, by=by, students=pupils_of(town.class_a)[:1], to_school=other)
    there = people.hat(Role.COORDINATOR, at=other.organisation)
    people.login(client, there)
    page = url("activities:roster_change-page", change.pk)
    assert client.get(page).status_code == 404  # not before it is done
    roster_changes.apply(change, by=by)
    assert client.get(page).status_code == 200
    assert client.post(url("activities:roster_change-withdraw", change.pk)).status_code == 403
    assert client.get(url("partnerships:class-list")).context["offered"].get() == change
    assert client.get(url("partnerships:roster_change-join", change.pk)).context["leaving"] == change
    answer = client.post(url("partnerships:roster_change-join", change.pk), {"number": 1})
    client.post(answer.url + "apply/")
    joined = RosterChange.objects.get(follows=change)
    assert (joined.state, joined.school, len(pupils_of(joined.target))) == ("done", other, 1)
    people.login(client, people.hat(Role.COORDINATOR, at=a_school(town.district).organisation))
    assert client.get(page).status_code == 404


def test_teachers_and_offices_move_nobody(client, town):
    for hat, status in ((town.teacher, 403), (people.hat(Role.INSPECTOR, at=town.bureau.organisation), 403)):
        people.login(client, hat)
        assert client.get(url("partnerships:class-split", town.class_a.pk)).status_code == status


def test_the_next_school_year_shows_every_class(school_hat, town):
    lines = school_hat.get(url("partnerships:class-year")).context["lines"]
    assert {line.school_class for line in lines} == {town.class_a, town.class_b}
