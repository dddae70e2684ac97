"""Who stands by the schools: counselors, vice-principals, their hours and pay, and what teachers learned."""

from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from activities.models import Appointment, ServiceRecord, Session, SettlementLine, TrainingPlace
from activities.models.service_record import ServiceRecordQuerySet
from partnerships.models import School, VicePrincipal
from people import thresholds
from portal.reports.figure import Value
from portal.reports.scope import Scope

APPROVED = ("approved", "exported", "locked")  # settlements that a second person has signed


def counselor_rows(scope: Scope) -> QuerySet[School]:
    """Schools whose appointment of a counselor stands on the day, for its school year."""
    standing = Appointment.objects.in_force(scope.as_of).filter(district_id=scope.district_id)
    return scope.schools.filter(pk__in=standing.values("school_id"))


def with_counselor(scope: Scope) -> Value:
    return Value(counselor_rows(scope).count(), scope.schools.count())


def vice_principal_rows(scope: Scope) -> QuerySet[School]:
    """Schools with a science vice-principal in office on the day."""
    return scope.schools.filter(pk__in=VicePrincipal.objects.serving(scope.as_of).values("school_id"))


def with_vice_principal(scope: Scope) -> Value:
    return Value(vice_principal_rows(scope).count(), scope.schools.count())


def _whose(scope: Scope, host: str) -> dict[str, object]:
    """The filter that a host of the scope (a school, schools by stage or street, a venue) puts on `host`."""
    if scope.school_id:
        return {host: scope.school_id}
    if scope.stage or scope.street or scope.cluster:
        return {f"{host}__in": scope.schools.values("pk")}
    return {}


def services(scope: Scope) -> ServiceRecordQuerySet:
    """Hours that the host confirmed and nobody objects to, by the day of the session."""
    begins, ends = scope.instants
    rows = ServiceRecord.objects.given().filter(starts_at__gte=begins, starts_at__lt=ends)
    if scope.district_id:
        rows = rows.filter(district_id=scope.district_id)
    if scope.venue_id:
        rows = rows.filter(assignment__host=scope.venue_id)
    return rows.filter(**_whose(scope, "assignment__host"))


def paid_rows(scope: Scope) -> QuerySet[ServiceRecord]:
    return services(scope).paid()


def paid_class_hours(scope: Scope) -> Value:
    """Paid minutes by the district's minutes of a class-hour, to a hundredth."""
    minutes = paid_rows(scope).aggregate(n=Coalesce(Sum("paid_minutes"), 0))["n"]
    one = thresholds.of(scope.district_id, on=scope.as_of)["class_hour_minutes"]
    return Value((Decimal(minutes) / one).quantize(Decimal("0.01")))


def volunteer_rows(scope: Scope) -> QuerySet[ServiceRecord]:
    return services(scope).volunteer()


def volunteer_hours(scope: Scope) -> Value:
    """Clock hours, to a hundredth."""
    minutes = volunteer_rows(scope).aggregate(n=Coalesce(Sum("volunteer_minutes"), 0))["n"]
    return Value((Decimal(minutes) / 60).quantize(Decimal("0.01")))


def subsidy_rows(scope: Scope) -> QuerySet[SettlementLine]:
    """Approved lines for hours of these days, later corrections of them included."""
    return SettlementLine.objects.filter(
        settlement__state__in=APPROVED, record__in=services(scope).order_by().values("pk")
    )


def subsidies(scope: Scope) -> Value:
    return Value(subsidy_rows(scope).aggregate(yuan=Coalesce(Sum("amount"), Decimal(0)))["yuan"])


def training_rows(scope: Scope) -> QuerySet[TrainingPlace]:
    """Teachers who were there, one row a teacher and session."""
    begins, ends = scope.instants
    rows = TrainingPlace.objects.attended().filter(starts_at__gte=begins, starts_at__lt=ends)
    if scope.district_id:
        rows = rows.filter(district_id=scope.district_id)
    if scope.venue_id:
        rows = rows.filter(session__provider=scope.venue_id)
    return rows.filter(**_whose(scope, "school"))


def training_session_rows(scope: Scope) -> QuerySet[Session]:
    return Session.objects.filter(pk__in=training_rows(scope).order_by().values("session_id"))


def training_sessions(scope: Scope) -> Value:
    return Value(training_session_rows(scope).count())


def training_hours(scope: Scope) -> Value:
    return Value(training_rows(scope).aggregate(hours=Coalesce(Sum("hours"), Decimal(0)))["hours"])


def teachers_trained(scope: Scope) -> Value:
    """Each teacher counts once."""
    return Value(training_rows(scope).aggregate(n=Count("user", distinct=True))["n"])
