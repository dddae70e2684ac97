"""Request 点单: a school asks a venue, or a counselor, for times of its own choosing, once or every week of a term."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.models import Organisation
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock, wording

from .booking import Booking
from .series import weekdays_said

MOST_TIMES = 3


class RequestState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("request", "Waiting for an answer")
    COUNTERED = "countered", pgettext_lazy("request", "Other times proposed")
    ACCEPTED = "accepted", pgettext_lazy("request", "Accepted and booked")
    DECLINED = "declined", pgettext_lazy("request", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")


OPEN = (RequestState.ASKED, RequestState.COUNTERED)


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, actor: Actor):
        """The school's own, those put to the venue or counselor, a district's own."""
        if actor.is_system:
            return self
        if actor.organisation_id is None or actor.is_teacher:
            return self.none()
        if actor.is_office:
            return self.filter(district=actor.district_id)
        return self.filter(Q(school=actor.organisation_id) | Q(provider=actor.organisation_id))

    def open(self):
        return self.filter(state__in=OPEN)

    def awaiting(self, actor: Actor):
        """Those on which it is this hat's turn: a venue or counselor answers, a school answers other times."""
        state = RequestState.COUNTERED if actor.is_school else RequestState.ASKED
        side = {"school" if actor.is_school else "provider": actor.organisation_id}
        return self.filter(state=state, **side)

    def behind(self, session):
        """The request of which a session came, by itself or as a date of a series."""
        return self.filter(Q(session=session) | Q(series__isnull=False, series=session.series_id))

    def with_names(self):
        return self.select_related(
            "programme", "provider", "place", "hall", "school__organisation", "group", "leader__user",
            "asked_by__user", "session", "series",
        ).prefetch_related("classes__school_class", "times")  # fmt: skip


class Request(models.Model):
    """Blocks no pupil and holds no place until it is accepted. With a `last_day` it asks for every week until then.

    `provider` is who is asked: the venue whose programme it is, or a counselor, who then gives the school's own.
    """

    State = RequestState
    TONES = {
        RequestState.ASKED: ("turn", "half"),
        RequestState.COUNTERED: ("turn", "half"),
        RequestState.ACCEPTED: ("solid", "full"),
        RequestState.DECLINED: ("grey", "none"),
        RequestState.WITHDRAWN: ("grey", "none"),
    }
    MOVES = table(
        Move("accept", (RequestState.ASKED,), RequestState.ACCEPTED, Permission.REQUEST_ANSWER, _("Accept this time")),
        Move(
            "propose",
            (RequestState.ASKED,),
            RequestState.COUNTERED,
            Permission.REQUEST_ANSWER,
            _("Propose other times"),
        ),
        Move("decline", OPEN, RequestState.DECLINED, Permission.REQUEST_ANSWER, pgettext_lazy("request", "Decline")),
        Move(
            "take_up",
            (RequestState.COUNTERED,),
            RequestState.ACCEPTED,
            Permission.BOOKING_REQUEST,
            _("Accept this time"),
        ),
        Move(
            "ask_again",
            (RequestState.COUNTERED,),
            RequestState.ASKED,
            Permission.BOOKING_REQUEST,
            _("Ask for other times"),
        ),
        Move(
            "withdraw", OPEN, RequestState.WITHDRAWN, Permission.BOOKING_REQUEST, pgettext_lazy("request", "Withdraw")
        ),
    )

    programme = models.ForeignKey("activities.Programme", models.PROTECT, related_name="requests")
    provider = models.ForeignKey("people.Organisation", models.PROTECT, related_name="requests")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="requests")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    by = models.CharField(max_length=8, choices=Booking.By)
    group = models.ForeignKey("partnerships.ActivityGroup", models.PROTECT, null=True, blank=True, related_name="+")
    pupils = models.IntegerField(_("pupils"))  # on the day of asking; the booking counts them anew
    adults = models.IntegerField(_("adults"))
    leader = models.ForeignKey("people.Membership", models.PROTECT, related_name="+")
    phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    place = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    room = models.CharField(_("room"), max_length=80, blank=True)
    hall = models.ForeignKey("partnerships.Hall", models.PROTECT, null=True, blank=True, related_name="+")
    last_day = models.DateField(_("last day"), null=True, blank=True)
    dropped = ArrayField(models.DateField(), default=list, blank=True)  # dates that the school leaves out
    round = models.SmallIntegerField(default=1)
    put_at = models.DateTimeField(default=clock.now)  # since when the times of this round are on the table
    put_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.ASKED)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    session = models.OneToOneField("activities.Session", models.PROTECT, null=True, blank=True, related_name="request")
    series = models.OneToOneField("activities.Series", models.PROTECT, null=True, blank=True, related_name="request")
    request_key = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="request_asked_once",
                fields=["school", "request_key"],
                violation_error_message=_("This request has been sent already."),
            ),
            models.CheckConstraint(
                name="request_heads_ok",
                condition=Q(pupils__gt=0, adults__gte=0),
                violation_error_message=_("A group has at least one pupil, and no count is below 0."),
            ),
            models.CheckConstraint(
                name="request_group_named",
                condition=Q(by="group", group__isnull=False) | (~Q(by="group") & Q(group__isnull=True)),
                violation_error_message=_("A request for an activity group names the group."),
            ),
            models.CheckConstraint(
                name="request_place_of_sides",
                condition=Q(place__isnull=True) | Q(place=F("school")) | Q(place=F("provider")),
                violation_error_message=_("It takes place in the school, at the venue that is asked, or online."),
            ),
            models.CheckConstraint(
                name="request_hall_at_host",
                condition=Q(hall__isnull=True) | Q(place__isnull=False, place=F("provider")),
                violation_error_message=_("Choose one of the halls of the venue that is asked."),
            ),
            models.CheckConstraint(
                name="request_accepted_is_booked",
                condition=Q(state="accepted", session__isnull=False, series__isnull=True)
                | Q(state="accepted", session__isnull=True, series__isnull=False)
                | (~Q(state="accepted") & Q(session__isnull=True, series__isnull=True)),
                violation_error_message=_("An accepted request has its session or its series, any other has none."),
            ),
            models.CheckConstraint(
                name="request_ended_at_end",
                condition=Q(state__in=OPEN, ended_at__isnull=True) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                violation_error_message=_("A request that has ended says when."),
            ),
        ]

    def __str__(self) -> str:
        return f"R-{self.pk:06d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_of_counselor(self) -> bool:
        """A counselor is asked, not a venue: the session is the school's own, given by whoever is asked."""
        return self.provider.kind == Organisation.Kind.COUNSELOR

    @property
    def is_weekly(self) -> bool:
        return self.last_day is not None

    @property
    def proposed(self) -> list["RequestTime"]:
        """The times on the table: those of the last round."""
        return [time for time in self.times.all() if time.round == self.round]

    @property
    def length(self) -> dt.timedelta:
        """How long each time takes: as long as the ones on the table."""
        first = self.proposed[0]
        return first.ends_at - first.starts_at

    @property
    def earlier(self) -> list["RequestTime"]:
        """Times that were proposed before and answered with others."""
        return [time for time in self.times.all() if time.round < self.round]

    @property
    def who(self) -> str:
        """The classes, the club, or the head count."""
        if self.group:
            return self.group.name
        times = self.proposed
        day = times[0].day if times else clock.today()
        names = [row.school_class.label(day) for row in self.classes.all()]
        return wording.listed(names) if names else str(_("Head count"))

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.provider_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


