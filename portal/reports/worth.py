"""What it was worth: credits, and what the agreements promised."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from credits.models import CreditRule, Entry
from partnerships.models import AgreementParty, Commitment, Enrolment, School, SchoolClass
from partnerships.models.school_class import school_year_of
from people import thresholds
from portal.reports.figure import Value
from portal.reports.scope import Scope


def credit_points(scope: Scope) -> Value:
    """Points of the standing entries; the ledger counts thousandths."""
    thousandths = scope.entries.aggregate(points=Coalesce(Sum("points"), 0))["points"]
    return Value(Decimal(thousandths) / 1000)


def pupils_with_credits(scope: Scope) -> Value:
    """Pupils who earned, of the distinct pupils who came or have a result."""
    earned = scope.entries.aggregate(pupils=Count("account", distinct=True))["pupils"]
    return Value(earned, scope.participants)


def points_of(category: str) -> Callable[[Scope], Value]:
    """Points of the standing entries of one category."""

    def value(scope: Scope) -> Value:
        sums = scope.entries.filter(rule__category=category).aggregate(points=Coalesce(Sum("points"), 0))
        return Value(Decimal(sums["points"]) / 1000)

    return value


def entries_of(category: str) -> Callable[[Scope], QuerySet[Entry]]:
    return lambda scope: scope.entries.filter(rule__category=category)


def target_reached(scope: Scope) -> QuerySet[Entry]:
    """Standing entries of the school year so far, of pupils who have reached the district's target with them."""
    values = thresholds.of(scope.district_id, on=scope.as_of)
    entries = Entry.objects.standing().filter(
        school__in=scope.schools.values("pk"),
        concerns_term__school_year=school_year_of(scope.as_of),
        concerns_term__starts_on__lte=scope.as_of,
    )
    there = (
        entries.order_by()
        .values("account")
        .annotate(points_sum=Sum("points"), kinds=Count("rule__code", distinct=True))
        .filter(points_sum__gte=values["credits.year_target"] * 1000, kinds__gte=values["credits.year_categories"])
    )
    return entries.filter(account__in=there.values("account"))


def pupils_at_target(scope: Scope) -> Value:
    """Pupils who have reached the target, of the pupils of pilot schools in the grades that earn."""
    reached = target_reached(scope).aggregate(pupils=Count("account", distinct=True))["pupils"]
    rules = CreditRule.objects.in_force(on=scope.as_of).filter(district_id=scope.district_id)
    grades = {grade for rule in rules if rule.points for grade in rule.grades}
    pilots = scope.schools.filter(pk__in=School.objects.in_pilot(scope.as_of).values("pk"))
    classes = [
        school_class.pk
        for school_class in SchoolClass.objects.filter(school__in=pilots.values("pk"))
        if school_class.grade(scope.as_of) in grades
    ]
    return Value(reached, Enrolment.objects.on(scope.as_of).filter(school_class__in=classes).count())


def commitment_rows(scope: Scope) -> QuerySet[Commitment]:
    """Commitments for terms that overlap the scope, in filed agreements of its schools or its venue: a draft promises
    nothing yet."""
    rows = Commitment.objects.filter(
        term__starts_on__lt=scope.ends_on, term__ends_on__gt=scope.starts_on, agreement__filed_at__isnull=False
    )
    if scope.venue_id:
        rows = rows.filter(agreement__venue_id=scope.venue_id)
    if scope.district_id:
        signed = AgreementParty.objects.filter(organisation_id__in=scope.schools.values("pk"))
        rows = rows.filter(agreement__district_id=scope.district_id, agreement__in=signed.values("agreement_id"))
    return rows


@dataclass(frozen=True)
class Promise:
    """One kind of commitment summed: promised, reserved, delivered (约定 / 已预约 / 已完成)."""

    kind: str
    label: str
    promised: int
    reserved: int
    delivered: int

    @property
    def segments(self) -> list[tuple[int, str, str]]:
        return [(self.delivered, "done", _("delivered")), (self.reserved, "booked", _("reserved"))]


def promises(scope: Scope) -> list[Promise]:
    """The kinds that somebody promised, in the order of the kinds."""
    sums = (
        commitment_rows(scope)
        .order_by()
        .values("kind")
        .annotate(promised=Sum("promised"), reserved=Sum("reserved"), delivered=Sum("delivered"))
    )
    found = {row["kind"]: (row["promised"], row["reserved"], row["delivered"]) for row in sums}
    return [Promise(kind.value, str(kind.label), *found[kind.value]) for kind in Commitment.Kind if kind.value in found]


def delivered(kind: str) -> Callable[[Scope], Value]:
    """The share of one kind of promises that attendance has delivered."""

    def value(scope: Scope) -> Value:
        sums = (
            commitment_rows(scope)
            .filter(kind=kind)
            .aggregate(promised=Coalesce(Sum("promised"), 0), delivered=Coalesce(Sum("delivered"), 0))
        )
        return Value(sums["delivered"], sums["promised"])

    return value


def rows_of(kind: str) -> Callable[[Scope], QuerySet[Commitment]]:
    return lambda scope: commitment_rows(scope).filter(kind=kind)
