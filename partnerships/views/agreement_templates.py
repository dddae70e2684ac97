"""Pages of a district's templates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnerships import agreement_templates, texts
from partnerships.forms.agreement_text import TemplateForm
from partnerships.models import AgreementTemplate
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.AGREEMENT_SEE)
def template_list(request: HttpRequest) -> HttpResponse:
    """What is offered for new drafts, and what was put aside."""
    rows = AgreementTemplate.objects.visible_to(request.actor).select_related("district")
    last = list(rows.order_by("district_id", "name", "-number").distinct("district_id", "name"))
    return render(request, "partnerships/agreement_template_list.html", {"rows": last})


@allow(Permission.AGREEMENT_SEE)
def template_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One text of a template, and its other versions."""
    template = seen(AgreementTemplate.objects.select_related("district"), request.actor, pk=pk)
    others = AgreementTemplate.objects.filter(district=template.district_id, name=template.name)
    context = {"template": template, "others": others, "is_last": template.pk == others[0].pk}
    return render(request, "partnerships/agreement_template_page.html", context)


@allow(Permission.AGREEMENT_TEMPLATE)
def template_new(request: HttpRequest) -> HttpResponse:
    """A new one begins with the usual clauses."""
    return _write(request, {"text": texts.USUAL}, None)


@allow(Permission.AGREEMENT_TEMPLATE)
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of a template."""
    template = seen(AgreementTemplate.objects, request.actor, pk=pk)
    return _write(request, {"name": template.name, "text": template.text}, template)


@allow(Permission.AGREEMENT_TEMPLATE)
@require_POST
def template_put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    template = seen(AgreementTemplate.objects.select_related("district"), request.actor, pk=pk)
    agreement_templates.put_aside(template, by=request.actor)
    messages.success(request, _("Put aside. Drafts that were begun with it stay as they are."))
    return redirect("partnerships:agreement_template-list")


def _write(request: HttpRequest, initial: dict[str, str], template: AgreementTemplate | None) -> HttpResponse:
    form = TemplateForm(request.POST or None, initial=initial)
    if template is not None:
        form.fields["name"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            row = agreement_templates.write(request.actor.organisation.district, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error("text", str(no))
        else:
            messages.success(request, _("Saved. New drafts can begin with it."))
            return redirect("partnerships:agreement_template-page", row.pk)
    context = {"form": form, "template": template, "places": list(agreement_templates.PLACES)}
    return render(request, "partnerships/agreement_template_form.html", context)
