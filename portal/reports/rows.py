"""The rows behind a figure: for each kind of row its columns, and the door to the next link of the chain."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import (
    THERE,
    Booking,
    Exemption,
    RollEntry,
    ServiceRecord,
    Session,
    SettlementLine,
    TrainingPlace,
)
from activities.rule_codes import name_of
from credits.models import Entry
from partnerships.models import Agreement, Commitment, School, SchoolClass
from people.actors import Actor
from portal.lib import clock, wording
from portal.reports.figure import Figure
from portal.reports.scope import Scope


@dataclass(frozen=True)
class Shape:
    """How rows of one kind are listed: `order` is a keyset, `joins` what the cells read, `url` the next link.

    `facts` are the columns that a figure rests on: a published report notices when one of them has changed since.
    """

    heads: tuple[str | Promise, ...]
    order: tuple[str, ...]
    joins: tuple[str, ...]
    cells: Callable[[Any], tuple[Any, ...]]
    url: Callable[[Any], str]
    facts: tuple[str, ...] = ()


def _page(name: str) -> Callable[[Model], str]:
    return lambda row: reverse(name, args=[row.pk])


def _session_cells(session: Any) -> tuple[Any, ...]:
    return (
        wording.when(session.starts_at, session.ends_at),
        session.programme.name,
        session.provider.name,
        wording.number(session.taken),
    )


def _night_cells(session: Any) -> tuple[Any, ...]:
    return (*_session_cells(session)[:3], wording.number(session.visitors))


def _booking_cells(booking: Any) -> tuple[Any, ...]:
    session = booking.session
    return (
        wording.when(session.starts_at, session.ends_at),
        session.programme.name,
        booking.school.name,
        wording.number(booking.pupils),
        wording.number(booking.came),
    )


def _exemption_cells(exemption: Any) -> tuple[Any, ...]:
    session = exemption.session
    return (
        wording.when(session.starts_at, session.ends_at),
        session.programme.name,
        exemption.school.name,
        name_of(exemption.code),
        exemption.get_state_display(),
    )


def _class_cells(school_class: Any) -> tuple[Any, ...]:
    return (school_class.label(clock.today()), school_class.school.name)


def _roll_cells(entry: Any) -> tuple[Any, ...]:
    session = entry.booking.session
    day = session.day
    return (
        wording.when(session.starts_at, session.ends_at),
        session.programme.name,
        f"{entry.booking.school.name} {entry.enrolment.school_class.label(day)}",
        entry.student.pseudonym,
        entry.get_mark_display(),
    )


def _entry_cells(entry: Any) -> tuple[Any, ...]:
    result, roll = entry.result, entry.roll_entry
    return (
        wording.day(result.happened_on) if result else wording.when(roll.session.starts_at, roll.session.ends_at),
        str(entry.rule.get_code_display()),
        entry.school.name,
        entry.account.student.pseudonym,
        wording.points(entry.points),
    )


def _service_cells(record: Any) -> tuple[Any, ...]:
    return (
        wording.day(record.starts_at, year=True),
        record.assignment.session.programme.name,
        record.counselor.organisation.name,
        record.assignment.host.name,
        wording.number(record.minutes),
    )


def _subsidy_cells(line: Any) -> tuple[Any, ...]:
    return (
        line.settlement.title,
        line.record.counselor.organisation.name,
        line.record.assignment.host.name,
        wording.number(line.class_hours, 2),
        wording.money(line.amount),
    )


def _training_cells(place: Any) -> tuple[Any, ...]:
    return (
        wording.when(place.starts_at, place.ends_at),
        place.session.programme.name,
        place.school.name,
        wording.number(place.hours, 1),
    )


def _page_of_entry(entry: Any) -> str:
    if entry.result_id:
        return reverse("credits:result-page", args=[entry.result_id])
    return reverse("activities:roll-result", args=[entry.roll_entry.booking_id])


def _commitment_cells(commitment: Any) -> tuple[Any, ...]:
    return (
        commitment.party.organisation.name,
        commitment.get_kind_display(),
        wording.number(commitment.promised),
        wording.number(commitment.reserved),
        wording.number(commitment.delivered),
    )


def _agreement_cells(agreement: Any) -> tuple[Any, ...]:
    return (agreement.title, agreement.venue.organisation.name, wording.span(agreement.starts_on, agreement.last_day))


SHAPES: dict[str, Shape] = {
    "school": Shape(
        (_("School"), _("stage")),
        ("organisation_id",),
        ("organisation",),
        lambda school: (school.name, school.get_stage_display() or _("not collected")),
        _page("partnerships:school-page"),
        ("stage", "street", "cluster"),
    ),
    "class": Shape(
        (_("Class"), _("School")),
        ("-pk",),
        ("school__organisation",),
        _class_cells,
        _page("partnerships:class-page"),
        ("school_id", "stage", "entry_year", "number"),
    ),
    "agreement": Shape(
        (_("Agreement"), _("Venue"), _("Dates")),
        ("-pk",),
        ("venue__organisation",),
        _agreement_cells,
        _page("partnerships:agreement-page"),
        ("state", "venue_id", "starts_on", "ends_on"),
    ),
    "session": Shape(
        (_("Time"), _("Programme"), _("Given by"), _("Places taken")),
        ("-starts_at", "-pk"),
        ("programme", "provider"),
        _session_cells,
        _page("activities:session-page"),
        ("programme_id", "provider_id", "starts_at", "ends_at"),
    ),
    "night": Shape(
        (_("Time"), _("Programme"), _("Given by"), _("Visitors")),
        ("-starts_at", "-pk"),
        ("programme", "provider"),
        _night_cells,
        _page("activities:session-page"),
        ("provider_id", "starts_at", "visitors"),
    ),
    "booking": Shape(
        (_("Time"), _("Programme"), _("School"), _("Pupils booked"), _("Pupils who came")),
        ("-pk",),
        ("session__programme", "school__organisation"),
        _booking_cells,
        _page("activities:booking-page"),
        (
            "session_id",
            "school_id",
            "state",
            "attended",
            "returned",
            "returned_late",
            "session__starts_at",
            "session__price_kind",
            "session__list_price",
            "session__paid_price",
        ),
    ),
    "exemption": Shape(
        (_("Time"), _("Programme"), _("School"), pgettext_lazy("booking", "Rule"), pgettext_lazy("exception", "State")),
        ("-pk",),
        ("session__programme", "school__organisation"),
        _exemption_cells,
        _page("activities:exemption-page"),
        ("session_id", "school_id", "code", "state"),
    ),
    "roll": Shape(
        (_("Time"), _("Programme"), _("Class"), _("Pupil"), _("Mark")),
        ("-pk",),
        ("booking__session__programme", "booking__school__organisation", "enrolment__school_class", "student"),
        _roll_cells,
        lambda entry: reverse("activities:roll-result", args=[entry.booking_id]),
        ("booking_id", "student_id", "mark", "starts_at"),
    ),
    "entry": Shape(
        (_("Time"), _("Rule"), _("School"), _("Pupil"), _("Points")),
        ("-pk",),
        ("roll_entry__session", "result", "rule", "school__organisation", "account__student"),
        _entry_cells,
        _page_of_entry,
        ("account_id", "points"),
    ),
    "service": Shape(
        (pgettext_lazy("session", "Day"), _("Session"), _("Counselor"), _("Host"), _("Minutes")),
        ("-starts_at", "-pk"),
        ("assignment__session__programme", "assignment__host", "counselor__organisation"),
        _service_cells,
        _page("activities:hours-page"),
        ("state", "paid_minutes", "volunteer_minutes", "starts_at"),
    ),
    "subsidy": Shape(
        (_("Settlement"), _("Counselor"), _("Host"), _("Class-hours"), _("Yuan")),
        ("-pk",),
        ("settlement__term", "record__counselor__organisation", "record__assignment__host"),
        _subsidy_cells,
        lambda line: reverse("activities:hours-page", args=[line.record_id]),
        ("minutes", "amount", "settlement__state"),
    ),
    "training": Shape(
        (_("Time"), _("Programme"), _("School"), _("Training hours")),
        ("-starts_at", "-pk"),
        ("session__programme", "school__organisation"),
        _training_cells,
        lambda place: reverse("activities:session-page", args=[place.session_id]),
        ("state", "hours", "user_id"),
    ),
    "commitment": Shape(
        (_("Party"), _("Commitment"), _("Promised"), _("Reserved"), _("Delivered")),
        ("-pk",),
        ("party__organisation", "agreement"),
        _commitment_cells,
        lambda commitment: reverse("partnerships:agreement-page", args=[commitment.agreement_id]),
        ("agreement_id", "kind", "promised", "delivered"),
    ),
}


MODELS: dict[str, type[Model]] = {
    "agreement": Agreement,
    "booking": Booking,
    "class": SchoolClass,
    "commitment": Commitment,
    "entry": Entry,
    "exemption": Exemption,
    "night": Session,
    "roll": RollEntry,
    "school": School,
    "service": ServiceRecord,
    "session": Session,
    "subsidy": SettlementLine,
    "training": TrainingPlace,
}


def evidence(figure: Figure, scope: Scope) -> tuple[str, QuerySet]:
    """What one row of the figure is, and the rows. A venue reads the groups that it received, never single pupils."""
    rows = figure.rows(scope)
    if scope.kind == "venue" and figure.counted == "roll":
        return "booking", Booking.objects.filter(pk__in=rows.order_by().values("booking"))
    return figure.counted, rows


def of(counted: str, rows: QuerySet, actor: Actor) -> QuerySet:
    """The rows with what their cells read, cut once more to what this actor sees."""
    seen = rows.model.objects.visible_to(actor)
    found = rows.filter(pk__in=seen.order_by().values("pk")).select_related(*SHAPES[counted].joins)
    if counted == "booking":
        there = Count("roll", filter=Q(roll__mark__in=THERE))
        found = found.annotate(came=there + Coalesce(F("attended"), 0))
    return found
