"""The fingerprint of a frozen version, taken again by a script that knows nothing of the portal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from partnerships import agreement_life, agreements, texts
from partnerships.agreement_versions import Enclosed, File
from partnerships.models import Agreement, AgreementVersion
from partnerships.promises import Promise
from portal.lib.errors import Refused
from tests.factories import partnerships as make

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parent / "tools" / "fingerprint.py"
ANNEX = b"%PDF-1.7 safety plan"


def recomputed(folder, content, *files):
    """What the script says of a content, which any JSON writer may have written."""
    path = folder / "content.json"
    path.write_text(json.dumps(content, indent=3, ensure_ascii=True), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(path), *map(str, files)],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def content_of(version):
    return dict(reversed(json.loads(bytes(version.body)).items()))


@pytest.fixture
def frozen(sides):
    """One agreement that went three versions before it was frozen, and was amended after its filing."""
    term = make.a_term(sides["district"])
    promise = Promise(sides["venue"].pk, term, "visits", 16, is_ceiling=True)
    agreement = make.a_draft(
        sides["venue"], [sides["one"], sides["two"]], by=sides["museum"], promises=[promise], title="科普教育合作协议"
    )
    agreements.propose(agreement, by=sides["museum"])
    annex = Enclosed(added=(File("安全预案.pdf", ANNEX),))
    agreements.counter(
        agreement, by=sides["first"], text="第一条  每学期 12 节。 \r\n第二条 免费。\r\n\r\n", enclosed=annex
    )
    for who in ("museum", "second"):
        agreements.agree(agreement, by=sides[who])
    finish(agreement, sides)
    amendment = agreement_life.amend(Agreement.objects.get(pk=agreement.pk), by=sides["museum"])
    agreements.revise(amendment, by=sides["museum"], text="第一条 每学期 14 节。", promises=[])
    agreements.propose(amendment, by=sides["museum"])
    for who in ("first", "second"):
        agreements.agree(amendment, by=sides[who])
    finish(amendment, sides)
    return Agreement.objects.get(pk=agreement.pk)


def finish(agreement, sides):
    for who in ("museum", "first", "second"):
        agreements.sign(agreement, by=sides[who], how="online", reauthenticated=True)
    agreements.submit(agreement, by=sides["museum"])
    agreements.file(agreement, by=sides["officer"])


def test_script_is_short_and_imports_nothing_of_ours():
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) <= 20
    imports = {line.split()[1] for line in lines if line.startswith(("import", "from"))}
    assert imports <= set(sys.stdlib_module_names)


def test_script_recomputes_every_frozen_version(frozen, sides, tmp_path):
    make.an_agreement(sides["venue"], [sides["one"]], text="第一条 纸质。")
    versions = AgreementVersion.objects.filter(frozen_at__isnull=False)
    assert sorted(versions.filter(agreement=frozen).values_list("number", flat=True)) == [2, 3]
    assert [recomputed(tmp_path, content_of(version)) for version in versions] == [one.sha256 for one in versions]
    assert all(texts.is_whole(version) for version in versions)


def test_script_tells_a_file_that_is_not_the_one_annexed(frozen, tmp_path):
    version = frozen.current_version
    right, wrong = tmp_path / "a.pdf", tmp_path / "b.pdf"
    right.write_bytes(ANNEX)
    wrong.write_bytes(ANNEX + b".")
    assert recomputed(tmp_path, content_of(version), right) == version.sha256
    assert "does not belong" in recomputed(tmp_path, content_of(version), wrong)


@pytest.mark.parametrize("field", ["title", "text", "first_day", "commitments", "parties", "annexes", "version"])
def test_a_flipped_character_gives_another_fingerprint(frozen, tmp_path, field):
    version = frozen.versions.get(number=2)
    content = content_of(version)
    flipped = json.dumps(content[field], ensure_ascii=False)
    place = next(at for at, letter in enumerate(flipped) if letter.isalnum())
    other = "1" if flipped[place] != "1" else "2"
    content[field] = json.loads(flipped[:place] + other + flipped[place + 1 :])
    assert recomputed(tmp_path, content) != version.sha256


@pytest.mark.parametrize("column", ["text", "body", "sha256"])
def test_a_character_flipped_in_the_database_is_noticed(frozen, column):
    version = frozen.versions.get(number=2)
    value = {
        "text": version.text.replace("12", "13"),
        "body": bytes(version.body).replace(b"12", b"13", 1),
        "sha256": ("0" if version.sha256[0] != "0" else "1") + version.sha256[1:],
    }[column]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE partnerships_agreementversion SET {column} = %s WHERE id = %s", [value, version.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    version.refresh_from_db()
    assert not texts.is_whole(version)


@pytest.mark.guards("agreement_annex_frozen")
def test_an_annex_of_a_frozen_version_stays(frozen):
    annex = frozen.current_version.annexes.get()
    copied = "SELECT version_id, 9, title, scan_id FROM partnerships_agreementannex WHERE id = %s"
    for statement in (
        "UPDATE partnerships_agreementannex SET title = '别的' WHERE id = %s",
        "DELETE FROM partnerships_agreementannex WHERE id = %s",
        f"INSERT INTO partnerships_agreementannex (version_id, position, title, scan_id) {copied}",
    ):
        with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [annex.pk])
        assert broken.value.__cause__.diag.constraint_name == "agreement_annex_frozen"


def test_annex_is_a_pdf_by_its_content(sides):
    draft = make.a_draft(sides["venue"], [sides["one"]], by=sides["museum"])
    with pytest.raises(Refused) as no:
        agreements.revise(
            draft, by=sides["museum"], text="第一条", enclosed=Enclosed(added=(File("a.pdf", b"PK\3\4"),))
        )
    assert no.value.code == "file_type"
    large = File("a.pdf", b"%PDF-" + bytes(10 * 1024 * 1024))
    with pytest.raises(Refused) as no:
        agreements.revise(draft, by=sides["museum"], text="第一条", enclosed=Enclosed(added=(large,)))
    assert no.value.code == "scan_too_large"
