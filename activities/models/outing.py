"""An outing 外出活动: the bookings of one school that travel together on one day, with their papers and its return.

Approval, transport, checklist and return report belong to the outing, not to its bookings. When it takes place is read
from the sessions of its bookings, never stored.
"""

import datetime as dt

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock

from .booking import ALIVE, Booking


class State(models.TextChoices):
    PREPARING = "preparing", pgettext_lazy("outing", "Papers in preparation")
    SUBMITTED = "submitted", pgettext_lazy("outing", "Waits for the school's approval")
    RETURNED = "returned", pgettext_lazy("outing", "Returned for completion")
    APPROVED = "approved", pgettext_lazy("outing", "Approved by the school")
    FILED = "filed", pgettext_lazy("outing", "Filed by the bureau")


TONES = {
    State.PREPARING: ("turn", "hollow"),
    State.SUBMITTED: ("turn", "half"),
    State.RETURNED: ("turn", "hollow"),
    State.APPROVED: ("teal", "full"),
    State.FILED: ("solid", "full"),
}


class OutingQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The school's own (a teacher: with a booking they lead), the host's groups, a district's own."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.organisation_id is None:
            return self.none()
        parts = Booking.objects.filter(outing=OuterRef("pk"))
        if actor.role == Role.TEACHER:
            return self.filter(Exists(parts.filter(leader=actor.membership)), school=actor.organisation_id)
        hosted = Exists(parts.filter(session__provider=actor.organisation_id))
        return self.filter(Q(school=actor.organisation_id) | hosted)

    def going(self):
        """Those of which at least one booking is alive."""
        return self.filter(Exists(Booking.objects.alive().filter(outing=OuterRef("pk"))))

    def cleared(self):
        """学校已审批, and filed where the district's bureau approves itself."""
        return self.filter(Q(state=State.FILED) | (Q(state=State.APPROVED) & ~Q(bureau=Outing.Bureau.APPROVES)))

    def uncleared(self):
        return self.exclude(pk__in=Outing.objects.cleared().values("pk"))

    def awaiting_report(self):
        """Nobody has said yet how many went and how many came back."""
        return self.filter(reported_at__isnull=True)

    def with_times(self):
        """`starts_at`, `ends_at`, `pupils`, `adults` and `parts` of what is alive; of all bookings where nothing is."""
        live = Q(bookings__state__in=ALIVE)
        start, end = "bookings__session__starts_at", "bookings__session__ends_at"
        return self.annotate(
            starts_at=Coalesce(Min(start, filter=live), Min(start)),
            ends_at=Coalesce(Max(end, filter=live), Max(end)),
            pupils=Coalesce(Sum("bookings__pupils", filter=live), 0),
            adults=Coalesce(Sum("bookings__adults", filter=live), 0),
            parts=Count("bookings", filter=live),
        )

    def with_names(self):
        """With everything that a row of a list or the page of an outing shows."""
        return (
            self.with_times()
            .select_related("school__organisation", "submitted_by__user", "approved_by__user", "filed_by__user")
            .prefetch_related(models.Prefetch("bookings", Booking.objects.with_names(), to_attr="trips"))
        )


