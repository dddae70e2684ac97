"""Waiting list 候补: a group that waits for places in a session, and the places that are offered to it."""

from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock, wording

from .booking import Booking


class EntryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("waiting list", "Waiting")
    OFFERED = "offered", pgettext_lazy("waiting list", "Places are free: yours to confirm")
    ACCEPTED = "accepted", pgettext_lazy("waiting list", "Booked")
    LAPSED = "lapsed", pgettext_lazy("waiting list", "Not confirmed in time")
    LEFT = "left", pgettext_lazy("waiting list", "Left the list")
    CLOSED = "closed", pgettext_lazy("waiting list", "The session took place without it")


LIVE = (EntryState.WAITING, EntryState.OFFERED)


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    def visible_to(self, actor: Actor):
        """The school's own, the host's at its sessions, a district's own."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.organisation_id is None or actor.is_teacher:
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(school=own) | Q(session__provider=own))

    def live(self):
        return self.filter(state__in=LIVE)

    def waiting(self):
        """In the order of the list."""
        return self.filter(state=EntryState.WAITING).order_by("asked_at", "pk")

    def with_position(self):
        """Each with its place in line, from 1; none when it does not wait any more."""
        before = Q(asked_at__lt=OuterRef("asked_at")) | Q(asked_at=OuterRef("asked_at"), pk__lt=OuterRef("pk"))
        earlier = WaitlistEntry.objects.filter(before, session=OuterRef("session"), state=EntryState.WAITING)
        count = earlier.order_by().values("session").annotate(n=Count("pk")).values("n")
        place = Coalesce(Subquery(count), 0) + 1
        return self.annotate(
            position=Case(When(state=EntryState.WAITING, then=place), output_field=models.IntegerField())
        )

    def with_names(self):
        return self.select_related(
            "session__programme", "session__provider", "session__hall", "school__organisation", "group", "leader__user"
        ).prefetch_related("classes__school_class", "offers")


class WaitlistEntry(models.Model):
    """Blocks no pupil and holds no place. `heads` pupils wait; `smallest` is the part that the school would take.

    `skipped` counts how often later ones were offered places before it (at most the district's K)."""

    State = EntryState
    TONES = {
        EntryState.WAITING: ("teal", "hollow"),
        EntryState.OFFERED: ("turn", "half"),
        EntryState.ACCEPTED: ("solid", "full"),
        EntryState.LAPSED: ("grey", "none"),
        EntryState.LEFT: ("grey", "none"),
        EntryState.CLOSED: ("grey", "none"),
    }
    MOVES = table(
        Move("offer", (EntryState.WAITING,), EntryState.OFFERED, Permission.WAITLIST_RUN, alone=False),
        Move("accept", (EntryState.OFFERED,), EntryState.ACCEPTED, Permission.BOOKING_REQUEST, _("Accept the places")),
        Move("wait_on", (EntryState.OFFERED,), EntryState.WAITING, Permission.BOOKING_REQUEST, alone=False),
        Move("lapse", (EntryState.OFFERED,), EntryState.LAPSED, Permission.WAITLIST_RUN, alone=False),
        Move("leave", LIVE, EntryState.LEFT, Permission.BOOKING_REQUEST, _("Leave the list")),
        Move("close", LIVE, EntryState.CLOSED, Permission.WAITLIST_RUN, alone=False),
    )

    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="waitlist")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="waitlist")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    by = models.CharField(max_length=8, choices=Booking.By)
    group = models.ForeignKey("partnerships.ActivityGroup", models.PROTECT, null=True, blank=True, related_name="+")
    heads = models.IntegerField(_("pupils"))
    smallest = models.IntegerField(_("smallest part that you would take"))
    may_split = models.BooleanField(_("the rest waits on"), default=False)
    adults = models.IntegerField(_("adults"))
    on_sheet = models.BooleanField(default=False)  # without an agreement, as the booking will be
    leader = models.ForeignKey("people.Membership", models.PROTECT, related_name="+")
    phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.WAITING)
    skipped = models.SmallIntegerField(default=0)
    request_key = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="waitlist_asked_once",
                fields=["school", "request_key"],
                violation_error_message=_("This group is on the list already."),
            ),
            models.UniqueConstraint(
                name="waitlist_group_once",
                fields=["session", "group"],
                condition=Q(group__isnull=False, state__in=LIVE),
                violation_error_message=_("This group is on the list already."),
            ),
            models.UniqueConstraint(
                name="waitlist_heads_once",
                fields=["session", "school"],
                condition=Q(by="heads", state__in=LIVE),
                violation_error_message=_("A head count of your school is on the list already."),
            ),
            models.CheckConstraint(
                name="waitlist_sizes_ok",
                condition=Q(smallest__gte=1, heads__gte=F("smallest"), adults__gte=0, skipped__gte=0),
                violation_error_message=_("The smallest part is at least one pupil and at most the whole group."),
            ),
        ]

    def __str__(self) -> str:
        return f"W-{self.pk:06d}"

    @property
    def who(self) -> str:
        """The classes, the club, or the head count."""
        if self.group:
            return self.group.name
        names = [row.school_class.label(self.session.day) for row in self.classes.all()]
        return wording.listed(names) if names else str(_("Head count"))

    @property
    def offer(self) -> "Offer | None":
        return next((offer for offer in self.offers.all() if offer.state == Offer.State.OPEN), None)

    def organisation_ids(self) -> set[int]:
        return {self.school_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


class WaitlistClass(models.Model):
    """A class of an entry, and its pupils without a stored name."""

    entry = models.ForeignKey(WaitlistEntry, models.CASCADE, related_name="classes")
    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="+")
    school_class = models.ForeignKey("partnerships.SchoolClass", models.PROTECT, related_name="+")
    heads = models.SmallIntegerField(default=0)
    pupils = models.SmallIntegerField(default=0)  # all of the class who wait, named or not; 0: not counted apart
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="waitlistclass_once",
                fields=["session", "school_class"],
                condition=Q(is_live=True),
                violation_error_message=_("One of these classes is on the list already."),
            )
        ]


class Offer(models.Model):
    """Places held for an entry until an instant; they count as taken in the session meanwhile."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("offer", "Open")
        ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
        LAPSED = "lapsed", pgettext_lazy("offer", "Lapsed")
        DECLINED = "declined", pgettext_lazy("offer", "Declined")

    entry = models.ForeignKey(WaitlistEntry, models.PROTECT, related_name="offers")
    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="offers")
    seats = models.IntegerField()
    held = models.IntegerField(default=0)  # of these, how many came from the places held back
    heads = models.IntegerField(default=0)  # pupils for whom the venue's day is held as well; 0: it counts nothing
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offer_one_open",
                fields=["entry"],
                condition=Q(state="open"),
                violation_error_message=_("Places are offered to this group already."),
            ),
            models.CheckConstraint(
                name="offer_seats_ok",
                condition=Q(seats__gt=0, held__gte=0, held__lte=F("seats"), heads__gte=0),
                violation_error_message=_("An offer holds at least one place."),
            ),
        ]
