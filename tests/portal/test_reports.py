"""Reports: planned, drafted by a worker, answered by the school, published, and never changed again."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from people import reminders
from people.actors import SYSTEM
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from portal.models import Rendering, Report, ReportComment
from portal.reports import document, drafts, publishing, rendering
from tests.breaking import change, copy, refused_as
from tests.factories import partnerships, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(clock):
    """A district with a school, a listed venue and a term that ended yesterday."""
    clock.to(dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC))
    made = partnerships.a_district(offices=2)
    partnerships.a_term(made, starts_on=dt.date(2026, 9, 7), weeks=21)
    partnerships.a_school(made)
    partnerships.a_venue(listed_in=[made])
    return made


@pytest.fixture
def officer(place):
    return partnerships.officer_of(place)


def report_of(place, kind: str = "") -> Report:
    """The report of the district, or of its one school or venue."""
    whose = {"organisation__kind": kind} if kind else {"organisation__isnull": True}
    return Report.objects.with_names().get(district=place, kind="term", **whose)


@pytest.fixture
def drafted(place, clock):
    """The reports of the term, drafted."""
    drafts.plan_due()
    drafts.draft_due()
    return place


def lead_of(report: Report):
    return people.actor(people.hat(Role.SCHOOL_LEAD, at=report.organisation))


def answered(report: Report, **given) -> Report:
    publishing.answer(report, by=lead_of(report), **{"verdict": "agreed"} | given)
    return report


# --- planning and drafting ---------------------------------------------------------------------------------------------


def test_the_calendar_plans_a_term_once_however_often_it_runs(place):
    assert drafts.plan_due() == 4  # the district, its school, its venue, and the month
    assert drafts.plan_due() == 0
    planned = set(Report.objects.values_list("kind", "organisation__kind").order_by())
    assert planned == {("term", None), ("term", "school"), ("term", "venue"), ("monthly", None)}
    monthly = Report.objects.get(kind="monthly")
    assert (monthly.starts_on, monthly.last_day) == (dt.date(2026, 12, 21), dt.date(2027, 1, 20))


def test_a_term_that_runs_or_ended_long_ago_is_drafted_only_when_asked(place, officer, clock):
    clock.to(dt.datetime(2027, 1, 20, tzinfo=dt.UTC))
    drafts.plan_due()
    assert not Report.objects.filter(kind="term").exists()
    assert drafts.plan_term(place.terms.get(), by=officer) == 3
    drafts.draft_due()
    clock.to(dt.datetime(2027, 2, 1, tzinfo=dt.UTC))
    drafts.plan_due()  # drafted too early: counted again after the end
    assert set(Report.objects.filter(kind="term").values_list("state", flat=True)) == {"scheduled"}


def test_only_the_bureau_plans(place):
    for role in (Role.PARTNER_OFFICER, Role.INSPECTOR):
        kind = "partner_office" if role == Role.PARTNER_OFFICER else "bureau"
        with pytest.raises(PermissionDenied):
            drafts.plan_term(
                place.terms.get(), by=people.actor(people.hat(role, at=place.organisations.get(kind=kind)))
            )


@pytest.mark.notice("report.drafted")
@pytest.mark.notice("report.to_answer")
def test_draft_shows_its_progress_and_tells_who_checks_it(place, officer):
    drafts.plan_due()
    lead = lead_of(report_of(place, "school"))
    heard = []
    report = report_of(place)
    document.build(report, tick=lambda done, whole: heard.append((done, whole)))
    assert heard == [(n, heard[0][1]) for n in range(heard[0][1] + 1)]
    assert drafts.draft_due() == 4
    report = report_of(place)
    assert (report.state, report.done, report.whole) == ("to_check", heard[0][1], heard[0][1])
    assert report.watermark
    assert Notice.objects.filter(kind="report.drafted", user=officer.user).count() == 2  # the term's and the month's
    assert Notice.objects.filter(kind="report.to_answer", user=lead.user).count() == 1
    assert drafts.draft_due() == 0
    assert not drafts.draft(report.pk)


def test_a_dead_worker_is_replaced_when_its_lease_is_over_and_comes_too_late_itself(place, clock):
    drafts.plan_due()
    report = report_of(place)
    dead = drafts._claim(report.pk)
    assert drafts._claim(report.pk) is None
    clock.forward(minutes=11)
    late = document.build(dead)
    assert drafts.draft(report.pk)
    kept = report_of(place).document
    assert not drafts._finish(dead, late)
    assert bytes(report_of(place).document) == bytes(kept)


def test_a_report_that_cannot_be_counted_waits_for_a_person_after_three_attempts(place, clock, monkeypatch):
    drafts.plan_due()
    report = report_of(place)
    monkeypatch.setattr(document, "build", lambda *_args, **_rest: 1 / 0)
    for _attempt in range(3):
        with pytest.raises(ZeroDivisionError):
            drafts.draft(report.pk)
        clock.forward(seconds=1)
    assert not drafts.draft(report.pk)
    assert report_of(place).is_stuck


def test_a_monthly_report_holds_the_columns_that_the_district_chose(drafted):
    report = Report.objects.get(kind="monthly")
    codes = [entry["code"] for entry in document.read(report.document)["figures"]]
    chosen = ["paired-schools", "sessions", "visits", "pupils", "benefit-places", "yuan-saved", "rural-visits"]
    assert codes == [code for code in chosen if code in codes]
    assert "sessions" in codes


def test_the_charts_of_a_monthly_report_speak_of_months(drafted, officer, client):
    people.login(client, officer.membership)
    page = client.get(f"/reports/{Report.objects.get(kind='monthly').pk}/").text
    assert "本月" in page
    assert "本学期" not in page


# --- answering ---------------------------------------------------------------------------------------------------------


@pytest.mark.notice("report.answered")
def test_the_school_answers_within_the_days_given(drafted, officer, clock):
    report = answered(report_of(drafted, "school"), verdict="remark", text="缺 10月12日 一场。")
    assert report.state == "commented"
    assert Notice.objects.filter(kind="report.answered", user=officer.user).count() == 1
    answered(report)
    assert list(report.comments.values_list("verdict", flat=True)) == ["remark", "agreed"]
    clock.to(dt.datetime.combine(report.comments_until + dt.timedelta(days=1), dt.time(9), dt.UTC))
    with pytest.raises(Refused) as late:
        answered(report)
    assert late.value.code == "report_answer_late"


def test_nobody_but_a_lead_of_the_school_answers(drafted, officer):
    report = report_of(drafted, "school")
    stranger = people.hat(Role.SCHOOL_LEAD, at=partnerships.a_school(drafted).organisation)
    coordinator = people.hat(Role.COORDINATOR, at=report.organisation)
    for hat in (stranger, coordinator, officer.membership):
        with pytest.raises(PermissionDenied):
            publishing.answer(report, by=people.actor(hat), verdict="agreed")
    with pytest.raises(Refused) as closed:
        publishing.answer(report_of(drafted), by=SYSTEM, verdict="agreed")
    assert closed.value.code == "report_not_open"


@pytest.mark.guards("report_remark_says_what")
def test_a_remark_says_what(drafted):
    report = answered(report_of(drafted, "school"))
    with refused_as("report_remark_says_what"):
        copy("portal_reportcomment", report.comments.get().pk, verdict="'remark'", text="''")


@pytest.mark.guards("portal_reportcomment_append_only")
def test_an_answer_is_never_changed(drafted):
    report = answered(report_of(drafted, "school"))
    with refused_as("portal_reportcomment_append_only"):
        change("portal_reportcomment", report.comments.get().pk, "text = 'nothing'")
    with refused_as("portal_reportcomment_append_only"):
        ReportComment.objects.all().delete()


# --- publishing --------------------------------------------------------------------------------------------------------


def test_publishing_waits_for_the_schools_until_their_days_are_over(drafted, officer, clock):
    district, school = report_of(drafted), report_of(drafted, "school")
    for report in (district, school):
        with pytest.raises(Refused) as early:
            publishing.publish(report, by=officer)
        assert early.value.code == "report_waits"
    answered(school)
    publishing.publish(district, by=officer)
    publishing.publish(school, by=officer)
    assert Report.objects.published().count() == 2


@pytest.mark.notice("report.published")
def test_published_report_keeps_its_document_and_the_code_of_each_file(drafted, officer, clock):
    clock.forward(days=30)
    venue = report_of(drafted, "venue")
    reader = people.hat(Role.VENUE_LEAD, at=venue.organisation)
    report = publishing.publish(venue, by=officer)
    assert Notice.objects.filter(kind="report.published", user=reader.user).count() == 1
    assert report.sha256 == document.check_code(report.document)
    assert report.versions == rendering.versions()
    assert sorted(report.renderings.values_list("cut", "name")) == sorted(("full", name) for name in rendering.FILES)
    for row in report.renderings.all():
        fresh = rendering.render(report.document, row.name)
        assert document.check_code(fresh) == row.sha256
        assert row.original == fresh


@pytest.mark.guards("report_two_people")
def test_whoever_answered_for_the_school_does_not_publish(drafted, officer):
    report = report_of(drafted, "school")
    twin = people.actor(people.hat(Role.SCHOOL_LEAD, at=report.organisation, who=officer.user))
    publishing.answer(report, by=twin, verdict="agreed")
    with pytest.raises(Refused) as no:
        publishing.publish(report, by=officer)
    assert no.value.code == "report_two_people"
    with refused_as("report_two_people"):
        change("portal_report", report.pk, f"published_by_id = {officer.user.pk}")


@pytest.mark.guards("report_frozen")
def test_a_published_report_is_never_changed(drafted, officer, clock):
    clock.forward(days=30)
    report = publishing.publish(report_of(drafted), by=officer)
    with refused_as("report_frozen"):
        change("portal_report", report.pk, "done = 0")
    back = "state = 'to_check', sha256 = '', published_at = NULL, published_by_id = NULL"
    with refused_as("portal_report_moves"):
        change("portal_report", report.pk, back)
    with refused_as("report_frozen"):
        Report.objects.filter(pk=report.pk)._raw_delete("default")
    Report.objects.filter(state="to_check").update(done=1)  # the others go on


@pytest.mark.guards("portal_rendering_append_only")
@pytest.mark.guards("rendering_once")
def test_a_kept_file_is_never_changed(drafted, officer, clock):
    clock.forward(days=30)
    row = publishing.publish(report_of(drafted), by=officer).renderings.first()
    with refused_as("portal_rendering_append_only"):
        change("portal_rendering", row.pk, "sha256 = ''")
    with refused_as("portal_rendering_append_only"):
        Rendering.objects.all().delete()
    with refused_as("rendering_once"):
        copy("portal_rendering", row.pk)


@pytest.mark.guards("report_once")
@pytest.mark.guards("report_ends_after_start")
@pytest.mark.guards("report_names_its_term")
@pytest.mark.guards("report_drafted_before_shown")
@pytest.mark.guards("report_published_signed")
def test_database_holds_what_a_report_is(place):
    drafts.plan_due()
    report = report_of(place)
    with refused_as("report_once"):
        copy("portal_report", report.pk)
    for name, settings in (
        ("report_ends_after_start", "ends_on = starts_on"),
        ("report_names_its_term", "term_id = NULL"),
    ):
        with refused_as(name):
            change("portal_report", report.pk, settings)
    with refused_as("report_drafted_before_shown"):
        copy("portal_report", report.pk, version="2", state="'to_check'")
    with refused_as("report_published_signed"):
        copy("portal_report", report.pk, version="2", sha256="'x'")


def test_a_published_report_is_corrected_by_a_next_version(drafted, officer, clock):
    clock.forward(days=30)
    first = publishing.publish(report_of(drafted), by=officer)
    second = drafts.again(first, by=officer)
    assert (second.version, second.state, second.starts_on) == (2, "scheduled", first.starts_on)
    drafts.draft_due()
    assert publishing.publish(Report.objects.get(pk=second.pk), by=officer).number == first.number[:-1] + "2"


def test_a_draft_is_drafted_again_as_the_same_version(drafted, officer):
    report = answered(report_of(drafted, "school"))
    assert drafts.again(report, by=officer).version == 1
    drafts.draft_due()
    report.refresh_from_db()
    assert (report.state, report.comments.count()) == ("to_check", 1)


@pytest.mark.notice("report.due")
def test_the_bureau_is_reminded_before_a_report_is_due(drafted, officer, clock):
    clock.to(dt.datetime(2027, 2, 10, 2, tzinfo=dt.UTC))
    due = report_of(drafted)
    monthly = Report.objects.get(kind="monthly")  # due on the 25th of January
    reminders.run("report.due")
    assert set(Notice.objects.filter(kind="report.due").values_list("subject", flat=True)) == {f"report:{monthly.pk}"}
    clock.to(dt.datetime(2027, 2, 27, 2, tzinfo=dt.UTC))
    for _time in range(3):
        reminders.run("report.due")
    own = Notice.objects.filter(kind="report.due", subject=f"report:{due.pk}", user=officer.user)
    assert own.count() == 1


# --- pages -------------------------------------------------------------------------------------------------------------


def test_pages_of_a_report_open_for_bureau_and_school(drafted, officer, client):
    report = report_of(drafted, "school")
    for who in (officer, lead_of(report)):
        people.login(client, who.membership)
        assert report.number in client.get(reverse("portal:report-list")).content.decode()
        page = client.get(reverse("portal:report-page", args=[report.pk]))
        assert page.status_code == 200
        for line in page.context["lines"]:
            assert client.get(line.url).status_code == 200, line.figure.code
    assert "answer" in page.context["abilities"]


def test_progress_shows_without_a_document(place, officer, client):
    drafts.plan_due()
    report = report_of(place)
    Report.objects.filter(pk=report.pk).update(done=3, whole=9)
    people.login(client, officer.membership)
    page = client.get(reverse("portal:report-page", args=[report.pk]))
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert '<progress max="9" value="3"' in page.content.decode()


def test_answer_and_publication_go_through_their_pages(drafted, officer, client, clock):
    report = report_of(drafted, "school")
    people.login(client, lead_of(report).membership)
    client.post(reverse("portal:report-answer", args=[report.pk]), {"verdict": "remark", "text": ""})
    assert report.comments.count() == 0
    client.post(reverse("portal:report-answer", args=[report.pk]), {"verdict": "agreed", "text": ""})
    assert report.comments.count() == 1
    people.login(client, officer.membership)
    client.post(reverse("portal:report-publish", args=[report.pk]))
    report.refresh_from_db()
    assert report.is_published
    answer = client.get(reverse("portal:report-file", args=[report.pk, "zh-hans.pdf"]))
    assert document.check_code(answer.content) == report.renderings.get(cut="full", name="zh-hans.pdf").sha256
    assert client.get(reverse("portal:report-file", args=[report.pk, "fr.pdf"])).status_code == 404
    assert client.get(reverse("portal:report-original", args=[report.pk, "zh-hans.pdf"])).status_code == 404


def test_the_file_of_that_day_is_handed_out_after_an_upgrade_that_changed_the_bytes(
    drafted, officer, client, clock, monkeypatch
):
    clock.forward(days=30)
    report = publishing.publish(report_of(drafted), by=officer)
    people.login(client, officer.membership)
    assert [
        file["is_upgraded"] for file in client.get(reverse("portal:report-page", args=[report.pk])).context["files"]
    ] == [False] * 6
    monkeypatch.setattr(rendering, "versions", lambda: {"code": "new"})
    assert publishing.differing(report, "full") == []  # another version, the same bytes
    monkeypatch.setattr(rendering, "code_shown", lambda code: "another way to print it")
    differing = {row.name for row in publishing.differing(report, "full")}
    assert differing == {"zh-hans.pdf", "en.pdf"}
    kept = client.get(reverse("portal:report-original", args=[report.pk, "en.pdf"]))
    assert document.check_code(kept.content) == report.renderings.get(cut="full", name="en.pdf").sha256
    made = client.get(reverse("portal:report-file", args=[report.pk, "en.pdf"]))
    assert made.content != kept.content
