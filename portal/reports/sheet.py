"""The figures of one scope, computed: what the page, the sentence and the exports all show."""

from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from partnerships.models import Term
from portal.lib import wording
from portal.reports.catalogue import figures_for
from portal.reports.figure import Figure, Value
from portal.reports.scope import Scope


@dataclass(frozen=True)
class Line:
    """One figure with its value, and the value of the term before where there is one."""

    figure: Figure
    scope: Scope
    value: Value
    before: Value | None
    query: str

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
    def sentence(self) -> str:
        return self.figure.say(self.value, self.scope.as_of)

    @property
    def url(self) -> str:
        """The door to the rows, for the same days and organisations."""
        return f"{reverse('portal:figure-rows', args=[self.figure.code])}?{self.query}"


def lines(scope: Scope, query: str = "", before: Scope | None = None, *, reader: str = "") -> list[Line]:
    """Every figure that makes sense for the scope and that the reader may know; commitments that nobody made are
    left out."""
    found = [
        Line(figure, scope, figure.value(scope), figure.value(before) if before else None, query)
        for figure in figures_for(scope.kind, reader)
    ]
    return [line for line in found if not (line.figure.counted == "commitment" and line.value.denominator == 0)]


def in_groups(found: list[Line]) -> list[tuple[str, list[Line]]]:
    return [(str(name), list(group)) for name, group in groupby(found, key=lambda line: line.figure.group)]


def term_before(term: Term) -> Term | None:
    """The last term of the same district before this one."""
    return (
        Term.objects.filter(district_id=term.district_id, starts_on__lt=term.starts_on).order_by("-starts_on").first()
    )


def summary(scope: Scope, found: list[Line]) -> str:
    """The report in one sentence, with its day and its base, ready to paste."""
    values = {line.figure.code: line for line in found}
    facts = {
        "day": wording.day(scope.as_of, year=True),
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
