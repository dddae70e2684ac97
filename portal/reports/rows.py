"""The rows behind a figure: for each kind of row its columns, and the door to the next link of the chain."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from portal.lib import wording


@dataclass(frozen=True)
class Shape:
    """How rows of one kind are listed: `order` is a keyset, `joins` what the cells read, `url` the next link."""

    heads: tuple[str | Promise, ...]
    order: tuple[str, ...]
    joins: tuple[str, ...]
    cells: Callable[[Any], tuple[Any, ...]]
    url: Callable[[Any], str]


def _page(name: str) -> Callable[[Model], str]:
    return lambda row: reverse(name, args=[row.pk])


def _session_cells(session: Any) -> tuple[Any, ...]:
    return (
        wording.when(session.starts_at, session.ends_at),
        session.programme.name,
        session.provider.name,
        wording.number(session.taken),
    )


def _booking_cells(booking: Any) -> tuple[Any, ...]:
    session = booking.session
    return (
        wording.when(session.starts_at, session.ends_at),
        session.programme.name,
        booking.school.name,
        wording.number(booking.pupils),
    )


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
    session = entry.roll_entry.booking.session
    return (
        wording.when(session.starts_at, session.ends_at),
        str(entry.rule.get_code_display()),
        entry.school.name,
        entry.account.student.pseudonym,
        wording.points(entry.points),
    )


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
    ),
    "agreement": Shape(
        (_("Agreement"), _("Venue"), _("Dates")),
        ("-pk",),
        ("venue__organisation",),
        _agreement_cells,
        _page("partnerships:agreement-page"),
    ),
    "session": Shape(
        (_("Time"), _("Programme"), _("Given by"), _("Places taken")),
        ("-starts_at", "-pk"),
        ("programme", "provider"),
        _session_cells,
        _page("activities:session-page"),
    ),
    "booking": Shape(
        (_("Time"), _("Programme"), _("School"), _("Pupils booked")),
        ("-pk",),
        ("session__programme", "school__organisation"),
        _booking_cells,
        _page("activities:booking-page"),
    ),
    "roll": Shape(
        (_("Time"), _("Programme"), _("Class"), _("Pupil"), _("Mark")),
        ("-pk",),
        ("booking__session__programme", "booking__school__organisation", "enrolment__school_class", "student"),
        _roll_cells,
        lambda entry: reverse("activities:roll-result", args=[entry.booking_id]),
    ),
    "entry": Shape(
        (_("Time"), _("Rule"), _("School"), _("Pupil"), _("Points")),
        ("-pk",),
        ("roll_entry__booking__session", "rule", "school__organisation", "account__student"),
        _entry_cells,
        lambda entry: reverse("activities:roll-result", args=[entry.roll_entry.booking_id]),
    ),
    "commitment": Shape(
        (_("Party"), _("Commitment"), _("Promised"), _("Reserved"), _("Delivered")),
        ("-pk",),
        ("party__organisation", "agreement"),
        _commitment_cells,
        lambda commitment: reverse("partnerships:agreement-page", args=[commitment.agreement_id]),
    ),
}


def of(counted: str, rows: QuerySet, actor: Actor) -> QuerySet:
    """The rows with what their cells read, cut once more to what this actor sees."""
    seen = rows.model.objects.visible_to(actor)
    return rows.filter(pk__in=seen.order_by().values("pk")).select_related(*SHAPES[counted].joins)
