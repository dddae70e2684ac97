"""How many come: one press for the final head count, a form for a group that became larger or smaller."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import bookings, head_counts
from activities.models import Booking
from partnerships import identities
from partnerships.models import IdentityLook
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock, wording
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


@allow(Permission.BOOKING_REQUEST)
def booking_heads(request: HttpRequest, pk: int) -> HttpResponse:
    """The group as it is booked, to be changed; with `names` each pupil by name, one look in the trail."""
    booking = _mine(request, pk)
    refused, rules = "", ()
    if request.method == "POST":
        try:
            group = head_counts.coming(booking, **_wishes(request, booking))
            changed = head_counts.change(booking, group, by=request.actor, is_final="final" in request.POST)
        except bookings.NotEligible as no:
            refused, rules = _("Not changed yet."), no.verdict.blocking
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _said(changed))
            return redirect("activities:booking-page", pk)
    page = _page(request, booking) | {"refused": refused, "rules": rules}
    return render(request, "activities/booking_heads.html", page, status=409 if refused else 200)


@allow(Permission.BOOKING_REQUEST)
@require_POST
def booking_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who is booked comes: the groups that travel together are counted together."""
    booking = _mine(request, pk)
    with refusals_told(request):
        done = head_counts.confirm_outing(booking, by=request.actor)
        said = ngettext(
            "The final head count of %(n)s group is given.", "The final head counts of %(n)s groups are given.", done
        )
        messages.success(request, said % {"n": done})
    return redirect("activities:booking-page", pk)


def _mine(request: HttpRequest, pk: int) -> Booking:
    booking = seen(Booking.objects.with_group(), request.actor, pk=pk)
    require(request.actor, Permission.BOOKING_REQUEST, booking)
    return booking


def _wishes(request: HttpRequest, booking: Booking) -> dict[str, Any]:
    """What the form says of the group; names only where they were shown."""
    given = request.POST
    heads = {
        row.school_class_id: _number(given.get(f"heads_{row.school_class_id}", "")) for row in booking.classes.all()
    }
    wishes: dict[str, Any] = {
        "heads": {key: number for key, number in heads.items() if number is not None},
        "pupils": _number(given.get("pupils", "")),
        "adults": _number(given.get("adults", "")),
    }
    if booking.by == Booking.By.CLASSES:
        wishes["classes"] = _keys(given.getlist("classes"))
    if "names" in given:
        come = set(_keys(given.getlist("come")))
        wishes["stay"] = [row.pk for row in head_counts.candidates(booking) if row.pk not in come]
    return wishes


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None


def _keys(given: list[str]) -> list[int]:
    return [int(key) for key in given if key.isascii() and key.isdigit() and len(key) < 19]


def _page(request: HttpRequest, booking: Booking) -> dict[str, Any]:
    session = booking.session
    named: dict[int, int] = {}
    for entry in booking.roll.all():
        key = entry.enrolment.school_class_id
        named[key] = named.get(key, 0) + 1
    rows = sorted(booking.classes.all(), key=lambda row: row.pk)
    return {
        "booking": booking,
        "session": session,
        "classes": [
            {
                "pk": row.school_class_id,
                "label": row.school_class.label(session.day),
                "named": named.get(row.school_class_id, 0),
                "heads": row.heads,
            }
            for row in rows
        ],
        "pupils": _pupils(request, booking) if "names" in request.GET or "names" in request.POST else None,
        "has_names": bool(named),
        "is_open": booking.state in head_counts.OPEN and clock.today() < session.day,
        "awaits": booking.count_due_at and not booking.counted_at and booking.state == Booking.State.CONFIRMED,
        "leeway": head_counts.leeway(booking),
        "free_until": bookings.free_until(booking),
        "is_late": bookings.is_late(booking),
    }


def _pupils(request: HttpRequest, booking: Booking) -> list[dict[str, Any]]:
    rows = head_counts.candidates(booking)
    names = identities.look(
        [row.student_id for row in rows],
        by=request.actor,
        school=booking.school,
        purpose=IdentityLook.Purpose.PAPERS,
    )
    there = {entry.enrolment_id for entry in booking.roll.all()}
    day = booking.session.day
    return [
        {
            "pk": row.pk,
            "name": names[row.student_id].name if row.student_id in names else row.student.pseudonym,
            "label": row.school_class.label(day),
            "comes": row.pk in there,
        }
        for row in rows
    ]


def _said(booking: Booking) -> str:
    if booking.state == Booking.State.REQUESTED:
        return _("Changed to %(pupils)s. The venue has to confirm the larger group.") % {
            "pupils": wording.heads(booking.pupils)
        }
    if booking.counted_at:
        return _("The final head count is given: %(pupils)s.") % {"pupils": wording.heads(booking.pupils)}
    return _("Changed: %(pupils)s come.") % {"pupils": wording.heads(booking.pupils)}
