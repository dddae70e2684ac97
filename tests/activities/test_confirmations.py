"""活动确认单: school and host accept the same words for one visit; another visit voids both."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from activities import confirmations, receipts
from activities.models import Booking, ConfirmationSheet, Session
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def booking(town):
    return a_booking(town, a_session(town.venue))


def accept(booking, hat, digest=""):
    booking = Booking.objects.with_names().get(pk=booking.pk)
    return confirmations.accept(booking, by=actor(hat), digest=digest or receipts.digest(booking))


def test_both_sides_accept_and_the_sheet_holds(town, booking):
    accept(booking, town.coordinator)
    assert not confirmations.holds(booking)
    accept(booking, town.coordinator)
    accept(booking, town.staff)
    assert confirmations.holds(booking)
    assert ConfirmationSheet.objects.accepted().get().school_by == town.coordinator


def test_another_time_voids_what_both_have_accepted(town, booking):
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    read = receipts.digest(booking)
    later = booking.session.starts_at + dt.timedelta(minutes=20)
    Session.objects.filter(pk=booking.session_id).update(starts_at=later)
    moved = Booking.objects.with_names().get(pk=booking.pk)
    assert not confirmations.holds(moved)
    with pytest.raises(Refused) as no:
        accept(moved, town.staff, read)
    assert no.value.code == "sheet.changed"
    accept(moved, town.staff)
    sheet = ConfirmationSheet.objects.get()
    assert (sheet.school_at, sheet.is_accepted) == (None, False)


def test_nobody_accepts_for_the_other_side(town, booking):
    with pytest.raises(PermissionDenied):
        accept(booking, town.teacher)
    with pytest.raises(PermissionDenied):
        accept(booking, a_town().staff)


def test_the_page_takes_the_word_of_the_hats_own_side(town, booking, client):
    for hat, side in ((town.coordinator, "school_by"), (town.staff, "host_by")):
        login(client, hat)
        shown = client.get(f"/bookings/{booking.pk}/confirmation/")
        assert shown.context["may_accept"]
        client.post(f"/bookings/{booking.pk}/confirmation/", {"digest": shown.context["digest"]})
        assert getattr(ConfirmationSheet.objects.get(), side) == hat
    assert not client.get(f"/bookings/{booking.pk}/confirmation/").context["may_accept"]


@pytest.mark.guards("confirmationsheet_signed")
def test_the_database_refuses_a_word_of_nobody(town, booking):
    accept(booking, town.coordinator)
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activities_confirmationsheet SET host_at = now()")
    assert no.value.__cause__.diag.constraint_name == "confirmationsheet_signed"
