"""How the API says no: problem details (RFC 9457) with a stable code and a sentence in the caller's language."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from activities.bookings import NotEligible
from portal.lib.errors import Refused
from portal.middleware import BUSY, NUL

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

TITLES: dict[int, str | Promise] = {
    400: _("The request can't be understood"),
    401: _("Not signed in"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("This address does not take this method"),
    406: _("The answer can't be given in this form"),
    409: _("A rule says no"),
    412: _("Changed in the meantime"),
    413: _("Too large"),
    415: _("The request can't be read in this form"),
    422: _("Something in the request does not fit"),
    428: _("Say which version you have seen"),
    429: _("Too many requests"),
    500: _("Something went wrong"),
    503: _("Very busy just now"),
}
SENTENCES: dict[int, tuple[str, str | Promise]] = {
    400: ("malformed", _("The request can't be read. Check its form.")),
    401: ("not_signed_in", _("Ask for a token first, or sign in.")),
    403: ("forbidden", _("You may not do this. The scope or the role does not include it.")),
    404: ("not_found", _("There is no such page, or it is not yours to see.")),
    405: ("method", _("Use one of the methods named in Allow.")),
    406: ("not_acceptable", _("The API answers in JSON.")),
    413: ("too_large", _("The body is larger than 12 MB.")),
    415: ("media_type", _("Send JSON: Content-Type application/json.")),
    422: ("invalid", _("Check the fields named in errors and send again.")),
    429: ("too_many_requests", _("Wait as long as Retry-After says, then go on.")),
    500: ("failed", _("Nothing was written. Quote the reference to the operator.")),
    503: ("busy", _("Many people are using the portal: nothing was done. Please try again shortly.")),
}


class Problem(Exception):
    """A problem with its status, stable code and sentence; `members` are further members of the answer."""

    def __init__(
        self,
        status: int,
        code: str = "",
        sentence: str | Promise = "",
        *,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(code or status)
        usual = SENTENCES.get(status, ("", ""))
        self.status, self.code, self.sentence = status, code or usual[0], sentence or usual[1]
        self.headers, self.members = headers or {}, members

    @property
    def body(self) -> dict[str, Any]:
        return {
            "type": f"urn:guanxiao:problem:{self.code}",
            "title": str(TITLES.get(self.status) or HTTPStatus(self.status).phrase),
            "status": self.status,
            "detail": str(self.sentence),
            "code": self.code,
            **self.members,
        }


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """What DRF calls for every exception of a view; None lets a fault of ours become a 500."""
    problem = problem_of(error)
    if problem is None:
        return None
    response = Response(problem.body, status=problem.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def problem_of(error: Exception) -> Problem | None:
    """The problem that an exception means."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotEligible):
        return Problem(409, error.code, str(error), rules=[rule_said(rule) for rule in error.verdict.broken])
    if isinstance(error, Refused):
        return Problem(409, error.code, str(error))
    if isinstance(error, Http404):
        return Problem(404)
    if isinstance(error, PermissionDenied):
        return Problem(403)
    if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", None) in BUSY:
        return Problem(503, headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, ValueError) and NUL in str(error):
        return Problem(400)
    if isinstance(error, ValidationError):
        return Problem(422, errors=[{"pointer": "#", "code": "invalid", "detail": said} for said in error.messages])
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    headers = {}
    if isinstance(error, exceptions.ValidationError):
        return Problem(422, errors=list(_errors(error.get_full_details())))
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    return Problem(error.status_code, headers=headers)


def _errors(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Every message with the place in the body where it belongs (JSON pointer)."""
    if isinstance(detail, dict) and "message" in detail and "code" in detail:
        yield {"pointer": pointer, "code": str(detail["code"]), "detail": str(detail["message"])}
    elif isinstance(detail, dict):
        for name, inner in detail.items():
            place = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from _errors(inner, place)
    else:
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict) and not {"message", "code"} <= inner.keys()
            yield from _errors(inner, f"{pointer}/{number}" if nested else pointer)


def rule_said(rule: Any) -> dict[str, Any]:
    """One broken rule of a verdict, as the booking page lists it."""
    return {
        "code": rule.code,
        "blocks": rule.blocks,
        "source": rule.source,
        "detail": rule.sentence,
        "fix": rule.way_out,
        "is_default": rule.is_default,
        "granted_by": rule.granted_by,
        "exemption": rule.exemption and rule.exemption.pk,
    }


def answer(problem: Problem) -> HttpResponse:
    """A problem outside of a view of the API: a wrong address, a fault, the token endpoint."""
    response = JsonResponse(problem.body, status=problem.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
