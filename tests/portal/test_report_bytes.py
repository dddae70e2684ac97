"""A published report is the same, byte for byte, whatever is written later, and whoever makes its files anew."""

import datetime as dt
import hashlib
import os
import subprocess
import sys

import pytest
from django.db import connection

from partnerships.models import Term
from people.actors import Person
from people.models import AuditEvent, Membership
from portal.demo import seed
from portal.lib import clock
from portal.models import Report
from portal.reports import document, drafts, publishing, rendering
from portal.reports.frozen import FULL
from tests.keeping import kept_demo

pytestmark = [pytest.mark.django_db]
EVENING = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
ELSEWHERE = """
import hashlib, sys
import django
django.setup()
from portal.reports import rendering
body = sys.stdin.buffer.read()
for time in range(int(sys.argv[1])):
  for cut in sys.argv[2].split(","):
    for name in rendering.FILES:
        print(time, cut, name, hashlib.sha256(rendering.render(body, name, cut)).hexdigest())
"""
# Later writes to everything that the report counted or names; each statement touches many rows, one transaction each.
WRITES = (
    "UPDATE activities_rollentry SET mark = 'absent', task_sheet = FALSE WHERE id % 7 = {n} % 7 AND mark IS NOT NULL",
    "UPDATE activities_booking SET attended = coalesce(attended, 0) + 1 WHERE id % 5 = {n} % 5 AND state = 'attended'",
    "UPDATE activities_programme SET name_zh = name_zh || '{n}' WHERE id % 11 = {n} % 11",
    "UPDATE people_organisation SET name_zh = name_zh || '改', name_en = name_en || ' {n}' WHERE id % 13 = {n} % 13",
    "UPDATE partnerships_school SET is_underserved = NOT is_underserved, locality = 'rural' WHERE organisation_id % 3 = {n} % 3",
    "UPDATE partnerships_commitment SET promised = promised + 1 WHERE id % 4 = {n} % 4",
    "UPDATE partnerships_calendarday SET note = '{n}' WHERE id % 17 = {n} % 17",
    "UPDATE partnerships_venue SET address = '{n}' WHERE organisation_id % 2 = {n} % 2",
    "UPDATE people_district SET name_zh = name_zh || '改' WHERE {n} % 100 = 0",
    "DELETE FROM partnerships_groupmember WHERE id % 50 = {n} % 50",
)


@pytest.fixture(scope="module")
def published(django_db_setup, django_db_blocker):
    """The demo with the report of its district for the running term, drafted and published; taken back afterwards."""
    with kept_demo(django_db_blocker), clock.at(EVENING):
        seed.plant()
        officer = Person(*_hat("bureau"))
        term = Term.objects.get(district__code="guangming", school_year=2026)
        drafts.plan_term(term, by=officer)
        report = Report.objects.get(term=term, organisation=None, kind="term", version=1)
        if report.state == "scheduled":
            drafts.draft(report.pk)
            report = Report.objects.get(pk=report.pk)
        Report.objects.filter(term=term, organisation__isnull=False).update(comments_until=None)
        yield publishing.publish(report, by=officer)


def _hat(username: str):
    hat = Membership.objects.select_related("user", "organisation__district").get(user__username=username)
    return hat.user, hat


def codes(report: Report) -> dict[tuple[str, str], str]:
    return {(row.cut, row.name): row.sha256 for row in report.renderings.all()}


def made_here(report: Report) -> dict[tuple[str, str], str]:
    body = Report.objects.get(pk=report.pk).document
    return {key: document.check_code(rendering.render(body, key[1], key[0])) for key in codes(report)}


def made_elsewhere(report: Report, times: int, **environment: str) -> list[dict[tuple[str, str], str]]:
    """So many times by a fresh interpreter, which has the document and no database."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": "postgres:///nowhere"} | environment
    cuts = ",".join(sorted({cut for cut, _name in codes(report)}))
    run = [sys.executable, "-c", ELSEWHERE, str(times), cuts]
    body = bytes(Report.objects.get(pk=report.pk).document)
    told = subprocess.run(run, input=body, capture_output=True, env=env, check=True).stdout.decode()
    made: list[dict[tuple[str, str], str]] = [{} for _time in range(times)]
    for line in told.splitlines():
        time, cut, name, code = line.split()
        made[int(time)][cut, name] = code
    return made


def test_twenty_fresh_renderings_after_a_thousand_later_writes_are_the_published_bytes(published):
    expected = codes(published)
    assert set(expected) == {(cut, name) for cut in (FULL, "partner_officer", "client") for name in rendering.FILES}
    before = AuditEvent.objects.count()
    with connection.cursor() as cursor:
        written = 0
        for n in range(1000):
            cursor.execute(WRITES[n % len(WRITES)].format(n=n))
            written += cursor.rowcount
    assert written > 1000
    assert AuditEvent.objects.count() == before
    assert document.build(published) != document.read(published.document)  # today's count is another one
    zones = ("Asia/Shanghai", "America/Los_Angeles", "UTC", "Asia/Kathmandu")
    for zone in zones:
        made = made_elsewhere(published, 5, TZ=zone, LANG="C", PYTHONHASHSEED=str(len(zone)))
        assert made == [expected] * 5, zone
    with clock.at(EVENING + dt.timedelta(days=400)):
        assert made_here(published) == expected


def test_files_are_never_read_from_what_was_kept(published, monkeypatch):
    """Rendering asks no database at all: with the connection closed to it the bytes are the same."""
    body, expected = bytes(published.document), codes(published)

    def refuse(*_args, **_rest):
        raise AssertionError("the database was asked")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", refuse)
        made = {key: hashlib.sha256(rendering.render(body, key[1], key[0])).hexdigest() for key in expected}
    assert made == expected


def test_document_holds_what_a_figure_is_in_both_languages(published):
    content = document.read(published.document)
    assert {"figures", "rows", "watermark", "as_of", "published"} <= set(content)
    for entry in content["figures"]:
        assert set(entry["words"]["name"]) == {"zh-hans", "en"}
        assert entry["words"]["definition"]["en"]
        assert content["rows"][entry["rows"]]["ids"] is not None
        _number, denominator = entry["value"]
        if denominator is not None:
            assert entry["words"]["numerator"]["en"], entry["code"]
            assert entry["words"]["denominator"]["en"], entry["code"]
    assert document.body_of(content) == bytes(published.document)
    assert published.versions == rendering.versions()
