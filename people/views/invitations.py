"""Invitations 邀请: make links, print them, take them back, and accept one."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people import giving, invitation_sheet, invitations, signin
from people.forms import AcceptForm, InviteForm, InviteManyForm
from people.gate import HAT, allow, public, seen
from people.models import Invitation, Organisation
from people.roles import Permission
from portal.lib.errors import Refused
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.sentences import refusal
from portal.lib.spreadsheets.sheets import Unreadable


def printable(request: HttpRequest, issued: list[invitations.Issued]) -> HttpResponse:
    """The page with links and QR codes, answered to the press itself: a link can't be shown a second time."""
    slips = []
    for one in issued:
        address = request.build_absolute_uri(reverse("people:invitation-accept", args=[one.token]))
        slips.append((one.invitation, address, segno.make(address, error="m").svg_data_uri(scale=4, border=2)))
    return render(
        request,
        "people/invitation_print.html",
        {"slips": slips, "organisation": issued[0].invitation.organisation},
    )


@allow(Permission.MEMBER_INVITE)
@require_POST
@never_cache
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = seen(Organisation.objects, request.actor, pk=pk)
    form = InviteForm(request.POST, roles=giving.roles_to_give(request.actor, organisation))
    if not form.is_valid():
        messages.error(request, _("Choose a role that you may hand out here."))
        return redirect("people:member-of", pk=pk)
    return printable(request, [invitations.invite(organisation, by=request.actor, **form.cleaned_data)])


@allow(Permission.MEMBER_INVITE)
@never_cache
def invite_many(request: HttpRequest, pk: int) -> HttpResponse:
    """A list of names: looked through first, then one link each, all or none."""
    organisation = seen(Organisation.objects, request.actor, pk=pk)
    roles = giving.roles_to_give(request.actor, organisation)
    form = InviteManyForm(request.POST or None, request.FILES or None)
    sheet = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["sheet"]
        try:
            text = invitation_sheet.text_of(read(upload.read(), upload.name)) if upload else form.cleaned_data["people"]
            sheet = invitation_sheet.read(text, roles)
        except Unreadable as error:
            form.add_error("sheet", str(refusal(error)))
        else:
            if sheet.rows and not sheet.problems and not upload:
                return printable(request, invitations.invite_many(organisation, sheet.rows, by=request.actor))
            form = InviteManyForm(initial={"people": sheet.echo})
    return render(
        request,
        "people/invitation_many.html",
        {"organisation": organisation, "form": form, "sheet": sheet, "roles": roles},
    )


@allow(Permission.MEMBER_INVITE)
@require_POST
@never_cache
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = seen(Invitation.objects.select_related("organisation"), request.actor, pk=pk)
    return printable(request, [invitations.renew(invitation, by=request.actor)])


@allow(Permission.MEMBER_INVITE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = seen(Invitation.objects.select_related("organisation"), request.actor, pk=pk)
    try:
        invitations.withdraw(invitation, by=request.actor)
        messages.success(request, _("The link no longer works."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("people:member-of", pk=invitation.organisation_id)


FIELD_OF = {"user_name_once": "username", "user_mobile_once": "mobile"}


@public
@never_cache
@sensitive_post_parameters("password", "again")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link: take the hat with the account that is signed in, or with a new one."""
    invitation = invitations.find_open(token)
    if invitation is None:
        return render(request, "people/invitation_gone.html", {"sentence": invitations.GONE}, status=410)
    is_new = not request.user.is_authenticated
    form = AcceptForm(request.POST or None, initial={"full_name": invitation.full_name})
    if request.method == "POST" and (not is_new or form.is_valid()):
        try:
            if is_new:
                hat = invitations.accept_as_new(invitation, **form.facts())
                signin.enter(request, hat.user, by="invitation")
            else:
                hat = invitations.accept(invitation, user=request.user)
        except Refused as refused:
            form.add_error(FIELD_OF.get(refused.code), str(refused))
        else:
            request.session[HAT] = hat.pk
            messages.success(request, _("Welcome. You act for %(name)s now.") % {"name": hat.organisation.name})
            return redirect("/")
    return render(request, "people/invitation_accept.html", {"invitation": invitation, "form": form})
