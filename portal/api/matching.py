"""ETag and If-Match: a caller changes what it has seen, or nothing."""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from portal.api.problems import Problem


def rendered(data: Any) -> bytes:
    """The bytes of an answer, the same for the same data."""
    return JSONRenderer().render(data)


def etag_of(data: Any) -> str:
    """A strong tag of the representation: whatever the caller could have seen is in it."""
    return f'"{hashlib.sha256(rendered(data)).hexdigest()[:32]}"'


def tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",") if tag.strip()]


def require_match(request: Request, data: Any) -> None:
    """428 without If-Match, 412 when it names another version; `*` takes whatever is there."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem(428, "if_match", _("Send If-Match with the ETag of the version that you have seen."))
    if given.strip() != "*" and etag_of(data) not in tags(given):
        raise Problem(412, "changed", _("This has changed since you read it. Read it again, then decide."))


def is_known(request: Request, etag: str) -> bool:
    """Whether If-None-Match names this version: the caller has it already."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or etag in tags(given)
