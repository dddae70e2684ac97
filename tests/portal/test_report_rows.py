"""The rows of a published report, as they were counted and what has become of them; and who may read what."""

import pytest
from django.db import connection
from django.urls import reverse

from activities.models import THERE, Booking, RollEntry
from partnerships.models import Term
from people.roles import Role
from portal.models import Report
from portal.reports import document, drafts, publishing, rendering, rows, since
from portal.reports.catalogue import FIGURES
from portal.reports.frozen import Frozen
from tests.breaking import refused_as
from tests.factories import people
from tests.keeping import building, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world with two of everything, once for all tests here."""
    yield from building(django_db_blocker, n=2)


@pytest.fixture
def report(world, clock):
    """The report of district A for the term that runs, published after the schools' days."""
    term = world.districts["A"].terms.get()
    drafts.plan_term(term, by=officer(world))
    made = Report.objects.get(term=term, organisation=None)
    drafts.draft(made.pk)
    clock.forward(days=30)
    return publishing.publish(Report.objects.with_names().get(pk=made.pk), by=officer(world))


def officer(world):
    return people.actor(world.hat(Role.BUREAU_OFFICER))


def kept(report: Report, code: str) -> since.Kept:
    frozen = Frozen.of(report.document)
    return since.kept(frozen, code, document.scope_of(report, frozen.as_of))


def counts(report: Report, code: str) -> dict[str, int]:
    became = list(kept(report, code).became.values())
    return {state: became.count(state) for state in sorted(set(became))}


def number(report: Report, code: str) -> int:
    return int(Frozen.of(report.document).line(code).value.number)


def test_rows_are_as_many_as_the_figure_says_and_still_so(report):
    one_by_one = ("sessions", "visits-by-roster", "paired-schools")
    for code in one_by_one:
        assert number(report, code) > 0
        assert counts(report, code) == {"same": number(report, code)}


