"""Pages of teacher training: what is on offer, who takes part, who was there, and hours a teacher and school."""

import datetime as dt

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import training
from activities.forms.training import SignUpForm
from activities.models import Session, TrainingPlace
from partnerships.models.school_class import NEW_YEAR_MONTH, school_year_of
from people.access import require
from people.actors import Actor
from people.gate import allow, seen
from people.models import Membership
from people.roles import Permission
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused

PLACES = Count("training_places", filter=Q(training_places__is_live=True))
SHOWN = 30


def _trainings() -> QuerySet[Session]:
    return Session.objects.filter(audience=Session.Audience.TEACHERS).select_related("programme", "provider", "place")


def hours_by_teacher(actor: Actor, since: dt.date) -> list[dict]:
    """Training hours of the school year so far, a row a teacher (an office: a school), most hours nowhere: by name."""
    rows = TrainingPlace.objects.visible_to(actor).attended().filter(starts_at__date__gte=since)
    whose = ("school", "school__organisation__name_zh", "school__organisation__name_en")
    if not actor.is_office:
        whose = ("user", "user__full_name", *whose)
    counted = rows.order_by().values(*whose).annotate(
        sessions=Count("pk"), hours=Sum("hours"), people=Count("user", distinct=True)
    )  # fmt: skip
    return list(counted.order_by(*reversed(whose[:2])))


@allow(Permission.TRAINING_SEE)
def training_list(request: HttpRequest) -> HttpResponse:
    """What is on offer, what waits for attendance, and the hours of this school year."""
    actor = request.actor
    since = dt.date(school_year_of(clock.today()), NEW_YEAR_MONTH, 1)
    rows = _trainings().visible_to(actor).annotate(places=PLACES)
    coming = rows.filter(state=Session.State.OPEN, ends_at__gt=clock.now()).order_by("starts_at", "pk")[:SHOWN]
    given = rows.filter(state=Session.State.OPEN, ends_at__lte=clock.now(), starts_at__date__gte=since)
    context = {
        "coming": coming,
        "given": given.annotate(
            attended=Count("training_places", filter=Q(training_places__state=TrainingPlace.State.ATTENDED))
        ).order_by("-starts_at", "-pk")[:SHOWN],
        "since": since,
        "hours": hours_by_teacher(actor, since),
        "mine": TrainingPlace.objects.visible_to(actor)
        .filter(user=actor.user, state=TrainingPlace.State.SIGNED_UP)
        .select_related("session__programme", "session__provider")
        .order_by("starts_at"),
    }
    return render(request, "activities/training_list.html", context)


@allow(Permission.TRAINING_SIGN_UP)
def training_sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """A teacher takes a place; a coordinator chooses colleagues."""
    session = seen(_trainings(), request.actor, pk=pk)
    colleagues = Membership.objects.active().filter(organisation_id=request.actor.organisation_id)
    if request.actor.is_teacher:
        colleagues = colleagues.filter(user=request.actor.user)
    inside = session.training_places.live().values("user_id")
    free = colleagues.exclude(user_id__in=inside).select_related("user").order_by("user__full_name", "pk")
    form = SignUpForm(request.POST or None, teachers=free)
    if request.method == "POST" and form.is_valid():
        try:
            places = training.sign_up(session, by=request.actor, teachers=list(form.cleaned_data["teachers"]))
        except Refused as no:
            form.add_error(None, str(no))
        else:
            said = ngettext("%(n)s teacher is signed up.", "%(n)s teachers are signed up.", len(places))
            messages.success(request, said % {"n": len(places)})
            return redirect("activities:session-page", session.pk)
    context = {"session": session, "form": form, "free": free}
    return render(request, "activities/training_sign_up.html", context)


@allow(Permission.TRAINING_SIGN_UP)
@require_POST
def training_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    place = seen(TrainingPlace.objects.select_related("session"), request.actor, pk=pk)
    require(request.actor, Permission.TRAINING_SIGN_UP, place)
    with refusals_told(request):
        training.withdraw(place, by=request.actor)
        messages.success(request, _("The place is free again."))
    return redirect("activities:session-page", place.session_id)


@allow(Permission.TRAINING_CONFIRM)
def training_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever gives the training ticks who was there."""
    session = seen(_trainings(), request.actor, pk=pk)
    require(request.actor, Permission.TRAINING_CONFIRM, session)
    if request.method == "POST":
        there = [
            int(key) for key in request.POST.getlist("present") if key.isascii() and key.isdigit() and len(key) < 19
        ]
        try:
            came = training.attend(session, by=request.actor, present=there)
        except Refused as no:
            messages.error(request, str(no))
            return redirect("activities:training-attendance", session.pk)
        said = ngettext("%(n)s teacher was there.", "%(n)s teachers were there.", came) % {"n": came}
        messages.success(request, said)
        return redirect("activities:session-page", session.pk)
    places = session.training_places.live().select_related("user", "school__organisation")
    context = {"session": session, "places": places.order_by("school__organisation__name_zh", "user__full_name", "pk")}
    return render(request, "activities/training_attendance.html", context)
