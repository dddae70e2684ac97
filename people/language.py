"""The reader's language: what the person chose, else this browser's cookie, else what the browser asks for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from people.models import User


class LanguageMiddleware:
    """Comes after Django's own, which knows cookie and Accept-Language but not the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


def choose(user: User, code: str) -> None:
    """Remember a person's language; the caller has checked that the portal speaks it."""
    User.objects.filter(pk=user.pk).update(language=code)
    user.language = code
