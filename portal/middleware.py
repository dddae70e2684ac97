"""Answers for what no view caught: a refusal, and a database that is too busy. Each answer has a number to quote."""

import secrets
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.lib.errors import Refused

log = structlog.get_logger(__name__)
# lock not available, deadlock, serialisation, statement cancelled by its time limit
NUL = "cannot contain NUL"  # what the driver says of a text with a zero byte, which no row can hold
BUSY = {"55P03", "40P01", "40001", "57014"}


class CallerMiddleware:
    """Makes REMOTE_ADDR the caller's where TRUSTED_PROXIES proxies of ours stand before the portal.

    Each of them appends the address that it was called from: the one that the outermost of ours wrote is true, and
    whatever stands left of it the caller may have invented."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = settings.TRUSTED_PROXIES
        told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if count and len(told) >= count:
            request.META["REMOTE_ADDR"] = told[-count]
        return self.get_response(request)


class RefusalMiddleware:
    """Turns an uncaught `Refused` into a 409 page with its sentence, a busy database into 503, a zero byte into 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = (
            f"R-{secrets.token_hex(3).upper()}"  # on the page and in the log, so that one finds the other
        )
        response = self.get_response(request)
        if response.status_code >= 400:
            match = request.resolver_match
            view = match.view_name if match else ""
            log.warning("refused", reference=request.reference, status=response.status_code, view=view)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(request, "409.html", {"sentence": str(exception), "code": exception.code}, status=409)
        if isinstance(exception, OperationalError) and getattr(exception.__cause__, "pgcode", None) in BUSY:
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "5"
            return response
        if isinstance(exception, ValueError) and NUL in str(exception):
            return render(request, "400.html", status=400)
        return None
