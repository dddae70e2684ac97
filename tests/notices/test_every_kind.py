"""Every kind that any app declares arrives by mail, once, whole, in both languages; and none says a name to a group."""

import re

import pytest
from django.utils.translation import override

from people import deliveries, notices
from people.models import Notice
from tests.factories.people import user
from tests.lib.mailserver import text_of

pytestmark = pytest.mark.django_db
CJK = re.compile("[\u4e00-\u9fff]")
FACT = "示例事实"


def facts_of(kind):
    """Something for every placeholder; where a kind looks at a time, a time."""
    words = re.findall(r"%\((\w+)\)", f"{kind.title} {kind.body} {kind.chat}")
    return dict.fromkeys(words, FACT) | dict.fromkeys(("when", "before", "day"), "2026-11-18T09:30+08:00")


@pytest.mark.parametrize("code", sorted(notices.KINDS))
def test_kind_arrives_once_in_the_language_of_its_reader(code, server, morning, monkeypatch):
    monkeypatch.setattr(notices.NoticeKind, "still_holds", lambda kind, notice: True)
    readers = [user(email=f"{language}@school.example", language=language) for language in ("zh-hans", "en")]
    facts = facts_of(notices.KINDS[code])
    for _twice in range(2):
        notices.send(code, to=readers, subject="x:1", path="/", facts=facts)
        deliveries.run()
    letters = {letter["To"].split("@")[0]: letter for letter in server.taken}
    assert len(server.taken) == len(letters) == 2
    for language, letter in letters.items():
        said = text_of(letter) + letter.get_body(("html",)).get_content() + str(letter["Subject"])
        assert "%(" not in said
        with override(language):
            notice = Notice.objects.get(user__language=language)
            assert notices.title(notice) in str(letter["Subject"])
            assert notices.body(notice) in text_of(letter)
    assert not CJK.search(text_of(letters["en"]).replace(FACT, ""))


@pytest.mark.parametrize("code", sorted(notices.GROUPS))
def test_what_a_group_hears_names_nobody(code):
    kind = notices.KINDS[code]
    with override("en"):
        assert kind.group_texts
        words = {word for text in kind.group_texts for word in re.findall(r"%\((\w+)\)", str(text))}
    assert not words & notices.PERSONAL