class Outing(models.Model):
    class Transport(models.TextChoices):
        WALK = "walk", pgettext_lazy("transport", "On foot")
        COACH = "coach", pgettext_lazy("transport", "Hired coach")
        PUBLIC = "public", pgettext_lazy("transport", "Public transport")

    class Bureau(models.TextChoices):
        """What the district's bureau does with the papers; copied when the outing is made."""

        NONE = "none", pgettext_lazy("outing", "the school decides alone")
        FILES = "files", pgettext_lazy("outing", "the bureau files")
        APPROVES = "approves", pgettext_lazy("outing", "the bureau approves")

    class Paper(models.TextChoices):
        PLAN = "plan", pgettext_lazy("outing paper", "Plan of the activity")
        EMERGENCY = "emergency", pgettext_lazy("outing paper", "Emergency plan")
        ROSTER = "roster", pgettext_lazy("outing paper", "List of pupils and teachers")
        VEHICLE = "vehicle", pgettext_lazy("outing paper", "Vehicles and drivers")
        CONTRACT = "contract", pgettext_lazy("outing paper", "Contract of hire")
        INSURANCE = "insurance", pgettext_lazy("outing paper", "Insurance")
        CONSENT = "consent", pgettext_lazy("outing paper", "Guardians told and answers collected")

    State = State
    TONES = TONES
    MOVES = table(
        Move(
            "submit",
            (State.PREPARING, State.RETURNED),
            State.SUBMITTED,
            Permission.OUTING_PLAN,
            pgettext_lazy("move", "Hand in for approval"),
        ),
        Move(
            "approve",
            (State.SUBMITTED,),
            State.APPROVED,
            Permission.OUTING_APPROVE,
            pgettext_lazy("move", "Approve the outing"),
        ),
        Move(
            "return",
            (State.SUBMITTED,),
            State.RETURNED,
            Permission.OUTING_APPROVE,
            pgettext_lazy("move", "Return for completion"),
        ),
        Move(
            "file",
            (State.APPROVED,),
            State.FILED,
            Permission.OUTING_FILE,
            pgettext_lazy("move", "File the outing"),
        ),
        Move(
            "send_back",
            (State.APPROVED,),
            State.RETURNED,
            Permission.OUTING_FILE,
            pgettext_lazy("move", "Send back for completion"),
        ),
        Move(  # another day: the papers stay, the word of the lead is asked for once more
            "ask_again", (State.APPROVED, State.FILED), State.SUBMITTED, Permission.BOOKING_REQUEST, alone=False
        ),
    )

    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="outings")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PREPARING)
    bureau = models.CharField(max_length=8, choices=Bureau, default=Bureau.FILES)
    request_key = models.UUIDField()
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    transport = models.CharField(_("how you travel"), max_length=6, choices=Transport, blank=True)
    vehicles = models.PositiveSmallIntegerField(_("number of vehicles"), default=0)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    drivers = models.CharField(_("number plates and drivers"), max_length=200, blank=True)
    meets_at = models.TimeField(_("time of meeting"), null=True, blank=True)
    meeting_place = models.CharField(_("meeting point"), max_length=60, blank=True)
    returns_at = models.TimeField(_("back at school"), null=True, blank=True)
    answer_by = models.DateTimeField(_("guardians answer by"), null=True, blank=True)
    phone = models.CharField(_("telephone during the outing"), max_length=20, blank=True)
    note = models.CharField(_("note for the school's lead"), max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True)
    filed_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # of the last return
    out_heads = models.PositiveSmallIntegerField(_("pupils who went"), null=True, blank=True)
    back_heads = models.PositiveSmallIntegerField(_("pupils who came back"), null=True, blank=True)
    incident = models.CharField(_("incident"), max_length=300, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OutingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["school", "state"], name="outing_by_school"),
            models.Index(fields=["district", "state"], name="outing_by_district"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="outing_asked_once",
                fields=["school", "request_key"],
                violation_error_message=_("This outing has been booked already."),
            ),
            models.CheckConstraint(
                name="outing_approval_signed",
                condition=Q(state__in=(State.APPROVED, State.FILED), approved_at__isnull=False)
                | (~Q(state__in=(State.APPROVED, State.FILED)) & Q(approved_at__isnull=True)),
                violation_error_message=_("An approval says when it was given, and ends with the state."),
            ),
            models.CheckConstraint(
                name="outing_filing_signed",
                condition=Q(state=State.FILED, filed_at__isnull=False)
                | (~Q(state=State.FILED) & Q(filed_at__isnull=True)),
                violation_error_message=_("A filing says when it was done, and ends with the state."),
            ),
            models.CheckConstraint(
                name="outing_report_whole",
                condition=Q(reported_at__isnull=True, out_heads__isnull=True, back_heads__isnull=True, incident="")
                | Q(reported_at__isnull=False, out_heads__isnull=False, back_heads__isnull=False),
                violation_error_message=_("A return report says how many went, how many came back, and when."),
            ),
            models.CheckConstraint(
                name="outing_all_back_or_said",
                condition=Q(out_heads__isnull=True) | Q(back_heads=F("out_heads")) | ~Q(incident=""),
                violation_error_message=_("Not everybody came back with the group: say why."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"WC-{self.pk:06d}"

    @property
    def day(self) -> dt.date:
        """Of an outing loaded `with_times`."""
        return timezone.localtime(self.starts_at).date()  # type: ignore[attr-defined]

    @property
    def tone(self) -> str:
        return TONES[State(self.state)][0]

    @property
    def dot(self) -> str:
        return TONES[State(self.state)][1]

    @property
    def cleared_at(self) -> dt.datetime | None:
        """When the last word that the district asks for was given; None: there is none that still holds."""
        return self.filed_at if self.bureau == self.Bureau.APPROVES else self.approved_at

    @property
    def is_cleared(self) -> bool:
        return self.cleared_at is not None

    def organisation_ids(self) -> set[int]:
        return {self.school_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


class OutingPaper(models.Model):
    """One paper of the checklist that is ready: whose word it is, and since when."""

    outing = models.ForeignKey(Outing, models.CASCADE, related_name="papers")
    code = models.CharField(max_length=10, choices=Outing.Paper)
    ready_at = models.DateTimeField(default=clock.now)
    ready_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="outingpaper_once",
                fields=["outing", "code"],
                violation_error_message=_("This paper is ticked already."),
            )
        ]
