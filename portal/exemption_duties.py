"""Exceptions from rules that wait for their owner."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.models import Exemption
from activities.rule_codes import name_of
from people.actors import Actor
from portal.duty import FILERS, VENUE, Duty, Line, address_of
from portal.lib import wording


def to_decide(actor: Actor) -> QuerySet[Exemption]:
    return Exemption.objects.awaiting(actor).with_names().order_by("session__starts_at", "pk")


def _line(exemption: Exemption) -> Line:
    session = exemption.session
    return Line(
        gettext("%(school)s asks for an exception: %(rule)s")
        % {"school": exemption.school.name, "rule": name_of(exemption.code)},
        [session.programme.name, wording.when(session.starts_at, session.ends_at), wording.heads(exemption.pupils)],
        address_of("activities:exemption-page", exemption.pk, "activities:exemption-list"),
        session.starts_at,
    )


DUTIES = (Duty(_("Exception"), _("Decide"), VENUE | FILERS, to_decide, _line, ("activities:exemption-list",)),)
