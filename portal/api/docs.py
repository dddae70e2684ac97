"""The schema and the two pages that draw it; their scripts come from the sidecar, and none stands inside a page."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView

from people.gate import public


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 as JSON or YAML; no secret, no data."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []


schema = public(Schema.as_view())


@public
@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/api/swagger.html")


@public
@require_safe
@csp_update(
    {"style-src": ["'unsafe-inline'"]}
)  # Redoc writes its styles at run time; the page holds no data of anybody
def redoc(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/api/redoc.html")
