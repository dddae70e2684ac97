"""The sessions and counselors around touched bookings, and what may become of them after what was chosen for these.

A session to which groups still come takes place. Where nobody is left, whoever gives it (or the school that it is
closed for) keeps it, takes it back until it has a new time, or cancels it. A counselor follows the session, is set free
by the host, or is asked for the date to which a group moves: both sides choose anew, the host has chosen already.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from activities import uses
from activities.models import Assignment, Booking, Check, Offer, Session
from activities.options import Act, Change, Option, Plan, Touched, TouchedAssignment, TouchedSession, What
from partnerships.models import Agreement, AgreementParty, Listing
from people import thresholds
from people.actors import Actor
from portal.lib import clock

Here, There = Session.State, Assignment.State
STANDING = (There.INVITED, There.APPLIED, There.CONFIRMED)
# How a host does without somebody, by how far the two had come.
WITHOUT = {There.INVITED: "recall", There.APPLIED: "turn_down", There.CONFIRMED: "release"}


def closed_ones(agreement: Agreement, change: Change) -> set[int]:
    """Sessions that the venue gives to one of the schools alone, without a group as yet, and that nothing else carries."""
    others = Agreement.objects.in_force(change.on).filter(venue=agreement.venue_id).exclude(pk=agreement.pk)
    carried = AgreementParty.objects.present().filter(agreement__in=others).values("organisation")
    schools = agreement.parties.present().exclude(organisation__in=carried).values("organisation")
    rows = Session.objects.upcoming().filter(provider=agreement.venue_id, school__in=schools)
    if change.school_id is not None:
        rows = rows.filter(school=change.school_id)
    rows = rows.filter(starts_at__gte=clock.moment(change.on)).exclude(state=Here.CANCELLED)
    booked = Booking.objects.filter(session__provider=agreement.venue_id).exclude(state__in=Booking.DEAD)
    return set(rows.exclude(pk__in=booked.values("session")).values_list("pk", flat=True))


class Around:
    """Loads once who else comes to the sessions, which counselors stand there, and where these could go along."""

    def __init__(self, rows: Sequence[Touched], closed: Collection[int], change: Change, by: Actor) -> None:
        self.change, self.by = change, by
        self.bookings = [row.booking for row in rows]
        keys = {booking.session_id for booking in self.bookings}.union(closed)
        found = Session.objects.filter(pk__in=keys).order_by("starts_at", "pk")
        self.sessions = list(
            found.select_related("programme", "provider", "place", "hall", "school__organisation") if keys else ()
        )
        coming = Booking.objects.filter(session__in=keys, state__in=uses.COMING)
        others = coming.exclude(pk__in=[one.pk for one in self.bookings]).values_list("session", flat=True)
        held = Offer.objects.filter(session__in=keys, state=Offer.State.OPEN).values_list("session", flat=True)
        self.others = Counter([*others, *held] if keys else ())
        standing = Assignment.objects.filter(session__in=keys, state__in=STANDING).with_names()
        self.assignments = list(standing.order_by("starts_at", "pk") if keys else ())
        self.ways = _ways(self.assignments, rows)

    def session_rows(self, plan: Plan) -> list[TouchedSession]:
        """After what was chosen for the bookings."""
        stay, left = self._stay(plan), {one.session_id for one in self.bookings}
        return [
            TouchedSession(self._of_session(session, stay[session.pk], session.pk in left), session, stay[session.pk])
            for session in self.sessions
        ]

    def _stay(self, plan: Plan) -> Counter[int]:
        """How many groups each session has then, those that move to it included."""
        chosen = [plan[f"{Touched.kind}_{booking.pk}"] for booking in self.bookings]
        return self.others + Counter(one.session.pk for one in chosen if one.what != What.CANCEL)

    def _of_session(self, session: Session, groups: int, had_one: bool) -> tuple[Option, ...]:
        keep = Option(What.KEEP, session.state, session)
        if groups or not self._decides({session.provider_id, session.school_id}):
            return (keep,)
        cancel = Option(What.CANCEL, Here.CANCELLED, session, move="cancel")
        if session.school_id:  # nobody else could book it; during a suspension a group may still be found for it
            waits = self.change.act == Act.SUSPEND and not had_one
            return (keep, cancel) if waits else (cancel, keep)
        later = [Option(What.MOVE, Here.POSTPONED, session, move="postpone")] if session.state == Here.OPEN else []
        return (keep, *later, cancel)

    def assignment_rows(self, plan: Plan) -> list[TouchedAssignment]:
        """After what was chosen for the bookings and the sessions."""
        stay = self._stay(plan)
        gone: dict[int, dict[int, Session]] = {}
        freed = set()
        for booking in self.bookings:
            option = plan[f"{Touched.kind}_{booking.pk}"]
            if option.what == What.MOVE:
                gone.setdefault(booking.session_id, {})[option.session.pk] = option.session
            elif option.what == What.CANCEL and booking.session.school_id:  # `bookings.end` sets its counselors free
                freed.add(booking.session_id)
        found = []
        for one in self.assignments:
            session = plan[f"{TouchedSession.kind}_{one.session_id}"]
            dates = [to for to in gone.get(one.session_id, {}).values() if (one.pk, to.pk) in self.ways]
            if one.session_id in freed:
                options: tuple[Option, ...] = (Option(What.CANCEL, There.CANCELLED, one.session, move="cancel"),)
            else:
                options = self._of_assignment(one, session, dates, is_left=not stay[one.session_id])
            found.append(TouchedAssignment(options, one))
        return found

    def _of_assignment(
        self, one: Assignment, session: Option, dates: Sequence[Session], *, is_left: bool
    ) -> tuple[Option, ...]:
        decides = self._decides({one.host_id})
        along = [Option(What.MOVE, There.INVITED, to, move="go_along") for to in dates if decides]
        name = WITHOUT[There(one.state)]
        without = [Option(What.CANCEL, Assignment.MOVES[name].target, one.session, move=name)] if decides else []
        if session.what == What.CANCEL:
            return (*along, Option(What.CANCEL, There.CANCELLED, one.session, move="cancel"))
        if session.what == What.MOVE:  # postponed (following.session_postponed)
            if one.state == There.APPLIED:  # for the time that there was
                return (Option(What.CANCEL, There.WITHDRAWN, one.session, move="withdraw"),)
            return (*along, Option(What.MOVE, There.INVITED, one.session, move="ask_again"), *without)
        keep = Option(What.KEEP, one.state, one.session)
        return (*along, keep, *without) if is_left else (keep, *along, *without)

    def _decides(self, organisations: Collection[int | None]) -> bool:
        return self.by.is_system or self.by.organisation_id in organisations


def _ways(assignments: Sequence[Assignment], rows: Sequence[Touched]) -> set[tuple[int, int]]:
    """(assignment, session): where a counselor could be asked for the date to which a group may go."""
    asked = [one for one in assignments if one.state != There.APPLIED]  # who applied did so for that date
    dates: dict[int, dict[int, Session]] = {}
    for row in rows:
        to = {option.session.pk: option.session for option in row.options if option.what == What.MOVE}
        dates.setdefault(row.booking.session_id, {}).update(to)
    pairs = [
        (one, to) for one in asked for to in dates.get(one.session_id, {}).values() if one.host_id in to.host_ids()
    ]
    if not pairs:
        return set()
    keys = {one.counselor_id for one, _to in pairs}
    live = Assignment.objects.live().upcoming().filter(counselor__in=keys)
    busy = list(live.values_list("pk", "counselor", "starts_at", "ends_at"))
    asked_there = Assignment.objects.filter(counselor__in=keys, session__in={to.pk for _one, to in pairs})
    known = set(asked_there.values_list("counselor", "session"))
    counts = _Counts(asked)
    return {
        (one.pk, to.pk)
        for one, to in pairs
        if (one.counselor_id, to.pk) not in known
        and not any(
            who == one.counselor_id and pk != one.pk and to.starts_at < end and start < to.ends_at
            for pk, who, start, end in busy
        )
        and counts.on(one, to)
    }


class _Counts:
    """Listings and checks of these counselors, as `checks.lacking` reads them one by one."""

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        keys, districts = {one.counselor_id for one in assignments}, {one.district_id for one in assignments}
        self.kinds = {district: set(thresholds.of(district)["counselor_check_kinds"]) for district in districts}
        listed = Listing.objects.listed().filter(organisation__in=keys, district__in=districts)
        self.listed = set(listed.values_list("organisation", "district"))
        clear = Check.objects.standing().filter(outcome=Check.Outcome.CLEAR, counselor__in=keys)
        self.until = {
            (counselor, district): until
            for counselor, district, until in clear.values_list("counselor", "unit__district", "valid_until")
        }

    def on(self, one: Assignment, to: Session) -> bool:
        pair = (one.counselor_id, one.district_id)
        if pair not in self.listed:
            return False
        if one.counselor.kind not in self.kinds[one.district_id]:
            return True
        until = self.until.get(pair)
        return until is not None and until > to.day
