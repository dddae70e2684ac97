"""The map of /api/v1/. One line a noun; what is no address of ours is a problem in JSON, not a page."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.routers import SimpleRouter

from people.gate import public
from portal.api import docs, tokens
from portal.api.problems import Problem, answer
from portal.api.resources import DOORS, NOUNS

app_name = "api"
router = SimpleRouter(use_regex_path=False)
for noun, resource in (NOUNS | DOORS).items():
    router.register(noun, resource, basename=noun)


@public
@csrf_exempt
def missing(request: HttpRequest, path: str) -> HttpResponse:
    return answer(Problem(404))


urlpatterns = [
    path("token/", tokens.token, name="token"),
    path("token/revoke/", tokens.revoke, name="token-revoke"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.swagger, name="docs"),
    path("docs/redoc/", docs.redoc, name="docs-redoc"),
    path("", include(router.urls)),
    path("<path:path>", missing, name="missing"),
]
