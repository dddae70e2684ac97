"""A supplement that shortens an agreement: what becomes of each is chosen beforehand, done when it comes into force."""

from collections.abc import Mapping

from activities import endings, service_uses, training_uses, uses
from activities.models import Booking, ImpactChoice, Session
from activities.options import Act, Change, Plan
from activities.touched import Preview, coming, look
from activities.touched_sessions import closed_ones
from partnerships import agreement_amendments
from partnerships.models import Agreement
from people import audit
from people.access import require
from people.actors import SYSTEM, Actor
from people.roles import Permission
from people.workflow import CHANGED, verb
from portal.lib import clock
from portal.lib.errors import Refused

OPEN = (
    Agreement.State.DRAFT, Agreement.State.REVIEW, Agreement.State.COUNTERED, Agreement.State.AGREED,
    Agreement.State.SIGNING, Agreement.State.SIGNED, Agreement.State.RETURNED,
)  # fmt: skip


def change_of(amendment: Agreement) -> Change | None:
    """The shorter end of the agreement; None where it is not shortened."""
    if amendment.amends is None:
        return None
    dates = agreement_amendments.changes(amendment)
    return Change(Act.SHORTEN, max(dates.ends_on[1], clock.today())) if dates.is_shorter else None


def touched(amendment: Agreement, actor: Actor) -> int:
    """How many bookings and closed dates to come, of those that the reader sees, the shorter agreement carries no more."""
    change = change_of(amendment)
    if change is None or amendment.amends is None:
        return 0
    booked = Booking.objects.visible_to(actor).filter(pk__in=coming(amendment.amends, change).values("pk"))
    closed = Session.objects.visible_to(actor).filter(pk__in=closed_ones(amendment.amends, change))
    return booked.count() + closed.count()


def preview(amendment: Agreement) -> Preview | None:
    """What it touches; whoever files it decides nothing: a cancellation by a supplement is nobody's fault."""
    change = change_of(amendment)
    return look(amendment.amends, change, by=SYSTEM) if change and amendment.amends else None


def wishes(amendment: Agreement, found: Preview) -> Plan:
    """What was chosen for each booking, session and counselor, as far as it can still be done; else what is proposed."""
    wanted = dict(ImpactChoice.objects.filter(amendment=amendment).values_list("touched", "choice"))
    return found.plan(lambda row: next((one for one in row.options if one.wish == wanted.get(row.name)), None))


@verb
def choose(amendment: Agreement, *, by: Actor, keys: Mapping[str, str]) -> Preview:
    """Write down what shall become of each; every party reads it before it signs. Said again, it replaces.

    What follows from other choices than before (a session that nobody comes to any more) is kept as proposed.
    Raises Refused where a booking's option no longer stands, or the supplement is with the bureau or in force already.
    """
    require(by, Permission.AGREEMENT_DRAFT, amendment)
    state = Agreement.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=amendment.pk)
    if state not in OPEN:
        raise Refused("changed", CHANGED)
    found = preview(amendment)
    plan = found.wished(keys) if found else {}
    if found is None or any(row.key_of(plan[row.name]) != keys.get(row.name) for row in found.rows):
        raise Refused("impact.changed", endings.LOOK_AGAIN)
    ImpactChoice.objects.filter(amendment=amendment).delete()
    ImpactChoice.objects.bulk_create(
        ImpactChoice(
            amendment=amendment, touched=row.name, choice=plan[row.name].wish, chosen_by=getattr(by, "membership", None)
        )
        for row in found.rows_of(plan)
        if row.is_open
    )
    audit.record("agreement.choose", amendment, by=by, n=len(found.rows))
    return found


def follow(amendment: Agreement, *, by: Actor) -> None:
    """The supplement is in force: what the agreement no longer carries is settled, and every use counted anew."""
    agreement = amendment.amends
    assert agreement
    endings.shorten(agreement, by=by, chosen=lambda found: wishes(amendment, found))
    uses.settle_all(agreement)
    service_uses.recount(agreement)
    training_uses.recount(agreement)
