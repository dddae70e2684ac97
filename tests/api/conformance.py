"""Every operation of the schema, asked with made-up requests by somebody: no fault of ours, no answer that it doesn't tell.

schemathesis reads the schema as any other system would, and makes requests that fit it and requests that do not. So that
not every key is nobody's, half of them carry keys of rows that are there. What a request does is taken back.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@contextmanager
def kept_open() -> Iterator[None]:
    """The server closes connections between requests; here all of them share the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations() -> Iterator[Any]:
    """Every operation of the schema as it is served."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
    for found in schema.get_all_operations():
        yield found.ok()


def trial(
    operation: Any, who: tuple[dict[str, str], dict[str, str]], real: dict[str, Any], examples: int, answered: list[int]
) -> Callable[[], None]:
    """So many requests to one operation by whoever headers and cookies are; raises with what is wrong about an answer."""
    headers, cookies = who

    def run(case: Any, is_real: bool) -> None:
        if is_real:
            make_real(case, real)
        with transaction.atomic():
            answered.append(case.call_and_validate(headers=headers, cookies=cookies, checks=CHECKS).status_code)
            transaction.set_rollback(True)

    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    cases = modes.flatmap(operation.as_strategy)
    bounded = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    return bounded(given(case=cases, is_real=st.booleans())(run))


def make_real(case: Any, real: dict[str, Any]) -> None:
    """Put keys of rows that exist where the request names rows."""
    if case.path_parameters and "id" in case.path_parameters:
        noun = case.operation.path.split("/")[3]
        case.path_parameters["id"] = real.get(noun, case.path_parameters["id"])
    if case.headers is not None and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if isinstance(case.body, dict):
        for name in (case.body.keys() & real.keys()) - {"pupils"}:  # in a body that is a number of them
            case.body[name] = real[name]
    if case.query and "school_class" in case.query:
        case.query["school_class"] = real["class"]


def keys(world: Any) -> dict[str, Any]:
    """Keys of rows of the world's first cell, by noun in the address and by name in a body."""
    one = {noun: world.one("A1", noun).pk for noun in ("school", "class", "session", "group", "programme", "student")}
    called = world.one("A1", "called")
    entry = called.roll.order_by("pk")[0]
    found = {
        **one,
        "classes": [one["class"]],
        "leader": world.hat("teacher").pk,
        "bookings": world.one("A1", "booking").pk,
        "sessions": one["session"],
        "schools": one["school"],
        "programmes": one["programme"],
        "pupils": one["student"],
        "marks": [{"entry": entry.pk, "mark": "late"}],
        "roll-entries": entry.pk,
        "balances": entry.student_id,
        "venues": world.one("A1", "venue").pk,
        "agreements": world.one("A1", "agreement").pk,
        "groups": one["group"],
    }
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in found.items()}
