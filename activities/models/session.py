"""A session: a programme happens once, at one place, with a number of places.

`taken`, `held_back` and `held_taken` are counters that only `activities/seats.py` changes.
"""

from math import cos, pi, radians

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, FloatField, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import Listing, Venue
from people.roles import Permission, Role
from people.workflow import Move
from portal.lib import clock

from .field import Field
from .price import Priced, price_fits_kind
from .programme import Programme
from .span import TsTzRange

FLOAT = FloatField()
METRES_A_DEGREE = 6_371_000 * pi / 180


# Sessions, seen from a row that has one as `session`, for which pupils leave the school (Session.direction in SQL).
GOES_OUT = Q(session__school__isnull=True, session__programme__direction="go_out") | Q(
    session__school__isnull=False, session__place=F("session__provider")
) & ~Q(session__provider=F("session__school"))


class SessionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=Session.State.OPEN)

    def upcoming(self):
        return self.filter(starts_at__gt=clock.now())

    def on(self, start, end):
        """Sessions that begin between two instants."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def for_groups(self):
        """Sessions that a school books, not the closed ones of another school's series."""
        return self.filter(school__isnull=True)

    def step_free(self):
        """Reached without steps: as the hall says, and where it says nothing, as the venue does; a school's own rooms."""
        unsaid = Q(hall__isnull=True) | Q(hall__is_step_free__isnull=True)
        venue = Q(place__venue__facilities__contains=[Venue.Facility.STEP_FREE])
        return self.filter(Q(hall__is_step_free=True) | (unsaid & (venue | Q(place__kind="school"))) | Q(place=None))

    def within(self, metres: int, *, of, values):
        """Where pupils go out, so near by road to a school (or campus) that has a position: as `partnerships.distance` says.

        On this scale the earth is flat: degrees east are shorter than degrees north, the same all over a city."""
        line = metres * 100 / values["travel_detour_percent"] / METRES_A_DEGREE
        north = Cast(F("place__venue__latitude"), FLOAT) - float(of.latitude)
        east = (Cast(F("place__venue__longitude"), FLOAT) - float(of.longitude)) * cos(radians(float(of.latitude)))
        near = self.annotate(span_squared=ExpressionWrapper(north * north + east * east, FLOAT))
        comes = Q(place=of.pk) | ~Q(programme__direction="go_out")  # who is brought in has no way for pupils
        return near.filter(Q(span_squared__lte=line * line) | comes)

    def lacking_counselor(self):
        """尚未落实辅导员: open sessions to come that need a counselor and have none on whom both sides agreed.

        One that is closed for a school needs nobody once its group comes no more."""
        settled = Session.assignments.rel.related_model.objects.live().values("session")
        booked = Session.bookings.rel.related_model.objects.alive().values("session")
        rows = self.open().upcoming().filter(Q(school__isnull=True) | Q(pk__in=booked), needs_counselor=True)
        return rows.exclude(pk__in=settled)

    def awaiting_visitors(self):
        """Announced family sessions that are over and of which nobody has told how many came."""
        return self.open().exclude(channel="").filter(ends_at__lte=clock.now(), visitors__isnull=True)

    def hosted_by(self, organisation_id: int):
        """Sessions for which this school or venue may have a counselor: it gives them, or they are held there."""
        own = Q(provider=organisation_id) | Q(place=organisation_id) | Q(school=organisation_id)
        return self.filter(own)

    def within_reach_of(self, counselor_id: int):
        """Sessions of schools and venues in the districts that list this counselor."""
        listed = Listing.objects.listed()
        districts = listed.filter(organisation=counselor_id).values("district")
        venues = listed.filter(district__in=districts, organisation__kind="venue").values("organisation")
        of_school = Q(school__organisation__district__in=districts)
        others = Q(school__isnull=True) & (Q(provider__district__in=districts) | Q(provider__in=venues))
        return self.filter(of_school | others)

    def visible_to(self, actor):
        """Own place, own programme, own series; else what is open and listed in the hat's district or open to all.

        A counselor: those they were asked for or applied to, and what still needs one where they are listed.
        """
        if actor.is_system:
            return self
        if actor.organisation_id is None and not actor.is_client:
            return self.none()
        if actor.role == Role.COUNSELOR:
            asked = Session.assignments.rel.related_model.objects.visible_to(actor).values("session")
            needed = self.within_reach_of(actor.organisation_id).lacking_counselor().values("pk")
            return self.filter(Q(pk__in=asked) | Q(pk__in=needed))
        hat = actor.organisation_id or 0
        own = Q(provider=hat) | Q(place=hat) | Q(school=hat)
        if actor.district_id is None:
            return self.filter(own)
        listed = Listing.objects.listed().filter(district=actor.district_id)
        shown = (
            ~Q(state=Session.State.DRAFT)
            & Q(school__isnull=True)
            & (Q(programme__open_to_all=True) | Q(provider__in=listed.values("organisation")))
        )
        if actor.reads_district:
            shown |= Q(school__organisation__district=actor.district_id)
        return self.filter(own | shown)


