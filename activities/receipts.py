"""The papers of one booking: receipt 回执单 and confirmation sheet 活动确认单."""

import hashlib
import json

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities.models import Booking
from activities.outing_papers import adults_said, place_of, travel
from activities.papers import Draft, Paper, day_of
from portal.lib import wording


def number_of(booking: Booking, version: int) -> str:
    """GX-000017; after a change by the host with its version."""
    return booking.number if version == 1 else _("%(number)s, version %(n)s") % {"number": booking.number, "n": version}


def receipt(booking: Booking, *, version: int = 1) -> Paper:
    """团队参观回执单: shown at the door. Number, entry time, heads."""
    session = booking.session
    facts = Draft()
    facts.say(_("Receipt number"), number_of(booking, version))
    facts.say(_("Entry time"), wording.when(session.starts_at))
    facts.say(pgettext("receipt", "Until"), wording.clock(session.ends_at))
    facts.say(_("Where"), place_of(booking))
    facts.say(_("School"), booking.school.organisation.name)
    facts.say(_("Group"), booking.who)
    facts.say(_("People"), wording.listed([wording.heads(booking.pupils), adults_said(booking.adults)]))
    facts.say(_("Leader"), wording.listed([booking.leader.user.full_name, *filter(None, [booking.phone])]))
    facts.say(_("To pay"), wording.money(session.paid_price * booking.pupils) if session.paid_price else _("Free"))
    facts.say(_("State"), booking.get_state_display())
    return Paper(
        "receipt",
        _("Group receipt"),
        day_of(booking.confirmed_at or booking.requested_at),
        session.provider.name,
        number_of(booking, version),
        (_("Show this receipt at the door. The group enters together at the time named here."),),
        tuple(facts.pairs),
        foot=_("Please come ten minutes earlier with everybody; a group that is late tells the venue."),
    )


def confirmation(booking: Booking, *, version: int = 1) -> Paper:
    """活动确认单: what both sides agree on for this one visit. Its content has no state and no names of pupils."""
    session, programme = booking.session, booking.session.programme
    facts = Draft()
    facts.say(_("School"), booking.school.organisation.name)
    facts.say(pgettext("sheet", "Host"), session.provider.name)
    facts.say(_("Activity"), programme.name)
    facts.say(_("When"), wording.when(session.starts_at, session.ends_at))
    facts.say(_("Where"), place_of(booking))
    facts.say(_("Group"), booking.who)
    facts.say(_("People"), wording.listed([wording.heads(booking.pupils), adults_said(booking.adults)]))
    facts.say(_("Leader"), booking.leader.user.full_name)
    facts.say(_("Cost"), wording.money(session.paid_price * booking.pupils) if session.paid_price else _("Free"))
    facts.say(_("What to bring"), programme.materials)
    facts.say(_("Safety notes"), programme.safety)
    facts.say(_("How we travel"), travel(booking.outing) if booking.outing else "")
    rests = _("This sheet carries out agreement %(agreement)s.") % {"agreement": booking.agreement}
    alone = _(
        "There is no agreement between the two: once both have accepted it, this sheet stands for this one visit."
    )
    return Paper(
        "confirmation",
        _("Confirmation sheet"),
        day_of(booking.requested_at),
        number=number_of(booking, version),
        text=(
            rests if booking.agreement else alone,
            _("The school brings the group with enough adults, looks after its pupils and calls the roll."),
            _("The host receives the group at the time named here, gives the activity, and keeps its rooms safe."),
            _("Neither side takes or passes on names, pictures or health notes of the children."),
        ),
        facts=tuple(facts.pairs),
        seals=(booking.school.organisation.name, session.provider.name),
        foot=_("A change of time, place, heads or price voids what both sides have accepted."),
    )


def digest(booking: Booking) -> str:
    """Of what both sides accept, without language: another time, place, group or price is another digest."""
    session = booking.session
    content = [
        booking.pk, session.pk, session.starts_at.timestamp(), session.ends_at.timestamp(), session.place_id,
        session.hall_id, booking.pupils, booking.adults, f"{session.paid_price:.2f}", booking.leader_id,
        session.programme.materials, session.programme.safety,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
