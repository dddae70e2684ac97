"""A roll change: the preview with the bookings that it touches, writing it, dropping it."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.models import Booking, BookingClass, RollEntry
from partnerships import roll_changes, rolls
from partnerships.models import RollChange
from partnerships.roll_change_page import preview
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.ROSTER_IMPORT)
def roll_change_page(request: HttpRequest, pk: int) -> HttpResponse:
    change = seen(RollChange.objects.with_classes(), request.actor, pk=pk)
    is_open = change.state == RollChange.State.PROPOSED
    is_own = change.school_id == request.actor.organisation_id
    return render(
        request,
        "activities/roll_change_page.html",
        {
            "change": change,
            "is_own": is_own,
            "preview": preview(change) if is_open and is_own else None,
            "bookings": touched(change) if is_open and is_own else [],
            "may_release": rolls.may_release(request.actor, change.school, change.proposed_by),
            "may_take_in": request.actor.organisation_id in {change.to_school_id, change.school_id}
            and roll_changes.may_take_in(change, request.actor.organisation.school),
        },
    )


def touched(change: RollChange) -> list[tuple[Booking, int]]:
    """Coming bookings of the school with the pupils concerned on their rolls; by head count those of a class that is
    dissolved, with None."""
    coming = {"is_live": True, "starts_at__gt": clock.now(), "booking__school": change.school_id}
    rolls_of = RollEntry.objects.filter(student__in=change.students, **coming).values_list("booking")
    pupils: dict[int, int | None] = dict(rolls_of.annotate(n=Count("pk")).order_by())
    if change.kind == RollChange.Kind.MERGE:
        whole = BookingClass.objects.filter(school_class=change.source, **coming).values_list("booking", flat=True)
        pupils = dict.fromkeys(whole) | pupils
    bookings = Booking.objects.with_names().filter(pk__in=pupils).order_by("session__starts_at", "pk")
    return [(booking, pupils[booking.pk]) for booking in bookings]


@allow(Permission.ROSTER_IMPORT)
@require_POST
def roll_change_apply(request: HttpRequest, pk: int) -> HttpResponse:
    change = seen(RollChange.objects.with_classes(), request.actor, pk=pk)
    require(request.actor, Permission.ROSTER_IMPORT, change)
    try:
        roll_changes.apply(change, by=request.actor, consent=request.POST.get("consent") == "on")
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Written as previewed."))
    return redirect("activities:roll_change-page", change.pk)


@allow(Permission.ROSTER_IMPORT)
@require_POST
def roll_change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    change = seen(RollChange.objects.with_classes(), request.actor, pk=pk)
    require(request.actor, Permission.ROSTER_IMPORT, change)
    try:
        roll_changes.withdraw(change, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
    return redirect("partnerships:class-list")
