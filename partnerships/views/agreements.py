"""Pages of agreements: the list, one agreement, a new one, one from paper, the bureau's inbox."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from partnerships import (
    agreement_life,
    agreement_numbers,
    agreement_page,
    agreement_terms,
    agreements,
    impact,
    phases,
    texts,
)
from partnerships.filters import AgreementFilter
from partnerships.forms.agreement import DraftForm, PaperForm
from partnerships.models import Agreement, AgreementVersion, School, Venue
from people import thresholds, workflow
from people.actors import Actor
from people.gate import allow, seen
from people.once import once
from people.roles import Permission
from portal.lib import clock, pages
from portal.lib.errors import Refused


@allow(Permission.AGREEMENT_SEE)
def agreement_list(request: HttpRequest) -> HttpResponse:
    values = thresholds.of(request.actor.district_id)
    rows = (
        Agreement.objects.visible_to(request.actor)
        .select_related("successor")
        .prefetch_related("parties__organisation")
        .defer("current_version__text", "current_version__body")
    )
    found = AgreementFilter(request.GET, rows, values=values)
    page = pages.keyset(found.qs, request.GET, order=("-created_at", "-pk"))
    today, days = clock.today(), values["agreement_expiring_days"]
    for agreement in page:
        agreement.phase = phases.of(agreement, today, expiring_days=days)
        agreement.tone = phases.TONES.get(agreement.phase, ("grey", "none"))
    return render(request, "partnerships/agreement_list.html", {"filter": found, "page": page})


@allow(Permission.AGREEMENT_SEE)
def agreement_page_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement; `?version=2` shows another version of its text, against the one before it."""
    agreement = seen(Agreement.objects.select_related("successor", "amends"), request.actor, pk=pk)
    today, values = clock.today(), thresholds.of(agreement.district_id)
    versions = _versions(agreement)
    version = _chosen(versions, request.GET.get("version", ""))
    before = next((other for other in versions if other.number < version.number), None)
    parties = list(agreement.parties.select_related("organisation", "signed_by"))
    phase = phases.of(agreement, today, expiring_days=values["agreement_expiring_days"])
    mine = next((party for party in parties if party.organisation_id == request.actor.organisation_id), None)
    schools = [party for party in parties if not party.is_venue and party.left_on is None]
    return render(
        request,
        "partnerships/agreement_page.html",
        {
            "agreement": agreement,
            "phase": phase,
            "tone": phases.TONES.get(phase, ("grey", "none")),
            "parties": parties,
            "mine": mine,
            "may_end": mine is not None and (mine.is_venue or len(schools) == 1),
            "wires": agreement_page.wires(parties),
            "steps": agreement_page.steps(agreement, parties, request.actor),
            "is_turn": agreement_page.is_turn(agreement, parties, request.actor),
            "measured": agreement_page.measured(agreement, today),
            "areas": [Agreement.Area(area).label for area in agreement.areas],
            "versions": versions,
            "version": version,
            "before": before,
            "clauses": agreement_page.clauses(version, before),
            "differences": agreement_terms.differences(version, before),
            "annexes": version.annexes.all(),
            "is_whole": version.frozen_at is None or texts.is_whole(version),
            "voided": agreement_page.voided(agreement, versions),
            "amendments": Agreement.objects.visible_to(request.actor).filter(amends=agreement).order_by("pk"),
            "may_amend": agreement_page.may_amend(agreement, mine),
            "may_leave": agreement_page.may_leave(agreement, mine, len(schools)),
            "may_join": agreement_page.may_join(agreement, mine),
            "may_send": agreement_page.may_send(agreement, parties),
            "history": agreement_page.history(agreement),
            "touches": _touches(agreement, request.actor),
            "sees_amended": agreement.amends_id is not None
            and Agreement.objects.visible_to(request.actor).filter(pk=agreement.amends_id).exists(),
            "abilities": workflow.abilities(agreement, request.actor),
        },
    )


def _touches(agreement: Agreement, actor: Actor) -> int:
    """How many bookings that this reader sees a supplement touches which is not filed yet."""
    return impact.touched(agreement, actor) if agreement.amends_id and agreement.filed_at is None else 0


def _versions(agreement: Agreement) -> list[AgreementVersion]:
    """Newest first; of a supplement the text that it amends stands at the end, to be compared with."""
    rows = AgreementVersion.objects.select_related("written_by", "scan", "came_with").defer("scan__sealed")
    versions = list(rows.filter(agreement=agreement))
    if agreement.amends and versions[-1].number > 1:
        versions += rows.filter(agreement=agreement.amends, number__lt=versions[-1].number)[:1]
    for version in versions:
        version.agreement = agreement if version.agreement_id == agreement.pk else agreement.amends
    return versions


def _chosen(versions: list[AgreementVersion], number: str) -> AgreementVersion:
    return next((version for version in versions if str(version.number) == number), versions[0])


@allow(Permission.AGREEMENT_DRAFT)
@once
def agreement_new(request: HttpRequest) -> HttpResponse:
    venues, schools = sides_for(request.actor)
    form = DraftForm(request.POST or None, actor=request.actor, venues=venues, schools=schools)
    if request.method == "POST" and form.is_valid():
        try:
            agreement = agreements.draft(form.cleaned_data["venue"], by=request.actor, **form.terms_of_agreement())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The draft is saved. Nobody else sees it until you send it."))
            return redirect("partnerships:agreement-page", agreement.pk)
    return render(request, "partnerships/agreement_new.html", {"form": form})


@allow(Permission.AGREEMENT_REGISTER)
@once
def agreement_register(request: HttpRequest) -> HttpResponse:
    """补录: enter an agreement that was signed on paper."""
    venues, schools = sides_for(request.actor)
    form = PaperForm(request.POST or None, request.FILES or None, actor=request.actor, venues=venues, schools=schools)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            agreement = agreement_life.register(
                given["venue"],
                by=request.actor,
                signed_on=given["signed_on"],
                number=given["number"],
                scan=given["scan"].read(),
                file_name=given["scan"].name,
                **form.terms_of_agreement(),
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Registered and filed under %(number)s.") % {"number": agreement.number})
            return redirect("partnerships:agreement-page", agreement.pk)
    return render(request, "partnerships/agreement_register.html", {"form": form})


def sides_for(actor: Actor):
    """Whom this hat may bring together: a venue itself with schools where it is listed, a school or bureau its district."""
    if actor.is_venue:
        return Venue.objects.filter(pk=actor.organisation_id), School.objects.pairable_with(actor.organisation_id)
    venues = Venue.objects.listed_in(actor.district_id).select_related("organisation")
    schools = School.objects.filter(organisation__district_id=actor.district_id).select_related(
        "organisation__district"
    )
    return venues, schools


@allow(Permission.AGREEMENT_FILE)
def filing_list(request: HttpRequest) -> HttpResponse:
    """The bureau's inbox: what waits for a number, oldest first, and how long it has waited."""
    rows = (
        Agreement.objects.visible_to(request.actor)
        .awaiting_filing()
        .prefetch_related("parties__organisation")
        .order_by("created_at", "pk")
    )
    recent = Agreement.objects.visible_to(request.actor).filter(filed_at__isnull=False).order_by("-filed_at")[:10]
    number = agreement_numbers.next_number(request.actor.district_id)
    return render(
        request,
        "partnerships/filing_list.html",
        {"rows": rows, "recent": recent, "number": number},
    )
