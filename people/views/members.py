"""Members 成员 of an organisation: who is there, who leaves, who takes over."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import giving, handover, memberships
from people.forms import HandOverForm, InviteForm
from people.gate import allow, seen, signed_in
from people.models import Invitation, Membership, Organisation
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.MEMBER_SEE)
def list_members(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Of the own organisation, or of one that an officer or the administrator looks after."""
    organisation = seen(Organisation.objects, request.actor, pk=pk or request.actor.organisation_id)
    roles = giving.roles_to_give(request.actor, organisation)
    hats = Membership.objects.active().visible_to(request.actor).filter(organisation=organisation)
    links = Invitation.objects.pending().visible_to(request.actor).filter(organisation=organisation)
    return render(
        request,
        "people/member_list.html",
        {
            "organisation": organisation,
            "may_list": request.actor.is_bureau,
            "at_home": organisation.pk == request.actor.organisation_id,
            "hats": [(hat, giving.may_end(request.actor, hat)) for hat in hats.select_related("user", "organisation")],
            "invitations": links.select_related("invited_by") if roles else [],
            "roles": roles,
            "form": InviteForm(roles=roles),
        },
    )


def own_or_managed(request: HttpRequest, pk: int) -> Membership:
    """A hat of one's own, or one that this actor may end; 404 where unseen, 403 where only seen."""
    rows = Membership.objects.active().select_related("user", "organisation__district")
    own = rows.filter(user=request.user, pk=pk).first()
    hat = own or seen(rows, request.actor, pk=pk)
    if not giving.may_end(request.actor, hat):
        raise PermissionDenied("membership.end")
    return hat


@signed_in
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    hat = own_or_managed(request, pk)
    try:
        memberships.end(hat, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s no longer acts here.") % {"name": hat.user.full_name})
    return back_to(request, hat)


@signed_in
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """工作交接: shows what is open, moves it to the chosen successor, and ends the membership if asked."""
    hat = own_or_managed(request, pk)
    successors = handover.successors(hat)
    form = HandOverForm(request.POST or None, successors=successors)
    if request.method == "POST" and form.is_valid():
        try:
            moved = handover.hand_over(hat, to=form.cleaned_data["to"], by=request.actor)
            messages.success(request, _("Handed over: %(count)s pieces of work.") % {"count": sum(moved.values())})
            if form.cleaned_data["leave"]:
                memberships.end(hat, by=request.actor)
        except Refused as refused:
            messages.error(request, str(refused))
        return back_to(request, hat)
    counts = handover.open_work(hat)
    work = [(kind.label, counts[code]) for code, kind in handover.KINDS.items()]
    return render(
        request,
        "people/member_hand_over.html",
        {"hat": hat, "form": form, "work": work, "total": sum(counts.values()), "successors": successors},
    )


def back_to(request: HttpRequest, hat: Membership) -> HttpResponse:
    """The page of members, or the front door for somebody who has just left."""
    if hat.user_id == request.user.pk:
        return redirect("/")
    return redirect("people:member-of", pk=hat.organisation_id)
