"""The schema: valid OpenAPI 3.1 without a warning, its examples fit their shapes, and the pages that draw it ask nobody else."""

import json

import jsonschema
import pytest
from django.core.management import call_command

from people.scopes import SCOPES


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(path))
    return json.loads(path.read_text(encoding="utf-8"))


def operations(schema):
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_told_in_3_1_with_its_flow_and_scopes(schema):
    assert schema["openapi"].startswith("3.1")
    flow = schema["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "/api/v1/token/"
    assert set(flow["scopes"]) == set(SCOPES)


def test_every_operation_says_who_may_call_and_how_it_fails(schema):
    for name, operation in operations(schema):
        assert operation["security"], name
        assert {"401", "403", "429", "503"} <= operation["responses"].keys(), name
        for scheme in operation["security"]:
            assert set(scheme.get("oauth2", [])) <= set(SCOPES), name


def test_examples_fit_their_shapes(schema):
    checked = 0
    for _name, operation in operations(schema):
        for answer in operation["responses"].values():
            for body in answer.get("content", {}).values():
                for example in body.get("examples", {}).values():
                    whole = {**body["schema"], "components": schema["components"]}
                    jsonschema.validate(example["value"], whole)
                    checked += 1
    assert checked >= 20


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/docs/", "/api/v1/docs/redoc/"])
def test_its_pages_hold_no_script_and_no_foreign_host(client, path):
    page = client.get(path)
    html = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in html
    assert html.count("<script") == html.count('<script src="/static/') == 2
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert ("'unsafe-inline'" in policy) == path.endswith("redoc/")
    assert "http" not in policy
