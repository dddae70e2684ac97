"""恢复履行: which bookings stayed under a suspended agreement, which may rest on it again, and which do not come back.

As with an ending, what is shown is what is sent back and done; a date that was given up is not taken back.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from activities import ending_notices, endings, uses
from activities.ending_sessions import LOOK_AGAIN
from activities.models import Booking
from activities.options import Option, Plan, Touched, What
from partnerships import agreement_life
from partnerships.models import Agreement
from people.actors import Actor
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused


@dataclass(frozen=True)
class Resumption:
    """Bookings to come of the venue with the parties. `rows` may rest on the agreement again, or stay as they are."""

    agreement: Agreement
    under: tuple[Booking, ...]  # the suspension left them where they were
    rows: tuple[Touched, ...]
    gone: tuple[Booking, ...]  # cancelled by the suspension, on days that have not come yet

    def plan(self, keys: Mapping[str, str]) -> Plan:
        return {row.name: row.option(keys.get(row.name, "")) or row.options[0] for row in self.rows}

    def keys_of(self, plan: Plan) -> dict[str, str]:
        return {row.name: row.key_of(plan[row.name]) for row in self.rows}

    def returns(self, option: Option) -> bool:
        return option.agreement is not None and option.agreement.pk == self.agreement.pk


def look(agreement: Agreement) -> Resumption:
    """What resuming it today would mean; what has no agreement now is proposed to rest on it again."""
    ahead = Booking.objects.filter(session__starts_at__gt=clock.now(), session__provider=agreement.venue_id)
    rows = ahead.with_group().select_related("agreement").order_by("session__starts_at", "pk")
    coming = rows.filter(state__in=uses.COMING)
    sides = dict(agreement.parties.standing(clock.today()).values_list("organisation", "left_on"))
    loose = coming.filter(agreement=None) | coming.filter(displaced_from=agreement).exclude(agreement=agreement)
    room = {
        row.pk: row.promised - row.reserved - row.delivered for row in agreement.commitments.filter(is_ceiling=True)
    }
    carried = [
        booking
        for booking in loose.filter(school__in=sides)
        if agreement.starts_on <= booking.session.day < agreement.ends_on
        and (sides[booking.school_id] is None or booking.session.day < sides[booking.school_id])
    ]
    return Resumption(
        agreement,
        tuple(coming.filter(agreement=agreement)),
        tuple(_row(booking, agreement, room) for booking in carried),
        tuple(rows.filter(displaced_from=agreement, state__in=Booking.DEAD)),
    )


def _row(booking: Booking, agreement: Agreement, room: dict[int, int]) -> Touched:
    """Under another agreement it stays proposed; back under this one only as far as its ceilings reach."""
    stay = Option(What.KEEP, booking.state, booking.session, booking.agreement)
    needed = uses.needed(agreement, booking.session, booking.school_id, booking.pupils)
    if any(room.get(commitment.pk, amount) < amount for commitment, amount in needed):
        return Touched((stay,), booking, {})
    back = Option(What.KEEP, booking.state, booking.session, agreement)
    for commitment, amount in needed:
        if commitment.pk in room:
            room[commitment.pk] -= amount
    return Touched((stay, back) if booking.agreement else (back, stay), booking, {})


@verb
def resume(agreement: Agreement, *, by: Actor, keys: Mapping[str, str]) -> Resumption:
    """Put it into force again, and let rest on it what was chosen to; each school with such bookings hears once.

    `keys` are the chosen options as they were shown. Raises Refused("impact.changed") where something else stands there.
    """
    agreement_life.check_end(agreement, by)
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    found = look(agreement)
    plan = found.plan(keys)
    if found.keys_of(plan) != dict(keys):
        raise Refused("impact.changed", LOOK_AGAIN)
    agreement_life.resume(agreement, by=by)
    for row in found.rows:
        if found.returns(plan[row.name]):
            endings.rest_on(row.booking, agreement, by=by)
    Booking.objects.filter(displaced_from=agreement).update(displaced_from=None)
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in found.rows:
        counted[row.booking.school_id]["back" if found.returns(plan[row.name]) else "stay"] += 1
    for kind, bookings in (("under", found.under), ("gone", found.gone)):
        for booking in bookings:
            counted[booking.school_id][kind] += 1
    ending_notices.tell_resumed(agreement, counted, by=by)
    return found
