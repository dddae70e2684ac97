"""Entry 学分记录: points for one fact, or their exact taking back. Append-only; only credits/ledger.py writes it."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, RollEntry
from credits.models.account import Account
from credits.models.chain import Posting
from credits.models.result import Result
from credits.models.rule import CreditRule
from partnerships.models import Enrolment, School, SchoolClass, Term
from people.actors import Actor
from people.models import District


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, actor: Actor) -> "EntryQuerySet":
        """The school where it was earned and the pupil's school; a teacher: rolls they lead and projects they mentor;
        an office: its district.

        A venue sees the roll and not what it is worth."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.is_teacher:
            led = Q(roll_entry__booking__in=Booking.objects.visible_to(actor))
            return self.filter(led | Q(result__in=Result.objects.visible_to(actor)))
        if actor.is_school:
            own = actor.organisation_id
            return self.filter(Q(school=own) | Q(account__student__school=own))
        return self.none()

    def standing(self) -> "EntryQuerySet":
        """Awards that no reversal has taken back."""
        taken_back = Entry.objects.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(taken_back), reverses__isnull=True)

    def to_publish(self, term: Term) -> "EntryQuerySet":
        """Standing entries about a term that no publication has shown."""
        return self.standing().filter(concerns_term=term, published__isnull=True)

    def final(self) -> "EntryQuerySet":
        """Standing entries whose publication is final."""
        return self.standing().filter(published__publication__state="final")

    def with_class(self) -> "EntryQuerySet":
        """`class_id`: the class in which the pupil was when the fact happened."""
        there = Enrolment.objects.filter(
            student=OuterRef("account_id"), school_class__school=OuterRef("school_id")
        ).values("school_class_id")
        by_then = there.filter(starts_on__lte=OuterRef("result__happened_on")).order_by("-starts_on")
        return self.annotate(
            class_id=Coalesce(
                F("roll_entry__enrolment__school_class_id"),
                Subquery(by_then[:1]),
                Subquery(there.order_by("starts_on")[:1]),
                output_field=models.BigIntegerField(),
            )
        )

    def of_class(self, school_class: SchoolClass) -> "EntryQuerySet":
        return self.with_class().filter(class_id=school_class.pk, school=school_class.school_id)


class Entry(models.Model):
    """`points` and `balance` in thousandths. `nth` counts the awards of one fact: a re-award follows a reversal.

    `term` is the chain it was written into, `concerns_term` the term in which the fact happened."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False)
    n = models.IntegerField(_("number"))
    points = models.IntegerField(_("points"))
    balance = models.IntegerField(_("balance"))
    rule = models.ForeignKey(CreditRule, models.PROTECT, related_name="+", db_index=False)
    roll_entry = models.ForeignKey(RollEntry, models.PROTECT, null=True, related_name="credit_entries")
    result = models.ForeignKey(Result, models.PROTECT, null=True, related_name="credit_entries")
    nth = models.SmallIntegerField(_("award of this fact"), default=1)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals", db_index=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    grade = models.SmallIntegerField(_("grade"))
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", db_index=False)
    concerns_term = models.ForeignKey(Term, models.PROTECT, related_name="+", db_index=False)
    inputs = models.JSONField(_("judged on"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["account_id", "n"]
        indexes = [
            models.Index(fields=["district", "concerns_term", "school"], name="entry_by_district"),
            models.Index(fields=["school", "concerns_term"], name="entry_by_school"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="entry_n",
                fields=["account", "n"],
                violation_error_message=_("This place in the pupil's account is taken already."),
            ),
            models.UniqueConstraint(
                name="entry_one_award",
                fields=["roll_entry", "nth"],
                condition=Q(reverses__isnull=True),
                violation_error_message=_("These points have been posted already."),
            ),
            models.UniqueConstraint(
                name="entry_one_reversal",
                fields=["roll_entry", "nth"],
                condition=Q(reverses__isnull=False),
                violation_error_message=_("These points have been taken back already."),
            ),
            models.UniqueConstraint(
                name="entry_one_award_of_result",
                fields=["result", "nth"],
                condition=Q(reverses__isnull=True),
                violation_error_message=_("These points have been posted already."),
            ),
            models.UniqueConstraint(
                name="entry_one_reversal_of_result",
                fields=["result", "nth"],
                condition=Q(reverses__isnull=False),
                violation_error_message=_("These points have been taken back already."),
            ),
            models.UniqueConstraint(
                name="entry_reversed_once",
                fields=["reverses"],
                violation_error_message=_("These points have been taken back already."),
            ),
            models.CheckConstraint(
                name="entry_one_source",
                condition=Q(roll_entry__isnull=False, result__isnull=True)
                | Q(roll_entry__isnull=True, result__isnull=False),
                violation_error_message=_("An entry names the one fact that it rests on."),
            ),
            models.CheckConstraint(
                name="entry_sign",
                condition=Q(reverses__isnull=True, points__gt=0) | Q(reverses__isnull=False, points__lt=0),
                violation_error_message=_("An award adds points, a reversal takes them back."),
            ),
            models.CheckConstraint(
                name="entry_counts_from_one",
                condition=Q(n__gte=1, nth__gte=1),
                violation_error_message=_("Entries and awards count from one."),
            ),
        ]

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None
