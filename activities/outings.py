"""Outings 外出活动: their papers from the first plan to the approval, and the report after the return.

No missing paper ever blocks a roll call or a return report: what was forgotten is reported, not forbidden.
"""

import datetime as dt
import math
import uuid
from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import checklist, uses
from activities import outing_notices as notices
from activities.models import Booking, Outing, OutingPaper, Programme, Session
from partnerships import distance
from partnerships.models import School
from people import audit, thresholds
from people.access import require
from people.actors import SYSTEM, Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text, said

State, Paper = Outing.State, Outing.Paper
PLANNED = (
    "transport",
    "vehicles",
    "carrier",
    "drivers",
    "meets_at",
    "meeting_place",
    "returns_at",
    "answer_by",
    "phone",
)
ON_THE_WAY = 40  # minutes from door to door, where no position says more
SEATS_OF_A_COACH = 50
UNPLANNED = _("Say how you travel, when and where you meet, and when you are back.")
OPEN_PAPERS = _("%(left)s papers of the checklist are not ready yet.")


def goes_out(session: Session, school: School) -> bool:
    """Whether a group of the school leaves the house for this session; families come by themselves."""
    is_led = session.audience != Session.Audience.FAMILIES and session.provider_id != school.pk
    return is_led and session.direction == Programme.Direction.GO_OUT


def begin(school: School, *, by: Actor, request_key: uuid.UUID) -> Outing:
    """The outing of a booking, or of several, that is just being made. Part of the booking's transaction."""
    return Outing.objects.create(
        school=school,
        district_id=school.district_id,
        bureau=thresholds.of(school.district_id)["outing_bureau"],
        request_key=request_key,
        made_by=membership_of(by),
        made_at=clock.now(),
    )


@verb
def plan(outing: Outing, *, by: Actor, papers: Collection[str], **planned: Any) -> Outing:
    """Write down how the group travels, and which papers of the checklist are ready: what is not named is not.

    `planned` are fields of `PLANNED`. May be repeated as long as the school's lead has not been asked.
    """
    require(by, Permission.OUTING_PLAN, outing)
    if outing.state not in (State.PREPARING, State.RETURNED):
        raise Refused("outing.handed_in", _("The papers are handed in: have them returned before you change them."))
    unknown = set(planned) - set(PLANNED) - {"note"}
    if unknown or set(papers) - set(Paper.values):
        raise ValueError(f"no part of an outing: {unknown or papers}")
    if "note" in planned:
        planned["note"] = free_text(planned["note"])
    rows = Outing.objects.filter(pk=outing.pk, state=outing.state)
    if planned and rows.update(**planned) != 1:
        raise Refused("changed", _("The outing has changed since the page was opened."))
    for name, value in planned.items():
        setattr(outing, name, value)
    _tick(outing, papers, by=by)
    audit.record("outing.plan", outing, by=by, papers=len(papers))
    return outing


def _tick(outing: Outing, papers: Collection[str], *, by: Actor) -> None:
    outing.papers.exclude(code__in=papers).delete()
    there = set(outing.papers.values_list("code", flat=True))
    OutingPaper.objects.bulk_create(
        OutingPaper(outing=outing, code=code, ready_at=clock.now(), ready_by=membership_of(by))
        for code in Paper.values
        if code in papers and code not in there
    )


@verb
def same_as_last(outing: Outing, *, by: Actor) -> Outing:
    """和上次一样: transport, meeting point, carrier and ready papers of the school's last outing, best to the same host."""
    last = last_of(outing)
    if last is None:
        raise Refused("outing.no_last", _("Your school has no earlier outing whose papers could be taken over."))
    ready = set(last.papers.values_list("code", flat=True)) - {Paper.ROSTER, Paper.CONSENT}  # of those children only
    return plan(outing, by=by, papers=ready, **_kept(last))


def _kept(outing: Outing) -> dict[str, Any]:
    """What another outing takes over from the plan of this one: not the day by which guardians answer."""
    return {name: getattr(outing, name) for name in PLANNED if name != "answer_by"}


def last_of(outing: Outing) -> Outing | None:
    """The school's last outing with a plan: to the same host where there is one."""
    rows = Outing.objects.filter(school=outing.school_id).exclude(transport="").exclude(pk=outing.pk).order_by("-pk")
    hosts = Booking.objects.filter(outing=outing.pk).values("session__provider")
    return rows.filter(bookings__session__provider__in=hosts).first() or rows.first()


@verb
def submit(outing: Outing, *, by: Actor) -> None:
    """Hand the papers in to the school's lead. Raises Refused while the plan or a paper of the checklist is missing."""
    if not (outing.transport and outing.meets_at and outing.meeting_place and outing.returns_at):
        raise Refused("outing.unplanned", UNPLANNED)
    if left := len(checklist.missing(outing)):
        raise Refused("outing.papers", OPEN_PAPERS, left=left)
    move(outing, "submit", by=by, submitted_at=clock.now(), submitted_by=membership_of(by), reason="")
    notices.tell_submitted(outing)


@verb
def approve(outing: Outing, *, by: Actor) -> None:
    """学校审批: the lead's word, on whatever day it is given; the bureau reads it where the district says so."""
    move(outing, "approve", by=by, approved_at=clock.now(), approved_by=membership_of(by))
    notices.tell_approved(outing)


