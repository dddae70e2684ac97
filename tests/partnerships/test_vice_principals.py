"""Science vice-principals: from proposal to office and out again, and what the database refuses on the way."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from partnerships import tiles, vice_principals
from partnerships.models import Scan, VicePrincipal, VicePrincipalPerson
from people import thresholds
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.breaking import change, copy, refused_as
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
TABLE = "partnerships_viceprincipal"


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def district():
    return make.a_district()


@pytest.fixture
def school(district):
    return make.a_school(district)


@pytest.fixture
def officer(district):
    return people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district))


@pytest.fixture
def lead(school):
    return people.hat(Role.SCHOOL_LEAD, at=school.organisation)


def test_the_rules_of_the_day_are_copied_and_the_person_is_one(district, school, lead):
    thresholds.set_value(district, "vice_principal_hours", 12, by=SYSTEM, starts_on=clock.today(), reason="本区规定")
    post = vice_principals.propose(school, by=people.actor(lead), name=" 林  知远 ", employer="示例研究院")
    again = vice_principals.propose(
        make.a_school(district), by=SYSTEM, name="林 知远", employer="示例研究院", title="副研究员"
    )
    assert (post.hours_required, post.schools_allowed, post.years, post.state) == (12, 2, 3, "candidate")
    assert post.person == again.person
    assert VicePrincipalPerson.objects.get().name == "林 知远"


def test_proposing_twice_at_a_school_is_refused(school, lead):
    make.a_candidate(school)
    with pytest.raises(Refused) as no:
        vice_principals.propose(school, by=people.actor(lead), name="林知远", employer="示例研究院")
    assert no.value.code == "vice_principal_once_at_school"


@pytest.mark.parametrize(
    ("missing", "code"), [("training", "vice_principal_trained"), ("consent", "vice_principal_consented")]
)
def test_appointing_waits_for_training_and_consent(school, officer, missing, code):
    post = make.a_candidate(school)
    if missing != "training":
        vice_principals.add_training(post, by=SYSTEM, hours=8)
    if missing != "consent":
        vice_principals.give_consent(post, by=SYSTEM, content=make.PDF, file_name="同意函.pdf")
    with pytest.raises(Refused) as no:
        vice_principals.appoint(post, by=people.actor(officer), starts_on=clock.today())
    assert no.value.code == code


def test_office_runs_for_the_copied_years_and_ends_by_itself(school, officer):
    post = make.a_vice_principal(school, starts_on=dt.date(2026, 9, 1))
    assert (post.state, post.ends_on, post.last_day) == ("in_office", dt.date(2029, 9, 1), dt.date(2029, 8, 31))
    serving = VicePrincipal.objects.serving
    assert [serving(day).exists() for day in (dt.date(2026, 8, 31), dt.date(2026, 9, 1), dt.date(2029, 8, 31))] == [
        False,
        True,
        True,
    ]
    assert not serving(dt.date(2029, 9, 1)).exists()


def test_who_is_ready_waits_for_the_bureau_on_its_first_page(client, school, officer):
    ready = make.a_vice_principal(school, appointed=False)
    make.a_candidate(school, name="祝明堂")
    assert list(VicePrincipal.objects.ready()) == [ready]
    people.login(client, officer)
    waiting = client.get("/").context["waiting"]
    assert [line.url for line in waiting.lines] == [url("vice_principal-page", ready.pk)]
    vice_principals.appoint(ready, by=people.actor(officer), starts_on=clock.today())
    assert client.get("/").context["waiting"].count == 0


def test_only_the_bureau_appoints(school, lead):
    post = make.a_vice_principal(school, appointed=False)
    with pytest.raises(PermissionDenied):
        vice_principals.appoint(post, by=people.actor(lead), starts_on=clock.today())


def test_ending_closes_the_term_today_and_says_why(school, lead):
    post = make.a_vice_principal(school, starts_on=clock.today() - dt.timedelta(days=90))
    with pytest.raises(Refused) as no:
        vice_principals.end(post, by=people.actor(lead), reason=" ")
    assert no.value.code == "vice_principal_reason"
    vice_principals.end(post, by=people.actor(lead), reason="调离本市")
    assert (post.state, post.ends_on, post.reason) == ("ended", clock.today(), "调离本市")


@pytest.mark.guards("vice_principal_schools")
def test_a_third_school_is_refused_at_the_same_time_and_free_afterwards(district, officer):
    first = clock.today()
    for n in range(2):
        make.a_vice_principal(make.a_school(district), starts_on=first + dt.timedelta(days=n))
    third = make.a_vice_principal(make.a_school(district), appointed=False)
    with pytest.raises(Refused) as no:
        vice_principals.appoint(third, by=SYSTEM, starts_on=first + dt.timedelta(days=30))
    assert no.value.code == "vice_principal_schools"
    third.refresh_from_db()
    assert third.state == "candidate"
    with refused_as("vice_principal_schools"):
        change(TABLE, third.pk, "state = 'in_office', starts_on = '2026-11-20', ends_on = '2030-01-01'")
    vice_principals.appoint(third, by=SYSTEM, starts_on=first + dt.timedelta(days=3 * 366))
    assert third.state == "in_office"


@pytest.mark.django_db(transaction=True)
def test_two_appointments_at_once_do_not_pass_the_limit(district):
    make.a_vice_principal(make.a_school(district))
    posts = [make.a_vice_principal(make.a_school(district), appointed=False) for _n in range(4)]
    answers = []

    def appoint(post):
        try:
            vice_principals.appoint(post, by=SYSTEM, starts_on=clock.today())
            answers.append("done")
        except Refused as no:
            answers.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=appoint, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", *["vice_principal_schools"] * 3]
    assert VicePrincipal.objects.serving(clock.today()).count() == 2


@pytest.mark.guards("vice_principal_person_once")
@pytest.mark.guards("vice_principal_once_at_school")
def test_copies_are_refused(school):
    post = make.a_candidate(school)
    with refused_as("vice_principal_once_at_school"):
        copy(TABLE, post.pk)
    with refused_as("vice_principal_person_once"):
        copy("partnerships_viceprincipalperson", post.person_id)


@pytest.mark.guards("vice_principal_trained")
@pytest.mark.guards("vice_principal_consented")
@pytest.mark.guards("vice_principal_dated")
@pytest.mark.guards("vice_principal_ends_after_start")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("vice_principal_trained", "training_hours = hours_required - 1"),
        ("vice_principal_consented", "consent_id = NULL"),
        ("vice_principal_dated", "ends_on = NULL"),
        ("vice_principal_ends_after_start", "ends_on = starts_on"),
    ],
)
def test_an_office_without_its_conditions_is_refused(school, name, settings):
    post = make.a_vice_principal(school)
    with refused_as(name):
        change(TABLE, post.pk, settings)


@pytest.mark.notice("vice_principal_proposed")
@pytest.mark.notice("vice_principal_appointed")
@pytest.mark.notice("vice_principal_ended")
def test_the_other_side_is_told_once(school, officer, lead):
    post = vice_principals.propose(school, by=people.actor(lead), name="林知远", employer="示例研究院")
    vice_principals.add_training(post, by=people.actor(lead), hours=8)
    vice_principals.give_consent(post, by=people.actor(lead), content=make.PDF, file_name="同意函.pdf")
    vice_principals.appoint(post, by=people.actor(officer), starts_on=clock.today())
    vice_principals.end(post, by=people.actor(officer), reason="任期调整")
    told = [(notice.kind, notice.user) for notice in Notice.objects.filter(kind__startswith="vice").order_by("pk")]
    assert told == [
        ("vice_principal_proposed", officer.user),
        ("vice_principal_appointed", lead.user),
        ("vice_principal_ended", lead.user),
    ]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_school_proposes_and_the_bureau_appoints_by_page(client, school, lead, officer):
    people.login(client, lead)
    new = url("vice_principal-new", school.pk)
    assert client.get(new).status_code == 200
    answer = client.post(new, {"name": "林知远", "employer": "示例研究院", "title": "副研究员"})
    post = VicePrincipal.objects.get()
    page = url("vice_principal-page", post.pk)
    assert answer.url == page
    client.post(url("vice_principal-training", post.pk), {"hours": 8})
    upload = {"scan": make.upload("同意函.pdf")}
    client.post(url("vice_principal-consent", post.pk), upload)
    assert client.get(url("vice_principal-appoint", post.pk)).status_code == 403
    assert [step["state"] for step in client.get(page).context["steps"]] == ["done", "done", "done", "turn"]
    people.login(client, officer)
    assert client.get(url("vice_principal-appoint", post.pk)).status_code == 200
    client.post(url("vice_principal-appoint", post.pk), {"starts_on": clock.today().isoformat()})
    post.refresh_from_db()
    assert post.state == "in_office"
    scan = client.get(url("vice_principal-scan", post.pk))
    assert (scan.content, scan["Content-Disposition"]) == (make.PDF, "attachment")
    assert client.post(url("vice_principal-end", post.pk), {"reason": "调离"}).url == page


def test_refusals_are_answered_in_the_form(client, school, officer):
    post = make.a_candidate(school)
    people.login(client, officer)
    answer = client.post(url("vice_principal-appoint", post.pk), {"starts_on": clock.today().isoformat()})
    assert answer.context["form"].non_field_errors()
    assert not Scan.objects.exists()
    junk = client.post(url("vice_principal-consent", post.pk), {"scan": make.upload("a.txt", b"text")})
    assert junk.context["form"].non_field_errors()


def test_another_school_sees_nothing_of_it(client, district, school):
    post = make.a_candidate(school)
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=make.a_school(district).organisation))
    assert client.get(url("vice_principal-page", post.pk)).status_code == 404
    assert client.get(url("vice_principal-list")).context["page"].rows == []


def test_list_asks_as_often_for_three_as_for_one(client, district, school, officer, django_assert_num_queries):
    people.login(client, officer)
    make.a_candidate(school)
    client.get(url("vice_principal-list"))
    with django_assert_num_queries(6):
        client.get(url("vice_principal-list"))
    for _each in range(2):
        make.a_vice_principal(make.a_school(district))
    with django_assert_num_queries(6):
        assert len(client.get(url("vice_principal-list")).context["page"].rows) == 3


# --- tiles ------------------------------------------------------------------------------------------------------------


def tile_of(school, hat, place):
    return tiles.TELLERS[place](school, people.actor(hat), clock.today())


def test_tiles_of_the_school_name_the_next_step_to_who_may_take_it(school, lead, officer):
    inspector = people.hat(Role.INSPECTOR, at=officer.organisation)
    assert tile_of(school, lead, 3).url == url("vice_principal-new", school.pk)
    assert tile_of(school, inspector, 3).url == ""
    assert tile_of(school, lead, 1).url == url("agreement-new")
    post = make.a_candidate(school)
    assert tile_of(school, lead, 3).url == url("vice_principal-page", post.pk)
    assert not tile_of(school, lead, 3).is_settled


def test_tiles_are_settled_by_what_stands_today(district, school, lead):
    make.an_agreement(make.a_venue(listed_in=[district]), [school])
    make.a_vice_principal(school)
    assert [tile_of(school, lead, place).is_settled for place in (1, 3)] == [True, True]
    VicePrincipal.objects.update(starts_on=clock.today() - dt.timedelta(days=9), ends_on=clock.today())
    assert not tile_of(school, lead, 3).is_settled


def test_tiles_stand_on_the_schools_page_and_home(client, school, lead):
    people.login(client, lead)
    shown = [tile.name for tile in client.get(url("school-page", school.pk)).context["tiles"]]
    assert shown == [tile.name for tile in client.get("/").context["tiles"]]
    assert len(shown) == len(tiles.TELLERS) >= 3
