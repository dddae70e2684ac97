"""ServiceRecord 课时与服务时长: what a counselor gave in one assignment; paid class-hours or volunteer hours, never both."""

import datetime as dt
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import School
from partnerships.models.scope import within
from people.actors import Client
from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock

from .counselor import Counselor
from .span import one_place_at_a_time


class State(models.TextChoices):
    CLAIMED = "claimed", pgettext_lazy("hours", "waiting for confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("hours", "confirmed")
    OBJECTED = "objected", pgettext_lazy("hours", "objected to")
    TURNED_DOWN = "turned_down", pgettext_lazy("hours", "not confirmed")
    SETTLED = "settled", pgettext_lazy("hours", "settled")


COUNTED = (State.CONFIRMED, State.OBJECTED, State.SETTLED)  # the counselor's time is taken by these
GIVEN = (State.CONFIRMED, State.SETTLED)  # what figures, stars and settlements count


class ServiceRecordQuerySet(models.QuerySet):
    def given(self):
        """Confirmed and not objected to."""
        return self.filter(state__in=GIVEN)

    def paid(self):
        return self.filter(paid_minutes__gt=0)

    def volunteer(self):
        return self.filter(volunteer_minutes__gt=0)

    def awaiting(self):
        """Claims and objections that the host answers."""
        return self.filter(state__in=(State.CLAIMED, State.OBJECTED))

    def with_names(self):
        return self.select_related("assignment__session__programme", "assignment__host", "counselor__organisation")

    def visible_to(self, actor):
        """The host's own, the counselor's own, a district's own; nobody else. No amount stands here."""
        if actor.role == Role.COUNSELOR:
            return self.filter(counselor=actor.organisation_id)
        if actor.is_teacher:
            return self.none()
        if actor.is_system or actor.is_office or isinstance(actor, Client):
            return within(self, actor, district="district", own="assignment__host")
        return self.filter(assignment__host=actor.organisation_id or 0)


class ServiceRecord(models.Model):
    """One an assignment. Counselor, district, kind and area are copied, so that later changes move no money.

    `ends_at` is `starts_at` plus the minutes: the same minute of a counselor counts once, whatever the district.
    """

    State = State
    TONES = {
        State.CLAIMED: ("turn", "half"),
        State.CONFIRMED: ("teal", "full"),
        State.OBJECTED: ("turn", "hollow"),
        State.TURNED_DOWN: ("grey", "none"),
        State.SETTLED: ("solid", "full"),
    }
    MOVES = table(
        Move(
            "confirm",
            (State.CLAIMED,),
            State.CONFIRMED,
            Permission.SERVICE_CONFIRM,
            pgettext_lazy("hours", "Confirm the hours"),
        ),
        Move(
            "turn_down",
            (State.CLAIMED,),
            State.TURNED_DOWN,
            Permission.SERVICE_CONFIRM,
            pgettext_lazy("hours", "Do not confirm"),
        ),
        Move(
            "object",
            (State.CONFIRMED, State.TURNED_DOWN),
            State.OBJECTED,
            Permission.SERVICE_OBJECT,
            pgettext_lazy("hours", "Object"),
        ),
        Move(
            "answer",
            (State.OBJECTED,),
            State.CONFIRMED,
            Permission.SERVICE_CONFIRM,
            pgettext_lazy("hours", "Answer the objection"),
        ),
        Move("settle", (State.CONFIRMED,), State.SETTLED, Permission.SETTLEMENT_PREPARE),
    )

    assignment = models.OneToOneField("activities.Assignment", models.PROTECT, related_name="service")
    counselor = models.ForeignKey("activities.Counselor", models.PROTECT, related_name="services")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of counselor"), max_length=12, choices=Counselor.Kind)
    locality = models.CharField(_("locality"), max_length=10, choices=School.Locality, blank=True)  # none: a venue's
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    paid_minutes = models.PositiveSmallIntegerField(default=0)
    volunteer_minutes = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State, default=State.CLAIMED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    claimed_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    object_until = models.DateField(null=True, blank=True)  # the last day on which either side may object
    objected_at = models.DateTimeField(null=True, blank=True)
    objected_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["district", "starts_at"], name="service_by_district")]
        constraints = [
            models.CheckConstraint(
                name="service_paid_or_volunteer",
                condition=Q(paid_minutes__gt=0, volunteer_minutes=0) | Q(paid_minutes=0, volunteer_minutes__gt=0),
                violation_error_message=_("Hours are either paid class-hours or volunteer hours, never both."),
            ),
            models.CheckConstraint(
                name="service_within_a_day",
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + dt.timedelta(hours=24)),
                violation_error_message=_("An assignment lasts at most a day."),
            ),
            models.CheckConstraint(
                name="service_confirmed_by",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, object_until__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, object_until__isnull=False),
                violation_error_message=_("A confirmation says when and by whom, and until when one may object."),
            ),
            models.CheckConstraint(
                name="service_state_is_signed",
                condition=Q(state="claimed", confirmed_at__isnull=True)
                | (~Q(state="claimed") & Q(confirmed_at__isnull=False)),
                violation_error_message=_("Only the host confirms hours, and signs for it."),
            ),
            models.CheckConstraint(
                name="service_objection_signed",
                condition=Q(objected_at__isnull=True, objected_by__isnull=True)
                | Q(objected_at__isnull=False, objected_by__isnull=False),
                violation_error_message=_("An objection says when and by whom."),
            ),
            ExclusionConstraint(
                name="service_minute_counts_once",
                expressions=one_place_at_a_time("counselor"),
                condition=Q(state__in=COUNTED),
                violation_error_message=_("Part of this time already counts for this counselor. Correct the minutes."),
            ),
        ]

    def __str__(self) -> str:
        return f"service record {self.pk}"

    @property
    def minutes(self) -> int:
        return self.paid_minutes or self.volunteer_minutes

    @property
    def is_paid(self) -> bool:
        return self.paid_minutes > 0

    @property
    def hours(self) -> Decimal:
        """Clock hours, to a hundredth."""
        return (Decimal(self.minutes) / 60).quantize(Decimal("0.01"))

    @property
    def day(self) -> dt.date:
        return timezone.localtime(self.starts_at).date()

    def organisation_ids(self) -> set[int]:
        return {self.assignment.host_id, self.counselor_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
