"""Suspending, terminating, leaving or shortening an agreement together with what rests on it.

The agreement's row is locked first: whoever books under it now is before us and seen, or waits and is refused. Then
everything is looked at again, and done only if it is what was shown before (activities/touched.py).
"""

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from activities import bookings, ending_notices, ending_sessions, exemptions, groups, rescheduling, uses
from activities.ending_sessions import LOOK_AGAIN
from activities.models import Booking
from activities.options import Act, Change, Option, Outcome, Plan, What
from activities.touched import After, Preview, coming, look
from partnerships import agreement_life
from partnerships.models import Agreement
from people import audit
from people.access import require
from people.actors import SYSTEM, Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused, said

PERMISSION = {
    Act.SUSPEND: Permission.AGREEMENT_END,
    Act.TERMINATE: Permission.AGREEMENT_END,
    Act.LEAVE: Permission.AGREEMENT_LEAVE,
}
DAY = dt.timedelta(days=1)
SHORTENED = _("The agreement was shortened by a supplement.")


def change_of(agreement: Agreement, act: str, *, by: Actor, last_day: dt.date | None = None) -> Change:
    """What is about to happen: a suspension from today, an end after `last_day` (today), for a leaving school only its own.

    Raises Refused for a last day that is over, or later than the agreement's own.
    """
    today = clock.today()
    if act == Act.SUSPEND:
        return Change(act, today)
    on = (last_day or today) + DAY
    if not today < on <= max(agreement.ends_on, today + DAY):
        raise Refused("ending.last_day", _("The last day lies between today and the last day of the agreement."))
    return Change(act, on, by.organisation_id if act == Act.LEAVE else None)


@verb
def carry_out(
    agreement: Agreement,
    change: Change,
    *,
    by: Actor,
    reason: str,
    keys: Mapping[str, str],
    meanwhile: bool = False,
) -> Outcome:
    """Do what was chosen for each booking, session and counselor, then end, suspend or leave; each side hears once.

    `keys` are the chosen options as they were shown. With `meanwhile`, what was booked or has ended since is treated as
    proposed. Raises Refused("impact.changed") where something else stands there now: look again.
    """
    require(by, PERMISSION[Act(change.act)], agreement)
    reason = said(reason)
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    list(coming(agreement, change).select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    preview = look(agreement, change, by=by)
    plan = _still_stands(preview, keys, meanwhile)
    outcome = preview.outcome(plan)
    _settle(preview, plan, by=by, reason=reason)
    _end(agreement, change, by=by, reason=reason)
    ending_notices.tell(preview, plan, by=by, reason=reason)
    return outcome


def shorten(agreement: Agreement, *, by: Actor, chosen: Callable[[Preview], Plan]) -> Outcome:
    """A supplement has made the agreement end earlier: what it carries no more is kept, moved or cancelled as `chosen`.

    Part of the verb that puts the supplement into force, under its lock and after its UPDATE.
    """
    agreement.refresh_from_db(fields=["starts_on", "ends_on"])
    change = Change(Act.SHORTEN, agreement.ends_on)
    list(coming(agreement, change).select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    preview = look(agreement, change, by=SYSTEM)
    plan = chosen(preview)
    outcome = preview.outcome(plan)
    with translation.override("zh-hans"):  # what nobody put into words is kept as the others are, in Chinese
        reason = str(SHORTENED)
    _settle(preview, plan, by=SYSTEM, reason=reason)
    ending_notices.tell(preview, plan, by=by, reason=reason)
    return outcome


def _still_stands(preview: Preview, keys: Mapping[str, str], meanwhile: bool) -> Plan:
    """Exactly what was shown; with `meanwhile` no less, and what has come since as proposed."""
    plan = preview.wished(keys)
    now = preview.keys_of(plan)
    if meanwhile:
        keys = {name: keys.get(name, key) for name, key in now.items()}
    if now != keys:
        raise Refused("impact.changed", LOOK_AGAIN)
    return plan


def _settle(preview: Preview, plan: Plan, *, by: Actor, reason: str) -> None:
    for row in preview.rows:
        booking, option = row.booking, plan[row.name]
        if option.what == What.CANCEL:
            own = by.organisation_id in booking.organisation_ids() and option.move != "cancel_no_fault"
            bookings.end(booking, option.move, by=by if own else SYSTEM, reason=reason)
        elif option.what == What.MOVE:
            _move(preview, booking, option, by=by)
        elif option.agreement is None or option.agreement.pk != booking.agreement_id:
            rest_on(booking, option.agreement, by=by)
    if preview.change.act == Act.SUSPEND:  # told when it is resumed (resumptions.py)
        displaced = [row.pk for row in preview.rows if plan[row.name].what != What.KEEP]
        Booking.objects.filter(pk__in=displaced).update(displaced_from=preview.agreement)
    ending_sessions.settle(preview, plan, by=by, reason=reason)


def _move(preview: Preview, booking: Booking, option: Option, *, by: Actor) -> None:
    """To the other date, judged as if the agreement had ended: it may be another one that carries it there."""
    old, to = booking.session, option.session
    group = groups.of_booking(booking, on=to.day)
    verdict = After(preview.agreement, preview.change, [to], group, moving=booking).of(to)
    if not verdict.may_book:
        raise bookings.NotEligible(verdict)
    rescheduling.carry(booking, old, to, entitled=group.is_entitled, agreement=option.agreement, by=SYSTEM)
    exemptions.take(booking, verdict.exemptions)
    if booking.state != option.state:  # the host itself chose the date: nobody has to ask it
        bookings.confirm(booking, by=by)
    bookings.offer_on(old.pk)


def rest_on(booking: Booking, agreement: Agreement | None, *, by: Actor) -> None:
    """The visit takes place all the same, under another agreement or under none."""
    facts = {"was": str(booking.agreement_id or ""), "is_now": str(agreement.pk if agreement else "")}
    on_sheet = booking.on_sheet and agreement is None  # an agreement does more than a sheet
    Booking.objects.filter(pk=booking.pk).update(agreement=agreement, on_sheet=on_sheet)
    booking.agreement, booking.on_sheet = agreement, on_sheet
    uses.settle(booking)
    audit.record("booking.rest_on", booking, by=by, **facts)


def _end(agreement: Agreement, change: Change, *, by: Actor, reason: str) -> None:
    if change.act == Act.SUSPEND:
        agreement_life.suspend(agreement, by=by, reason=reason)
    elif change.act == Act.LEAVE:
        agreement_life.leave(agreement, by=by, reason=reason, on=change.on)
    else:
        agreement_life.terminate(agreement, by=by, reason=reason, on=change.on)
