"""Tells which bookings to come rest on an agreement, and who comes to give them, before somebody ends it."""

from django.urls import reverse

from activities.models import Assignment, Booking
from partnerships import impact
from partnerships.models import Agreement
from people.actors import Actor


@impact.tell
def bookings(agreement: Agreement, actor: Actor, school_id: int | None) -> list[impact.Touched]:
    rows = Booking.objects.visible_to(actor).filter(agreement=agreement).upcoming().with_names()
    if school_id is not None:
        rows = rows.filter(school_id=school_id)
    return [
        impact.Touched(
            session_id=booking.session_id,
            starts_at=booking.session.starts_at,
            what=booking.session.programme.name,
            organisation=booking.school.organisation,
            url=reverse("activities:booking-page", args=[booking.pk]),
        )
        for booking in rows
    ]


@impact.tell
def counselors(agreement: Agreement, actor: Actor, school_id: int | None) -> list[impact.Touched]:
    """Counselors who are coming to the groups that are touched."""
    booked = Booking.objects.filter(agreement=agreement).upcoming()
    if school_id is not None:
        booked = booked.filter(school_id=school_id)
    rows = Assignment.objects.visible_to(actor).live().filter(session__in=booked.values("session")).with_names()
    return [
        impact.Touched(
            session_id=assignment.session_id,
            starts_at=assignment.starts_at,
            what=assignment.session.programme.name,
            organisation=assignment.counselor.organisation,
            url=reverse("activities:assignment-page", args=[assignment.pk]),
        )
        for assignment in rows
    ]
