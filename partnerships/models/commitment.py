"""约定事项: numbers that a party promises for one term, and what has become of them.

A ledger of four counters: `promised`, and what of it is `reserved`, `delivered` or `released` again.
"""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .agreement import Agreement
from .agreement_party import AgreementParty
from .term import Term


class CommitmentQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(agreement__in=Agreement.objects.visible_to(actor).values("pk"))

    def with_room(self, amount: int):
        """Those that can take `amount` more: a floor always, a ceiling up to what was promised."""
        return self.filter(Q(is_ceiling=False) | Q(promised__gte=F("reserved") + F("delivered") + amount))


class Commitment(models.Model):
    """A booking reserves, attendance delivers, cancellation releases; counters change by conditional UPDATE only."""

    class Kind(models.TextChoices):
        VISITS = "visits", _("visits of groups")
        PUPILS = "pupils", _("pupils served")
        IN_SCHOOL = "in_school", _("sessions at school")
        TRAININGS = "trainings", _("teacher-training sessions")
        COURSES = "courses", _("courses developed")
        COUNSELOR_HOURS = "counselor_hours", _("counselor hours")
        FREE_PLACES = "free_places", _("free or discounted places")

    BY_RECORD = {Kind.TRAININGS, Kind.COURSES}  # 成果登记: met by a record that the other side confirms

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="commitments")
    party = models.ForeignKey(AgreementParty, models.PROTECT, related_name="commitments")
    term = models.ForeignKey(Term, models.PROTECT, related_name="commitments")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    promised = models.PositiveIntegerField(_("promised"))
    is_ceiling = models.BooleanField(_("at most"), default=False)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    released = models.PositiveIntegerField(_("released"), default=0)  # reserved once, and given back

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["term", "party", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "term", "kind"],
                name="commitment_once",
                violation_error_message=_("This party has already promised a number of this kind for the term."),
            ),
            models.CheckConstraint(
                condition=Q(promised__gt=0),
                name="commitment_promises",
                violation_error_message=_("Promise a number above zero."),
            ),
            models.CheckConstraint(
                condition=Q(is_ceiling=False) | Q(promised__gte=F("reserved") + F("delivered")),
                name="commitment_within_ceiling",
                violation_error_message=_("The agreement does not allow more than was promised for this term."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.promised}"

    def due_by(self, day: dt.date) -> int:
        """What should be delivered by now, by the weeks of the term that have passed, rounded down."""
        passed, weeks = self._weeks(day)
        return self.promised * passed // weeks

    def forecast(self, day: dt.date) -> int:
        """What the term will end with: all that is reserved, or more if delivery goes on as it did so far."""
        passed, weeks = self._weeks(day)
        sure = self.delivered + self.reserved
        as_before = self.delivered * weeks // passed if passed else 0
        most = max(sure, as_before)
        return max(sure, min(most, self.promised)) if self.is_ceiling else most

    def _weeks(self, day: dt.date) -> tuple[int, int]:
        """Weeks of the term that have begun by `day`, and all of them."""
        weeks = self.term.week_of(self.term.last_day)
        return min(max(self.term.week_of(day), 0), weeks), weeks

    def is_behind(self, day: dt.date) -> bool:
        """Whether delivered and reserved together fall short of what is due; a ceiling is never behind."""
        return not self.is_ceiling and self.delivered + self.reserved < self.due_by(day)

    @property
    def missing(self) -> int:
        """What is still to be arranged."""
        return max(self.promised - self.delivered - self.reserved, 0)

    def organisation_ids(self) -> set[int]:
        return self.agreement.organisation_ids()

    def district_ids(self) -> set[int]:
        return {self.agreement.district_id}
