"""The rules of booking, one function each: what is broken, by which numbers, and what would repair it.

None looks into the database: the judge has loaded what they need.
"""

import datetime as dt
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.case import AGREEMENT_OF, Case
from activities.models import Session, VenueDay
from activities.verdicts import Broken


def is_open(case: Case, session: Session) -> Broken | None:
    if session.state != Session.State.OPEN:
        return Broken(
            "session.state",
            _("This session can't be booked: it is not open."),
            "session",
            fix=_("Choose another session."),
        )
    if session.has_begun:
        return Broken(
            "session.begun",
            _("This session has already begun."),
            "session",
            fix=_("Choose another session."),
        )
    if session.opens_on and case.today < session.opens_on:
        return Broken(
            "session.opens",
            _("Booking opens on %(day)s."),
            "session",
            {"day": session.opens_on},
            _("Come back on that day."),
        )
    return None


def is_no_day_off(case: Case, session: Session) -> Broken | None:
    """停课: nothing is booked into a half-day that school, district or venue has called off."""
    found = next((row for row in case.days_off if row.concerns(session)), None)
    if found is None:
        return None
    return Broken(
        "district.day_off",
        _("This half-day is called off: %(reason)s."),
        "district",
        {"reason": found.reason},
        _("Choose another day."),
    )


def has_room(case: Case, session: Session) -> Broken | None:
    left = max(0, session.left_for(case.group.is_entitled) + case.offered)
    needed = session.seats_for(case.group.pupils)
    if needed <= left:
        return None
    text = _("%(left)s places are left and you need %(needed)s.")
    fix = _("Book a smaller group, join the waiting list, or choose another session.")
    facts: dict[str, Any] = {"left": left, "needed": needed}
    if session.held_until and not case.group.is_entitled and needed <= session.left + case.offered:
        text = _("%(left)s places are left and you need %(needed)s; %(held)s more are kept back.")
        fix = _("Places that are kept back open to everybody on %(opens)s. Join the waiting list until then.")
        facts |= {"held": session.held_open, "opens": session.held_until + dt.timedelta(days=1)}
    return Broken("session.capacity", text, "session", facts, fix)


def has_no_queue(case: Case, session: Session) -> Broken | None:
    """Freed places go to whoever waits for them; who comes later stands behind."""
    if session.pk not in case.queued or case.offered:
        return None
    return Broken(
        "session.queue",
        _("Other groups wait for places in this session."),
        "session",
        fix=_("Join the waiting list: if yours fits where the others do not, it is offered places at once."),
    )


def is_for_group(case: Case, session: Session) -> Broken | None:
    if session.audience == Session.Audience.TEACHERS:
        return Broken(
            "session.audience",
            _("This session is for teachers."),
            "session",
            fix=_("Choose a session for pupils."),
        )
    if session.is_announced:
        return Broken(
            "session.announced",
            _("Families book this session at the venue itself: %(channel)s."),
            "session",
            {"channel": session.channel},
            _("Tell your families; the venue counts who comes."),
        )
    if session.audience == Session.Audience.FAMILIES and case.group.by != "heads":
        return Broken(
            "session.audience",
            _("This is a family session: book it as a head count, every visitor is a head."),
            "session",
            fix=_("Choose “head count”."),
            change={"by": "heads", "pupils": case.group.pupils},
        )
    if session.school_id and session.school_id != case.group.school.pk:
        return Broken(
            "session.audience",
            _("This session belongs to another school."),
            "session",
            fix=_("Choose another session."),
        )
    return None


def is_for_grades(case: Case, session: Session) -> Broken | None:
    meant = set(session.programme.grades)
    others = sorted(case.group.grades - meant)
    if not meant or not others:
        return None
    return Broken(
        "programme.grades",
        _("This programme is for grades %(meant)s; your group has grade %(others)s."),
        "venue",
        {"meant": sorted(meant), "others": others},
        _("Choose other classes or another programme."),
    )


def is_listed(case: Case, session: Session) -> Broken | None:
    if session.provider_id in case.listed or session.programme.open_to_all:
        return None
    return Broken(
        "district.listing",
        _("Your district has not listed this venue, or has suspended it."),
        "district",
        fix=_("Ask your bureau about the listing."),
    )


def is_not_on_hold(case: Case, session: Session) -> Broken | None:
    """暂停预约: the school's own bookings at this venue; nobody else is told, and no other venue asks."""
    hold = case.holds.get(session.provider_id) or case.holds.get(session.place_id or 0)
    if hold is None:
        return None
    return Broken(
        "venue.hold",
        _("Bookings of your school at this venue are on hold until %(until)s: %(reason)s"),
        "venue",
        {"until": hold.ends_on - dt.timedelta(days=1), "reason": hold.reason},
        _("Book elsewhere, come back after that day, or ask the venue to lift it."),
    )


def is_large_enough(case: Case, session: Session) -> Broken | None:
    smallest = case.rules_of(session).smallest_group
    if session.school_id or case.group.pupils >= smallest:
        return None
    return Broken(
        "venue.group_min",
        _("A group has at least %(least)s pupils; yours has %(pupils)s."),
        "venue",
        {"least": smallest, "pupils": case.group.pupils},
        _("Bring another class along."),
        is_default=case.rules_of(session).is_default,
    )


def is_small_enough(case: Case, session: Session) -> Broken | None:
    largest = case.rules_of(session).largest_group
    if case.group.pupils <= largest:
        return None
    return Broken(
        "venue.group_max",
        _("A group has at most %(most)s pupils; yours has %(pupils)s."),
        "venue",
        {"most": largest, "pupils": case.group.pupils},
        _("Split the group in two and book each of them."),
        is_default=case.rules_of(session).is_default,
    )


