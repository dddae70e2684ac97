"""Several districts at the same moment: one of them gets the counselor, and nobody comes to a cancelled session."""

import datetime as dt
import threading

import pytest
from django.db import connection

from activities import assignments, following, sessions
from activities.models import Assignment
from people.models import Notice
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories import activities as make
from tests.factories.counselors import a_counselor, actor_of, an_assignment, an_invitation
from tests.factories.people import actor

pytestmark = pytest.mark.django_db(transaction=True)
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def at_once(*calls):
    """Run the calls on threads that start together; what each answered or how it was refused, in order of the calls."""
    ready, answers = threading.Barrier(len(calls)), [""] * len(calls)

    def run(place, call):
        try:
            with portal_clock.at(NOON):
                ready.wait(10)
                call()
                answers[place] = "done"
        except Refused as no:
            answers[place] = no.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_of_many_invitations_for_one_hour_one_is_accepted(clock):
    clock.to(NOON)
    towns = [make.a_town(pupils=0) for _n in range(4)]
    who = a_counselor(listed_in=[town.district for town in towns])
    asked = [an_invitation(make.a_session(town.venue), who, town.staff) for town in towns]
    person = actor_of(who)

    def accept(pk):
        return lambda: assignments.accept(Assignment.objects.with_names().get(pk=pk), by=person)

    answers = at_once(*(accept(assignment.pk) for assignment in asked))
    assert sorted(answers) == ["assignment_one_place"] * 3 + ["done"]
    assert Assignment.objects.live().count() == 1


def test_accepting_and_cancelling_at_once_leaves_nobody_on_a_cancelled_session(clock):
    clock.to(NOON)
    town = make.a_town(pupils=0)
    for _round in range(4):
        who, session = a_counselor(listed_in=[town.district]), make.a_session(town.venue)
        asked, staff, person = an_invitation(session, who, town.staff), actor(town.staff), actor_of(who)
        answers = at_once(
            lambda asked=asked, person=person: assignments.accept(asked, by=person),
            lambda session=session, staff=staff: sessions.cancel(session, by=staff, reason="检修"),
        )
        asked.refresh_from_db()
        assert answers[1] == "done"
        assert answers[0] in ("done", "assignment.session", "changed")
        assert (asked.state, asked.is_live) == ("cancelled", False)


def test_two_sweeps_at_once_reopen_and_tell_once(clock):
    clock.to(NOON)
    town = make.a_town(pupils=0)
    who = a_counselor(listed_in=[town.district])
    assignment = an_assignment(make.a_session(town.venue), who, town.staff)
    who.organisation.listings.update(state="suspended")
    at_once(*[following.reopen_due] * 4)
    assignment.refresh_from_db()
    assert assignment.state == "reopened"
    assert Notice.objects.filter(kind="assignment.listing_ended").count() == 2
