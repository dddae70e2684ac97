"""Teacher training: places, attendance, hours, and what an agreement counts of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities import bookings, sessions, training
from activities.models import TrainingPlace
from partnerships.agreements import Promise
from partnerships.models import Commitment
from people import thresholds
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal import books
from portal.lib.errors import Refused
from tests.breaking import change, copy, refused_as
from tests.factories import activities as make
from tests.factories import partnerships, people

pytestmark = pytest.mark.django_db
TABLE = "activities_trainingplace"


def url(name, *args):
    return reverse(f"activities:{name}", args=args)


@pytest.fixture
def town():
    return make.a_town()


@pytest.fixture
def session(town):
    return make.a_training(town.venue)


def signed_up(town, session, *others):
    return training.sign_up(session, by=people.actor(town.coordinator), teachers=[town.teacher, *others])


def test_a_coordinator_signs_colleagues_up_and_seats_follow(town, session):
    places = signed_up(town, session, town.coordinator)
    session.refresh_from_db()
    assert [(place.user, place.school, place.district) for place in places] == [
        (hat.user, town.school, town.district)
        for hat in sorted((town.teacher, town.coordinator), key=lambda h: h.user_id)
    ]
    assert session.taken == 2
    assert list(books.problems()) == []


def test_a_training_that_is_full_gives_nobody_a_place(town, session):
    crowd = [people.hat(Role.TEACHER, at=town.school.organisation) for _n in range(3)]
    with pytest.raises(Refused) as no:
        signed_up(town, session, *crowd)
    assert no.value.code == "session.full"
    assert not TrainingPlace.objects.exists()


def test_nobody_signs_up_strangers_and_a_teacher_nobody_but_themselves(town, session):
    stranger = people.hat(Role.TEACHER)
    with pytest.raises(Refused) as no:
        signed_up(town, session, stranger)
    assert no.value.code == "training.teacher"
    with pytest.raises(Refused) as no:
        training.sign_up(session, by=people.actor(town.teacher), teachers=[town.coordinator])
    assert no.value.code == "training.teacher"
    with pytest.raises(PermissionDenied):
        training.sign_up(session, by=people.actor(town.staff), teachers=[town.teacher])
    assert training.sign_up(session, by=people.actor(town.teacher), teachers=[town.teacher])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"audience": "groups"}, "training.audience"),
        ({"state": "postponed"}, "training.closed"),
        ({"opens_on": dt.date(2099, 1, 1)}, "training.closed"),
    ],
)
def test_what_is_not_open_to_teachers_takes_none(town, session, fields, code):
    type(session).objects.filter(pk=session.pk).update(**fields)
    session.refresh_from_db()
    with pytest.raises(Refused) as no:
        signed_up(town, session)
    assert no.value.code == code


@pytest.mark.guards("training_one_place_at_a_time")
def test_a_person_has_one_place_at_a_time_in_whatever_hat(town, session):
    place = signed_up(town, session)[0]
    other_hat = people.hat(Role.TEACHER, who=town.teacher.user)
    with pytest.raises(Refused) as no:
        training.sign_up(session, by=people.actor(other_hat), teachers=[other_hat])
    assert no.value.code == "training_one_place_at_a_time"
    parallel = make.a_training(town.venue, starts_at=session.starts_at + dt.timedelta(hours=1))
    with pytest.raises(Refused) as no:
        signed_up(town, parallel)
    assert no.value.code == "training_one_place_at_a_time"
    with refused_as("training_one_place_at_a_time"):
        copy(
            TABLE, place.pk,
            session_id=str(parallel.pk), starts_at=f"'{parallel.starts_at}'", ends_at=f"'{parallel.ends_at}'",
        )  # fmt: skip


@pytest.mark.guards("training_live_follows_state")
@pytest.mark.guards("training_hours_follow_attendance")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("training_live_follows_state", "is_live = false"),
        ("training_hours_follow_attendance", "hours = 4"),
        ("training_hours_follow_attendance", "state = 'attended'"),
        ("trainingplace_follows_session", "ends_at = ends_at + interval '1 hour'"),
    ],
)
def test_a_place_is_refused(town, session, name, settings):
    place = signed_up(town, session)[0]
    with refused_as(name):
        change(TABLE, place.pk, settings)


def test_withdrawing_frees_place_and_time_until_it_begins(town, session, clock):
    place, other = signed_up(town, session, town.coordinator)
    training.withdraw(place, by=people.actor(town.coordinator))
    session.refresh_from_db()
    assert (place.state, place.is_live, session.taken) == ("withdrawn", False, 1)
    clock.to(session.starts_at)
    with pytest.raises(Refused) as no:
        training.withdraw(TrainingPlace.objects.get(pk=other.pk), by=people.actor(town.coordinator))
    assert no.value.code == "training.begun"
    assert list(books.problems()) == []


def test_attendance_gives_hours_and_a_correction_takes_them_back(town, session, clock):
    place, other = signed_up(town, session, town.coordinator)
    giver = people.actor(town.staff)
    with pytest.raises(Refused) as no:
        training.attend(session, by=giver, present=[place.pk])
    assert no.value.code == "training.early"
    clock.to(session.ends_at)
    assert training.attend(session, by=giver, present=[place.pk]) == 1
    assert list(TrainingPlace.objects.order_by("pk").values_list("state", "hours")) == [
        ("attended", Decimal("4.0")),
        ("absent", Decimal("0.0")),
    ]
    training.attend(session, by=giver, present=[other.pk])
    assert list(TrainingPlace.objects.order_by("pk").values_list("state", "hours")) == [
        ("absent", Decimal("0.0")),
        ("attended", Decimal("4.0")),
    ]
    with pytest.raises(Refused) as no:
        training.attend(session, by=giver, present=[place.pk + 999])
    assert no.value.code == "training.stranger"
    with pytest.raises(PermissionDenied):
        training.attend(session, by=people.actor(town.coordinator), present=[])


def test_minutes_of_a_training_hour_are_the_district_s(town, clock):
    thresholds.set_value(
        town.district, "training_hour_minutes", 40, by=SYSTEM, starts_on=clock.today(), reason="本区规定"
    )
    session = make.a_training(town.venue)
    signed_up(town, session)
    clock.to(session.ends_at)
    training.attend(session, by=people.actor(town.staff), present=[TrainingPlace.objects.get().pk])
    assert TrainingPlace.objects.get().hours == Decimal("4.5")


@pytest.mark.notice("training.cancelled")
def test_cancelling_the_session_ends_the_places_and_tells_the_teachers(town, session):
    signed_up(town, session, town.coordinator)
    sessions.cancel(session, by=people.actor(town.staff), reason="设备检修")
    session.refresh_from_db()
    assert (session.taken, set(TrainingPlace.objects.values_list("state", flat=True))) == (0, {"cancelled"})
    told = Notice.objects.filter(kind="training.cancelled")
    assert {notice.user for notice in told} == {town.teacher.user, town.coordinator.user}
    assert told[0].facts["reason"] == "设备检修"


def test_a_training_with_places_is_neither_moved_nor_postponed(town, session):
    signed_up(town, session)
    giver = people.actor(town.staff)
    for act in (
        lambda: sessions.postpone(session, by=giver, reason="改期"),
        lambda: sessions.edit(session, by=giver, starts_at=session.starts_at + dt.timedelta(days=1)),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "session.booked"


@pytest.mark.guards("training_use_once")
def test_a_training_delivers_one_session_of_the_agreement_s_promise(town, session, clock):
    term = partnerships.a_term(town.district)
    promise = Promise(town.venue.pk, term, "trainings", 2)
    partnerships.an_agreement(town.venue, [town.school], promises=[promise])
    signed_up(town, session, town.coordinator)
    clock.to(session.ends_at)
    giver, first = people.actor(town.staff), TrainingPlace.objects.first()
    for present, delivered in (([first.pk], 1), (TrainingPlace.objects.values_list("pk", flat=True), 1), ([], 0)):
        training.attend(session, by=giver, present=present)
        assert Commitment.objects.get().delivered == delivered
    training.attend(session, by=giver, present=[first.pk])
    with refused_as("training_use_once"):
        copy("activities_traininguse", session.training_uses.get().pk)
    assert list(books.problems()) == []


def test_groups_do_not_book_a_training(town, session):
    with pytest.raises(Refused):
        make.a_booking(town, session)
    assert not bookings.Booking.objects.exists()


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_coordinator_signs_up_and_the_venue_notes_by_page(client, town, session, clock):
    people.login(client, town.coordinator)
    assert url("training-sign_up", session.pk) in client.get(url("session-page", session.pk)).text
    form = url("training-sign_up", session.pk)
    assert client.get(form).status_code == 200
    assert client.post(form, {"teachers": ["0"]}).context["form"].errors
    client.post(form, {"teachers": [town.teacher.pk, town.coordinator.pk]})
    one, two = (TrainingPlace.objects.get(teacher=hat) for hat in (town.teacher, town.coordinator))
    client.post(url("training-withdraw", two.pk))
    clock.to(session.ends_at)
    people.login(client, town.staff)
    assert town.teacher.user.full_name in client.get(url("training-attendance", session.pk)).text
    client.post(url("training-attendance", session.pk), {"present": [one.pk, "x"]})
    people.login(client, town.teacher)
    page = client.get(url("training-list"))
    assert [(row["user"], row["hours"]) for row in page.context["hours"]] == [(one.user_id, Decimal("4.0"))]
    people.login(client, town.bureau)
    page = client.get(url("training-list"))
    assert [(row["school"], row["people"], row["hours"]) for row in page.context["hours"]] == [
        (town.school.pk, 1, Decimal("4.0"))
    ]
    assert one.user.full_name not in page.text


def test_a_teacher_sees_the_own_place_and_a_school_its_own(client, town, session):
    place = signed_up(town, session, town.coordinator)[0]
    seen = TrainingPlace.objects.visible_to
    assert [row.user for row in seen(people.actor(town.teacher))] == [town.teacher.user]
    assert seen(people.actor(town.coordinator)).count() == seen(people.actor(town.staff)).count() == 2
    people.login(client, people.hat(Role.COORDINATOR))
    assert client.post(url("training-withdraw", place.pk)).status_code == 404


def test_list_asks_as_often_for_three_as_for_one(client, town, session, django_assert_num_queries):
    people.login(client, town.coordinator)
    signed_up(town, session)
    client.get(url("training-list"))
    with django_assert_num_queries(8):
        client.get(url("training-list"))
    for n in range(2):
        signed_up(town, make.a_training(town.venue, starts_at=session.starts_at + dt.timedelta(days=n + 1)))
    with django_assert_num_queries(8):
        client.get(url("training-list"))
