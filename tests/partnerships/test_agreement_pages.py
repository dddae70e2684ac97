import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnerships import agreements
from partnerships.models import Agreement
from people.roles import Role
from portal.lib import clock
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"partnerships:agreement-{name}", args=args)


@pytest.fixture
def sides(client):
    district = make.a_district()
    venue = make.a_venue(listed_in=[district])
    school = make.a_school(district)
    return {
        "district": district,
        "venue": venue,
        "school": school,
        "museum": people.hat(Role.VENUE_LEAD, at=venue.organisation),
        "head": people.hat(Role.SCHOOL_LEAD, at=school.organisation),
        "officer": people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district)),
    }


def as_(client, hat):
    return people.login(client, hat)


def asked(**fields):
    today = clock.today()
    return {
        "title": "科普教育合作协议",
        "areas": ["activities", "courses"],
        "starts_on": today.isoformat(),
        "last_day": (today + dt.timedelta(days=800)).isoformat(),
        "text": "",
        "witness": "",
    } | fields


def changed(agreement, **fields):
    """What the page of changes sends for a text without promises, where nothing else is changed."""
    return {
        "version": agreement.current_version.number,
        "title": agreement.title,
        "areas": agreement.areas,
        "starts_on": agreement.starts_on.isoformat(),
        "last_day": agreement.last_day.isoformat(),
        "witness": agreement.witness,
        "text": agreement.current_version.text,
        "note": "",
        "promises-TOTAL_FORMS": 0,
        "promises-INITIAL_FORMS": 0,
    } | fields


def test_the_whole_way_from_draft_to_filed_by_pages(client, sides):
    term = make.a_term(sides["district"])
    as_(client, sides["museum"])
    form = asked(venue=sides["venue"].pk, schools=[sides["school"].pk], terms=[term.pk], promise_visits=16)
    client.post(url("new"), form)
    agreement = Agreement.objects.get()
    assert agreement.commitments.get().promised == 16
    client.post(url("propose", agreement.pk))
    as_(client, sides["head"])
    client.post(url("agree", agreement.pk), {"version": 1})
    for hat in ("museum", "head"):
        as_(client, sides[hat])
        answer = client.post(url("sign", agreement.pk), {"version": 1, "how": "online"})
        assert answer.status_code == 302
    client.post(url("submit", agreement.pk))
    as_(client, sides["officer"])
    client.post(url("file", agreement.pk))
    agreement.refresh_from_db()
    assert (agreement.state, agreement.number) == ("filed", f"馆校〔{clock.today().year}〕1号")
    answer = client.get(url("page", agreement.pk))
    assert answer.context["phase"] == "active"
    assert [step["state"] for step in answer.context["steps"]] == ["done"] * 5 + ["current"]
    assert "科普教育合作协议" in answer.content.decode()
    assert agreement.current_version.sha256 in answer.content.decode()


def test_new_shows_what_is_wrong_and_keeps_the_entries(client, sides):
    as_(client, sides["museum"])
    form = asked(venue=sides["venue"].pk, schools=[sides["school"].pk])
    form["last_day"] = (clock.today() + dt.timedelta(days=30)).isoformat()
    answer = client.post(url("new"), form)
    assert answer.status_code == 200
    assert "科普教育合作协议" in answer.content.decode()
    assert answer.context["form"].non_field_errors()
    assert not Agreement.objects.exists()


def test_new_offers_a_school_only_venues_that_its_district_lists(client, sides):
    make.a_venue(listed_in=[make.a_district()])
    as_(client, sides["head"])
    answer = client.get(url("new"))
    assert list(answer.context["form"].fields["venue"].queryset) == [sides["venue"]]


def test_new_by_a_school_refuses_to_leave_the_school_out(client, sides):
    other = make.a_school(sides["district"])
    as_(client, sides["head"])
    answer = client.post(url("new"), asked(venue=sides["venue"].pk, schools=[other.pk]))
    assert answer.status_code == 403


def test_register_files_at_once(client, sides):
    as_(client, sides["officer"])
    scan = SimpleUploadedFile("扫描.pdf", make.PDF)
    form = asked(
        venue=sides["venue"].pk, schools=[sides["school"].pk], signed_on=clock.today().isoformat(), number="", scan=scan
    )
    client.post(url("register"), form)
    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.registered_on_paper) == ("filed", True)
    answer = client.get(url("scan", agreement.pk, 0))
    assert answer.content == make.PDF


def test_register_refuses_a_file_that_is_no_scan(client, sides):
    as_(client, sides["officer"])
    scan = SimpleUploadedFile("x.pdf", b"MZ not a scan")
    form = asked(
        venue=sides["venue"].pk, schools=[sides["school"].pk], signed_on=clock.today().isoformat(), number="", scan=scan
    )
    answer = client.post(url("register"), form)
    assert answer.status_code == 200
    assert not Agreement.objects.exists()


