"""Pages of counselors' hours: what waits, what is confirmed, one record, and what may be done with it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities import certificate, hours, stars
from activities.forms.hours import AnswerForm, HoursForm
from activities.models import Assignment, Counselor, ServiceRecord, SettlementLine
from partnerships.forms.fields import Reason
from people.access import may, require
from people.actors import Actor
from people.gate import allow, seen
from people.models import Organisation
from people.roles import Permission, Role
from people.workflow import abilities
from portal.lib import answering, clock, pages

WAITING = 50


def waiting(actor: Actor):
    """Assignments that are over and whose hours this hat enters: the host confirms, the counselor claims."""
    claimed = ServiceRecord.objects.filter(assignment=OuterRef("pk"))
    rows = Assignment.objects.visible_to(actor).with_names().annotate(is_claimed=Exists(claimed))
    if may(actor, Permission.SERVICE_CONFIRM):
        return hours.to_confirm(rows).filter(host=actor.organisation_id).order_by("starts_at", "pk")
    if may(actor, Permission.SERVICE_CLAIM):
        return hours.to_claim(rows).order_by("starts_at", "pk")
    return rows.none()


@allow(Permission.SERVICE_SEE)
def hours_list(request: HttpRequest) -> HttpResponse:
    """What waits for this hat, then every record that it sees, newest first; a counselor's sums and stars beside."""
    actor = request.actor
    rows = ServiceRecord.objects.visible_to(actor).with_names()
    page = pages.keyset(rows, request.GET, order=("-starts_at", "-pk"))
    yuan = dict(
        SettlementLine.objects.visible_to(actor)
        .filter(record__in=[record.pk for record in page])
        .order_by()
        .values_list("record")
        .annotate(yuan=Sum("amount"))
    )
    for record in page:
        record.yuan = yuan.get(record.pk)
    is_counselor = actor.role == Role.COUNSELOR
    context = {
        "page": page,
        "waiting": waiting(actor)[:WAITING],
        "shows_yuan": is_counselor or actor.role in (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.BUREAU_OFFICER),
        "sums": _sums(actor) if is_counselor else None,
        "districts": _districts(actor) if is_counselor else [],
    }
    return render(request, "activities/hours_list.html", context)


def _sums(actor: Actor) -> dict[str, Any]:
    """A counselor's own: paid and volunteer minutes that stand, the stars, and yuan approved."""
    own = ServiceRecord.objects.visible_to(actor).given()
    counted = own.aggregate(
        paid=Coalesce(Sum("paid_minutes"), 0), volunteer=Coalesce(Sum("volunteer_minutes"), 0), sessions=Count("pk")
    )
    home = own.order_by("-starts_at").values_list("district", flat=True).first()
    yuan = SettlementLine.objects.visible_to(actor).aggregate(yuan=Sum("amount"))["yuan"]
    return {**counted, "yuan": yuan, "standing": stars.of(actor.organisation_id or 0, home)}


def _districts(actor: Actor) -> list[Organisation]:
    """The bureaus of the districts in which a counselor has hours that stand: each certifies its own."""
    districts = ServiceRecord.objects.visible_to(actor).given().values("district")
    bureaus = Organisation.objects.filter(kind=Organisation.Kind.BUREAU, district__in=districts)
    return list(bureaus.select_related("district").order_by("pk"))


