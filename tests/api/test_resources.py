"""Every noun, read by a client of one district: its rows, nobody else's, and no name."""

import pytest
from django.urls import reverse

from people.scopes import SCOPES
from portal.api.resources import NOUNS
from tests.factories.api import a_client, a_token, api

LISTS = sorted(NOUNS)


@pytest.fixture
def reader(world):
    return api(a_token(a_client(world.districts["A"])))


def rows_of(reader, noun, **query):
    answer = reader.get(reverse(f"api:{noun}-list"), {"limit": 200, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.mark.parametrize("noun", LISTS)
def test_a_client_reads_each_row_of_a_list_by_itself(world, reader, noun):
    rows = rows_of(reader, noun)
    for row in rows[:3]:
        address = reverse(f"api:{noun}-detail", args=[row.get("id") or row.get("pupil") or row["code"]])
        single = reader.get(address)
        assert single.json() == row
        if "ETag" not in single:  # computed figures have none
            continue
        assert reader.get(address, headers={"If-None-Match": single["ETag"]}).status_code == 304


@pytest.mark.parametrize("noun", LISTS)
def test_without_its_scope_nothing_opens(world, noun):
    need = NOUNS[noun].need_of("list").scope
    others = [scope for scope in SCOPES if scope != need]
    refused = api(a_token(a_client(world.districts["A"], *others))).get(reverse(f"api:{noun}-list"))
    assert (refused.status_code, refused.json()["scope"]) == (403, need)
    opened = api(a_token(a_client(world.districts["A"], need))).get(reverse(f"api:{noun}-list"))
    assert opened.status_code == 200
