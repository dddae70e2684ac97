"""The schema as it is served, asked by a client, by a coordinator and by nobody. The long run is `make storm ONLY=api`."""

import pytest

from people.roles import Role
from tests.api import conformance
from tests.factories.api import a_client, a_token
from tests.factories.people import login

EXAMPLES = 4


def client(world, browser):
    return {"Authorization": f"Bearer {a_token(a_client(world.districts['A']))}"}


def coordinator(world, browser):
    login(browser, world.hat(Role.COORDINATOR))
    cookies = "; ".join(f"{name}={found.value}" for name, found in browser.cookies.items())
    return {"Cookie": f"{cookies}; csrftoken={'x' * 32}", "X-CSRFToken": "x" * 32}


def told(fault):
    """The findings inside a group, each by its words."""
    return "\n".join(str(each)[:800] for each in getattr(fault, "exceptions", [fault]))


def nobody(world, browser):
    return {}


@pytest.mark.parametrize("who", [client, coordinator, nobody])
def test_no_fault_and_no_answer_outside_the_schema(world, client, settings, who):
    settings.API_REQUESTS_A_MINUTE = settings.API_REQUESTS_A_MINUTE_OF_NOBODY = 1_000_000
    headers, real, wrong, asked = who(world, client), conformance.keys(world), {}, 0
    with conformance.kept_open():
        for operation in conformance.operations():
            asked += 1
            try:
                conformance.trial(operation, headers, real, EXAMPLES)()
            except (Exception, BaseExceptionGroup) as fault:  # every kind of finding, by operation
                wrong[operation.label] = told(fault)
    assert asked > 60
    assert wrong == {}, "\n\n".join(f"{label}\n{said}" for label, said in wrong.items())
