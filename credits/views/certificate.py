"""证书 inside the school: issue what is due, print with names on record, revoke, issue anew."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from credits import certificates, papers, shown
from credits.models import Certificate
from credits.year_forms import RevocationForm
from partnerships import identities
from partnerships.models import IdentityLook, SchoolClass, Student
from people import thresholds
from people.access import may
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused

WANTED = ("account__student", "school__organisation__district", "publication__term")


@allow(Permission.CERTIFICATE_ISSUE)
def of_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Every pupil of the class in the order of the roster, with the level reached."""
    school_class = _class(request, pk)
    rows = certificates.standings(school_class)
    names = shown.called([row.student for row in rows], school_class, by=request.actor, school=school_class.school)
    for row in rows:
        row.label, row.seat = names[row.student.pk].label, names[row.student.pk].tail
    values = thresholds.of(school_class.school.district_id)
    context = {
        "school_class": school_class,
        "school": school_class.school,
        "label": school_class.label(clock.today()),
        "rows": sorted(rows, key=lambda row: names[row.student.pk].order),
        "due": [row for row in rows if row.is_due],
        "printable": [one for row in rows for one in row.held if one.is_valid],
        "target": rows[0].target if rows else None,
        "levels": certificates.levels(school_class.school.district_id),
        "levels_are_default": all(values.is_default(code) for code in certificates.LEVELS),
        "may_print": may(request.actor, Permission.IDENTITY_LOOK, school_class),
    }
    return render(request, "credits/certificate_class.html", context)


@allow(Permission.CERTIFICATE_ISSUE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = _class(request, pk)
    with refusals_told(request):
        made = certificates.issue_due(school_class, by=request.actor)
        sentence = ngettext("%(n)s certificate is issued.", "%(n)s certificates are issued.", len(made))
        messages.success(request, sentence % {"n": len(made)})
    return redirect("credits:certificate-class", pk=pk)


@allow(Permission.CERTIFICATE_ISSUE)
@require_POST
@fresh_factor
def print_class(request: HttpRequest, pk: int) -> HttpResponse:
    """The valid certificates of the class in one file, with full names: one look on record."""
    school_class = _class(request, pk)
    rows = certificates.standings(school_class)
    valid = [one for row in rows for one in row.held if one.is_valid]
    if not valid:
        messages.error(request, _("No certificate of this class is valid."))
        return redirect("credits:certificate-class", pk=pk)
    order = shown.called([row.student for row in rows], school_class, by=request.actor, school=school_class.school)
    valid.sort(key=lambda one: (order[one.account_id].order, one.level))
    found = Certificate.objects.select_related(*WANTED).in_bulk([one.pk for one in valid])
    names = identities.look(
        [one.account_id for one in valid],
        by=request.actor,
        school=school_class.school,
        purpose=IdentityLook.Purpose.CREDITS,
        school_class=school_class,
    )
    told = [(found[one.pk], names[one.account_id].name if one.account_id in names else "") for one in valid]
    return _file(request, papers.certificates(told, _address(request), language=_language(request)), "certificates")


@allow(Permission.CERTIFICATE_SEE)
def page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    actor = request.actor
    certificate = _certificate(request, pk)
    may_revoke = "revoke" in abilities(certificate, actor)
    form = RevocationForm(request.POST or None)
    student = certificate.account.student
    context = {
        "certificate": certificate,
        "content": papers.said(certificate),
        "label": shown.name_of(student, by=actor, school=student.school),
        "address": _address(request)(certificate),
        "code": papers.qr_uri(_address(request)(certificate)),
        "form": form,
        "may_revoke": may_revoke,
        "may_reissue": not certificate.is_valid and may(actor, Permission.CERTIFICATE_ISSUE, certificate),
        "may_print": certificate.is_valid and may(actor, Permission.CERTIFICATE_ISSUE, certificate),
        "successors": list(certificate.replaced_by.all()),
    }
    return render(request, "credits/certificate_page.html", context)


@allow(Permission.CERTIFICATE_REVOKE)
@require_POST
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    form = RevocationForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _done(request, pk, lambda one, by: certificates.revoke(one, by=by, reason=reason), _("Revoked."))


@allow(Permission.CERTIFICATE_ISSUE)
@require_POST
def reissue(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _done(request, pk, certificates.reissue, _("Issued anew."))


@allow(Permission.CERTIFICATE_ISSUE)
@require_POST
@fresh_factor
def print_one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The certificate or record sheet with the full name: a look on record."""
    certificate = _certificate(request, pk)
    return _printed(request, certificate)


@allow(Permission.CERTIFICATE_ISSUE)
@require_POST
@fresh_factor
def print_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """科普实践记录单 of a school year: frozen under a code, then printed."""
    student = seen(Student.objects.select_related("school__organisation__district"), request.actor, pk=pk)
    typed = request.POST.get("year", "")
    try:
        year = int(typed) if typed.isdecimal() and len(typed) == 4 else clock.today().year
        sheet = certificates.issue_sheet(student, year, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("credits:student-sheet", pk=pk)
    return _printed(request, _certificate(request, sheet.pk))


def _printed(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    student = certificate.account.student
    if not certificate.is_valid or not may(request.actor, Permission.IDENTITY_LOOK, student):
        messages.error(request, _("Only a valid one is printed, by the pupil's school."))
        return redirect("credits:certificate-page", pk=certificate.pk)
    looked = identities.look(
        [student.pk], by=request.actor, school=student.school, purpose=IdentityLook.Purpose.CREDITS
    )
    name = looked[student.pk].name if student.pk in looked else ""
    file = papers.certificates([(certificate, name)], _address(request), language=_language(request))
    return _file(request, file, certificate.kind)


def _done(request: HttpRequest, pk: uuid.UUID, verb: Callable, sentence: str) -> HttpResponse:
    certificate = _certificate(request, pk)
    try:
        made = verb(certificate, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("credits:certificate-page", pk=pk)
    messages.success(request, sentence)
    return redirect("credits:certificate-page", pk=made.pk if made else pk)


def _class(request: HttpRequest, pk: int) -> SchoolClass:
    return seen(SchoolClass.objects.select_related("school__organisation__district"), request.actor, pk=pk)


def _certificate(request: HttpRequest, pk: uuid.UUID) -> Certificate:
    return seen(
        Certificate.objects.select_related(*WANTED, "account__student__school__organisation"), request.actor, pk=pk
    )


def _address(request: HttpRequest) -> Callable[[Certificate], str]:
    """The absolute address of the public page, as it is printed."""
    return lambda one: request.build_absolute_uri(reverse("credits:verify-page", args=[one.code]))


def _language(request: HttpRequest) -> str:
    return "en" if request.POST.get("language") == "en" else "zh-hans"


def _file(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y%m%d}.pdf"'
    return response
