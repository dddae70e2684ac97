"""SessionChange: one act of a host that gives sessions another hall, guide, time or number of places.

Each booking that it touches has its own row: how far it goes, until when leaving is free, and what the school answers.
"""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock

from .booking import Booking

WAITS_FOR = (Booking.State.REQUESTED, Booking.State.CONFIRMED)


class SessionChangeQuerySet(models.QuerySet["SessionChange"]):
    def visible_to(self, actor: Actor):
        """The host's own, those that touch a school's bookings, and a district's."""
        if actor.is_system:
            return self
        touched = ChangedBooking.objects.visible_to(actor).values("change")
        return self.filter(Q(provider=actor.organisation_id or 0) | Q(pk__in=touched))


class SessionChange(models.Model):
    provider = models.ForeignKey("people.Organisation", models.PROTECT, related_name="session_changes")
    series = models.ForeignKey("activities.Series", models.PROTECT, null=True, blank=True, related_name="changes")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")

    objects = SessionChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"C-{self.pk:06d}"

    def organisation_ids(self) -> set[int]:
        return {self.provider_id}

    def district_ids(self) -> set[int]:
        return set(self.rows.values_list("district_id", flat=True))


class ChangedBookingQuerySet(models.QuerySet["ChangedBooking"]):
    def visible_to(self, actor: Actor):
        """As the booking: the school's own (a teacher: those they lead), the host's, a district's."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.organisation_id is None:
            return self.none()
        if actor.role == Role.TEACHER:
            return self.filter(school=actor.organisation_id, booking__leader=actor.membership)
        return self.filter(Q(school=actor.organisation_id) | Q(change__provider=actor.organisation_id))

    def standing(self):
        """Of bookings that are alive, still in the session that was changed, and to come."""
        return self.filter(
            booking__state__in=WAITS_FOR, booking__session=F("session"), session__starts_at__gt=clock.now()
        )

    def unsettled(self):
        """Told or asked: no school has answered, and no later change has taken their place."""
        return self.filter(state__in=(ChangedBooking.State.TOLD, ChangedBooking.State.ASKED))

    def awaiting(self):
        """A new time that the school has not answered."""
        return self.standing().filter(state=ChangedBooking.State.ASKED)

    def freeing(self, booking_id: int):
        """Changes because of which this booking may leave now without a mark."""
        told = Q(state=ChangedBooking.State.TOLD, free_until__gt=clock.now())
        return self.standing().filter(Q(state=ChangedBooking.State.ASKED) | told, booking=booking_id)

    def with_names(self):
        return self.select_related(
            "booking__session__programme", "booking__session__provider", "booking__session__hall", "booking__group",
            "school__organisation", "was_hall", "session__hall", "session__programme", "change__provider",
        ).prefetch_related("booking__classes__school_class")  # fmt: skip


class ChangedBooking(models.Model):
    """What one change did to one booking. `was_…` is what its school had agreed to before."""

    class Weight(models.TextChoices):
        NOTICE = "notice", pgettext_lazy("change", "Another hall or guide")
        SHIFTED = "shifted", pgettext_lazy("change", "A little earlier or later")
        MOVED = "moved", pgettext_lazy("change", "Another time")

    class State(models.TextChoices):
        TOLD = "told", pgettext_lazy("change", "Told")
        ASKED = "asked", pgettext_lazy("change", "To be answered by the school")
        ACCEPTED = "accepted", pgettext_lazy("change", "Accepted by the school")
        LEFT = "left", pgettext_lazy("change", "The school does not come")
        REPLACED = "replaced", pgettext_lazy("change", "Changed once more")

    TONES = {
        State.TOLD: ("teal", "none"),
        State.ASKED: ("turn", "half"),
        State.ACCEPTED: ("teal", "full"),
        State.LEFT: ("grey", "none"),
        State.REPLACED: ("grey", "none"),
    }
    MOVES = table(
        Move("ask", (State.TOLD,), State.ASKED, Permission.SESSION_EDIT, alone=False),
        Move("accept", (State.ASKED,), State.ACCEPTED, Permission.BOOKING_REQUEST, _("Accept the new time")),
        Move("leave", (State.ASKED, State.TOLD), State.LEFT, Permission.BOOKING_REQUEST, _("Cancel without a mark")),
        Move("replace", (State.ASKED, State.TOLD), State.REPLACED, Permission.SESSION_EDIT, alone=False),
    )

    change = models.ForeignKey(SessionChange, models.PROTECT, related_name="rows")
    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="changes")
    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="changed_bookings")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="+")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    weight = models.CharField(max_length=8, choices=Weight)
    was_starts_at = models.DateTimeField()
    was_ends_at = models.DateTimeField()
    was_hall = models.ForeignKey("partnerships.Hall", models.PROTECT, null=True, blank=True, related_name="+")
    was_guide = models.CharField(max_length=40, blank=True)
    free_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.TOLD)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChangedBookingQuerySet.as_manager()

    class Meta:
        ordering = ["was_starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="changedbooking_once",
                fields=["change", "booking"],
                violation_error_message=_("This change of the booking is written down already."),
            ),
            models.UniqueConstraint(
                name="changedbooking_one_question",
                fields=["booking"],
                condition=Q(state="asked"),
                violation_error_message=_("The school is asked about one new time at a time."),
            ),
            models.CheckConstraint(
                name="changedbooking_only_moved_is_asked",
                condition=~Q(state__in=("asked", "accepted")) | Q(weight="moved"),
                violation_error_message=_("Only a new time is answered."),
            ),
            models.CheckConstraint(
                name="changedbooking_answer_dated",
                condition=Q(state__in=("accepted", "left"), answered_at__isnull=False)
                | (~Q(state__in=("accepted", "left")) & Q(answered_at__isnull=True, answered_by__isnull=True)),
                violation_error_message=_("An answer says when it was given."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.booking}"

    @property
    def is_free_now(self) -> bool:
        """Whether the school may leave now without a mark because of this change."""
        if self.session.has_begun:
            return False
        waits = self.state == self.State.ASKED
        return waits or (
            self.state == self.State.TOLD and self.free_until is not None and clock.now() < self.free_until
        )

    @property
    def has_another_time(self) -> bool:
        return (self.was_starts_at, self.was_ends_at) != (self.session.starts_at, self.session.ends_at)

    @property
    def shift(self) -> dt.timedelta:
        """How far the times went from what the school had agreed to."""
        return shift(self.was_starts_at, self.was_ends_at, self.session.starts_at, self.session.ends_at)

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.change.provider_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


def shift(was_starts: dt.datetime, was_ends: dt.datetime, starts: dt.datetime, ends: dt.datetime) -> dt.timedelta:
    """The larger of the distances of both ends."""
    return max(abs(starts - was_starts), abs(ends - was_ends))
