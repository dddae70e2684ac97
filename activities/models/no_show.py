"""NoShow 未到馆: what a venue recorded of a group that did not come, and what became of the record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock


class State(models.TextChoices):
    RECORDED = "recorded", pgettext_lazy("no-show", "Recorded")
    DISPUTED = "disputed", pgettext_lazy("no-show", "Disputed")
    STANDS = "stands", pgettext_lazy("no-show", "Stands")
    TAKEN_BACK = "taken_back", pgettext_lazy("no-show", "Taken back")
    WAIVED = "waived", pgettext_lazy("no-show", "Waived")


class NoShowQuerySet(models.QuerySet["NoShow"]):
    def visible_to(self, actor: Actor):
        """The school's own and the venue's own; offices read those of their schools."""
        if actor.is_system:
            return self
        if actor.is_teacher:
            return self.filter(booking__leader=actor.membership)
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        own = actor.organisation_id or 0
        return self.filter(Q(school=own) | Q(host=own))

    def counting(self):
        """Those that count against the school: settled, and neither taken back nor waived."""
        return self.filter(state=State.STANDS)

    def undisputed(self):
        """Recorded, and the time for a dispute is over."""
        return self.filter(state=State.RECORDED, dispute_until__lt=clock.today())

    def with_names(self):
        return self.select_related(
            "booking__session__programme", "booking__group", "school__organisation", "host", "recorded_by__user",
            "disputed_by__user", "decided_by__user",
        ).prefetch_related("booking__classes__school_class")  # fmt: skip


class NoShow(models.Model):
    """Recorded by the host; the school may dispute it until `dispute_until` (local date, 5 working days by default).

    Taken back means that the record was wrong: the group was there. Waived means that it did not come and that this
    counts for nothing."""

    State = State
    TONES = {
        State.RECORDED: ("turn", "half"),
        State.DISPUTED: ("turn", "half"),
        State.STANDS: ("red", "none"),
        State.TAKEN_BACK: ("grey", "none"),
        State.WAIVED: ("grey", "none"),
    }
    MOVES = table(
        Move(
            "dispute", (State.RECORDED,), State.DISPUTED, Permission.NO_SHOW_DISPUTE, pgettext_lazy("move", "Dispute")
        ),
        Move(
            "take_back",
            (State.RECORDED, State.DISPUTED),
            State.TAKEN_BACK,
            Permission.BOOKING_RECEIVE,
            pgettext_lazy("move", "Take back"),
        ),
        Move(
            "uphold",
            (State.DISPUTED,),
            State.TAKEN_BACK,
            Permission.NO_SHOW_DECIDE,
            pgettext_lazy("move", "Uphold the dispute"),
        ),
        Move(
            "dismiss",
            (State.DISPUTED,),
            State.STANDS,
            Permission.NO_SHOW_DECIDE,
            pgettext_lazy("move", "Dismiss the dispute"),
        ),
        Move(
            "waive",
            (State.RECORDED, State.DISPUTED, State.STANDS),
            State.WAIVED,
            Permission.NO_SHOW_DECIDE,
            pgettext_lazy("move", "Waive"),
        ),
        Move("settle", (State.RECORDED,), State.STANDS, Permission.NO_SHOW_SETTLE, alone=False),
    )

    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="no_shows")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="no_shows")
    host = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    day = models.DateField(_("day of the visit"))
    dispute_until = models.DateField(_("dispute until"))
    state = models.CharField(max_length=10, choices=State, default=State.RECORDED)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    disputed_at = models.DateTimeField(null=True, blank=True)
    disputed_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    dispute = models.CharField(_("what the school says"), max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(_("reason"), max_length=200, blank=True)

    objects = NoShowQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"],
                condition=~Q(state=State.TAKEN_BACK),
                name="noshow_once",
                violation_error_message=_("This no-show has been recorded already."),
            ),
            models.CheckConstraint(
                name="noshow_dispute_signed",
                condition=Q(disputed_at__isnull=True, dispute="")
                | Q(disputed_at__isnull=False, disputed_by__isnull=False, dispute__gt=""),
                violation_error_message=_("A dispute says when, by whom and why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.booking_id}"

    @property
    def may_still_be_disputed(self) -> bool:
        return self.state == State.RECORDED and clock.today() <= self.dispute_until

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.host_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
