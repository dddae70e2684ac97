"""How one entry came about, or why a line of a roll earned nothing: the chain of facts, and the arithmetic of the caps."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, RollEntry
from credits import facts, judging
from credits.judging import Judged
from credits.models import Entry


@dataclass(frozen=True)
class CapLine:
    """One cap of the rule: what counted under it before, what this adds, and how far it reaches. Thousandths."""

    label: str | Promise
    before: int
    adds: int
    cap: int

    @property
    def after(self) -> int:
        return self.before + self.adds

    @property
    def fits(self) -> bool:
        return self.after <= self.cap


CAPS = (
    ("cap_term", _("Cap a term")),
    ("cap_venue", _("Cap a year at one venue")),
    ("cap_year", _("Cap a school year")),
)


def caps_of_entry(entry: Entry) -> list[CapLine]:
    """As the caps stood when the entry was posted: the account up to the entry before it says so exactly."""
    award = entry.reverses or entry
    earlier = Entry.objects.filter(account=award.account_id, n__lt=award.n, rule__code=award.rule.code)
    year = earlier.filter(concerns_term__school_year=award.concerns_term.school_year)
    under = {
        "cap_term": earlier.filter(concerns_term=award.concerns_term_id),
        "cap_venue": year.filter(inputs__venue=award.inputs.get("venue")),
        "cap_year": year,
    }
    return [
        CapLine(label, under[name].aggregate(sum=Sum("points"))["sum"] or 0, award.points, cap)
        for name, label in CAPS
        if (cap := getattr(award.rule, name)) is not None
    ]


def caps_of_line(one: Judged) -> list[CapLine]:
    """As the caps stand today for a fact that earned nothing."""
    occasion, rule = one.occasion, one.occasion.rule
    if rule is None:
        return []
    lines = [line for line in facts.tally([one.fact.student_id])[one.fact.student_id] if line.code == rule.code]
    year = [line for line in lines if line.school_year == occasion.school_year]
    under = {
        "cap_term": [line for line in lines if line.term_id == occasion.term_id],
        "cap_venue": [line for line in year if line.venue_id == occasion.venue_id],
        "cap_year": year,
    }
    return [
        CapLine(label, sum(line.points for line in under[name]), rule.points, cap)
        for name, label in CAPS
        if (cap := getattr(rule, name)) is not None
    ]


def line_of(entry: RollEntry) -> Judged | None:
    """What the rule says about one line of a roll today."""
    booking = Booking.objects.select_related(
        "session__programme", "session__provider", "school__organisation", "agreement"
    ).get(pk=entry.booking_id)
    return next((one for one in judging.judged([booking], of=entry.student_id)), None)
