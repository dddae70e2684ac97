"""Keyset pages walk a list forwards and backwards without losing or repeating a row."""

import pytest

from people.models import District
from portal.lib.pages import keyset
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def districts():
    return [people.district(code=f"k{n}", name_zh=f"区{n // 2}") for n in range(5)]


def codes(page):
    return [row.code for row in page]


def walk(query=None):
    return keyset(District.objects.all(), query or {}, order=("-name_zh", "code"), size=2)


def test_pages_walk_to_the_end_and_back(districts):
    first = walk()
    second = walk({"after": first.after})
    third = walk({"after": second.after})
    assert [codes(first), codes(second), codes(third)] == [["k4", "k2"], ["k3", "k0"], ["k1"]]
    assert (first.before, third.after) == ("", "")
    assert codes(walk({"before": third.before})) == ["k3", "k0"]
    assert codes(walk({"before": second.before})) == ["k4", "k2"]


@pytest.mark.parametrize("token", ["%%%", "bm9uc2Vuc2U", "WzFd", "W10", "bnVsbA", "WyJhIixbMV1d"])
def test_a_broken_token_shows_the_first_page(districts, token):
    assert codes(walk({"after": token})) == ["k4", "k2"]
