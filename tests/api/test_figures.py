"""Figures and reports through the API: the catalogue's own values, the rows that were counted, nothing a client may not know."""

import pytest

from portal.reports.catalogue import CATALOGUE, figures_for
from portal.reports.figure import CLIENT
from portal.reports.scope import Scope
from tests.factories.api import a_client, a_token, api


@pytest.fixture
def reader(world):
    return api(a_token(a_client(world.districts["A"])))


def test_values_are_those_of_the_catalogue(world, reader):
    place = world.districts["A"]
    term = place.terms.get()
    scope = Scope(term.starts_on, term.ends_on, district_id=place.pk)
    told = {row["code"]: row for row in reader.get("/api/v1/figures/").json()["results"]}
    assert list(told) == [figure.code for figure in figures_for("district", CLIENT)]
    for code, row in told.items():
        value = CATALOGUE[code].value(scope)
        number = None if value.number is None else f"{value.number:.2f}"
        assert (row["number"], row["denominator"]) == (number, value.denominator), code
    assert told["sessions"]["name"].keys() == {"zh", "en"}


def test_rows_behind_a_figure_are_readable_under_their_noun(world, reader):
    one = reader.get("/api/v1/figures/sessions/").json()
    rows = reader.get("/api/v1/figures/sessions/rows/").json()
    assert (rows["counted"], len(rows["results"]), rows["next"]) == ("session", int(float(one["number"])), None)
    for key in rows["results"]:
        assert reader.get(f"/api/v1/sessions/{key}/").status_code == 200


def test_what_is_hidden_from_clients_is_not_there(world, reader):
    hidden = [code for code, figure in CATALOGUE.items() if CLIENT in figure.hidden_from]
    assert hidden
    for code in hidden:
        assert reader.get(f"/api/v1/figures/{code}/").status_code == 404


def test_a_school_of_another_district_narrows_nothing(world, reader):
    stranger, absent = (
        reader.get("/api/v1/figures/", {"school": key}) for key in (world.one("B1", "school").pk, 999999)
    )
    assert stranger.status_code == absent.status_code == 400
    assert stranger.content == absent.content
    narrowed = reader.get("/api/v1/figures/", {"school": world.one("A1", "school").pk}).json()["results"]
    assert [row["code"] for row in narrowed] == [figure.code for figure in figures_for("school", CLIENT)]
