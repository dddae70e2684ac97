"""Every noun, read by a client of one district: its rows, nobody else's, and no name."""

import pytest
from django.urls import reverse

from activities.models import Programme, Session
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


def test_programmes_and_sessions_tell_theme_tags_guide_and_channel(world, reader):
    session = world.one("A1", "session")
    Programme.objects.filter(pk=session.programme_id).update(theme="biology", hands_on=60, campaigns=["space_day"])
    told = {"guide": "李老师", "channel": "公众号", "audience": "families"}
    Session.objects.filter(pk=session.pk).update(**told)
    for query in ({"theme": "biology"}, {"campaign": "space_day"}, {"hands_on": 60}):
        (row,) = rows_of(reader, "programmes", **query)
        assert (row["id"], row["theme"], row["hands_on"], row["campaigns"]) == (
            session.programme_id, "biology", 60, ["space_day"],
        )  # fmt: skip
    assert rows_of(reader, "programmes", hands_on=61) == []
    for query in ({"theme": "biology"}, {"campaign": "space_day"}):
        (row,) = [row for row in rows_of(reader, "sessions", **query) if row["id"] == session.pk]
        assert (row["guide"], row["channel"], row["visitors"]) == ("李老师", "公众号", None)
