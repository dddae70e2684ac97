"""A client that openapi-python-client writes from the schema books a group and reads its credits."""

import importlib
import subprocess
import sys

import httpx
import pytest
from django.core.management import call_command

from activities import rollcall
from activities.models import Booking
from credits import sweep
from house.install import VENV
from people.roles import Role
from portal.wsgi import application
from tests.api.conformance import kept_open
from tests.factories import activities
from tests.factories.api import a_client, a_token
from tests.factories.people import actor


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The package, written anew from the schema of this checkout."""
    folder = tmp_path_factory.mktemp("generated")
    call_command("spectacular", "--format", "openapi-json", "--file", str(folder / "schema.json"))
    subprocess.run(
        [VENV / "bin" / "openapi-python-client", "generate", "--path", folder / "schema.json", "--meta", "none",
         "--output-path", folder / "guanxiao_client"],
        check=True, capture_output=True,
    )  # fmt: skip
    sys.path.insert(0, str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))


def test_it_books_a_group_and_reads_its_credits(world, generated, clock):
    module = generated("guanxiao_client")
    calls = {
        name: generated(f"guanxiao_client.api.{name.partition('_')[0]}.{name}")
        for name in ("schools_list", "schools_leaders", "classes_list", "bookings_create", "bookings_retrieve")
    }
    entries_list = generated("guanxiao_client.api.credit_entries.credit_entries_list")
    rolls_list = generated("guanxiao_client.api.roll_entries.roll_entries_list")
    balances = generated("guanxiao_client.api.balances.balances_retrieve")
    models = generated("guanxiao_client.models")
    school, venue = world.one("A1", "school"), world.one("A1", "venue")
    session = activities.a_session(venue, starts_at=activities.local(activities.next_weekday(4), 14))
    transport = httpx.WSGITransport(app=application)
    system = module.AuthenticatedClient(
        base_url="http://localhost", token=a_token(a_client(world.districts["A"])), httpx_args={"transport": transport}
    )

    with kept_open():
        schools = calls["schools_list"].sync(client=system).results
        assert school.pk in [each.id for each in schools]
        leaders = calls["schools_leaders"].sync(school.pk, client=system)
        teacher = next(each for each in leaders if each.role == Role.TEACHER.value)
        classes = calls["classes_list"].sync(client=system, school=school.pk, grade=5).results
        group = classes[0]
        body = models.NewBooking(session=session.pk, school=school.pk, leader=teacher.id, classes=[group.id], adults=2)
        made = calls["bookings_create"].sync(client=system, body=body, idempotency_key="once")
        again = calls["bookings_create"].sync(client=system, body=body, idempotency_key="once")
        assert made.state.value == "confirmed"
        assert (made.id, made.pupils) == (again.id, group.pupils)

    booking = Booking.objects.get(pk=made.id)
    clock.to(session.ends_at)
    marks = rollcall.everybody(booking, task_sheet=True)
    rollcall.complete(booking, by=actor(world.hat(Role.COORDINATOR)), marks=marks)
    sweep.run()

    with kept_open():
        read = calls["bookings_retrieve"].sync(made.id, client=system)
        assert read.state.value == "attended"
        roll = rolls_list.sync(client=system, booking=made.id).results
        found = [entry for row in roll for entry in entries_list.sync(client=system, roll_entry=row.id).results]
        assert [entry.points for entry in found] == [1000] * group.pupils
        assert {entry.pupil for entry in found} == {row.student for row in roll}
        for entry in found:
            assert balances.sync(entry.pupil, client=system).balance == entry.balance
