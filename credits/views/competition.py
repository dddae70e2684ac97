"""白名单赛事: the competitions that earn credits in the district; its bureau keeps the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from credits import competitions
from credits.models import Competition
from credits.result_forms import CompetitionForm
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.COMPETITION_SEE)
def index(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    context = {
        "rows": [(one, one.stands_on(today)) for one in Competition.objects.visible_to(request.actor)],
        "today": today,
        "may_edit": may(request.actor, Permission.COMPETITION_EDIT),
    }
    return render(request, "credits/competition_list.html", context)


@allow(Permission.COMPETITION_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    form = CompetitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            competitions.enter(request.actor.organisation.district, by=request.actor, **form.values())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The competition stands on the list."))
            return redirect("credits:competition-list")
    return _form(request, form, _("New competition"))


@allow(Permission.COMPETITION_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    competition = seen(Competition.objects, request.actor, pk=pk)
    require(request.actor, Permission.COMPETITION_EDIT, competition)
    form = CompetitionForm(request.POST) if request.method == "POST" else CompetitionForm.starting_from(competition)
    if request.method == "POST" and form.is_valid():
        try:
            competitions.change(competition, by=request.actor, **form.values())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Changed. Results that rest on this line are judged anew."))
            return redirect("credits:competition-list")
    return _form(request, form, competition.name)


def _form(request: HttpRequest, form: CompetitionForm, title: str) -> HttpResponse:
    status = 409 if form.non_field_errors() else 200
    return render(request, "credits/competition_form.html", {"form": form, "title": title}, status=status)
