"""The figures of one scope, computed: what the page, the sentence and the exports all show."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from partnerships.models import Term
from portal.lib import wording
from portal.reports.catalogue import figures_for
from portal.reports.figure import Figure, Value, Words
from portal.reports.scope import Scope


@dataclass(frozen=True)
class Line:
    """One figure with its value, and the value of the term before where there is one; live or frozen."""

    figure: Words
    as_of: dt.date
    value: Value
    before: Value | None = None
    url: str = ""  # the door to the rows
    reported: Value | None = None  # what the report of the term before said

    @property
    def shown(self) -> str:
        return self.figure.shown(self.value)

    @property
    def basis(self) -> str:
        return self.figure.basis(self.value)

    @property
    def shown_before(self) -> str:
        return self.figure.shown(self.before) if self.before else ""

    @property
    def change(self) -> str:
        return self.figure.change(self.value, self.before) if self.before else ""

    @property
    def corrected(self) -> str:
        """What the last report said, where the same days count differently by now; empty where they do not."""
        if self.reported is None or self.reported == self.before:
            return ""
        basis = self.figure.basis(self.reported)
        return f"{self.figure.shown(self.reported)} ({basis})" if basis else self.figure.shown(self.reported)

    @property
    def sentence(self) -> str:
        return self.figure.say(self.value, self.as_of)


def door(code: str, query: str = "") -> str:
    """The address of the rows behind a live figure, for the same days and organisations."""
    return f"{reverse('portal:figure-rows', args=[code])}?{query}"


def lines(scope: Scope, query: str = "", before: Scope | None = None, *, reader: str = "") -> list[Line]:
    """Every figure that makes sense for the scope and that the reader may know; what nobody promised or asked for is
    left out."""
    return [
        Line(figure, scope.as_of, value, figure.value(before) if before else None, door(figure.code, query))
        for figure in figures_for(scope.kind, reader)
        if is_asked(figure, value := figure.value(scope))
    ]


IF_ANY = ("commitment", "exemption")


def is_asked(figure: Figure, value: Value) -> bool:
    """Whether a figure has its place here: a commitment that nobody made, an exception nobody decided on, has none."""
    return not (figure.counted in IF_ANY and value.denominator == 0)


def in_groups(found: list[Line]) -> list[tuple[str, list[Line]]]:
    return [(str(name), list(group)) for name, group in groupby(found, key=lambda line: line.figure.group)]


def term_before(term: Term) -> Term | None:
    """The last term of the same district before this one."""
    return (
        Term.objects.filter(district_id=term.district_id, starts_on__lt=term.starts_on).order_by("-starts_on").first()
    )


SUMMED_UP = ("sessions", "visits", "pupils")


def summary(as_of: dt.date, found: list[Line]) -> str:
    """The report in one sentence, with its day and its base, ready to paste; empty where its figures were not asked."""
    values = {line.figure.code: line for line in found}
    if not values.keys() >= set(SUMMED_UP):
        return ""
    facts = {
        "day": wording.day(as_of, year=True),
        "sessions": values["sessions"].shown,
        "visits": values["visits"].shown,
        "pupils": values["pupils"].shown,
    }
    paired = values.get("paired-schools")
    if paired is None:
        return _("As of %(day)s: %(sessions)s sessions, %(visits)s pupil visits by %(pupils)s pupils.") % facts
    facts |= {
        "schools": wording.number(paired.value.denominator),
        "paired": wording.number(paired.value.number),
        "share": paired.shown,
    }
    return (
        _(
            "As of %(day)s: %(paired)s of %(schools)s schools are paired with a science venue (%(share)s), "
            "%(sessions)s sessions, %(visits)s pupil visits by %(pupils)s pupils."
        )
        % facts
    )
