"""How a rule says no to a person."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASON_NEEDED = _("Say why: the other side reads it.")


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
    if not reason.strip():
        raise Refused("reason_needed", sentence)
    return reason.strip()
