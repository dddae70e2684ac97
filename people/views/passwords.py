"""The link that sets a new password: printed by a lead, opened by the person."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people import passwords
from people.forms import NewPasswordForm
from people.gate import allow, fresh_factor, public
from people.roles import Permission
from people.views.members import own_or_managed
from portal.lib.errors import Refused


@allow(Permission.MEMBER_INVITE)
@require_POST
@fresh_factor
@never_cache
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The printable page, answered to the press itself: the link is shown once."""
    hat = own_or_managed(request, pk)
    try:
        key = passwords.issue(hat.user, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("people:member-of", pk=hat.organisation_id)
    address = request.build_absolute_uri(reverse("people:password-choose", args=[key]))
    code = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
    return render(request, "people/password_print.html", {"hat": hat, "address": address, "code": code})


@public
@never_cache
@sensitive_post_parameters("password", "again")
def choose(request: HttpRequest, key: str) -> HttpResponse:
    user = passwords.find(key)
    if user is None:
        return render(request, "people/invitation_gone.html", {"sentence": passwords.GONE}, status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        passwords.choose(key, form.cleaned_data["password"])
        messages.success(request, _("Your password is changed. Sign in with it."))
        return redirect("account_login")
    return render(request, "people/password_choose.html", {"form": form, "user_name": user.username})
