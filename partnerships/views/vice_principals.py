"""Pages of science vice-principals: the list, one of them, and the steps from proposal to office."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partnerships import vice_principals
from partnerships.forms.fields import Reason
from partnerships.forms.vice_principal import AppointForm, ConsentForm, ProposeForm, TrainingForm
from partnerships.models import School, VicePrincipal
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import answering, clock, pages, wording


def _rows():
    return VicePrincipal.objects.select_related("school__organisation", "person")


def _found(request: HttpRequest, pk: int, permission: Permission) -> VicePrincipal:
    post = seen(_rows(), request.actor, pk=pk)
    require(request.actor, permission, post)
    return post


@allow(Permission.VICE_PRINCIPAL_SEE)
def vice_principal_list(request: HttpRequest) -> HttpResponse:
    """Newest first: the offices see those of the district, a school its own."""
    page = pages.keyset(_rows().visible_to(request.actor), request.GET, order=("-pk",))
    own = School.objects.visible_to(request.actor).filter(pk=request.actor.organisation_id).first()
    context = {"page": page, "own": own, "may_propose": may(request.actor, Permission.VICE_PRINCIPAL_PROPOSE)}
    return render(request, "partnerships/vice_principal_list.html", context)


@allow(Permission.VICE_PRINCIPAL_SEE)
def vice_principal_page(request: HttpRequest, pk: int) -> HttpResponse:
    post = seen(_rows().select_related("consent").defer("consent__sealed"), request.actor, pk=pk)
    context = {
        "post": post,
        "serves": post.serves(clock.today()),
        "steps": _steps(post),
        "abilities": abilities(post, request.actor),
        "may_keep": post.state != post.State.ENDED and may(request.actor, Permission.VICE_PRINCIPAL_PROPOSE, post),
    }
    return render(request, "partnerships/vice_principal_page.html", context)


def _steps(post: VicePrincipal) -> list[dict[str, Any]]:
    """Proposed → employer's consent → training → in office, each with what is known of it."""
    hours = {"had": wording.number(post.training_hours), "needed": wording.number(post.hours_required)}
    past = post.state == post.State.ENDED
    done = [True, post.consent_id is not None, post.hours_missing == 0, post.starts_on is not None]
    labels = [pgettext("vice-principal", "Proposed"), _("Employer agrees"), _("Trained"), _("In office")]
    notes = [
        wording.day(post.proposed_at),
        _("on file") if post.consent_id else _("not uploaded yet"),
        _("%(had)s of %(needed)s hours") % hours,
        wording.span(post.starts_on, post.last_day) if post.starts_on else "",
    ]
    steps = []
    for label, note, is_done in zip(labels, notes, done, strict=True):
        is_next = not is_done and not past and all(step["state"] == "done" for step in steps)
        steps.append({"label": label, "note": note, "state": "done" if is_done else "turn" if is_next else "open"})
    return steps


def _asked(
    request: HttpRequest,
    form: forms.Form,
    *,
    verb: Callable[[dict[str, Any]], VicePrincipal],
    words: str,
    **context: Any,
) -> HttpResponse:
    """What the forms share: call the verb, answer its refusal in the form, go to the vice-principal's page."""
    answer = answering.done(request, form, verb=verb, words=words, then="partnerships:vice_principal-page")
    return answer or render(request, "partnerships/vice_principal_form.html", {"form": form, "post": None} | context)


@allow(Permission.VICE_PRINCIPAL_PROPOSE)
def vice_principal_new(request: HttpRequest, pk: int) -> HttpResponse:
    school = seen(School.objects, request.actor, pk=pk)
    require(request.actor, Permission.VICE_PRINCIPAL_PROPOSE, school)
    return _asked(
        request,
        ProposeForm(request.POST or None),
        verb=lambda given: vice_principals.propose(school, by=request.actor, **given),
        words=_("Proposed. Next come the employer's consent and the training."),
        title=_("Propose a science vice-principal"),
        action=pgettext("vice-principal", "Propose"),
        school=school,
    )


@allow(Permission.VICE_PRINCIPAL_PROPOSE)
def vice_principal_training(request: HttpRequest, pk: int) -> HttpResponse:
    post = _found(request, pk, Permission.VICE_PRINCIPAL_PROPOSE)
    return _asked(
        request,
        TrainingForm(request.POST or None),
        verb=lambda given: vice_principals.add_training(post, by=request.actor, **given),
        words=_("The hours are entered."),
        title=_("Enter training"),
        action=_("Enter the hours"),
        school=post.school,
        post=post,
    )


@allow(Permission.VICE_PRINCIPAL_PROPOSE)
def vice_principal_consent(request: HttpRequest, pk: int) -> HttpResponse:
    post = _found(request, pk, Permission.VICE_PRINCIPAL_PROPOSE)
    return _asked(
        request,
        ConsentForm(request.POST or None, request.FILES or None),
        verb=lambda given: vice_principals.give_consent(
            post, by=request.actor, content=given["scan"].read(), file_name=given["scan"].name
        ),
        words=_("The consent is on file."),
        title=_("Upload the employer's consent"),
        action=_("Upload"),
        school=post.school,
        post=post,
    )


@allow(Permission.VICE_PRINCIPAL_APPOINT)
def vice_principal_appoint(request: HttpRequest, pk: int) -> HttpResponse:
    post = _found(request, pk, Permission.VICE_PRINCIPAL_APPOINT)
    return _asked(
        request,
        AppointForm(request.POST or None),
        verb=lambda given: vice_principals.appoint(post, by=request.actor, **given),
        words=_("Appointed. The school has been told."),
        title=_("Appoint the science vice-principal"),
        action=_("Appoint"),
        school=post.school,
        post=post,
    )


@allow(Permission.VICE_PRINCIPAL_END)
def vice_principal_end(request: HttpRequest, pk: int) -> HttpResponse:
    post = _found(request, pk, Permission.VICE_PRINCIPAL_END)
    return _asked(
        request,
        Reason(request.POST or None),
        verb=lambda given: vice_principals.end(post, by=request.actor, **given),
        words=_("Ended. The other side has been told."),
        title=_("End the post of the science vice-principal"),
        action=_("End the post"),
        school=post.school,
        post=post,
    )


@allow(Permission.VICE_PRINCIPAL_SEE)
def vice_principal_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of the employer's consent."""
    post = seen(_rows().select_related("consent"), request.actor, pk=pk)
    if post.consent is None:
        raise Http404
    response = HttpResponse(post.consent.open(), content_type=post.consent.content_type)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
