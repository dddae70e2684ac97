"""Any history of bookings and rolls, any ending: the ledger of commitments is its own recomputation, and what an ending
does is what its preview said."""

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities import bookings, books, endings, rescheduling, resumptions, rollcall
from activities.models import Assignment, Booking, Session
from activities.options import Act, What
from activities.touched import look
from partnerships.models import Agreement, Commitment
from people import thresholds
from people.actors import SYSTEM
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town, local, next_weekday
from tests.factories.counselors import a_counselor, an_assignment
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
LIGHT = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
KINDS = ("visits", "pupils", "free_places", "in_school")
MARKS = ("present", "late", "absent", "leave")
NUMBERS = st.integers(0, 5)


def a_world(*, ceiling=None):
    """An agreement with every kind of promise, three classes of two, and sessions of three weeks."""
    town = a_town(pupils=2)
    town.term = make.a_term(town.district)
    town.agreement = pact(town, make.a_school(town.district), ceiling=ceiling)
    go_out, bring_in = a_programme(town.venue), a_programme(town.venue, direction="bring_in")
    town.sessions = [
        a_session(town.venue, programme=programme, starts_at=local(next_weekday(3, 10 + 7 * week), hour, 30))
        for week in range(3)
        for programme, hour in ((go_out, 9), (bring_in, 14))
    ]
    town.classes = [town.class_a, town.class_b, a_class(town.school, 2)]
    town.museum = make.lead_of(town.venue)
    return town


def pact(town, *others, ceiling=None):
    agreement = make.an_agreement(town.venue, [town.school, *others])
    for kind in KINDS:
        Commitment.objects.create(
            agreement=agreement,
            party=agreement.parties.get(position=0),
            term=town.term,
            kind=kind,
            promised=ceiling or 99,
            is_ceiling=ceiling is not None,
        )
    return agreement


def book(town, one, other):
    a_booking(town, town.sessions[other], town.classes[one % 3])


def cancel(town, one, _other):
    bookings.cancel(nth(town, one), by=actor(town.coordinator))


def move(town, one, other):
    rescheduling.reschedule(nth(town, one), to=town.sessions[other], by=actor(town.coordinator))


def attend(town, one, other):
    booking = nth(town, one)
    with clock.at(booking.session.starts_at):
        marks = {entry.pk: rollcall.Said(MARKS[(other + n) % 4]) for n, entry in enumerate(booking.roll.order_by("pk"))}
        rollcall.complete(booking, marks=marks, by=actor(town.teacher))


def correct(town, one, other):
    booking = nth(town, one, state="attended")
    with clock.at(booking.session.ends_at):
        entry = booking.roll.order_by("pk")[other % 2]
        rollcall.correct(booking, marks={entry.pk: rollcall.Said(MARKS[other % 4])}, why="更正", by=actor(town.teacher))


def miss(town, one, _other):
    booking = nth(town, one)
    with clock.at(booking.session.ends_at):
        bookings.miss(booking, by=actor(town.staff))


def nth(town, n, state="confirmed"):
    """One of the bookings in a state; Refused where there is none, as for any act that is not possible now."""
    rows = list(Booking.objects.with_names().filter(school=town.school, state=state).order_by("pk"))
    if not rows:
        raise Refused("nothing", "")
    return rows[n % len(rows)]


ACTS = st.lists(
    st.tuples(st.sampled_from([book, book, cancel, move, attend, correct, miss]), NUMBERS, NUMBERS), max_size=8
)


@LIGHT
@given(acts=ACTS, ceiling=st.sampled_from([None, None, 2, 3]))
def test_the_ledger_is_its_own_recomputation_after_any_history(acts, ceiling):
    town = a_world(ceiling=ceiling)
    for act, one, other in acts:
        try:
            act(town, one, other)
        except Refused:
            continue
    assert list(books.problems()) == []
    for row in Commitment.objects.filter(agreement=town.agreement):
        assert row.reserved + row.delivered <= row.promised


