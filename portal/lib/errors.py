"""How a rule says no to a person."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.lib.spreadsheets.identity import looks_like_identity, looks_like_mobile

REASON_NEEDED = _("Say why: the other side reads it.")
IDENTITY = _("Please leave out what looks like an identity number.")
MOBILE = _("Please leave out mobile numbers: others read these words. A contact has a field of its own.")


class Refused(Exception):
    """A rule said no. `code` is stable, `sentence` is one translated sentence filled from `facts`."""

    def __init__(self, code: str, sentence: str | Promise, /, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        text = str(self.sentence)
        return text % self.facts if self.facts else text


def said(reason: str, sentence: str | Promise = REASON_NEEDED) -> str:
    """The words that a verb asks for, without blanks around them; raises Refused("reason_needed") for none."""
    words = free_text(reason)
    if not words:
        raise Refused("reason_needed", sentence)
    return words


def free_text(words: str) -> str:
    """Words that somebody typed and others read, without blanks around them.

    Raises Refused for an identity number or a mobile number in them: those of pupils and families are nobody's to pass
    on, and whose they are can't be told."""
    if looks_like_identity(words):
        raise Refused("words.identity", IDENTITY)
    if looks_like_mobile(words):
        raise Refused("words.mobile", MOBILE)
    return words.strip()