def is_in_time(case: Case, session: Session) -> Broken | None:
    lead = case.rules_of(session).lead_days
    if (session.day - case.today).days >= lead:
        return None
    earliest = case.today + dt.timedelta(days=lead)
    return Broken(
        "venue.lead_days",
        _("Book at least %(days)s days ahead; the earliest date is %(earliest)s."),
        "venue",
        {"days": lead, "earliest": earliest},
        _("Choose a session from %(earliest)s on."),
        is_default=case.rules_of(session).is_default,
    )


def is_not_too_early(case: Case, session: Session) -> Broken | None:
    ahead = case.rules_of(session).ahead_days
    if (session.day - case.today).days <= ahead:
        return None
    return Broken(
        "venue.ahead_days",
        _("This venue takes bookings at most %(days)s days ahead, from %(from)s on."),
        "venue",
        {"days": ahead, "from": session.day - dt.timedelta(days=ahead)},
        _("Come back on that day."),
        is_default=case.rules_of(session).is_default,
    )


def is_open_that_day(case: Case, session: Session) -> Broken | None:
    rules, venue = case.rules_of(session), case.venues.get(session.place_id)
    if venue is None:
        return None
    closed = session.day.isoweekday() in venue.closing_weekdays or session.day.isoweekday() not in rules.weekdays
    if not closed:
        return None
    return Broken(
        "venue.weekday",
        _("The venue receives no groups on this weekday."),
        "venue",
        fix=_("Choose another day."),
        is_default=rules.is_default,
    )


def is_no_holiday(case: Case, session: Session) -> Broken | None:
    rules = case.rules_of(session)
    if not (rules.closed_on_holidays and session.day in case.holidays and session.place_id in case.venues):
        return None
    return Broken(
        "venue.holiday",
        _("The venue receives no groups on public holidays."),
        "venue",
        fix=_("Choose another day."),
        is_default=rules.is_default,
    )


def half_day_has_room(case: Case, session: Session) -> Broken | None:
    _whole, part = VenueDay.parts_of(session)
    return _quota(case, session, part, "venue.quota_half_day")


def day_has_room(case: Case, session: Session) -> Broken | None:
    whole, _half = VenueDay.parts_of(session)
    return _quota(case, session, whole, "venue.quota_day")


def _quota(case: Case, session: Session, part: str, code: str) -> Broken | None:
    """What all groups of that half-day, or day, leave of what the venue receives; its sentence never says whose they are."""
    if session.place_id not in case.venues:
        return None
    groups, heads = case.left_at(session, part)
    if groups != 0 and (heads is None or case.group.pupils <= heads):
        return None
    if groups == 0:
        text = _("The venue receives no more groups that day (%(part)s).")
    else:
        text = _("The venue has %(left)s places left that day (%(part)s); you need %(needed)s.")
    facts = {"part": VenueDay.Part(part).label, "left": heads, "needed": case.group.pupils}
    return Broken(code, text, "venue", facts, _("Choose another day."))


def has_adults(case: Case, session: Session) -> Broken | None:
    needed = case.adults_needed(session)
    if case.group.adults >= needed or session.audience == Session.Audience.FAMILIES:
        return None
    return Broken(
        "district.adult_ratio",
        _("%(pupils)s pupils need at least %(needed)s adults; you entered %(adults)s."),
        "district",
        {"pupils": case.group.pupils, "needed": needed, "adults": case.group.adults},
        _("Bring %(needed)s adults."),
        is_default=case.values.is_default("pupils_per_adult"),
        change={"adults": needed},
    )


def has_agreement(case: Case, session: Session) -> Broken | None:
    need = case.agreement_need(session)
    if need == "none" or case.agreement_for(session):
        return None
    blocks = need == "block" and not case.rests_on_sheet(session)
    ended = [party.agreement for party in case.parties[session.provider_id]]
    common: dict[str, Any] = {
        "fix": _without_agreement(need, blocks=blocks, ended=bool(ended)),
        "blocks": blocks,
        "is_default": case.values.is_default(AGREEMENT_OF[session.direction]),
        "change": {"on_sheet": 1} if blocks else {},
    }
    if ended:
        last = max(agreement.last_day for agreement in ended)
        return Broken(
            "agreement.ended",
            _("Your agreement with this venue does not cover that day; it ends on %(day)s."),
            "agreement",
            {"day": last},
            **common,
        )
    return Broken("agreement.missing", _("Your school has no agreement with this venue."), "agreement", **common)


def _without_agreement(need: str, *, blocks: bool, ended: bool) -> Promise:
    """A sheet stands in for one visit where the district would block; elsewhere nothing has to."""
    if blocks and ended:
        return _("Renew the agreement first, or do this one visit on a confirmation sheet that both sides accept.")
    if blocks:
        return _("Start an agreement, or do this one visit on a confirmation sheet that both sides accept.")
    if need == "block":
        return _("This visit rests on its confirmation sheet: it is confirmed once both sides have accepted that.")
    return (
        _("Renew the agreement first.") if ended else _("Start an agreement, or register one that is signed on paper.")
    )


def has_commitment_left(case: Case, session: Session) -> Broken | None:
    """What was promised at most for the term; the ledger holds it too, so nobody grants more."""
    for commitment, amount in case.ceilings_for(session):
        left = commitment.promised - commitment.reserved - commitment.delivered
        if amount > left:
            return Broken(
                "agreement.commitment",
                _("The agreement leaves %(left)s for this term (%(kind)s); your group needs %(needed)s."),
                "agreement",
                {"left": left, "kind": commitment.get_kind_display(), "needed": amount},
                _("Bring fewer pupils, or agree on a supplement with the venue."),
            )
    return None
