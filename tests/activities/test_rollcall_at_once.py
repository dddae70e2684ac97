"""Two phones send the same roll in the same moment."""

import threading
import uuid

import pytest
from django.db import connection

from activities import rollcall
from activities.models import Booking
from people.models import AuditEvent
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.rolls import a_roll


def send_at_once(roll, keys, moment):
    """Every key in a thread of its own; what each was told, in order."""
    told, gate = [], threading.Barrier(len(keys))

    def send(key):
        try:
            with portal_clock.at(moment):
                booking = Booking.objects.get(pk=roll.booking.pk)
                marks = rollcall.everybody(booking)
                gate.wait()
                rollcall.complete(booking, marks=marks, by=roll.leader, request_key=key)
                told.append("sent")
        except Refused as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("same", "told"), [(True, ["sent"] * 4), (False, ["roll.sent"] * 3 + ["sent"])])
def test_one_roll_comes_of_it(clock, same, told):
    roll = a_roll(clock)
    key = uuid.uuid4()
    keys = [key if same else uuid.uuid4() for _phone in range(4)]
    assert send_at_once(roll, keys, clock.now()) == told
    assert AuditEvent.objects.filter(verb="booking.complete").count() == 1
    assert set(roll.booking.roll.values_list("mark", flat=True)) == {"present"}
