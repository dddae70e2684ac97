"""The sign-in page, the demo's cards, help with a forgotten password, and the reader's language."""

from typing import Any

from allauth.account.views import LoginView, password_change
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import demo, language, signin
from people.gate import HAT, public, signed_in, typed_pk
from people.models import Membership


class SignIn(LoginView):
    """allauth's page, with the demo's cards beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cards = demo.cards() if settings.DEMO else []
        return super().get_context_data(**kwargs) | {"cards": cards}


sign_in = public(SignIn.as_view())


@public
@require_POST
def enter_by_card(request: HttpRequest) -> HttpResponse:
    """One click into a demo account. Without DEMO there is no such page."""
    if not settings.DEMO:
        raise Http404
    cards = Membership.objects.active().filter(user__is_demo=True, user__is_active=True)
    hat = get_object_or_404(cards.select_related("user"), pk=typed_pk(request, "hat"))
    signin.enter(request, hat.user, by="card")
    request.session[HAT] = hat.pk
    return redirect("/")


@signed_in
def change_password(request: HttpRequest) -> HttpResponse:
    """allauth's page; a demo account has no password to change."""
    if not request.user.has_usable_password():
        messages.info(request, _("This account has no password."))
        return redirect("people:profile-page")
    return password_change(request)


@public
def password_help(request: HttpRequest) -> HttpResponse:
    """No mail leaves this house yet: whoever forgot a password is told whom to ask."""
    return render(request, "people/password_help.html")


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in the browser, and with the person where somebody is signed in."""
    there = request.POST.get("next", "/")
    inside = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    if not inside or not there.startswith(("/", "http")):  # a bare word would be taken for the name of a page
        there = "/"
    code = request.POST.get("language", "")
    response = redirect(there)
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 24 * 3600, samesite="Lax")
        if request.user.is_authenticated:
            language.choose(request.user, code)
    return response
