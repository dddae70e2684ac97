"""A booking: one group of a school in one session."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.roles import Role
from portal.lib import clock, wording

from .booking_state import ALIVE, DEAD, MOVES, TONES, WITHOUT_PLACES, State


class BookingQuerySet(models.QuerySet):
    def alive(self):
        """Bookings that hold their places."""
        return self.filter(state__in=ALIVE)

    def awaiting_confirmation(self):
        return self.filter(state=State.REQUESTED)

    def upcoming(self):
        return self.filter(
            state__in=(State.REQUESTED, State.CONFIRMED),
            session__ends_at__gt=clock.now(),
        )

    def awaiting_date(self):
        """Their day was called off and the school has not chosen another one yet."""
        return self.filter(state=State.POSTPONED)

    def attended(self):
        return self.filter(state=State.ATTENDED)

    def with_names(self):
        """With everything that a row of a list or the page of a booking shows."""
        return self.select_related(
            "session__programme", "session__provider", "session__place", "session__hall", "school__organisation",
            "group", "leader__user", "agreement", "arrived_by__user", "requested_by__user", "day_off", "outing",
        ).prefetch_related("classes__school_class")  # fmt: skip

    def with_group(self):
        """With names, and the pupils who make the group up again on another day."""
        return self.with_names().prefetch_related("roll__enrolment__school_class")

    def awaiting_door_count(self):
        """Groups of which the venue has not said yet whether and how many came; a roll doesn't wait for it."""
        return self.filter(state__in=(State.CONFIRMED, State.ATTENDED), arrived_at__isnull=True)

    def awaiting_count(self):
        """Asked for their final head count, and not answered yet."""
        return self.filter(state=State.CONFIRMED, count_due_at__isnull=False, counted_at__isnull=True)

    def awaiting_roll(self):
        """Confirmed, begun, and no roll sent yet."""
        return self.filter(
            state=State.CONFIRMED,
            session__starts_at__lte=clock.now(),
            called_at__isnull=True,
        )

    def visible_to(self, actor):
        """The school's own (a teacher: those they lead), the host's at its place, a district's own."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.organisation_id is None:
            return self.none()
        if actor.role == Role.TEACHER:
            return self.filter(school=actor.organisation_id, leader=actor.membership)
        return self.filter(Q(school=actor.organisation_id) | Q(session__provider=actor.organisation_id))


class Booking(models.Model):
    class By(models.TextChoices):
        CLASSES = "classes", _("Classes")
        GROUP = "group", _("Activity group")
        HEADS = "heads", _("Head count")

    State = State
    DEAD = DEAD
    ALIVE = ALIVE
    TONES = TONES
    MOVES = MOVES

    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="bookings")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="bookings")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        "partnerships.Agreement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
    )
    displaced_from = models.ForeignKey(
        "partnerships.Agreement", models.PROTECT, null=True, blank=True, editable=False, related_name="displaced"
    )  # its suspension moved or cancelled this booking, and it has not been resumed yet
    on_sheet = models.BooleanField(default=False)  # the district asks for an agreement: a sheet of both sides stands in
    leader = models.ForeignKey("people.Membership", models.PROTECT, related_name="bookings_led")
    outing = models.ForeignKey(
        "activities.Outing", models.PROTECT, null=True, blank=True, related_name="bookings"
    )  # of groups that go out: whom it travels with, and their papers
    by = models.CharField(max_length=8, choices=By)
    group = models.ForeignKey(
        "partnerships.ActivityGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
    )
    by_roster = models.BooleanField(default=False)  # every pupil stands on the roll by name
    pupils = models.IntegerField(_("pupils"))
    adults = models.IntegerField(_("adults"))
    grades = models.CharField(max_length=60, blank=True)  # of the group on the day, "5,6": for figures by grade
    phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    step_free = models.IntegerField(_("people who need a step-free way"), default=0)
    note = models.CharField(_("note for the venue"), max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.REQUESTED)
    seats_held = models.IntegerField(default=0)
    held_seats = models.IntegerField(default=0)  # of these, how many came from the places held back
    request_key = models.UUIDField()
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    count_due_at = models.DateTimeField(null=True, blank=True)  # the final head count has been asked for, until then
    counted_at = models.DateTimeField(null=True, blank=True)  # the school has said how many come in the end
    counted_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    agreed = models.IntegerField(null=True, blank=True)  # pupils on whom both sides agreed; null: as many as now
    returned = models.IntegerField(default=0)  # pupils by whom the group became smaller, beyond what breathes
    returned_late = models.IntegerField(default=0)  # of these, after the free time for cancelling
    ended_at = models.DateTimeField(null=True, blank=True)  # declined, withdrawn, cancelled, missed or completed
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    day_off = models.ForeignKey(
        "activities.DayOff", models.PROTECT, null=True, blank=True, related_name="bookings"
    )  # set: the group lost a date by it
    seeks_date = models.BooleanField(default=False)  # and may still choose another one first, or do without
    arrived_at = models.DateTimeField(null=True, blank=True)  # of the group, by the venue's door list
    arrived_heads = models.IntegerField(null=True, blank=True)
    arrived_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    late_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # the leader said so on the day
    late_said_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)  # the roll was sent
    called_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    attended = models.IntegerField(null=True, blank=True)  # pupils who came, of those who stand on no roll
    revision = models.IntegerField(default=0, editable=False)  # rises with state and session, by trigger
    roll_key = models.UUIDField(null=True, blank=True)  # of the roll as it was sent: the same again is the same answer

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["session__starts_at", "id"]
        indexes = [
            models.Index(fields=["school", "state"], name="booking_by_school"),
            models.Index(fields=["district", "state"], name="booking_by_district"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "request_key"],
                name="booking_requested_once",
                violation_error_message=_("This booking has been sent already."),
            ),
            models.CheckConstraint(
                name="booking_seats_follow_state",
                condition=Q(state__in=WITHOUT_PLACES, seats_held=0, held_seats=0)
                | Q(
                    state__in=ALIVE,
                    seats_held__gt=0,
                    held_seats__gte=0,
                    held_seats__lte=models.F("seats_held"),
                ),
                violation_error_message=_("A booking holds places as long as it is alive, and none afterwards."),
            ),
            models.CheckConstraint(
                name="booking_sheet_or_agreement",
                condition=Q(on_sheet=False) | Q(agreement__isnull=True),
                violation_error_message=_("A visit rests on an agreement or on its confirmation sheet, not on both."),
            ),
            models.CheckConstraint(
                name="booking_heads_ok",
                condition=Q(pupils__gt=0, adults__gte=0, step_free__gte=0),
                violation_error_message=_("A group has at least one pupil, and no count is below 0."),
            ),
            models.CheckConstraint(
                name="booking_group_named",
                condition=Q(by="group", group__isnull=False) | (~Q(by="group") & Q(group__isnull=True)),
                violation_error_message=_("A booking for an activity group names the group."),
            ),
            models.CheckConstraint(
                name="booking_arrival_signed",
                condition=Q(
                    arrived_at__isnull=True,
                    arrived_by__isnull=True,
                    arrived_heads__isnull=True,
                )
                | Q(
                    arrived_at__isnull=False,
                    arrived_by__isnull=False,
                    arrived_heads__isnull=False,
                    arrived_heads__gte=0,
                ),
                violation_error_message=_("An arrival says when, how many and who received the group."),
            ),
            models.CheckConstraint(
                name="booking_count_signed",
                condition=Q(counted_by__isnull=True) | Q(counted_at__isnull=False),
                violation_error_message=_("A final head count says when it was given."),
            ),
            models.CheckConstraint(
                name="booking_returned_ok",
                condition=Q(returned_late__gte=0, returned__gte=models.F("returned_late")),
                violation_error_message=_("No more pupils are given back late than at all."),
            ),
            models.CheckConstraint(
                name="booking_late_said",
                condition=Q(late_minutes__isnull=True, late_said_at__isnull=True)
                | Q(late_minutes__range=(1, 240), late_said_at__isnull=False),
                violation_error_message=_("Being late says by how many minutes, and when it was said."),
            ),
            models.CheckConstraint(
                name="booking_roll_signed",
                condition=Q(called_at__isnull=True, called_by__isnull=True)
                | Q(called_at__isnull=False, called_by__isnull=False),
                violation_error_message=_("A roll says when it was sent and by whom."),
            ),
            models.CheckConstraint(
                name="booking_attended_ok",
                condition=Q(attended__isnull=True) | Q(attended__gte=0),
                violation_error_message=_("The number of pupils who came is 0 or more."),
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self) -> str:
        """The receipt number, as people read it to each other."""
        return f"GX-{self.pk:06d}"

    @property
    def agreed_pupils(self) -> int:
        """How many pupils both sides expect; a few more or fewer need no new word (activities/head_counts.py)."""
        return self.pupils if self.agreed is None else self.agreed

    @property
    def who(self) -> str:
        """五（2）班、五（3）班, the club's name, or "head count"."""
        if self.group:
            return self.group.name
        names = [row.school_class.label(self.session.day) for row in self.classes.all()]
        return wording.listed(names) if names else str(_("Head count"))

    @property
    def tone(self) -> str:
        return TONES[State(self.state)][0]

    @property
    def dot(self) -> str:
        return TONES[State(self.state)][1]

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE

    @property
    def is_dead(self) -> bool:
        return self.state in DEAD

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.session.provider_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
