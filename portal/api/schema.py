"""The OpenAPI description, told by the code: scopes, problems, ETags and keys stand at every operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers

from people.scopes import SCOPES
from portal.api.base import Door
from portal.api.examples import PROBLEM, example
from portal.api.problems import MEDIA_TYPE, TITLES


class Fault(serializers.Serializer):
    """One field that does not fit."""

    pointer = serializers.CharField(help_text="JSON pointer into the body.")
    code = serializers.CharField()
    detail = serializers.CharField()


class BrokenRule(serializers.Serializer):
    """One rule of the eligibility engine that the group does not meet."""

    code = serializers.CharField(help_text="Stable code of the rule.")
    blocks = serializers.BooleanField(help_text="False: a warning that stands beside the refusal.")
    source = serializers.ChoiceField(choices=["session", "venue", "agreement", "district", "school"])
    detail = serializers.CharField(allow_blank=True)
    fix = serializers.CharField(allow_blank=True, help_text="What would repair it.")
    is_default = serializers.BooleanField(help_text="The value is a system default, not policy.")
    granted_by = serializers.ChoiceField(
        choices=["venue", "bureau", ""], help_text="Whose exception would let the group pass; empty: nobody's."
    )
    exemption = serializers.IntegerField(allow_null=True, help_text="The exception by which the group passes it.")


@extend_schema_serializer(examples=example("Refused", PROBLEM))
class ProblemDetails(serializers.Serializer):
    """RFC 9457. `code` is stable; `title` and `detail` are in the language of Accept-Language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    scope = serializers.CharField(required=False, help_text="The scope that a token lacks.")
    errors = Fault(many=True, required=False)
    rules = BrokenRule(many=True, required=False)


ALWAYS = (400, 401, 403, 406, 429, 503)
OF_WRITES = (409, 413, 415, 422)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any key of your own, kept for 24 hours: the same request again gets the same answer.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="ETag of the version that you have seen."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="ETag that you have: 304 if it is still the same."
)


class Described(AutoSchema):
    """Adds to what drf-spectacular finds: who may call, how it may fail, and the headers that guard a write."""

    @property
    def is_write(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def is_detail(self) -> bool:
        return "{" in self.path

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", None) or self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_operation_id(self) -> str:
        name = getattr(self.view, "action", None) or self.method.lower()
        return f"{self.get_tags()[0]}_{name}".replace("-", "_")

    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        return super().get_serializer_name(serializer, direction).removesuffix("Shape")

    def get_auth(self) -> list[dict[str, list[str]]]:
        need = self._need()
        if need is None:
            return [{}]
        super().get_auth()  # writes the schemes into the components
        found: list[dict[str, list[str]]] = []
        if need.scope is not None:
            found.append({"oauth2": [need.scope]})
        if need.permission is not None:
            found.append({"session": []})
        return found

    def get_description(self) -> str:
        need, said = self._need(), super().get_description()
        if need is None:
            return said
        scope = f"Scope `{need.scope}`" if need.scope else "Not for clients"
        person = f"permission `{need.permission}`" if need.permission else "not for people"
        return f"{said}\n\n{scope}; {person}.".strip()

    def get_override_parameters(self) -> list[OpenApiParameter]:
        found = list(super().get_override_parameters())
        if self.is_write:
            found.append(IDEMPOTENCY_KEY)
            if self.is_detail:
                found.append(IF_MATCH)
        elif self.is_detail and getattr(self.view, "action", "") == "retrieve":
            found.append(IF_NONE_MATCH)
        return found

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if direction != "response" or self._need() is None:
            return bodies
        codes = [*ALWAYS, *(OF_WRITES if self.is_write else ())]
        if self.is_detail:
            codes += [404, *((412, 428) if self.is_write else ())]
        for code in sorted(set(codes)):
            bodies.setdefault(str(code), self._problem(code))
        if not self.is_write and getattr(self.view, "action", "") == "retrieve":
            bodies["304"] = {"description": "You have this version already"}
        for code, body in bodies.items():
            if code in ("200", "201") and self.is_detail:
                body.setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}}
        return bodies

    def _problem(self, code: int) -> dict[str, Any]:
        body = self._get_response_for_code(
            OpenApiResponse(ProblemDetails, description=str(TITLES[code])), str(code), media_types=[MEDIA_TYPE]
        )
        if code in (429, 503):
            body["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
        return body

    def _need(self) -> Any:
        return self.view.need_of(self.view.action) if isinstance(self.view, Door) else None


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "portal.api.callers.BearerAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {code: str(scope.label) for code, scope in SCOPES.items()}
        return {
            "type": "oauth2",
            "description": "Client credentials; ask for the scopes that you need.",
            "flows": {"clientCredentials": {"tokenUrl": "/api/v1/token/", "scopes": scopes}},
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "portal.api.callers.HatAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "People, in the hat they wear."}
