"""Every kind of notice speaks both languages and is sent once by the test that names it."""

import re

import pytest
from django.utils.translation import override

from people import notices
from tests.boundaries.source import marks

PLACEHOLDER = re.compile(r"%\((\w+)\)")


class Anything(dict):
    """Answers any fact, so that a sentence can be filled."""

    def __missing__(self, key):
        return 7


@pytest.mark.parametrize("kind", sorted(notices.KINDS))
def test_kind_renders_in_both_languages(kind):
    declared = notices.KINDS[kind]
    for text in (declared.title, declared.body):
        with override("en"):
            english = str(text)
        with override("zh-hans"):
            chinese = str(text)
        assert english % Anything()
        assert chinese % Anything()
        assert english != chinese or not english
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(chinese))


def test_every_kind_is_sent_by_a_test_that_names_it():
    assert sorted(notices.KINDS) == sorted(marks("notice"))
