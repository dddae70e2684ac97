"""Documents: byte for byte the same, whoever makes them when and where; tagged, titled, in the reader's language."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time

import pytest
import typst

from portal.lib import documents

DATA = {
    "title": "光明区馆校合作学期报告",
    "subtitle": "2025—2026 学年第二学期",
    "issuer": "光明区教育局",
    "number": "GM-2026-2",
    "date": "2026-07-10",
    "foot": "文本校验码 4c1e 77b0",
    "is_demo": True,
    "facts": [["填报单位", "光明区教育局"], ["联系人", "#panic() $x$ *b* _i_"]],
    "heading": "覆盖",
    "heads": ["指标", "本学期", "上学期"],
    "rows": [["有结对场馆的学校", "93.2%", "88.6%"], ["学生人次", "28,306", "24,910"]],
    "who": "填报单位",
    "signers": ["负责人（签字）", "联系人"],
    "qr": documents.qr("https://example.invalid/v/1"),
}
SAMPLE = "pdf/sample.typ"
ELSEWHERE = """
import hashlib, json, sys
import django
django.setup()
from portal.lib import documents
print(hashlib.sha256(documents.pdf("pdf/sample.typ", json.load(sys.stdin))).hexdigest())
"""


def test_pdf_is_the_same_later_in_another_zone_and_in_another_process(monkeypatch):
    first = documents.pdf(SAMPLE, DATA)
    time.sleep(1.1)
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    assert documents.pdf(SAMPLE, DATA) == first
    env = os.environ | {"TZ": "Asia/Tokyo", "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": "postgres:///x"}
    run = [sys.executable, "-c", ELSEWHERE]
    there = subprocess.run(run, input=json.dumps(DATA), capture_output=True, text=True, env=env, check=True)
    assert there.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_pdf_is_accessible_and_dated_by_its_data():
    made = documents.pdf(SAMPLE, DATA)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/StructTreeRoot" in made
    assert re.search(rb"/Lang ?\(zh", made)
    assert b"2026-07-10T00:00:00" in made
    assert re.search(rb"/Lang ?\(en", documents.pdf(SAMPLE, DATA, language="en"))
    assert documents.pdf(SAMPLE, DATA | {"date": "2026-07-11"}) != made


def test_pdf_holds_only_the_fonts_of_the_house():
    names = set(re.findall(rb"/FontName ?/[A-Z]{6}\+(\w+)", documents.pdf(SAMPLE, DATA)))
    assert names == {b"NotoSansSC", b"NotoSerifSC"}


def test_what_people_typed_is_printed_and_never_run():
    assert documents.pictures(SAMPLE, DATA | {"title": "#panic() $x$ *b*"})


def test_pdf_refuses_data_that_lacks_what_the_template_asks_for():
    with pytest.raises(typst.TypstError):
        documents.pdf(SAMPLE, {key: value for key, value in DATA.items() if key != "rows"})


def test_pictures_show_each_page():
    pages = documents.pictures(SAMPLE, DATA | {"rows": DATA["rows"] * 60})
    assert len(pages) > 1
    assert all(page.startswith(b"\x89PNG") for page in pages)