class RequestTime(models.Model):
    """One of up to three times that a side proposes in its round; of a weekly request the first date and its weekdays."""

    class Side(models.TextChoices):
        SCHOOL = "school", pgettext_lazy("request", "School")
        HOST = "host", pgettext_lazy("request", "Venue or counselor")

    request = models.ForeignKey(Request, models.CASCADE, related_name="times")
    side = models.CharField(max_length=6, choices=Side)
    round = models.SmallIntegerField()
    number = models.SmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    weekdays = ArrayField(models.SmallIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(
                name="requesttime_once",
                fields=["request", "round", "number"],
                violation_error_message=_("This time has been proposed already."),
            ),
            models.CheckConstraint(
                name="requesttime_at_most_three",
                condition=Q(number__gte=1, number__lte=MOST_TIMES),
                violation_error_message=_("Propose one to three times."),
            ),
            models.CheckConstraint(
                name="requesttime_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                name="requesttime_weekdays",
                condition=Q(weekdays__contained_by=list(range(1, 8))),
                violation_error_message=_("Choose a weekday from Monday to Sunday."),
            ),
        ]

    @property
    def day(self):
        return timezone.localtime(self.starts_at).date()

    @property
    def weekdays_said(self) -> str:
        """周二、周四 / Tue, Thu."""
        return weekdays_said(self.weekdays)

    @property
    def is_past(self) -> bool:
        return self.starts_at <= clock.now()


class RequestClass(models.Model):
    """A class for which is asked, and its pupils without a stored name."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="classes")
    school_class = models.ForeignKey("partnerships.SchoolClass", models.PROTECT, related_name="+")
    heads = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="requestclass_once",
                fields=["request", "school_class"],
                violation_error_message=_("This class is in the request already."),
            )
        ]
