"""Lists of venues and schools: previewed with row and column of each problem, written whole or not at all."""

import datetime as dt

import pytest

from partnerships.lists import school_list, venue_list
from partnerships.lists.titles import titles_in
from partnerships.models import Listing, Recognition, School, Venue
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.spreadsheets.reading import read
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
VENUES = """name_zh,name_en,national_class,recognitions,place
深圳科学技术馆,Shenzhen Science & Technology Museum,science_venue,,深圳市光明区
仙湖植物园,,nature,全国科普教育基地(2021-2025);深圳市科普基地/示范点(2022年度考核合格),深圳市罗湖区
上海天文馆,,science_venue,,上海市
上海天文馆,,science_venue,,上海市
,,science_venue,,上海市
海洋馆,,castle,,上海市
"""
SCHOOLS = """name_zh,stage,district,credit_pilot,note
光明区高级中学,complete_secondary,深圳市光明区,yes,
楼村小学,小学,深圳市光明区,,
光明区荔园学校,,深圳市光明区,,provisional name
大立实验小学,primary,衡阳市蒸湘区,,
怪学校,castle,深圳市光明区,,
"""


@pytest.fixture
def place():
    return make.a_district(name_zh="光明区", city_zh="深圳市")


@pytest.fixture
def officer(place):
    return make.officer_of(place)


def venues_of(text, place):
    return venue_list.preview(read(text.encode(), "venues.csv"), place)


def test_venue_list_ticks_places_of_the_own_city_and_names_each_problem(place):
    found = venues_of(VENUES, place)
    assert [(row.row, row.name_zh, row.is_in_city) for row in found.rows] == [
        (2, "深圳科学技术馆", True),
        (3, "仙湖植物园", True),
        (4, "上海天文馆", False),
    ]
    assert [(problem.row, problem.column, problem.code) for problem in found.table.problems] == [
        (5, "name_zh", "listed_twice"),
        (6, "name_zh", "cell_missing"),
        (7, "national_class", "class_of_venue"),
    ]


def test_venue_list_writes_venues_titles_and_only_ticked_proposals(place, officer):
    found = venues_of(VENUES, place)
    counts = venue_list.write(found.rows, ticked={2}, by=officer, district=place)
    assert counts == {"new": 3, "unchanged": 0, "proposed": 1}
    assert [listing.organisation.name_zh for listing in Listing.objects.all()] == ["深圳科学技术馆"]
    titles = Recognition.objects.order_by("title").values_list("title", "level", "starts_on", "ends_on")
    assert list(titles) == [
        ("全国科普教育基地", "national", dt.date(2021, 1, 1), dt.date(2026, 1, 1)),
        ("深圳市科普基地/示范点(2022年度考核合格)", "city", None, None),
    ]


def test_venue_list_again_changes_nothing_and_another_district_meets_the_same_venues(place, officer):
    venue_list.write(venues_of(VENUES, place).rows, ticked={2}, by=officer, district=place)
    again = venue_list.write(venues_of(VENUES, place).rows, ticked={2}, by=officer, district=place)
    assert again == {"new": 0, "unchanged": 3, "proposed": 0}
    other = make.a_district(name_zh="罗湖区", city_zh="深圳市")
    found = venues_of(VENUES, other)
    assert [(row.is_known, row.listing) for row in found.rows] == [(True, "")] * 3
    venue_list.write(found.rows, ticked={3}, by=make.officer_of(other), district=other)
    assert (Venue.objects.count(), Listing.objects.count()) == (3, 2)


def test_venue_list_is_all_or_nothing(place, officer, monkeypatch):
    rows = venues_of(VENUES, place).rows
    monkeypatch.setattr(venue_list.listings, "propose", lambda *_, **__: (_ for _ in ()).throw(Refused("no", "no")))
    with pytest.raises(Refused):
        venue_list.write(rows, ticked={4}, by=officer, district=place)
    assert Venue.objects.count() == 0


def test_list_without_its_columns_is_refused_with_their_names(place):
    with pytest.raises(Refused) as refused:
        venues_of("foo,bar\n1,2\n", place)
    assert refused.value.code == "columns_missing"
    assert "place" in str(refused.value)


def test_titles_keep_a_single_year_in_their_words():
    (title,) = titles_in("湛江市科普教育基地(2023-2027拟命名)")
    assert (title.title, title.starts_on) == ("湛江市科普教育基地（拟命名）", dt.date(2023, 1, 1))
    written = "广东省科普教育基地(2020公布);广西壮族自治区基地;光明区基地;粤港澳大湾区基地(2017)"
    assert [title.level for title in titles_in(written)] == ["provincial", "provincial", "district", ""]


def test_school_list_takes_the_own_district_only(place, officer):
    found = school_list.preview(read(SCHOOLS.encode(), "schools.csv"), place)
    assert [line["name_zh"] for line in found.elsewhere] == ["大立实验小学"]
    assert [(problem.row, problem.code) for problem in found.table.problems] == [(6, "stage_of_school")]
    with pytest.raises(Refused) as refused:
        school_list.write(found.rows, by=officer, district=place)
    assert refused.value.code == "pilots_from"
    counts = school_list.write(found.rows, by=officer, district=place, pilots_from=clock.today())
    assert counts == {"new": 3, "unchanged": 0, "pilots": 1}
    rows = School.objects.order_by("pk")
    assert [(row.name, row.stage, row.organisation.is_provisional_name) for row in rows] == [
        ("光明区高级中学", "complete_secondary", False),
        ("楼村小学", "primary", False),
        ("光明区荔园学校", "", True),
    ]
    again = school_list.preview(read(SCHOOLS.encode(), "schools.csv"), place)
    assert all(row.is_known for row in again.rows)


def test_a_list_brings_positions_but_never_over_one_that_somebody_entered(place, officer):
    there = make.a_school(place, latitude="22.70", longitude="113.90")
    without = make.a_school(place)
    names = ("新学校", there.organisation.name_zh, without.organisation.name_zh, "远方学校")
    given = ("113.936208 22.748512", "22.75 113.93", "22.75 113.93", "48.85 2.35")
    text = "\n".join(["学校名称,经纬度", *map(",".join, zip(names, given, strict=True))])
    found = school_list.preview(read(text.encode(), "schools.csv"), place)
    assert [(problem.code, problem.row, problem.is_error) for problem in found.table.problems] == [
        ("position_unknown", 5, False)
    ]
    school_list.write(found.rows, by=officer, district=place)
    positions = {
        school.organisation.name_zh: school.latitude and (str(school.latitude), str(school.longitude))
        for school in School.objects.all()
    }
    assert positions == {
        "新学校": ("22.748512", "113.936208"),
        there.organisation.name_zh: ("22.700000", "113.900000"),
        without.organisation.name_zh: ("22.750000", "113.930000"),
        "远方学校": None,
    }


def test_a_venue_list_brings_the_position_of_a_new_venue(place, officer):
    found = venues_of("name_zh,place,位置\n海洋馆,深圳市,22.6 114.1\n", place)
    venue_list.write(found.rows, ticked=[], by=officer, district=place)
    assert str(Venue.objects.get().longitude) == "114.100000"


def test_lists_are_for_the_bureau_of_the_district(place):
    rows = venues_of(VENUES, place).rows
    stranger = make.officer_of(make.a_district())
    school_lead = people.actor(people.hat("school_lead", of=place))
    for by in (stranger, school_lead):
        with pytest.raises(Exception, match=r"list\.import"):
            venue_list.write(rows, ticked=(), by=by, district=place)
    assert Venue.objects.count() == 0