@allow(Permission.SERVICE_SEE)
def hours_page(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ServiceRecord.objects.with_names().select_related("confirmed_by__user", "objected_by__organisation")
    record = seen(rows, request.actor, pk=pk)
    lines = SettlementLine.objects.visible_to(request.actor).filter(record=record).select_related("settlement__term")
    may_object = record.object_until is None or clock.today() <= record.object_until
    context = {
        "record": record,
        "lines": lines,
        "moves": [name for name in abilities(record, request.actor) if name != "object" or may_object],
    }
    return render(request, "activities/hours_page.html", context)


def _asked(
    request: HttpRequest,
    form: forms.Form,
    *,
    verb: Callable[[dict[str, Any]], ServiceRecord],
    words: str,
    assignment: Assignment,
    **context: Any,
) -> HttpResponse:
    """What the forms share: call the verb, answer its refusal in the form, go to the record."""
    answer = answering.done(request, form, verb=verb, words=words, then="activities:hours-page")
    return answer or render(request, "activities/hours_form.html", {"form": form, "assignment": assignment} | context)


@allow(Permission.SERVICE_SEE)
def hours_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """The host confirms the hours of an assignment; the counselor claims them."""
    assignment = seen(Assignment.objects.with_names(), request.actor, pk=pk)
    claims = request.actor.role == Role.COUNSELOR
    require(request.actor, Permission.SERVICE_CLAIM if claims else Permission.SERVICE_CONFIRM, assignment)
    record = ServiceRecord.objects.filter(assignment=assignment).first()
    minutes = record.minutes if record else assignment.session.minutes
    said = {"minutes": minutes} | ({"kind": hours.PAID if record.is_paid else hours.VOLUNTEER} if record else {})
    act = hours.claim if claims else hours.confirm
    return _asked(
        request,
        HoursForm(request.POST or None, initial=said),
        verb=lambda given: act(assignment, by=request.actor, **given),
        words=_("Entered. The host has been asked to confirm.") if claims else _("Confirmed. The counselor was told."),
        assignment=assignment,
        title=_("Enter your hours") if claims else _("Confirm the hours"),
        action=_("Send to the host") if claims else _("Confirm the hours"),
        record=record,
    )


def _found(request: HttpRequest, pk: int, permission: Permission) -> ServiceRecord:
    record = seen(ServiceRecord.objects.with_names(), request.actor, pk=pk)
    require(request.actor, permission, record)
    return record


@allow(Permission.SERVICE_CONFIRM)
def hours_turn_down(request: HttpRequest, pk: int) -> HttpResponse:
    record = _found(request, pk, Permission.SERVICE_CONFIRM)
    return _asked(
        request,
        Reason(request.POST or None),
        verb=lambda given: hours.turn_down(record, by=request.actor, **given),
        words=_("Not confirmed. The counselor was told why."),
        assignment=record.assignment,
        title=_("Do not confirm the hours"),
        action=_("Do not confirm"),
        record=record,
    )


@allow(Permission.SERVICE_OBJECT)
def hours_object(request: HttpRequest, pk: int) -> HttpResponse:
    record = _found(request, pk, Permission.SERVICE_OBJECT)
    return _asked(
        request,
        Reason(request.POST or None),
        verb=lambda given: hours.object_to(record, by=request.actor, **given),
        words=_("The objection is sent."),
        assignment=record.assignment,
        title=_("Object to the hours"),
        action=_("Send the objection"),
        record=record,
    )


@allow(Permission.SERVICE_CONFIRM)
def hours_answer(request: HttpRequest, pk: int) -> HttpResponse:
    record = _found(request, pk, Permission.SERVICE_CONFIRM)
    said = {"minutes": record.minutes, "kind": hours.PAID if record.is_paid else hours.VOLUNTEER}
    return _asked(
        request,
        AnswerForm(request.POST or None, initial=said),
        verb=lambda given: hours.answer(record, by=request.actor, **given),
        words=_("Answered. The counselor was told."),
        assignment=record.assignment,
        title=_("Answer the objection"),
        action=pgettext("hours", "Send the answer"),
        record=record,
    )


@allow(Permission.SERVICE_CLAIM)
def hours_certificate(request: HttpRequest) -> HttpResponse:
    """The service certificate of the own hours in one district, as PDF."""
    counselor = Counselor.objects.visible_to(request.actor).filter(pk=request.actor.organisation_id).first()
    bureau = next((row for row in _districts(request.actor) if str(row.pk) == request.GET.get("bureau", "")), None)
    if counselor is None or bureau is None:
        raise Http404
    response = HttpResponse(certificate.pdf(counselor, bureau), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="service-certificate.pdf"'
    return response
