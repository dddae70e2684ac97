"""Verbs of the rules: take over the starting set, write a next version, publish it."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from credits.defaults import RULES
from credits.models import CreditRule
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import SENTENCES, move, verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

SWEEP = "credits.sweep"


@verb
def adopt_defaults(district: District, *, by: Actor, starts_on: dt.date | None = None) -> list[CreditRule]:
    """Publish the starting set for every code that the district has no rule for yet; returns the new rules.

    A first version may start in the past, so that a term under way counts."""
    require(by, Permission.CREDIT_RULE_PUBLISH, district)
    known = set(CreditRule.objects.filter(district=district).values_list("code", flat=True))
    new = [
        CreditRule.objects.create(
            district=district, code=code, starts_on=starts_on or clock.today(), is_default=True, **values
        )
        for code, values in RULES.items()
        if code not in known
    ]
    for rule in new:
        _publish(rule, by=by)
    if new:
        ring(SWEEP)  # roll calls may have waited for a first version
    return new


@verb
def draft(district: District, *, by: Actor, code: str, starts_on: dt.date, **values: Any) -> CreditRule:
    """Write the next version of a code; what is not said is taken from the latest version, or the starting set."""
    require(by, Permission.CREDIT_RULE_DRAFT, district)
    latest = CreditRule.objects.filter(district=district, code=code).order_by("-version").first()
    names = list(RULES[code] | {"cap_term": None, "cap_venue": None, "needs_task_sheet": False, "minutes": 0})
    names.append("once_a_programme")
    before = {name: getattr(latest, name) for name in names} if latest else RULES[code]
    rule = CreditRule.objects.create(
        district=district,
        code=code,
        version=latest.version + 1 if latest else 1,
        starts_on=starts_on,
        **before | values,
    )
    audit.record("creditrule.draft", rule, by=by, is_now=rule.state, starts_on=str(starts_on))
    return rule


@verb
def publish(rule: CreditRule, *, by: Actor) -> None:
    """From now on the version is immutable. A later version of a code starts tomorrow or later."""
    require(by, Permission.CREDIT_RULE_PUBLISH, rule)
    earlier = CreditRule.objects.published().filter(district=rule.district_id, code=rule.code)
    if rule.starts_on <= clock.today() and earlier.exists():
        raise Refused("credit_rule_starts", _("A new version of a rule starts tomorrow at the earliest."))
    if earlier.filter(starts_on__gt=rule.starts_on).exists():
        raise Refused("credit_rule_order", _("A published version starts later already; start this one after it."))
    _publish(rule, by=by)
    ring(SWEEP)


@verb
def discard(rule: CreditRule, *, by: Actor) -> None:
    """Throw a draft away."""
    require(by, Permission.CREDIT_RULE_DRAFT, rule)
    if rule.is_published:
        raise Refused("credits_rule_published", SENTENCES["credits_rule_published"])
    audit.record("creditrule.discard", rule, by=by, was=rule.state)
    rule.delete()


def _publish(rule: CreditRule, *, by: Actor) -> None:
    move(rule, "publish", by=by, published_at=clock.now(), published_by=by.label[:120] or by.ref)
