"""The schema as it is served, asked by a client, by a coordinator and by nobody. The long run is `make storm ONLY=api`."""

import pytest

from people.roles import Role
from tests.api import conformance
from tests.factories.api import a_client, a_token
from tests.factories.people import login

EXAMPLES = 3


def client(world, browser):
    return {"Authorization": f"Bearer {a_token(a_client(world.districts['A']))}"}, {}


def coordinator(world, browser):
    login(browser, world.hat(Role.COORDINATOR))
    cookies = {name: found.value for name, found in browser.cookies.items()}
    return {"X-CSRFToken": "x" * 32}, cookies | {"csrftoken": "x" * 32}


def told(fault):
    """The findings inside a group, each by its words."""
    return "\n".join(str(each)[:800] for each in getattr(fault, "exceptions", [fault]))


def nobody(world, browser):
    return {}, {}


@pytest.mark.parametrize(
    ("who", "opens"),
    [(client, {200}), (coordinator, {200}), (nobody, {401})],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_no_fault_and_no_answer_outside_the_schema(world, client, settings, who, opens):
    settings.API_REQUESTS_A_MINUTE = settings.API_REQUESTS_A_MINUTE_OF_NOBODY = 1_000_000
    caller, real, wrong, asked, answered = who(world, client), conformance.keys(world), {}, 0, []
    with conformance.kept_open():
        for operation in conformance.operations():
            asked += 1
            try:
                conformance.trial(operation, caller, real, EXAMPLES, answered)()
            except (Exception, BaseExceptionGroup) as fault:  # every kind of finding, by operation
                wrong[operation.label] = told(fault)
    assert asked > 60
    assert opens <= set(answered)
    assert wrong == {}, "\n\n".join(f"{label}\n{said}" for label, said in wrong.items())
