"""Profile and security: name, reach, language, password, second factor, this device, one's own hats."""

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.internal.flows.trust import is_trusted_browser
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import profiles, second_factor
from people.forms import ProfileForm
from people.gate import hats_of, signed_in
from people.models import User
from people.roles import Role
from portal.lib.errors import Refused

FIELD_OF = {"user_mobile_once": "mobile", "user_email_once": "email"}


@signed_in
def show_profile(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk)
    saved = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=saved)
    if request.method == "POST" and form.is_valid():
        try:
            profiles.change(user, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(FIELD_OF.get(refused.code), str(refused))
        else:
            messages.success(request, _("Your profile is saved."))
            return redirect("people:profile-page")
    has_code = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    return render(
        request,
        "people/profile_page.html",
        {
            "form": form,
            "has_code": has_code,
            "needs_code": any(second_factor.is_needed(Role(hat.role)) for hat in hats_of(request)),
            "is_trusted": has_code and is_trusted_browser(request, request.user),
            "hats": hats_of(request),
        },
    )


@signed_in
@require_POST
def forget_device(request: HttpRequest) -> HttpResponse:
    """This device asks for a code again from now on."""
    response = redirect("people:profile-page")
    response.delete_cookie(mfa_settings.TRUST_COOKIE_NAME, path=mfa_settings.TRUST_COOKIE_PATH)
    messages.success(request, _("This device asks for a code again at the next sign-in."))
    return response
