"""The page of a 500: drawn without the database, with the number under which the log holds what happened."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portal.api.problems import Problem, answer, is_api


def broken(request: HttpRequest) -> HttpResponse:
    """Django calls this when a view failed; nothing here may fail again."""
    if is_api(request):
        return answer(Problem(500, reference=getattr(request, "reference", "")))
    html = render_to_string("500.html", {"reference": getattr(request, "reference", "")})
    return HttpResponse(html, status=500)
