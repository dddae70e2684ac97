"""异议: entered for a family, answered in writing by a second person."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.models import RollEntry
from credits import disputes, shown, sources
from credits.judging import Judged
from credits.models import Dispute, Entry, Publication
from credits.sheets import not_earned
from credits.year_forms import AnswerForm, MissingForm, ObjectionForm
from partnerships.models import Student
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib.errors import Refused
from portal.lib.pages import keyset

WANTED = (
    "publication__school_class",
    "publication__school__organisation",
    "publication__term",
    "raised_by",
    "decided_by",
)


@allow(Permission.DISPUTE_SEE)
def index(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    rows = Dispute.objects.visible_to(actor).select_related(*WANTED, "student")
    found = keyset(rows, request.GET, order=("-raised_at", "-pk"))
    return render(request, "credits/dispute_list.html", {"page": found, "actor_user": actor.user})


@allow(Permission.DISPUTE_RAISE)
def to_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection to one entry that is published."""
    wanted = ("rule", "published__publication__school_class", "account__student", *sources.READ)
    entry = seen(Entry.objects.select_related(*wanted), request.actor, pk=pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dispute = disputes.object_to(entry, by=request.actor, reason=form.cleaned_data["reason"])
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Entered. A second person decides, and the answer comes back to you."))
            return redirect("credits:dispute-page", pk=dispute.pk)
    context = {"entry": entry, "source": sources.source_of(entry), "form": form}
    return render(request, "credits/dispute_entry.html", context, status=409 if form.non_field_errors() else 200)


@allow(Permission.DISPUTE_RAISE)
def to_missing(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection about what a publication does not show: first the pupil, then the roll call and the reason."""
    actor = request.actor
    publication = seen(
        Publication.objects.select_related(*("school_class__school__organisation", "term")), actor, pk=pk
    )
    pupils = shown.pupils_of(publication.school_class, by=actor)
    wanted = request.POST.get("pupil") or request.GET.get("pupil") or ""
    chosen = wanted if wanted in dict(pupils) else ""
    lines = (
        [one for one in not_earned(chosen, publication.term.school_year) if _is_of(one, publication)] if chosen else []
    )
    form = MissingForm(request.POST or None, pupils, lines)
    form.initial["pupil"] = chosen
    if request.method == "POST" and form.is_valid():
        try:
            dispute = disputes.object_to_missing(
                publication,
                by=actor,
                reason=form.cleaned_data["reason"],
                student=Student.objects.visible_to(actor).get(pk=chosen),
                roll_entry=RollEntry.objects.filter(pk=form.cleaned_data["line"] or 0).first(),
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Entered. A second person decides, and the answer comes back to you."))
            return redirect("credits:dispute-page", pk=dispute.pk)
    context = {"publication": publication, "form": form, "pupils": pupils, "chosen": chosen}
    return render(request, "credits/dispute_missing.html", context, status=409 if form.non_field_errors() else 200)


def _is_of(one: Judged, publication: Publication) -> bool:
    """A line of a roll of that school and term; results are corrected where they were entered."""
    occasion = one.occasion
    return one.booking is not None and (occasion.school_id, occasion.term_id) == (
        publication.school_id,
        publication.term_id,
    )


@allow(Permission.DISPUTE_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _dispute(request, pk), AnswerForm())


@allow(Permission.DISPUTE_DECIDE)
@require_POST
def uphold(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, disputes.uphold, _("Upheld. The ledger has judged the fact again."))


@allow(Permission.DISPUTE_DECIDE)
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, disputes.dismiss, _("Dismissed. The entry stays as it is."))


def _decide(request: HttpRequest, pk: int, verb: Callable, sentence: str) -> HttpResponse:
    dispute, form = _dispute(request, pk), AnswerForm(request.POST)
    if form.is_valid():
        try:
            verb(dispute, by=request.actor, answer=form.cleaned_data["answer"])
        except Refused as no:
            form.add_error(None, str(no))
            dispute = _dispute(request, pk)
        else:
            messages.success(request, sentence)
            return redirect("credits:dispute-page", pk=pk)
    return _page(request, dispute, form, status=409)


def _dispute(request: HttpRequest, pk: int) -> Dispute:
    return seen(Dispute.objects.select_related(*WANTED, "student", "roll_entry__booking"), request.actor, pk=pk)


def _page(request: HttpRequest, dispute: Dispute, form: AnswerForm, status: int = 200) -> HttpResponse:
    actor, publication = request.actor, dispute.publication
    entry = Entry.objects.select_related("rule", *sources.READ).filter(pk=dispute.entry_id).first()
    names = shown.called([dispute.student], publication.school_class, by=actor, school=publication.school)
    shows_names = may(actor, Permission.PUBLICATION_SEE, publication)
    context = {
        "dispute": dispute,
        "publication": publication,
        "called": names[dispute.student.pk] if shows_names else None,
        "pseudonym": dispute.student.pseudonym,
        "entry": entry,
        "source": sources.source_of(entry) if entry else None,
        "is_own": actor.user is not None and dispute.raised_by_id == actor.user.pk,
        "may_decide": bool(abilities(dispute, actor)),
        "opens_publication": shows_names,
        "form": form,
    }
    return render(request, "credits/dispute_page.html", context, status=status)
