"""The robots of a district's work chat: which groups hear which kinds of notices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import notices, robots
from people.gate import allow, fresh_factor, seen
from people.models import Robot
from people.notice_forms import RobotForm, said
from people.roles import Permission
from portal.lib.errors import Refused

FIELD_OF = {"robot_name_once": "name", "address_needed": "address", "address_private": "address"}


@allow(Permission.ROBOT_EDIT)
def list_robots(request: HttpRequest) -> HttpResponse:
    rows = [
        (robot, [said(notices.KINDS[kind]) for kind in robot.kinds if kind in notices.KINDS])
        for robot in Robot.objects.visible_to(request.actor)
    ]
    return render(request, "people/robot_list.html", {"rows": rows})


@allow(Permission.ROBOT_EDIT)
@fresh_factor
def register(request: HttpRequest) -> HttpResponse:
    form = RobotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            robots.register(request.actor.organisation.district, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(FIELD_OF.get(refused.code), str(refused))
        else:
            messages.success(request, _("The robot is registered."))
            return redirect("people:robot-list")
    return render(request, "people/robot_form.html", {"form": form, "robot": None})


@allow(Permission.ROBOT_EDIT)
@fresh_factor
def change(request: HttpRequest, pk: int) -> HttpResponse:
    robot = seen(Robot.objects, request.actor, pk=pk)
    saved = {"name": robot.name, "form": robot.form, "kinds": robot.kinds}
    form = RobotForm(request.POST or None, initial=saved, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            robots.change(robot, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(FIELD_OF.get(refused.code), str(refused))
        else:
            messages.success(request, _("The robot is saved."))
            return redirect("people:robot-list")
    return render(request, "people/robot_form.html", {"form": form, "robot": robot})


@allow(Permission.ROBOT_EDIT)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    robot = seen(Robot.objects, request.actor, pk=pk)
    robots.switch(robot, by=request.actor, on=request.POST.get("on") == "1")
    return redirect("people:robot-list")
