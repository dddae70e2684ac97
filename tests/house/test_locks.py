"""The locks name every package by hash and no registry by address."""

import re

import pytest

from house import locks


@pytest.mark.parametrize("name", sorted(locks.LOCKS))
def test_lock_names_hashes_and_no_address(name):
    text = locks.present(name)
    assert "://" not in text
    assert [line for line in text.splitlines() if "index-url" in line or "find-links" in line] == []
    pinned = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert pinned
    assert [line for line in pinned if "==" not in line or not line.endswith("\\")] == []


def test_what_runs_is_a_part_of_what_is_tested():
    assert locks.pins(locks.present("main")) - locks.pins(locks.present("dev")) == set()