@verb
def return_(outing: Outing, *, by: Actor, reason: str) -> None:
    """The lead gives the papers back, with what is missing."""
    move(outing, "return", by=by, reason=said(reason))
    notices.tell_returned(outing)


@verb
def file(outing: Outing, *, by: Actor) -> None:
    """备案 by the bureau."""
    move(outing, "file", by=by, filed_at=clock.now(), filed_by=membership_of(by))
    notices.tell_filed(outing)


@verb
def send_back(outing: Outing, *, by: Actor, reason: str) -> None:
    """退回补正: the bureau gives the papers back; the school's own approval ends with it."""
    move(outing, "send_back", by=by, reason=said(reason), approved_at=None, approved_by=None)
    notices.tell_returned(outing)


@verb
def report(outing: Outing, *, by: Actor, out_heads: int, back_heads: int, incident: str = "") -> None:
    """返校报告: how many went and how many came back, from the day of the outing on; never blocked by papers.

    Said again it is corrected. Where not everybody came back with the group, or something happened, says what.
    """
    require(by, Permission.OUTING_REPORT, outing)
    first = Booking.objects.filter(outing=outing.pk, state__in=Booking.ALIVE).order_by("session__starts_at").first()
    if first is None:
        raise Refused("outing.called_off", _("This outing does not take place."))
    if clock.today() < first.session.day:
        raise Refused("outing.not_yet", _("The return is reported from the day of the outing on."))
    incident = free_text(incident)
    if back_heads != out_heads and not incident:
        raise Refused("outing_all_back_or_said", _("Not everybody came back with the group: say why."))
    was = "" if outing.reported_at is None else f"{outing.out_heads}/{outing.back_heads}"
    changes = {"out_heads": out_heads, "back_heads": back_heads, "incident": incident}
    changes |= {"reported_at": clock.now(), "reported_by": membership_of(by)}
    Outing.objects.filter(pk=outing.pk).update(**changes)
    for name, value in changes.items():
        setattr(outing, name, value)
    audit.record("outing.report", outing, by=by, was=was, is_now=f"{out_heads}/{back_heads}", incident=bool(incident))
    if incident:
        notices.tell_incident(outing)


def follow(booking: Booking, *, was: dt.date) -> None:
    """A booking takes place on another day than it `was`: it takes its papers along, the lead's word is asked for again.

    If others stay behind, it travels alone from now on, with a copy of the papers. Part of the verb that moves it,
    whoever does: school, host or machine.
    """
    if booking.outing is None:
        return
    outing = booking.outing
    mates = Booking.objects.alive().filter(outing=outing).exclude(pk=booking.pk)
    if any(mate.session.day != booking.session.day for mate in mates.select_related("session")):
        own = begin(booking.school, by=SYSTEM, request_key=uuid.uuid5(outing.request_key, f"{booking.pk}:{was}"))
        Outing.objects.filter(pk=own.pk).update(made_by=outing.made_by, **_kept(outing))
        _tick(own, list(outing.papers.values_list("code", flat=True)), by=SYSTEM)
        Booking.objects.filter(pk=booking.pk).update(outing=own)
        booking.outing = own
    elif booking.session.day != was and outing.state in (State.APPROVED, State.FILED):
        signed = dict.fromkeys(("approved_at", "approved_by", "filed_at", "filed_by"))
        move(outing, "ask_again", by=SYSTEM, submitted_at=clock.now(), **signed)
        notices.tell_submitted(outing)


def there(outing: Outing) -> int:
    """Pupils who came along: by the rolls that were sent, by the booking where none was sent yet."""
    found = 0
    for booking in Booking.objects.filter(outing=outing.pk, state__in=Booking.ALIVE):
        found += uses.there(booking) if booking.called_at else booking.pupils
    return found


def proposed(outing: Outing) -> dict[str, Any]:
    """What a plan begins with before anybody has written one: a quarter of an hour on the way, and back."""
    if outing.meets_at:
        return {}
    values = thresholds.of(outing.district_id)
    way = dt.timedelta(minutes=distance.minutes(checklist.metres(outing, values), values) or ON_THE_WAY)
    start, end = (timezone.localtime(moment) for moment in (outing.starts_at, outing.ends_at))  # type: ignore[attr-defined]
    return {"meets_at": _round(start - way, down=True), "returns_at": _round(end + way), "vehicles": _vehicles(outing)}


def _vehicles(outing: Outing) -> int:
    people = outing.pupils + outing.adults  # type: ignore[attr-defined]
    return math.ceil(people / SEATS_OF_A_COACH)


def _round(moment: dt.datetime, *, down: bool = False) -> dt.time:
    """To ten minutes, as people say it."""
    minutes = moment.hour * 60 + moment.minute
    tens = minutes // 10 if down else math.ceil(minutes / 10)
    return dt.time(min(tens * 10, 23 * 60 + 50) // 60, min(tens * 10, 23 * 60 + 50) % 60)


def membership_of(actor: Actor) -> Membership | None:
    """Who signs: the hat of a person; nobody for a machine."""
    return getattr(actor, "membership", None)
