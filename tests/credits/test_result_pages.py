"""The pages of results and of the white-list: who enters, who confirms, and what each reader is told."""

import datetime as dt

import pytest
from django.utils import translation
from django.utils.html import escape

from credits import judging, ledger, results
from credits.models import Competition, Result
from people.roles import Role
from tests.factories import credits as make
from tests.factories import people
from tests.factories.rolls import name_pupils

pytestmark = pytest.mark.django_db
DAY = "2026-10-18"


@pytest.fixture
def world(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=make.SHANGHAI))
    made = make.world(pupils=3)
    name_pupils(made.school_class)
    return made


def test_coordinator_enters_a_competition_for_a_class(world, client):
    people.login(client, world.coordinator)
    competition = make.competition(world, name="示例星空赛")
    page = client.get("/results/new/")
    assert f"/classes/{world.school_class.pk}/results/competition/" in page.content.decode()
    form = client.get(f"/classes/{world.school_class.pk}/results/competition/").content.decode()
    assert "示例星空赛" in form
    assert "＊" in form  # names are masked
    said = {"competition": competition.pk, "happened_on": DAY, "evidence": "参赛证 17",
            "pupils": [str(one.pk) for one in world.pupils[:2]]}  # fmt: skip
    answer = client.post(f"/classes/{world.school_class.pk}/results/competition/", said)
    assert (answer.status_code, answer.url) == (302, "/results/")
    assert Result.objects.filter(state="confirmed", evidence="参赛证 17").count() == 2
    again = client.post(f"/classes/{world.school_class.pk}/results/competition/", said, follow=True)
    assert Result.objects.count() == 2
    assert "2" in again.content.decode()


def test_form_that_is_refused_keeps_what_was_typed(world, client):
    people.login(client, world.coordinator)
    said = {"competition": make.competition(world).pk, "happened_on": "2026-12-24", "evidence": "参赛证 17",
            "pupils": [str(world.pupils[0].pk)]}  # fmt: skip
    answer = client.post(f"/classes/{world.school_class.pk}/results/competition/", said)
    assert answer.status_code == 409
    assert "参赛证 17" in answer.content.decode()
    assert Result.objects.count() == 0
    assert client.post(f"/classes/{world.school_class.pk}/results/competition/", {}).status_code == 200
    assert client.get(f"/classes/{world.school_class.pk}/results/club/").status_code == 404


def test_project_goes_from_the_form_over_the_mentor_to_a_second_person(world, client):
    group, _bookings = make.club(world, dates=1)
    mentor = people.hat(Role.TEACHER, at=world.school.organisation)
    people.login(client, world.coordinator)
    said = {"title": "水质调查", "mentor": mentor.pk, "happened_on": DAY, "evidence": "结题报告",
            "pupils": [str(world.pupils[0].pk)]}  # fmt: skip
    assert client.post(f"/groups/{group.pk}/results/project/", said).status_code == 302
    result = Result.objects.get(kind="project")
    assert client.post(f"/results/{result.pk}/vouch/").status_code == 403
    people.login(client, mentor)
    assert "水质调查" in client.get("/results/").content.decode()
    assert client.post(f"/results/{result.pk}/confirm/").status_code == 403
    client.post(f"/results/{result.pk}/vouch/")
    people.login(client, world.coordinator)
    client.post(f"/results/{result.pk}/confirm/")
    result.refresh_from_db()
    assert (result.state, result.vouched_by, result.confirmed_by) == ("confirmed", mentor.user, world.coordinator.user)
    ledger.post(result)
    assert "3.0" in client.get(f"/results/{result.pk}/").content.decode()


def test_withdrawing_asks_for_a_reason_and_restoring_brings_it_back(world, client):
    people.login(client, world.coordinator)
    result = make.took_part(world, pupils=world.pupils[:1])[0]
    client.post(f"/results/{result.pk}/withdraw/", {"why": ""})
    assert Result.objects.get().state == "confirmed"
    client.post(f"/results/{result.pk}/withdraw/", {"why": "没有参加"})
    assert (Result.objects.get().state, Result.objects.get().why) == ("withdrawn", "没有参加")
    client.post(f"/results/{result.pk}/restore/")
    assert Result.objects.get().state == "confirmed"


