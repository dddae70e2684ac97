"""Tells which bookings to come rest on an agreement, before somebody ends it."""

from django.urls import reverse

from activities.models import Booking
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
