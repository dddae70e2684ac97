"""成果登记: a course that was built, a training that was given – what no booking can deliver."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import District, Organisation, User
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock

from .agreement import Agreement
from .commitment import Commitment
from .scan import Scan


class DeliverableQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(commitment__agreement__in=Agreement.objects.visible_to(actor).values("pk"))

    def entered(self):
        """Waiting for the word of the other side."""
        return self.filter(state=Deliverable.State.ENTERED)

    def confirmed(self):
        return self.filter(state=Deliverable.State.CONFIRMED)

    def awaiting(self, organisation_id: int):
        """Entered by the other side of an agreement of this organisation; schools answer the venue, and it them."""
        open_ones = self.entered().exclude(entered_by=organisation_id)
        own = open_ones.filter(commitment__agreement__parties__organisation=organisation_id)
        between_schools = ~Q(entered_by__kind="venue") & ~Q(commitment__agreement__venue=organisation_id)
        return own.exclude(between_schools)

    def with_names(self):
        return self.select_related("commitment__agreement__venue", "commitment__term", "entered_by", "answered_by")


class Deliverable(models.Model):
    """One side enters it with its evidence, the other confirms: from then on it counts as delivered."""

    class State(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("deliverable", "to be confirmed")
        CONFIRMED = "confirmed", pgettext_lazy("deliverable", "confirmed")
        TURNED_DOWN = "turned_down", pgettext_lazy("deliverable", "not confirmed")
        WITHDRAWN = "withdrawn", pgettext_lazy("deliverable", "withdrawn")

    TONES = {
        State.ENTERED: ("turn", "half"),
        State.CONFIRMED: ("solid", "full"),
        State.TURNED_DOWN: ("grey", "none"),
        State.WITHDRAWN: ("grey", "none"),
    }
    MOVES = table(
        Move(
            "confirm",
            (State.ENTERED,),
            State.CONFIRMED,
            Permission.DELIVERABLE_ANSWER,
            pgettext_lazy("deliverable", "Confirm"),
        ),
        Move(
            "turn_down",
            (State.ENTERED,),
            State.TURNED_DOWN,
            Permission.DELIVERABLE_ANSWER,
            pgettext_lazy("deliverable", "Do not confirm"),
        ),
        Move(
            "take_back",  # confirmed by mistake
            (State.CONFIRMED,),
            State.TURNED_DOWN,
            Permission.DELIVERABLE_ANSWER,
            pgettext_lazy("deliverable", "Take the confirmation back"),
        ),
        Move(
            "withdraw",
            (State.ENTERED,),
            State.WITHDRAWN,
            Permission.DELIVERABLE_ENTER,
            pgettext_lazy("deliverable", "Withdraw"),
        ),
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="deliverables")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    title = models.CharField(_("what was delivered"), max_length=120)
    happened_on = models.DateField(_("day"))
    amount = models.PositiveSmallIntegerField(_("how many"), default=1)
    evidence = models.CharField(_("evidence in words"), max_length=300, blank=True)
    scan = models.ForeignKey(Scan, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ENTERED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    entered_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    entered_by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    request_key = models.UUIDField()

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entered_by", "request_key"],
                name="deliverable_entered_once",
                violation_error_message=_("This record has been entered already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="deliverable_counts",
                violation_error_message=_("Enter how many, at least one."),
            ),
            models.CheckConstraint(
                condition=Q(scan__isnull=False) | ~Q(evidence=""),
                name="deliverable_has_evidence",
                violation_error_message=_("Give the evidence: a file, or where it can be seen."),
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, state__in=["entered", "withdrawn"])
                | Q(answered_by__isnull=False, answered_at__isnull=False, state__in=["confirmed", "turned_down"]),
                name="deliverable_answered_whole",
                violation_error_message=_("An answer has its side and its time."),
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("entered_by")),
                name="deliverable_two_sides",
                violation_error_message=_("The other side confirms, not the one that entered it."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def agreement(self) -> Agreement:
        return self.commitment.agreement

    def organisation_ids(self) -> set[int]:
        return self.commitment.organisation_ids()

    def district_ids(self) -> set[int]:
        return {self.district_id}