class Session(Priced):
    class Audience(models.TextChoices):
        GROUPS = "groups", _("School groups")
        STUDENTS = "students", _("Student-only session")
        FAMILIES = "families", _("Family session")
        TEACHERS = "teachers", _("Teachers")

    class Unit(models.TextChoices):
        HEADS = "heads", pgettext_lazy("unit", "heads")
        GROUPS = "groups", pgettext_lazy("unit", "groups")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("session", "Not published")
        OPEN = "open", pgettext_lazy("session", "Open for booking")
        POSTPONED = "postponed", pgettext_lazy("session", "Postponed")
        CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")

    TONES = {
        State.DRAFT: ("grey", "hollow"),
        State.OPEN: ("teal", "full"),
        State.POSTPONED: ("turn", "hollow"),
        State.CANCELLED: ("grey", "none"),
    }
    MOVES = {
        "open": Move(
            "open",
            (State.DRAFT, State.POSTPONED),
            State.OPEN,
            Permission.SESSION_OPEN,
            pgettext_lazy("move", "Open for booking"),
        ),
        "cancel": Move(
            "cancel",
            (State.DRAFT, State.OPEN, State.POSTPONED),
            State.CANCELLED,
            Permission.SESSION_CANCEL,
            pgettext_lazy("move", "Cancel session"),
        ),
        "call_off": Move(  # its day was called off (activities/days_off.py)
            "call_off", (State.DRAFT, State.OPEN), State.CANCELLED, Permission.DAY_OFF_DECLARE, alone=False
        ),
        "put_off": Move(  # the same, where its groups wait for a new date
            "put_off", (State.OPEN,), State.POSTPONED, Permission.DAY_OFF_DECLARE, alone=False
        ),
        "postpone": Move(
            "postpone",
            (State.OPEN,),
            State.POSTPONED,
            Permission.SESSION_CANCEL,
            pgettext_lazy("move", "Postpone session"),
        ),
    }

    programme = models.ForeignKey("activities.Programme", models.PROTECT, related_name="sessions")
    series = models.ForeignKey(
        "activities.Series",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
    )
    provider = models.ForeignKey("people.Organisation", models.PROTECT, related_name="sessions_given")
    place = models.ForeignKey(
        "people.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions_held",
    )  # none: online
    hall = models.ForeignKey(
        "partnerships.Hall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
    )
    school = models.ForeignKey(
        "partnerships.School",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="closed_sessions",
    )  # set: this school's own series, nobody else books it
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.GROUPS)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    opens_on = models.DateField(_("bookable from"), null=True, blank=True)
    capacity = models.IntegerField(_("places"))
    unit = models.CharField(_("places count"), max_length=8, choices=Unit, default=Unit.HEADS)
    taken = models.IntegerField(default=0, editable=False)
    held_back = models.IntegerField(_("held back for rural and supported schools"), default=0)
    held_until = models.DateField(_("held back until"), null=True, blank=True)
    held_taken = models.IntegerField(default=0, editable=False)
    released_at = models.DateTimeField(null=True, blank=True, editable=False)  # the held-back places opened to all
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    guide = models.CharField(_("guide"), max_length=40, blank=True)  # who leads the groups on the spot
    channel = models.CharField(_("the venue's own booking channel"), max_length=120, blank=True)
    visitors = models.IntegerField(_("visitors"), null=True, blank=True)  # of an announced session, told afterwards
    visitors_at = models.DateTimeField(null=True, blank=True)
    visitors_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    needs_counselor = models.BooleanField(_("a counselor is needed"), default=False)
    counselor_field = models.CharField(_("field of the counselor"), max_length=12, choices=Field, blank=True)
    revision = models.IntegerField(default=0, editable=False)  # rises with time, place and state, by trigger
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="session_by_time"),
            models.Index(fields=["provider", "starts_at"], name="session_by_provider"),
            models.Index(fields=["place", "starts_at"], name="session_by_place"),
        ]
        constraints = [
            price_fits_kind("session"),
            models.CheckConstraint(
                name="session_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The session ends before it starts."),
            ),
            models.CheckConstraint(
                name="session_seats_ok",
                condition=Q(taken__gte=0, taken__lte=F("capacity"), capacity__gt=0),
                violation_error_message=_("There are not enough places left in this session."),
            ),
            models.CheckConstraint(
                name="session_held_ok",
                condition=Q(
                    held_taken__gte=0,
                    held_taken__lte=F("held_back"),
                    held_back__lte=F("capacity"),
                ),
                violation_error_message=_("The places held back do not fit the places of the session."),
            ),
            models.CheckConstraint(
                name="session_released_once",
                condition=Q(released_at__isnull=True) | Q(held_back=F("held_taken")),
                violation_error_message=_("The held-back places are open to everybody: they are not held back again."),
            ),
            models.CheckConstraint(
                name="session_channel_for_families",
                condition=Q(channel="") | Q(audience="families"),
                violation_error_message=_("Only a family session is announced with the venue's own booking channel."),
            ),
            models.CheckConstraint(
                name="session_visitors_signed",
                condition=Q(visitors__isnull=True, visitors_at__isnull=True, visitors_by__isnull=True)
                | (Q(visitors__gte=0, visitors_at__isnull=False, visitors_by__isnull=False) & ~Q(channel="")),
                violation_error_message=_("Visitors are told of an announced session, with when and by whom."),
            ),
            models.CheckConstraint(
                name="session_hall_at_place",
                condition=Q(hall__isnull=True) | Q(place__isnull=False),
                violation_error_message=_("A hall belongs to a place."),
            ),
            models.UniqueConstraint(
                fields=["id", "starts_at", "ends_at"],
                name="session_slot",
                violation_error_message=_("This session exists already."),
            ),
            ExclusionConstraint(
                name="session_hall_free",
                expressions=[
                    ("hall", RangeOperators.EQUAL),
                    (
                        TsTzRange("starts_at", "ends_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(hall__isnull=False, state="open"),
                violation_error_message=_("Another session is in this hall at that time."),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def day(self):
        return timezone.localtime(self.starts_at).date()

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def direction(self) -> Programme.Direction:
        """Go out, bring in or online: for one school alone it is where they agreed to meet, else as the programme says."""
        if self.school_id is None or self.provider_id == self.school_id:
            return Programme.Direction(self.programme.direction)
        if self.place_id is None:
            return Programme.Direction.ONLINE
        return Programme.Direction.GO_OUT if self.place_id == self.provider_id else Programme.Direction.BRING_IN

    @property
    def is_announced(self) -> bool:
        """A family session that families book at the venue itself: the portal shows it and counts its visitors."""
        return bool(self.channel)

    @property
    def left(self) -> int:
        """Places that are not taken, held-back ones included."""
        return self.capacity - self.taken

    @property
    def held_open(self) -> int:
        """Places that are still kept for entitled schools: none after the last day of holding back."""
        if self.released_at or self.held_until is None or clock.today() > self.held_until:
            return 0
        return self.held_back - self.held_taken

    def left_for(self, entitled: bool) -> int:
        """Places that a school may take, entitled to the held-back ones or not."""
        return self.left if entitled else self.left - self.held_open

    def seats_for(self, heads: int) -> int:
        """What a group of so many heads takes of this session's places."""
        return heads if self.unit == self.Unit.HEADS else 1

    @property
    def has_begun(self) -> bool:
        return clock.now() >= self.starts_at

    @property
    def is_over(self) -> bool:
        return clock.now() >= self.ends_at

    @property
    def phase(self) -> str:
        """What the calendar and the counters make of an open session: read, never stored."""
        if self.state != self.State.OPEN:
            return self.state
        if self.is_over:
            return "finished"
        if self.has_begun:
            return "in_progress"
        if self.opens_on and clock.today() < self.opens_on:
            return "not_open_yet"
        return "full" if self.left <= 0 else "open"

    def host_ids(self) -> set[int]:
        """Whose session it is: who gives it, where it is held, which school it is closed for."""
        return {self.provider_id, self.place_id, self.school_id} - {None}

    def organisation_ids(self) -> set[int]:
        return {self.provider_id}

    def district_ids(self) -> set[int]:
        if self.school_id:
            return {self.school.organisation.district_id}
        return {self.provider.district_id} - {None}
