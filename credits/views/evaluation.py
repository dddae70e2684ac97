"""综合素质评价: the district's columns, and the file of one class with names on record."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credits import evaluation
from credits.year_forms import ColumnsForm
from partnerships.models import SchoolClass
from partnerships.models.school_class import school_year_of
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.spreadsheets import writing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allow(Permission.EVALUATION_EXPORT)
def page(request: HttpRequest) -> HttpResponse:
    """Which class, which school year, which file."""
    actor, today = request.actor, clock.today()
    now = school_year_of(today)
    classes = SchoolClass.objects.visible_to(actor).studying(today).in_order()
    context = {
        "classes": [(row.pk, row.label(today)) for row in classes],
        "years": [now, now - 1, now - 2],
        "columns": evaluation.columns_of(actor.district_id),
        "columns_are_default": evaluation.is_default(actor.district_id),
    }
    return render(request, "credits/evaluation_page.html", context)


@allow(Permission.EVALUATION_EXPORT)
@require_POST
@fresh_factor
def export(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = seen(SchoolClass.objects.select_related("school__organisation__district"), request.actor, pk=pk)
    typed = request.POST.get("year", "")
    year = int(typed) if typed.isdecimal() and len(typed) == 4 else school_year_of(clock.today())
    table = evaluation.export(school_class, year, by=request.actor)
    if request.POST.get("format") == "csv":
        response = HttpResponse(writing.csv_bytes(table), content_type="text/csv; charset=utf-8")
    else:
        sheet = {school_class.label(clock.today()): table}
        response = HttpResponse(writing.xlsx_bytes(sheet), content_type=XLSX)
    ending = "csv" if request.POST.get("format") == "csv" else "xlsx"
    response["Content-Disposition"] = f'attachment; filename="evaluation-{year}-{school_class.pk}.{ending}"'
    return response


@allow(Permission.EVALUATION_EDIT)
def columns(request: HttpRequest) -> HttpResponse:
    """The bureau writes down the columns of its template, once, and every school exports into them."""
    actor = request.actor
    initial = [
        {"place": n, "title": column.title, "field": column.field}
        for n, column in enumerate(evaluation.columns_of(actor.district_id), start=1)
    ]
    formset = ColumnsForm(request.POST or None, initial=None if request.method == "POST" else initial)
    refused = ""
    if request.method == "POST" and formset.is_valid():
        try:
            evaluation.set_columns(actor.organisation.district, formset.columns, by=actor)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("Kept. Schools export in these columns from now on."))
            return redirect("credits:evaluation-columns")
    context = {
        "formset": formset,
        "refused": refused,
        "columns_are_default": evaluation.is_default(actor.district_id),
    }
    return render(request, "credits/evaluation_columns.html", context, status=409 if refused else 200)
