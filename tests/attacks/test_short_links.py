"""Codes of short links that nobody was given."""

import pytest

from people import links
from people.roles import Role
from tests.factories.people import login

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "code", ["aaaaaaaa-5", "aaaaaaaa+5", "aaaaaaaa 5", "aaaaaaaa_5", "aaaaaaaa1_0", "a" * 5000, "x", "²" * 9]
)
def test_a_forged_code_is_refused_at_once(client, world, code):
    """A negative key has no last digit: writing it down would never end."""
    login(client, world.hat(Role.TEACHER))
    assert links.notice_of(code) is None
    assert client.get(f"/s/{code}/").status_code == 404
