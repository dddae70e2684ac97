"""A change of session in the demo: a visit to come begins an hour later, and its school has not answered yet.

And a family night that families book at the museum itself."""

import datetime as dt

from activities import sessions
from activities.models import Booking, Programme, Session
from portal.demo.agenda import Agenda
from portal.demo.happenings import LOUCUN
from portal.demo.places import World
from portal.lib.errors import Refused

FORTNIGHT = dt.timedelta(days=14)
LATER = dt.timedelta(hours=1)
WHY = "当天上午设备检修，顺延一小时。"


def plan(agenda: Agenda, world: World, when: dt.datetime) -> None:
    agenda.at(when, lambda: delay(world))
    agenda.at(when - FORTNIGHT, lambda: announce(world, "starts_at"))
    agenda.at(when, lambda: announce(world, "-starts_at"))
    agenda.at(when, lambda: tell(world))


def delay(world: World) -> None:
    """The latest visit to come of the school that its host can move: halls, pupils and agreements may say no."""
    hosts = {person.organisation_id: person for person in world.people.values()}
    own = Booking.objects.upcoming().filter(school=world.schools[LOUCUN], session__provider__in=hosts)
    own = own.exclude(session__provider=world.schools[LOUCUN].pk).filter(session__school=None)
    for booking in own.select_related("session__programme", "session__provider").order_by("-session__starts_at", "pk"):
        session = booking.session
        try:
            sessions.edit(
                session,
                by=hosts[session.provider_id],
                reason=WHY,
                starts_at=session.starts_at + LATER,
                ends_at=session.ends_at + LATER,
            )
        except Refused:
            continue
        return


def announce(world: World, order: str) -> None:
    """A family night that nobody has booked, the next or the last of the term, is left to the museum's own channel."""
    hosts = {person.organisation_id: person for person in world.people.values()}
    nights = Session.objects.open().upcoming().filter(audience=Session.Audience.FAMILIES, taken=0, provider__in=hosts)
    for session in nights.filter(programme__state=Programme.State.PUBLISHED, channel="").order_by(order, "pk")[:1]:
        sessions.edit(session, by=hosts[session.provider_id], channel="科技馆公众号“活动报名”")


def tell(world: World) -> None:
    """How many came to the night that is over."""
    hosts = {person.organisation_id: person for person in world.people.values()}
    for session in Session.objects.awaiting_visitors().filter(provider__in=hosts).order_by("starts_at", "pk"):
        sessions.count_visitors(session, by=hosts[session.provider_id], visitors=67)
