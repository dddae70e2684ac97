"""特批: how many exceptions from booking rules were granted, of those decided; one entry in all, and one a rule."""

from collections.abc import Callable, Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Exemption
from activities.rule_codes import CODES
from portal.reports.figure import ALL, DISTRICT_AND_SCHOOL, Figure, Value
from portal.reports.scope import Scope

GROUP = _("Exceptions from rules")
GRANTED = (Exemption.State.GRANTED, Exemption.State.REVOKED)  # one that was revoked later had been granted
DECIDED = (*GRANTED, Exemption.State.REFUSED)


def granted(code: str = "") -> Callable[[Scope], QuerySet[Exemption]]:
    """Exceptions that the owner of the rule granted; with `code` those from this rule."""
    own = {"code": code} if code else {}
    return lambda scope: scope.exemptions.filter(state__in=GRANTED, **own)


def share_granted(code: str = "") -> Callable[[Scope], Value]:
    """Those granted, of those decided."""
    return lambda scope: Value(_count(scope, code, GRANTED), _count(scope, code, DECIDED))


def _count(scope: Scope, code: str, states: Collection[str]) -> int:
    found = scope.exemptions_by_rule.items()
    return sum(n for (rule, state), n in found if state in states and rule == (code or rule))


FIGURES = [
    Figure(
        "exceptions-granted",
        GROUP,
        _("Exceptions granted"),
        _("Exceptions from booking rules granted for sessions of these days, of all that were decided."),
        pgettext_lazy("unit", "exceptions"),
        "N19",
        _("As of %(day)s, %(number)s of %(of)s exceptions asked for and decided were granted (%(value)s)."),
        share_granted(),
        granted(),
        "exemption",
        numerator=_("exceptions granted, those revoked later included"),
        denominator=_("exceptions decided"),
    ),
    *(
        Figure(
            f"exceptions-{code.replace('.', '-').replace('_', '-')}",
            GROUP,
            rule.name,
            _("Exceptions from this rule granted for sessions of these days, of all that were decided."),
            pgettext_lazy("unit", "exceptions"),
            "N19",
            _("As of %(day)s, %(number)s of %(of)s exceptions from the rule “%(name)s” were granted (%(value)s)."),
            share_granted(code),
            granted(code),
            "exemption",
            ALL if rule.granted_by == "venue" else DISTRICT_AND_SCHOOL,
            numerator=_("exceptions granted, those revoked later included"),
            denominator=_("exceptions decided"),
        )
        for code, rule in CODES.items()
        if rule.granted_by
    ),
]