@LIGHT
@given(
    booked=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4),
    act=st.sampled_from([Act.SUSPEND, Act.TERMINATE, Act.TERMINATE, Act.LEAVE]),
    weeks=st.integers(0, 2),
    need=st.sampled_from(["none", "block"]),
    has_other=st.booleans(),
    wishes=st.lists(st.integers(0, 4), min_size=4, max_size=9),
)
def test_what_happens_is_what_was_previewed(booked, act, weeks, need, has_other, wishes):
    town = a_world()
    by = make.lead_of(town.school) if act == Act.LEAVE else town.museum
    thresholds.set_value(
        town.district,
        "agreement_needed_go_out",
        need,
        by=SYSTEM,
        starts_on=clock.today() - dt.timedelta(90),
        reason="规定",
    )
    for one, other in booked:
        try:
            book(town, one, other)
        except Refused:
            continue
    closed = a_session(town.venue, school=town.school, starts_at=local(next_weekday(5, 17), 16))
    if wishes[0] % 2:
        a_booking(town, closed, town.classes[2])
    for session in (*town.sessions[:2], closed):
        an_assignment(session, a_counselor(listed_in=[town.district]), town.staff)
    if has_other:
        pact(town)
    last_day = clock.today() + dt.timedelta(weeks=1 + weeks)
    change = endings.change_of(town.agreement, act, by=by, last_day=None if act == Act.SUSPEND else last_day)
    preview = look(town.agreement, change, by=by)
    picks = itertools.cycle(wishes)
    plan = preview.plan(lambda row: row.options[next(picks) % len(row.options)])
    told = preview.outcome(plan)
    before = {row.pk: (row.reserved, row.released) for row in Commitment.objects.all()}
    was = _everything()
    taken = dict(Session.objects.values_list("pk", "taken"))
    try:
        endings.carry_out(town.agreement, change, by=by, reason="场馆改造", keys=preview.keys_of(plan))
    except bookings.NotEligible:  # two wishes that can't both come true: then nothing happens at all
        town.agreement.refresh_from_db()
        assert (_everything(), town.agreement.state) == (was, "filed")
        return

    booked, held, coming = _everything()
    assert booked == was[0] | told.bookings
    assert held == was[1] | told.sessions
    assert coming == was[2] | told.assignments
    after = {row.pk: (row.reserved, row.released) for row in Commitment.objects.all()}
    assert {pk: after[pk][0] - before[pk][0] for pk in after if after[pk][0] != before[pk][0]} == told.reserved
    assert {pk: after[pk][1] - before[pk][1] for pk in after if after[pk][1] != before[pk][1]} == told.released
    gone = sum(plan[row.name].what == What.CANCEL for row in preview.rows)
    assert sum(dict(Session.objects.values_list("pk", "taken")).values()) == sum(taken.values()) - 2 * gone
    assert list(books.problems()) == []
    if act == Act.SUSPEND:
        _resumed_as_shown(town, picks)


def _resumed_as_shown(town, picks):
    """In force again: what was chosen to rests on it, nothing else changes."""
    agreement = Agreement.objects.get(pk=town.agreement.pk)
    found = resumptions.look(agreement)
    plan = {row.name: row.options[next(picks) % len(row.options)] for row in found.rows}
    was = _everything()
    resumptions.resume(agreement, by=town.museum, keys=found.keys_of(plan))
    back = {row.pk: (row.booking.state, row.booking.session_id, plan[row.name].agreement) for row in found.rows}
    told = {pk: (state, session, pact and pact.pk) for pk, (state, session, pact) in back.items()}
    assert _everything() == (was[0] | told, *was[1:])
    assert list(books.problems()) == []


def _everything():
    """Bookings, sessions and counselors as an ending may leave them."""
    return (
        {row.pk: (row.state, row.session_id, row.agreement_id) for row in Booking.objects.all()},
        {row.pk: row.state for row in Session.objects.all()},
        {row.pk: (row.state, row.session_id) for row in Assignment.objects.all()},
    )
