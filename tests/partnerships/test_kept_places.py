"""Who may take held-back places: supported schools and a draw beside them, so that nobody outside can tell them apart."""

import pytest

from partnerships import kept_places, schools
from partnerships.models import School
from people.models import AuditEvent
from people.roles import Role
from tests.factories import partnerships as make
from tests.factories.people import hat, login

pytestmark = pytest.mark.django_db
RURAL, POOR = {"locality": "rural"}, {"is_underserved": True}


@pytest.fixture
def district():
    return make.a_district()


def some(district, *, count, **fields):
    return [make.a_school(district, **fields) for _one in range(count)]


def listed(district) -> set[int]:
    return {school.pk for school in School.objects.filter(organisation__district=district) if school.may_take_held_back}


@pytest.mark.parametrize(
    ("supported", "others", "drawn"), [(0, 9, 0), (1, 9, 1), (4, 16, 4), (10, 10, 5), (15, 5, 3), (3, 1, 1), (2, 0, 0)]
)
def test_the_draw_makes_it_an_even_chance_or_double_odds_at_most(supported, others, drawn):
    assert kept_places.wanted(supported, others) == drawn
    if supported and others:
        assert drawn >= supported or 2 * drawn >= others


def test_as_many_are_drawn_as_are_supported_once_and_each_district_for_itself(district):
    supported = {school.pk for school in some(district, count=1, **RURAL) + some(district, count=1, **POOR)}
    others = {school.pk for school in some(district, count=6, locality="urban")}
    elsewhere = make.a_district()
    some(elsewhere, count=4)
    assert (kept_places.draw_all(), kept_places.draw_all()) == (2, 0)
    assert listed(elsewhere) == set()
    assert supported < listed(district) < supported | others
    assert len(listed(district)) == 4
    assert AuditEvent.objects.get(verb="district.draw_schools").facts == {"schools": 2}


def test_nobody_leaves_the_list_and_a_new_mark_draws_a_companion(district):
    marked, *rest = some(district, count=6)
    officer = make.officer_of(district)
    schools.change(marked, by=officer, is_underserved=True)
    kept_places.draw(district)
    before = listed(district)
    assert len(before) == 2
    schools.change(marked, by=officer, is_underserved=False)
    assert (kept_places.draw(district), listed(district)) == (0, before)
    newcomer = next(school for school in rest if school.pk not in before)
    newcomer.refresh_from_db()
    schools.change(newcomer, by=officer, locality="rural")
    kept_places.draw(district)
    assert before < listed(district)
    companion = School.objects.get(pk__in=before - {marked.pk})
    schools.change(companion, by=officer, is_underserved=True)  # who was drawn is marked: another one is drawn
    kept_places.draw(district)
    drawn = School.objects.filter(pk__in=listed(district), is_underserved=False).exclude(locality="rural")
    assert drawn.count() >= 2


def test_changing_anything_else_lets_nobody_in(district):
    school = some(district, count=1)[0]
    schools.change(school, by=make.officer_of(district), street="示例街道", is_underserved=False)
    assert listed(district) == set()


def test_only_bureau_and_inspector_read_that_it_was_the_lot(district, client):
    supported, drawn = some(district, count=1, **POOR)[0], some(district, count=1)[0]
    kept_places.draw(district)
    lead = hat(Role.SCHOOL_LEAD, at=drawn.organisation)
    own = hat(Role.SCHOOL_LEAD, at=supported.organisation)
    words = {}
    for name, who, school in (
        ("bureau", make.officer_of(district).membership, drawn),
        ("bureau of the other", make.officer_of(district).membership, supported),
        ("drawn", lead, drawn),
        ("supported", own, supported),
    ):
        login(client, who)
        words[name] = client.get(f"/schools/{school.pk}/", headers={"accept-language": "en"}).context["held_back"]
    assert words["drawn"] == words["supported"] == words["bureau of the other"]
    assert words["bureau"] != words["drawn"]
