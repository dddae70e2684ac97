"""Dispute 异议: what a family says is wrong in a publication, entered for them, and what a second person decided."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Booking, RollEntry
from credits.models.entry import Entry
from credits.models.publication import Publication
from partnerships.models import Student
from people.actors import Actor
from people.models import User
from people.roles import Permission
from people.workflow import Move, table


class State(models.TextChoices):
    OPEN = "open", _("Objection waits")
    UPHELD = "upheld", _("Objection upheld")
    DISMISSED = "dismissed", _("Objection dismissed")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, actor: Actor) -> "DisputeQuerySet":
        """Like the publication; a teacher follows those about rolls that they lead, or that they entered."""
        if actor.is_teacher:
            led = Booking.objects.visible_to(actor)
            own = self.filter(publication__school=actor.organisation_id)
            return own.filter(Q(roll_entry__booking__in=led) | Q(raised_by=actor.user))
        return self.filter(publication__in=Publication.objects.visible_to(actor))

    def open(self) -> "DisputeQuerySet":
        return self.filter(state=State.OPEN)

    def upheld(self) -> "DisputeQuerySet":
        return self.filter(state=State.UPHELD)

    def to_decide(self, actor: Actor) -> "DisputeQuerySet":
        """Open ones that somebody else entered."""
        return self.visible_to(actor).open().exclude(raised_by=actor.user)


class Dispute(models.Model):
    """About an entry that should not stand, or (without `entry`) about one that is missing.

    `roll_entry` is the line of the roll in question; None where the fact is a result or stands on no roll."""

    State = State
    TONES = {
        State.OPEN: ("turn", "half"),
        State.UPHELD: ("solid", "full"),
        State.DISMISSED: ("grey", "none"),
    }
    MOVES = table(
        Move("uphold", (State.OPEN,), State.UPHELD, Permission.DISPUTE_DECIDE, _("Uphold")),
        Move("dismiss", (State.OPEN,), State.DISMISSED, Permission.DISPUTE_DECIDE, _("Dismiss")),
    )

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="disputes")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="disputes", db_index=False)
    roll_entry = models.ForeignKey(RollEntry, models.PROTECT, null=True, related_name="credit_disputes")
    reason = models.CharField(_("what the family says"), max_length=500)
    raised_at = models.DateTimeField(pgettext_lazy("objection", "entered"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("answer in writing"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="dispute_one_open",
                fields=["entry"],
                condition=Q(state=State.OPEN),
                violation_error_message=_("An objection to this entry waits already."),
            ),
            models.UniqueConstraint(
                name="dispute_one_open_missing",
                fields=["publication", "student"],
                condition=Q(state=State.OPEN, entry__isnull=True),
                violation_error_message=_("An objection about a missing entry of this pupil waits already."),
            ),
            models.CheckConstraint(
                name="dispute_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("raised_by")),
                violation_error_message=_("Whoever entered an objection does not decide it: ask a second person."),
            ),
            models.CheckConstraint(
                name="dispute_decided",
                condition=Q(state=State.OPEN, decided_at__isnull=True, decided_by__isnull=True, answer="")
                | Q(~Q(state=State.OPEN), ~Q(answer=""), decided_at__isnull=False, decided_by__isnull=False),
                violation_error_message=_("A decision says who made it, when, and why."),
            ),
            models.CheckConstraint(
                name="dispute_reason",
                condition=~Q(reason=""),
                violation_error_message=_("An objection says what is wrong."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}/{self.pk}"

    def organisation_ids(self) -> set[int]:
        return {self.publication.school_id}

    def district_ids(self) -> set[int]:
        return {self.publication.district_id}

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_about_missing(self) -> bool:
        return self.entry_id is None
