"""特批: a school asks to pass a rule, whose owner grants it for some days and so many bookings, or does not."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities import rule_notices
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Booking, Exemption, Session
from activities.rule_codes import CODES
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Organisation
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, said

State = Exemption.State


def owner_of(code: str, session: Session, district_id: int) -> Organisation:
    """Whose rule it is: the provider's, or the bureau's of the school's district."""
    if CODES[code].granted_by == "venue":
        return session.provider
    return Organisation.objects.get(district=district_id, kind="bureau")


@verb
def ask(session: Session, group: Group, *, by: Actor, codes: Iterable[str], reason: str) -> list[Exemption]:
    """Ask to pass rules that the group does not meet in this session; each owner is told once.

    Asked again it gives the request that waits. Raises Refused for a rule that is met, or that nobody grants.
    """
    require(by, Permission.EXCEPTION_ASK, group.school)
    reason = said(reason)
    open_ones = {rule.code for rule in Judge([session], group).of(session).blocking if rule.granted_by}
    wanted = sorted(set(codes))
    if not wanted:
        raise Refused("exception.none", _("Choose at least one rule."))
    if not open_ones.issuperset(wanted):
        raise Refused("exception.code", _("There is nothing to grant: the rule is met, or nobody may grant it."))
    return [_ask(session, group, code, by=by, reason=reason) for code in wanted]


def _ask(session: Session, group: Group, code: str, *, by: Actor, reason: str) -> Exemption:
    waiting = Exemption.objects.filter(school=group.school, session=session, code=code, state=State.ASKED)
    if found := waiting.first():
        return found
    asked = Exemption.objects.create(
        school=group.school,
        district_id=group.school.district_id,
        provider=session.provider,
        owner=owner_of(code, session, group.school.district_id),
        session=session,
        code=code,
        pupils=group.pupils,
        starts_on=session.day,
        ends_on=session.day + dt.timedelta(days=1),
        reason=reason,
        asked_by=getattr(by, "membership", None),
    )
    audit.record("exemption.ask", asked, by=by, is_now=asked.state, code=code, session=session.pk)
    rule_notices.tell_asked_for(asked)
    return asked


@verb
def grant(
    exemption: Exemption,
    *,
    by: Actor,
    answer: str,
    starts_on: dt.date | None = None,
    last_day: dt.date | None = None,
    most: int = 1,
) -> None:
    """Let the school pass the rule in sessions of these days (the day asked for), for so many bookings."""
    check_owner(exemption, by)
    starts_on, last_day = starts_on or exemption.starts_on, last_day or exemption.last_day
    if last_day < clock.today():
        raise Refused("exception.past", _("The last day of the exception lies in the past."))
    decision = _decision(by, answer)
    days = {"starts_on": starts_on, "ends_on": last_day + dt.timedelta(days=1), "most": most}
    facts = {"code": exemption.code, "most": most, "until": last_day.isoformat()}
    move(exemption, "grant", by=by, facts=facts, **days, **decision)
    rule_notices.tell_decided(exemption)


@verb
def refuse(exemption: Exemption, *, by: Actor, answer: str) -> None:
    """The rule stands; the school reads why."""
    check_owner(exemption, by)
    move(exemption, "refuse", by=by, facts={"code": exemption.code}, **_decision(by, answer))
    rule_notices.tell_decided(exemption)


@verb
def revoke(exemption: Exemption, *, by: Actor, answer: str) -> None:
    """The exception ends at once. Bookings that stand on it stay."""
    check_owner(exemption, by)
    move(exemption, "revoke", by=by, facts={"code": exemption.code}, **_decision(by, answer))
    rule_notices.tell_decided(exemption)


@verb
def withdraw(exemption: Exemption, *, by: Actor) -> None:
    """The school needs it no more; only as long as nobody has decided."""
    move(exemption, "withdraw", by=by, facts={"code": exemption.code})


def decides(exemption: Exemption, actor: Actor) -> bool:
    """Whether this hat's organisation owns the rule, and somebody else has asked; whether its role may, `abilities` say."""
    is_own = exemption.asked_by is not None and exemption.asked_by.user == actor.user
    return actor.organisation_id == exemption.owner_id and not is_own


def check_owner(exemption: Exemption, by: Actor) -> None:
    """Raise PermissionDenied for anybody but the organisation whose rule it is."""
    if by.organisation_id != exemption.owner_id:
        raise PermissionDenied("exception.decide")


def _decision(by: Actor, answer: str) -> dict[str, object]:
    return {"decided_at": clock.now(), "decided_by": getattr(by, "membership", None), "answer": said(answer)}


def take(booking: Booking, exemptions: Iterable[Exemption]) -> None:
    """Count the booking on these exceptions and on no other, by id.

    Raises Refused where an exception was revoked, or another booking took it, since the rules were judged."""
    exemptions = list(exemptions)
    booking.exemption_uses.exclude(exemption__in=exemptions).delete()
    for exemption in exemptions:
        rows = Exemption.objects.filter(pk=exemption.pk, state=State.GRANTED)
        locked = rows.select_for_update(no_key=True).first()
        others = Q(booking__state__in=Booking.ALIVE) & ~Q(booking=booking.pk)
        if locked is None or locked.uses.filter(others).count() >= locked.most:
            raise Refused("exception.gone", _("The exception from this rule has been used or revoked meanwhile."))
        locked.uses.get_or_create(booking=booking)
