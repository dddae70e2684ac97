"""认定规则: every version of every rule, and the next one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credits import rules, totals, trial
from credits.defaults import RULES
from credits.forms import RuleForm, TermForm
from credits.models import CreditRule
from credits.templatetags.credits import grade_name
from credits.trial import Cell
from partnerships.models import School
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


@allow(Permission.CREDIT_RULE_SEE)
def index(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    versions = list(CreditRule.objects.visible_to(actor).order_by("code", "-version"))
    today = clock.today()
    in_force = {
        rule.code: rule.pk
        for rule in sorted(versions, key=lambda rule: rule.version)
        if rule.is_published and rule.has_started
    }
    order = list(RULES)
    context = {
        "versions": sorted(versions, key=lambda rule: (order.index(rule.code), -rule.version)),
        "in_force": set(in_force.values()),
        "open_codes": [
            CreditRule.Code(code) for code in order if not any(r.code == code and not r.is_published for r in versions)
        ],
        "missing": any(code not in {rule.code for rule in versions} for code in order),
        "may_draft": may(actor, Permission.CREDIT_RULE_DRAFT),
        "today": today,
    }
    return render(request, "credits/rule_list.html", context)


@allow(Permission.CREDIT_RULE_PUBLISH)
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    new = rules.adopt_defaults(request.actor.organisation.district, by=request.actor)
    messages.success(request, _("%(count)s rules are in force.") % {"count": len(new)})
    return redirect("credits:rule-list")


@allow(Permission.CREDIT_RULE_DRAFT)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The form of the next version; sending it keeps a draft that changes nothing yet."""
    if code not in RULES:
        raise Http404
    latest = CreditRule.objects.visible_to(request.actor).filter(code=code).order_by("-version").first()
    starting = latest or CreditRule(code=code, **RULES[code])
    form = RuleForm(request.POST) if request.method == "POST" else RuleForm.starting_from(starting)
    if request.method == "POST" and form.is_valid():
        try:
            rules.draft(request.actor.organisation.district, by=request.actor, code=code, **form.values())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The draft is kept. It counts once it is published."))
            return redirect("credits:rule-list")
    context = {"form": form, "code": CreditRule.Code(code), "latest": latest}
    return render(request, "credits/rule_draft.html", context, status=409 if form.non_field_errors() else 200)


@allow(Permission.CREDIT_RULE_PUBLISH)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, rules.publish, _("Published. From now on this version can't be changed."))


@allow(Permission.CREDIT_RULE_DRAFT)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, rules.discard, _("The draft is gone."))


def _done(request: HttpRequest, pk: int, verb, sentence: str) -> HttpResponse:
    rule = seen(CreditRule.objects, request.actor, pk=pk)
    with refusals_told(request):
        verb(rule, by=request.actor)
        messages.success(request, sentence)
    return redirect("credits:rule-list")


@allow(Permission.CREDIT_RULE_SEE)
def tried(request: HttpRequest, pk: int) -> HttpResponse:
    """试算: what a version would have changed in a term that has begun. Reads only."""
    actor = request.actor
    rule = seen(CreditRule.objects.select_related("district"), actor, pk=pk)
    if not actor.is_office:
        raise Http404
    term, terms = totals.term_of(rule.district, request.GET.get("term"))
    found = trial.trial(rule, term) if term else None
    names = School.objects.select_related("organisation").in_bulk(found.schools) if found else {}
    context = {
        "rule": rule,
        "term": term,
        "form": TermForm(terms, term),
        "trial": found,
        "schools": sorted(((names[pk], cell) for pk, cell in found.schools.items()), key=_by_name) if found else [],
        "grades": [(grade_name(grade), cell) for grade, cell in sorted(found.grades.items())] if found else [],
        "categories": [
            (category.label, found.categories[category.value])
            for category in CreditRule.Category
            if found and category.value in found.categories
        ],
        "may_publish": not rule.is_published and may(actor, Permission.CREDIT_RULE_PUBLISH),
    }
    return render(request, "credits/rule_trial.html", context)


def _by_name(row: tuple[School, Cell]) -> tuple[str, int]:
    return row[0].name, row[0].pk
