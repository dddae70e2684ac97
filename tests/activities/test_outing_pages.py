"""Pages of an outing: a grade booked, its papers handed in, approved and filed, its return reported."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from activities import outings, rollcall, slips
from activities.models import Booking, Outing, RollEntry
from partnerships.models import IdentityLook
from portal.reports import outings as figures
from portal.reports.figure import Value
from portal.reports.scope import Scope
from tests.activities.asking import page, post
from tests.factories.outings import a_grade, an_outing, ready
from tests.factories.people import actor, login
from tests.factories.rolls import name_pupils

pytestmark = pytest.mark.django_db
PLAN = {
    "transport": "coach", "vehicles": "5", "carrier": "示例客运公司", "meets_at": "07:10", "meeting_place": "校门口",
    "returns_at": "13:50",
}  # fmt: skip
PAPERS = ["plan", "emergency", "roster", "vehicle", "contract", "insurance", "consent"]


@pytest.fixture
def grade(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return a_grade()


@pytest.fixture
def coordinator(grade, client):
    return login(client, grade.town.coordinator)


def chosen(grade):
    return [one.pk for one in grade.classes]


def test_a_grade_is_booked_as_it_was_shown(grade, coordinator):
    assert not page(coordinator, "outing-new", grade.sessions[0].pk).context["fits"]
    shown = page(coordinator, "outing-new", grade.sessions[0].pk, classes=chosen(grade))
    assert [session.pk for session, _parts in shown.context["rows"]] == [one.pk for one in grade.sessions]
    key = shown.context["form"]["request_key"].value()
    second = grade.classes[1].pk
    sent = {
        "classes": chosen(grade), "leader": grade.town.teacher.pk, "request_key": str(key),
        "shown": shown.context["shown"], f"leader_{second}": grade.lead.pk, f"adults_{second}": "2",
    }  # fmt: skip
    answers = [post(coordinator, "outing-new", grade.sessions[0].pk, **sent) for _twice in range(2)]
    outing = Outing.objects.get()
    assert [answer.url for answer in answers] == [f"/outings/{outing.pk}/"] * 2
    assert Booking.objects.filter(outing=outing).count() == 6
    own = Booking.objects.get(classes__school_class=second)
    assert (own.leader, own.adults) == (grade.lead, 2)


def test_what_was_not_shown_is_not_booked(grade, coordinator):
    sent = {
        "classes": chosen(grade), "leader": grade.town.teacher.pk, "request_key": "7d9c0f4e-8f4c-4d4e-9a33-3d9f6f0c1a11"
    }  # fmt: skip
    answer = post(coordinator, "outing-new", grade.sessions[0].pk, **sent)
    assert answer.status_code == 200
    assert answer.context["refused"]
    assert not Booking.objects.exists()


def test_other_days_that_fit_keep_the_classes(grade, coordinator):
    later = grade.sessions[0].starts_at + dt.timedelta(days=7)
    from_there = a_session_of(grade, later, capacity=30)
    shown = page(coordinator, "outing-new", grade.sessions[0].pk, classes=chosen(grade))
    (other,) = shown.context["others"]
    assert other["url"].startswith(f"/sessions/{from_there.pk}/outing/?classes={grade.classes[0].pk}&classes=")


def a_session_of(grade, starts_at, **fields):
    from_programme = grade.sessions[0].programme
    return type(grade.sessions[0]).objects.create(
        programme=from_programme, provider=from_programme.provider, place=from_programme.provider, state="open",
        starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=90), **fields,
    )  # fmt: skip


def test_papers_are_handed_in_with_one_form_and_approved_with_one_press(grade, coordinator, client):
    outing = an_outing(grade)
    ticked = post(coordinator, "outing-plan", outing.pk, **PLAN, all="1")
    assert all(option["checked"] for option in ticked.context["options"])
    assert not outing.papers.exists()
    post(coordinator, "outing-plan", outing.pk, **PLAN, papers=PAPERS, submit="1")
    assert Outing.objects.get().state == "submitted"
    login(client, grade.lead)
    assert "approve" in page(client, "outing-page", outing.pk).context["moves"]
    post(client, "outing-approve", outing.pk)
    login(client, grade.town.bureau)
    post(client, "outing-file", outing.pk)
    assert Outing.objects.get().state == "filed"


def test_a_proposed_meeting_leaves_time_for_the_way(grade, coordinator):
    form = page(coordinator, "outing-plan", an_outing(grade).pk).context["form"]
    assert (form["meets_at"].value(), form["returns_at"].value()) == (dt.time(7, 20), dt.time(14, 10))


def test_the_leader_reports_the_return(grade, client, clock):
    outing = an_outing(grade)
    clock.to(grade.sessions[2].ends_at)
    teacher = login(client, grade.town.teacher)
    assert page(teacher, "outing-report", outing.pk).context["form"]["out_heads"].value() == 24
    post(teacher, "outing-report", outing.pk, out_heads="24", back_heads="24", incident="")
    assert Outing.objects.values_list("out_heads", "back_heads").get() == (24, 24)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["letter", "papers", "slip", "roster", "staying"])
def test_every_paper_is_a_page_and_a_pdf(grade, coordinator, name, language):
    outing = ready(an_outing(grade), grade.town.coordinator)
    said = {"headers": {"accept-language": language}}
    assert coordinator.get(f"/outings/{outing.pk}/{name}/", **said).status_code == 200
    pdf = coordinator.get(f"/outings/{outing.pk}/{name}/?as=pdf", **said)
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["receipt", "confirmation"])
def test_receipt_and_sheet_are_pages_and_pdf_for_both_sides(grade, client, name):
    booking = an_outing(grade).trips[0]
    for hat in (grade.town.coordinator, grade.town.staff):
        login(client, hat)
        assert booking.number in client.get(f"/bookings/{booking.pk}/{name}/").content.decode()
        assert client.get(f"/bookings/{booking.pk}/{name}/?as=pdf").content.startswith(b"%PDF")


def test_the_roster_names_the_pupils_to_their_school_with_one_logged_look(grade, coordinator, client):
    for one in grade.classes:
        name_pupils(one)
    outing = an_outing(grade)
    paper = page(coordinator, "outing-roster", outing.pk).context["paper"]
    assert [len(table.rows) for table in paper.tables] == [6, 4, 4, 4, 4, 4, 4]
    assert IdentityLook.objects.filter(purpose="papers").count() == 1
    assert page(login(client, grade.town.teacher), "outing-roster", outing.pk).status_code == 403  # too early
    assert page(login(client, grade.town.staff), "outing-roster", outing.pk).status_code == 403
    assert page(login(client, grade.town.bureau), "outing-roster", outing.pk).status_code == 403


def test_who_stays_is_who_stands_on_no_roll(grade, coordinator):
    outing = an_outing(grade)
    assert page(coordinator, "outing-staying", outing.pk).context["paper"].tables == ()
    RollEntry.objects.filter(pk__in=[outing.trips[0].roll.first().pk, outing.trips[1].roll.first().pk]).delete()
    (table,) = page(coordinator, "outing-staying", outing.pk).context["paper"].tables
    assert [row[2] for row in table.rows] == ["五（1）班", "五（2）班"]


def test_the_slip_says_day_meeting_cost_and_both_answers(grade):
    outing = ready(an_outing(grade), grade.town.coordinator)
    with override("en"):
        text = slips.of(outing, outing.trips)[0].text
    for part in ("Class 5(1)", "Wed 2 Dec", "8:40", "校门口", "11:50", "free", "Tue 1 Dec, 17:00"):
        assert part in text
    assert text.index("“takes part”") < text.index("“does not take part”")


def test_the_page_asks_the_same_queries_for_one_and_for_six_groups(grade, coordinator, clock):
    small = a_grade(classes=2)
    small.classes = small.classes[:1]
    counts = []
    for each in (small, grade):
        outing = an_outing(each)
        login(coordinator, each.town.coordinator)
        page(coordinator, "outing-page", outing.pk)
        with CaptureQueriesContext(connection) as queries:
            page(coordinator, "outing-page", outing.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_shows_what_went_without_approval(grade, client, clock):
    outing = an_outing(grade)
    clock.to(grade.sessions[2].ends_at)
    bureau = login(client, grade.town.bureau)
    assert [row.pk for row in page(bureau, "outing-list", view="uncleared").context["page"]] == [outing.pk]
    ready(outing, grade.town.coordinator)
    outings.submit(outing, by=actor(grade.town.coordinator))
    outings.approve(outing, by=actor(grade.lead))  # too late to count
    assert [row.pk for row in page(bureau, "outing-list", view="uncleared").context["page"]] == [outing.pk]


def test_an_approval_that_comes_after_the_start_leaves_the_groups_reported_as_not_approved(grade, clock):
    """未备案出行: of six groups that went, two belong to an outing that had its approval in time."""
    town, scope = grade.town, Scope(dt.date(2026, 11, 1), dt.date(2027, 1, 1), district_id=grade.town.district.pk)
    late = an_outing(replace(grade, classes=grade.classes[:4]))
    good = an_outing(replace(grade, classes=grade.classes[4:]))
    for outing, day in ((good, grade.sessions[0].starts_at - dt.timedelta(days=1)), (late, grade.sessions[2].ends_at)):
        clock.to(day)
        ready(outing, town.coordinator)
        outings.submit(outing, by=actor(town.coordinator))
        outings.approve(outing, by=actor(grade.lead))
    for booking in Booking.objects.all():
        rollcall.complete(booking, by=actor(town.teacher), marks=rollcall.everybody(booking))
    assert figures.unapproved(scope) == Value(4, 6)


def test_too_many_classes_for_one_session_lead_to_the_whole_day(grade, coordinator):
    """The booking form of one session, asked for all six classes: its slip links to the page that spreads them."""
    shown = page(coordinator, "booking-request", grade.sessions[0].pk, classes=chosen(grade))
    assert shown.context["as_outing"].startswith(f"/sessions/{grade.sessions[0].pk}/outing/?classes=")
    assert coordinator.get(shown.context["as_outing"]).context["fits"]
    assert (
        page(coordinator, "booking-request", grade.sessions[0].pk, classes=chosen(grade)[:1]).context["as_outing"] == ""
    )