def test_sign_refuses_the_version_that_the_page_did_not_show(client, sides):
    agreement = make.a_draft(sides["venue"], [sides["school"]], by=people.actor(sides["museum"]))
    agreements.propose(agreement, by=people.actor(sides["museum"]))
    agreements.agree(agreement, by=people.actor(sides["head"]))
    as_(client, sides["head"])
    answer = client.post(url("sign", agreement.pk), {"version": 7, "how": "online"})
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert client.get(url("sign", agreement.pk)).status_code == 200


def test_a_stranger_meets_404_as_if_it_did_not_exist(client, sides):
    agreement = make.an_agreement(sides["venue"], [sides["school"]])
    as_(client, people.hat(Role.SCHOOL_LEAD, at=make.a_school(sides["district"]).organisation))
    gone = client.get(url("page", agreement.pk + 1000))
    mine = client.get(url("page", agreement.pk))
    assert (gone.status_code, mine.status_code) == (404, 404)
    assert client.get(url("scan", agreement.pk, 0)).status_code == 404


def test_an_inspector_reads_and_changes_nothing(client, sides):
    agreement = make.an_agreement(sides["venue"], [sides["school"]])
    as_(client, people.hat(Role.INSPECTOR, at=make.bureau_of(sides["district"])))
    assert client.get(url("page", agreement.pk)).status_code == 200
    assert client.post(url("amend", agreement.pk)).status_code == 403


@pytest.mark.parametrize("stands", ["", "open", "upcoming", "active", "expiring", "expired", "ended"])
def test_list_narrows_by_where_it_stands(client, sides, stands):
    active = make.an_agreement(sides["venue"], [sides["school"]])
    draft = make.a_draft(sides["venue"], [sides["school"]], by=people.actor(sides["museum"]))
    as_(client, sides["museum"])
    rows = client.get(url("list"), {"stands": stands}).context["page"].rows
    expected = {"": [draft, active], "open": [draft], "active": [active]}
    assert rows == expected.get(stands, [])


def test_list_finds_by_the_name_of_a_side(client, sides):
    agreement = make.an_agreement(sides["venue"], [sides["school"]])
    as_(client, sides["officer"])
    found = client.get(url("list"), {"q": sides["school"].organisation.name_zh}).context["page"].rows
    assert found == [agreement]
    assert client.get(url("list"), {"q": "没有这样的名字"}).context["page"].rows == []


def test_list_asks_as_often_for_three_as_for_one(
    client, sides, django_assert_num_queries, django_assert_max_num_queries
):
    as_(client, sides["officer"])
    make.an_agreement(sides["venue"], [sides["school"]])
    client.get(url("list"))
    with django_assert_max_num_queries(40) as one:
        client.get(url("list"))
    for _each in range(2):
        make.an_agreement(sides["venue"], [sides["school"]])
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(url("list"))


def test_filing_lists_what_waits_with_the_next_number(client, sides):
    agreement = make.a_draft(sides["venue"], [sides["school"]], by=people.actor(sides["museum"]))
    museum, head = people.actor(sides["museum"]), people.actor(sides["head"])
    agreements.propose(agreement, by=museum)
    agreements.agree(agreement, by=head)
    for who in (museum, head):
        agreements.sign(agreement, by=who, how="online", reauthenticated=True)
    agreements.submit(agreement, by=museum)
    as_(client, sides["officer"])
    answer = client.get(reverse("partnerships:filing-list"))
    assert list(answer.context["rows"]) == [agreement]
    assert answer.context["number"] in answer.content.decode()
    client.post(url("return", agreement.pk), {"reason": "缺法定代表人签名"})
    agreement.refresh_from_db()
    assert (agreement.state, agreement.reason) == ("returned", "缺法定代表人签名")


def test_counter_shows_the_difference(client, sides):
    agreement = make.a_draft(
        sides["venue"], [sides["school"]], by=people.actor(sides["museum"]), text="第一条 每学期 8 节"
    )
    agreements.propose(agreement, by=people.actor(sides["museum"]))
    as_(client, sides["head"])
    client.post(url("counter", agreement.pk), changed(agreement, text="第一条 每学期 12 节", note="多一些"))
    page = client.get(url("page", agreement.pk)).content.decode()
    assert "<del>8</del>" in page
    assert "<ins>12</ins>" in page


@pytest.mark.parametrize("step", ["withdraw", "counter", "renew", "introduce"])
def test_pages_of_steps_open(client, sides, step):
    agreement = make.an_agreement(sides["venue"], [sides["school"]])
    as_(client, sides["head"])
    assert client.get(url(step, agreement.pk)).status_code == 200
