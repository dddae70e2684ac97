"""Whose address limits and lock-outs count behind proxies of ours."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.middleware import CallerMiddleware


def seen(settings, count, forwarded):
    settings.TRUSTED_PROXIES = count
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    CallerMiddleware(lambda _request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody of ours stands before: the header is the caller's invention
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was invented by the caller
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),  # fewer than promised: somebody came past a proxy
        (1, "", "10.0.0.1"),
    ],
)
def test_the_address_that_the_outermost_of_our_proxies_was_called_from(settings, count, forwarded, address):
    assert seen(settings, count, forwarded) == address
