"""Settlement 补助核发: the paid class-hours of a district's term, gathered, checked, approved, exported and locked."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock


class SettlementQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The offices of the district; partner office and inspector read sums only (their page shows no lines)."""
        if actor.is_system:
            return self
        return self.filter(district_id=actor.district_id) if actor.is_office else self.none()

    def open(self):
        """Not locked yet."""
        return self.exclude(state=Settlement.State.LOCKED)

    def with_sums(self):
        """Adds `yuan` and `minutes` of the lines."""
        return self.annotate(
            yuan=Coalesce(Sum("lines__amount"), Decimal(0)), minutes=Coalesce(Sum("lines__minutes"), 0)
        )


class Settlement(models.Model):
    """One batch. `class_hour_minutes` is copied from the district's values when it is opened."""

    class State(models.TextChoices):
        GATHERING = "gathering", pgettext_lazy("settlement", "gathering")
        CHECKING = "checking", pgettext_lazy("settlement", "checking")
        APPROVED = "approved", pgettext_lazy("settlement", "approved")
        EXPORTED = "exported", pgettext_lazy("settlement", "exported")
        LOCKED = "locked", pgettext_lazy("settlement", "locked")

    TONES = {
        State.GATHERING: ("turn", "hollow"),
        State.CHECKING: ("turn", "half"),
        State.APPROVED: ("teal", "full"),
        State.EXPORTED: ("teal", "full"),
        State.LOCKED: ("solid", "full"),
    }
    MOVES = table(
        Move(
            "submit",
            (State.GATHERING,),
            State.CHECKING,
            Permission.SETTLEMENT_PREPARE,
            pgettext_lazy("settlement", "Hand in for approval"),
        ),
        Move(
            "return",
            (State.CHECKING,),
            State.GATHERING,
            Permission.SETTLEMENT_PREPARE,
            pgettext_lazy("settlement", "Return for correction"),
        ),
        Move(
            "approve",
            (State.CHECKING,),
            State.APPROVED,
            Permission.SETTLEMENT_APPROVE,
            pgettext_lazy("settlement", "Approve"),
        ),
        Move(
            "export",
            (State.APPROVED,),
            State.EXPORTED,
            Permission.SETTLEMENT_PREPARE,
            pgettext_lazy("settlement", "Export the pay sheet"),
        ),
        Move(
            "lock",
            (State.EXPORTED,),
            State.LOCKED,
            Permission.SETTLEMENT_PREPARE,
            pgettext_lazy("settlement", "Lock"),
        ),
    )

    district = models.ForeignKey("people.District", models.PROTECT, related_name="settlements")
    term = models.ForeignKey("partnerships.Term", models.PROTECT, related_name="settlements")
    number = models.PositiveSmallIntegerField()
    class_hour_minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.GATHERING)
    opened_at = models.DateTimeField(default=clock.now)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)
    pay_sheet_sha256 = models.CharField(max_length=64, blank=True)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "term", "number"],
                name="settlement_number_once",
                violation_error_message=_("This settlement has been opened already."),
            ),
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(state__in=["gathering", "checking"]),
                name="settlement_one_open",
                violation_error_message=_("Finish the settlement that is being prepared first."),
            ),
            models.CheckConstraint(
                name="settlement_proposed_by",
                condition=Q(state="gathering", proposed_at__isnull=True, proposed_by__isnull=True)
                | (~Q(state="gathering") & Q(proposed_at__isnull=False, proposed_by__isnull=False)),
                violation_error_message=_("A settlement is handed in by somebody, at a time."),
            ),
            models.CheckConstraint(
                name="settlement_confirmed_by",
                condition=Q(state__in=["gathering", "checking"], confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(
                    state__in=["approved", "exported", "locked"],
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                ),
                violation_error_message=_("A settlement is approved by somebody, at a time."),
            ),
            models.CheckConstraint(
                name="settlement_two_people",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                violation_error_message=_("Somebody else must approve: not the person who handed it in."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """BZ-2026-1-02: school year, half and number, as people read it to each other."""
        return f"BZ-{self.term.school_year}-{self.term.half}-{self.number:02d}"

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}


class SettlementLineQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Amounts: the bureau its district's, the school and the counselor their own, once approved (product.md)."""
        if actor.is_system:
            return self
        if actor.is_bureau and actor.role == Role.BUREAU_OFFICER:
            return self.filter(settlement__district_id=actor.district_id)
        said = self.filter(settlement__state__in=("approved", "exported", "locked"))
        if actor.role == Role.COUNSELOR:
            return said.filter(record__counselor=actor.organisation_id)
        if actor.role in (Role.SCHOOL_LEAD, Role.COORDINATOR):
            return said.filter(record__assignment__host=actor.organisation_id)
        return self.none()

    def with_names(self):
        return self.select_related(
            "settlement", "record__counselor__organisation", "record__assignment__host",
            "record__assignment__session__programme",
        )  # fmt: skip


class SettlementLine(models.Model):
    """The minutes of one record at one rate; or, in a later batch, the difference to a locked line (补差)."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines")
    record = models.ForeignKey("activities.ServiceRecord", models.PROTECT, related_name="lines")
    minutes = models.SmallIntegerField()
    rate = models.DecimalField(_("yuan for a class-hour"), max_digits=7, decimal_places=2)
    class_hour_minutes = models.PositiveSmallIntegerField()
    amount = models.DecimalField(_("yuan"), max_digits=10, decimal_places=2)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = SettlementLineQuerySet.as_manager()

    class Meta:
        ordering = ["settlement", "record", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(corrects__isnull=True),
                name="settlement_record_once",
                violation_error_message=_("These hours already stand in a settlement: they are paid once."),
            ),
            models.UniqueConstraint(
                fields=["settlement", "corrects"],
                name="settlement_correction_once",
                violation_error_message=_("This line is already corrected in the settlement."),
            ),
            models.CheckConstraint(
                name="settlement_line_amount",
                condition=Q(amount=Round(F("minutes") * F("rate") / F("class_hour_minutes"), 2)),
                violation_error_message=_("The amount is the class-hours times the rate."),
            ),
            models.CheckConstraint(
                name="settlement_line_sign",
                condition=Q(corrects__isnull=True, minutes__gt=0)
                | (Q(corrects__isnull=False) & ~Q(minutes=0) & ~Q(reason="")),
                violation_error_message=_("A correction is a difference with its reason; anything else is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"settlement line {self.pk}"

    @property
    def class_hours(self) -> Decimal:
        """To a hundredth, for people; the amount is reckoned from the minutes."""
        return (Decimal(self.minutes) / self.class_hour_minutes).quantize(Decimal("0.01"))

    def organisation_ids(self) -> set[int]:
        return self.record.organisation_ids()

    def district_ids(self) -> set[int]:
        return {self.settlement.district_id}