def test_rows_changed_dropped_and_deleted_since_are_marked(report):
    there = list(RollEntry.objects.filter(booking__district=report.district, mark__in=THERE).order_by("pk"))
    assert counts(report, "visits-by-roster") == {"same": len(there)}
    RollEntry.objects.filter(pk=there[0].pk).update(mark="late")
    RollEntry.objects.filter(pk=there[1].pk).update(mark="absent", task_sheet=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM activities_rollentry WHERE id = %s", [there[2].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    became = kept(report, "visits-by-roster").became
    assert [became[row.pk] for row in there[:3]] == ["changed", "dropped", "deleted"]
    assert kept(report, "visits-by-roster").gone_on == 3
    assert number(report, "visits-by-roster") == len(there)  # the figure itself stays


def test_page_of_rows_shows_them_and_only_those_changed_on_wish(report, world, client):
    entry = RollEntry.objects.filter(booking__district=report.district, mark__in=THERE).first()
    RollEntry.objects.filter(pk=entry.pk).update(mark="late")
    people.login(client, world.hat(Role.BUREAU_OFFICER))
    url = reverse("portal:report-rows", args=[report.pk, "visits-by-roster"])
    assert len(client.get(url).context["rows"]) == number(report, "visits-by-roster")
    only = client.get(url, {"changed": ""}).context["rows"]
    assert [state for _url, _cells, state in only] == ["changed"]
    assert only[0][0] == reverse("activities:roll-result", args=[entry.booking_id])


def test_corrections_show_in_the_next_report(report):
    """The published days counted again give another number: the next report says what the last one said."""
    first = number(report, "visits-by-roster")
    entry = RollEntry.objects.filter(booking__district=report.district, mark__in=THERE).first()
    RollEntry.objects.filter(pk=entry.pk).update(mark="absent", task_sheet=False)
    term, span = report.term, report.ends_on - report.starts_on
    later = Term.objects.create(
        district=report.district,
        school_year=term.school_year,
        half=2,
        starts_on=term.ends_on,
        ends_on=term.ends_on + span,
    )
    made = document.build(
        Report(district=report.district, term=later, starts_on=later.starts_on, ends_on=later.ends_on)
    )
    line = Frozen(made).line("visits-by-roster")
    assert (line.shown_before, line.corrected) == (str(first - 1), str(first))
    assert Frozen(made).line("paired-schools").corrected == ""
    printed = rendering.printed(Frozen(made))["corrections"]
    assert [sentence for sentence in printed if str(first) in sentence]


def test_each_reader_gets_the_report_cut_to_what_they_may_know(report, world, client):
    hidden = {figure.code for figure in FIGURES if Role.PARTNER_OFFICER.value in figure.hidden_from}
    assert hidden
    for role, sees in ((Role.BUREAU_OFFICER, True), (Role.INSPECTOR, True), (Role.PARTNER_OFFICER, False)):
        people.login(client, world.hat(role))
        page = client.get(reverse("portal:report-page", args=[report.pk]))
        codes = {line.figure.code for line in page.context["lines"]}
        assert codes & hidden == (hidden if sees else set()), role
        rows = client.get(reverse("portal:report-rows", args=[report.pk, "underserved-visits"]))
        assert rows.status_code == (200 if sees else 404)
        live = client.get(reverse("portal:report-live"))
        shown = {line.figure.code for _name, group in live.context["groups"] for line in group}
        assert shown & hidden == (hidden if sees else set())
        assert client.get(reverse("portal:figure-rows", args=["underserved-visits"])).status_code == (
            200 if sees else 404
        )
        for name in ("zh-hans.csv", "en.csv"):
            text = client.get(reverse("portal:report-file", args=[report.pk, name])).content
            assert (b"underserved-visits" in text) == sees
            cut = "full" if sees else "partner_officer"
            assert document.check_code(text) == report.renderings.get(cut=cut, name=name).sha256


def test_reports_are_seen_by_those_whom_they_concern(report, world, client):
    """The district's by its offices, a school's by itself and, once published, by the offices; nobody else knows of it."""
    own = world.one("A1", "report")
    seen = {}
    for cell in ("A1", "A2", "B1"):
        for role in Role:
            people.login(client, world.hat(role, cell))
            for name, row in (("district", report), ("school", own)):
                if client.get(reverse("portal:report-page", args=[row.pk])).status_code == 200:
                    seen.setdefault(name, set()).add((cell, role.value))
    offices = {(cell, role) for cell in ("A1", "A2") for role in ("bureau_officer", "inspector", "partner_officer")}
    assert seen["district"] == offices
    bureau = {("A1", "bureau_officer"), ("A2", "bureau_officer")}
    assert seen["school"] == bureau | {("A1", "school_lead"), ("A1", "coordinator")}


def test_a_venue_reads_the_groups_that_it_received_and_no_pupil(world, client):
    venue = world.hat(Role.VENUE_LEAD)
    people.login(client, venue)
    entry = RollEntry.objects.filter(booking__session__provider=venue.organisation, mark__in=THERE).first()
    for code in ("visits-by-roster", "pupils", "roster-share"):
        page = client.get(reverse("portal:figure-rows", args=[code]))
        assert page.context["rows"], code
        assert entry.student.pseudonym not in page.content.decode()
    came = [
        int(cells[-1][1]) for _url, cells in client.get(reverse("portal:figure-rows", args=["visits"])).context["rows"]
    ]
    assert sum(came) == sum(
        booking.roll.filter(mark__in=THERE).count() + (booking.attended or 0)
        for booking in Booking.objects.filter(session__provider=venue.organisation, state="attended")
    )


def test_a_venue_report_counts_the_groups_of_its_district_alone(world):
    venue = world.one("A1", "venue")
    counted = {}
    for letter in "AB":
        term = world.districts[letter].terms.get()
        made = Report.objects.create(
            district=world.districts[letter], organisation=venue.organisation, term=term,
            starts_on=term.starts_on, ends_on=term.ends_on,
        )  # fmt: skip
        drafts.draft(made.pk)
        counted[letter] = number(Report.objects.get(pk=made.pk), "visits")
    assert counted["A"] > 0
    assert counted["B"] == 0  # the group of district B has only booked


def test_raw_rows_of_a_report_are_guarded(report):
    with refused_as("portal_report_moves"), connection.cursor() as cursor:
        cursor.execute("UPDATE portal_report SET state = 'commented' WHERE state = 'scheduled'")


def test_every_kind_of_row_can_be_opened_again():
    """Also after its figure has left the catalogue: the kind alone tells the model, and its facts are columns of it."""
    assert set(rows.MODELS) == set(rows.SHAPES)
    for kind, model in rows.MODELS.items():
        list(model._base_manager.values_list("pk", *rows.SHAPES[kind].facts)[:1])


def test_the_api_says_the_figures_of_the_document_cut_to_the_caller(report, world, client):
    for role, sees in ((Role.BUREAU_OFFICER, True), (Role.PARTNER_OFFICER, False)):
        people.login(client, world.hat(role))
        answer = client.get(f"/api/v1/reports/{report.pk}/figures/")
        assert answer.status_code == 200
        found = {figure["code"]: figure for figure in answer.json()["results"]}
        assert float(found["visits-by-roster"]["number"]) == number(report, "visits-by-roster")
        assert found["visits-by-roster"]["row_count"] == number(report, "visits-by-roster")
        assert ("underserved-visits" in found) == sees
    people.login(client, world.hat(Role.COORDINATOR))
    assert client.get(f"/api/v1/reports/{report.pk}/figures/").status_code == 404