def test_page_says_why_nothing_is_earned(world, client):
    people.login(client, world.coordinator)
    result = make.took_part(world, make.competition(world, name="星空赛", stages=["senior"]), pupils=world.pupils[:1])[
        0
    ]
    with translation.override("zh-hans"):
        sentence = escape(judging.judged_results([result])[0].verdict.sentence)
    for path in ("/results/", f"/results/{result.pk}/", f"/pupils/{world.pupils[0].pk}/credits/"):
        assert sentence in client.get(path).content.decode()


def test_other_schools_and_venues_see_no_result(world, client):
    result = make.took_part(world, pupils=world.pupils[:1])[0]
    for hat, status in ((people.hat(Role.COORDINATOR), 404), (people.hat(Role.VENUE_STAFF), 403)):
        people.login(client, hat)
        assert client.get(f"/results/{result.pk}/").status_code == status


def test_office_sees_pseudonyms_only(world, client):
    result = make.took_part(world, pupils=world.pupils[:1])[0]
    people.login(client, people.hat(Role.INSPECTOR, at=people.bureau(world.district)))
    for path in ("/results/", f"/results/{result.pk}/"):
        page = client.get(path).content.decode()
        assert world.pupils[0].pseudonym in page
        assert "＊" not in page


def test_list_takes_the_same_number_of_queries_for_few_and_for_many(world, client, django_assert_max_num_queries):
    from_one = make.took_part(world, pupils=world.pupils[:1])
    people.login(client, world.coordinator)
    client.get("/results/")
    with django_assert_max_num_queries(40) as few:
        client.get("/results/")
    for _ in range(3):
        make.took_part(world)
    with django_assert_max_num_queries(40) as many:
        client.get("/results/")
    assert len(few) == len(many)
    assert len(from_one) == 1


def test_filters_narrow_the_list(world, client):
    make.took_part(world, make.competition(world, name="星空赛"))
    results.withdraw(
        make.took_part(world, make.competition(world, name="海洋赛"))[0], why="误录", by=people.actor(world.coordinator)
    )
    people.login(client, world.coordinator)
    assert "星空赛" in client.get("/results/?kind=competition&state=confirmed").content.decode()
    withdrawn = client.get("/results/?state=withdrawn").content.decode()
    assert ("海洋赛" in withdrawn, "星空赛" in withdrawn) == (True, False)
    assert "星空赛" not in client.get("/results/?kind=project").content.decode()


def test_bureau_keeps_the_list_and_schools_read_it(world, client):
    officer = people.hat(Role.BUREAU_OFFICER, at=people.bureau(world.district))
    people.login(client, officer)
    said = {"name": "示例星空赛", "organisers": "示例学会", "stages": ["primary", "junior"], "starts_on": "2025-10-01",
            "last_day": "2028-08-31"}  # fmt: skip
    assert client.post("/competitions/new/", said).url == "/competitions/"
    competition = Competition.objects.get()
    assert (competition.district, competition.ends_on, competition.stages) == (
        world.district, dt.date(2028, 9, 1), ["primary", "junior"],
    )  # fmt: skip
    twice = client.post("/competitions/new/", said)
    assert twice.status_code == 409
    client.post(f"/competitions/{competition.pk}/edit/", said | {"last_day": "2027-08-31"})
    assert Competition.objects.get().last_day == dt.date(2027, 8, 31)
    people.login(client, world.coordinator)
    assert "示例星空赛" in client.get("/competitions/").content.decode()
    assert client.get("/competitions/new/").status_code == 403
    people.login(client, people.hat(Role.BUREAU_OFFICER))
    assert client.get(f"/competitions/{competition.pk}/edit/").status_code == 404
    assert "示例星空赛" not in client.get("/competitions/").content.decode()
