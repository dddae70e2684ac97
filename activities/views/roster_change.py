"""A roll change: the preview with the bookings that it touches, writing it, dropping it."""

from collections import Counter

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.models import Booking, BookingClass, RollEntry
from partnerships import rolls, roster_changes
from partnerships.models import RosterChange
from partnerships.roster_change_page import preview
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.answering import refusals_told


@allow(Permission.ROSTER_IMPORT)
def roster_change_page(request: HttpRequest, pk: int) -> HttpResponse:
    change = seen(RosterChange.objects.with_classes(), request.actor, pk=pk)
    is_open = change.state == RosterChange.State.PROPOSED
    is_own = change.school_id == request.actor.organisation_id
    visits, after_school = touched(change) if is_open and is_own else ([], {})
    return render(
        request,
        "activities/roster_change_page.html",
        {
            "change": change,
            "is_own": is_own,
            "preview": preview(change) if is_open and is_own else None,
            "visits": visits,
            "after_school": after_school,
            "may_release": rolls.may_release(request.actor, change.school, change.proposed_by),
            "may_take_in": change.kind == RosterChange.Kind.LEAVE and request.actor.organisation_id in change.open_to(),
        },
    )


def touched(change: RosterChange) -> tuple[list[tuple[Booking, int | None]], dict[str, int]]:
    """Coming visits with how many of the pupils stand on their rolls, None for one by head count of a class that is
    dissolved; and the dates of each after-school programme, whose rolls follow the class list by themselves."""
    coming = {"is_live": True, "starts_at__gt": clock.now(), "booking__school": change.school_id}
    rolls_of = RollEntry.objects.filter(student__in=change.students, **coming).values_list("booking")
    pupils: dict[int, int | None] = dict(rolls_of.annotate(n=Count("pk")).order_by())
    if change.kind == RosterChange.Kind.MERGE:
        whole = BookingClass.objects.filter(school_class=change.source, **coming).values_list("booking", flat=True)
        pupils = dict.fromkeys(whole) | pupils
    bookings = Booking.objects.with_names().filter(pk__in=pupils).order_by("session__starts_at", "pk")
    visits = [(booking, pupils[booking.pk]) for booking in bookings if booking.session.school_id is None]
    dates = Counter(booking.session.programme.name for booking in bookings if booking.session.school_id)
    return visits, dict(dates)


@allow(Permission.ROSTER_IMPORT)
@require_POST
def roster_change_apply(request: HttpRequest, pk: int) -> HttpResponse:
    change = seen(RosterChange.objects.with_classes(), request.actor, pk=pk)
    require(request.actor, Permission.ROSTER_IMPORT, change)
    with refusals_told(request):
        roster_changes.apply(change, by=request.actor, consent=request.POST.get("consent") == "on")
        messages.success(request, _("Written as previewed."))
    return redirect("activities:roster_change-page", change.pk)


@allow(Permission.ROSTER_IMPORT)
@require_POST
def roster_change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    change = seen(RosterChange.objects.with_classes(), request.actor, pk=pk)
    require(request.actor, Permission.ROSTER_IMPORT, change)
    with refusals_told(request):
        roster_changes.withdraw(change, by=request.actor)
    return redirect("partnerships:class-list")
