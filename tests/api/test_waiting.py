"""Other systems put groups in line, read where they stand and why, and take what is offered."""

import pytest

from activities import bookings, offering
from activities.models import Booking, WaitlistEntry
from tests.api.test_bookings import body_of, reader, send, town  # noqa: F401
from tests.factories.activities import a_booking, a_class, a_session, a_town
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
LIST = "/api/v1/waiting-list/"


@pytest.fixture
def full(town):  # noqa: F811
    session = a_session(town.venue, capacity=3)
    session.holder = a_booking(town, session, town.class_a)
    return session


def test_a_client_waits_reads_its_place_and_accepts(town, reader, full):  # noqa: F811
    body = body_of(town, full, classes=[town.class_b.pk])
    made = send(reader, LIST, body)
    assert made.status_code == 201, made.content
    said = made.json()
    assert (said["state"], said["position"], said["heads"], said["offer"]) == ("waiting", 1, 3, None)
    reasons = reader.get(f"{LIST}{said['id']}/reasons/").json()
    assert [rule["code"] for rule in reasons] == ["session.capacity"]
    bookings.cancel(full.holder, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    offered = reader.get(f"{LIST}{said['id']}/").json()
    assert (offered["state"], offered["position"], offered["offer"]["seats"]) == ("offered", None, 3)
    taken = send(reader, f"{LIST}{said['id']}/accept/", if_match="*")
    assert (taken.status_code, taken.json()["state"], Booking.objects.alive().count()) == (200, "accepted", 1)


def test_positions_follow_the_line_and_leaving_moves_it(town, reader, full):  # noqa: F811
    keys = [
        send(reader, LIST, body_of(town, full, classes=[each.pk])).json()["id"]
        for each in (town.class_b, a_class(town.school, 3))
    ]
    rows = {row["id"]: row["position"] for row in reader.get(LIST, {"session": full.pk}).json()["results"]}
    assert rows == {keys[0]: 1, keys[1]: 2}
    assert send(reader, f"{LIST}{keys[0]}/leave/", if_match="*").json()["state"] == "left"
    assert reader.get(f"{LIST}{keys[1]}/").json()["position"] == 1


def test_free_places_are_booked_and_another_district_reads_nothing(town, reader):  # noqa: F811
    answer = send(reader, LIST, body_of(town, a_session(town.venue), classes=[town.class_b.pk]))
    assert (answer.status_code, answer.json()["code"]) == (409, "waitlist.fits")
    stranger = a_town()
    other = a_session(stranger.venue, capacity=3)
    a_booking(stranger, other, stranger.class_a)
    entry = WaitlistEntry.objects.create(
        session=other, school=stranger.school, district=stranger.district, by="heads", heads=2, smallest=2, adults=1,
        leader=stranger.teacher, request_key="00000000-0000-4000-8000-000000000001",
    )  # fmt: skip
    assert reader.get(f"{LIST}{entry.pk}/").status_code == 404
    assert reader.get(LIST).json()["results"] == []


def test_a_booking_gives_part_back_and_its_final_count(town, reader):  # noqa: F811
    booking = a_booking(town, a_session(town.venue), town.class_a, town.class_b)
    path = f"/api/v1/bookings/{booking.pk}/"
    less = send(reader, f"{path}heads/", {"classes": [town.class_b.pk], "is_final": True}, if_match="*")
    assert less.status_code == 200, less.content
    assert (less.status_code, less.json()["pupils"], less.json()["classes"]) == (200, 3, [town.class_b.pk])
    assert less.json()["counted_at"]
    assert send(reader, f"{path}count/", if_match="*").status_code == 200
