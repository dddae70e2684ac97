"""Changes of class rolls that wait for a school: to be confirmed by a head, or pupils to be taken in."""

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partnerships.models import RosterChange
from people.actors import Actor
from people.roles import Role
from portal.duty import SCHOOL, Duty, Line, address_of
from portal.lib import wording


def changes_to_confirm(actor: Actor) -> QuerySet[RosterChange]:
    """Braked transfers out that somebody else has proposed."""
    own = RosterChange.objects.visible_to(actor).braked().with_classes()
    return own.exclude(proposed_by=actor.user.pk if actor.user else 0).order_by("proposed_at", "pk")


def pupils_to_take_in(actor: Actor) -> QuerySet[RosterChange]:
    """Pupils whom another school has let go to the own one."""
    return RosterChange.objects.offered_to(actor.organisation_id or 0).with_classes().order_by("done_at", "pk")


def _change(change: RosterChange) -> Line:
    facts = [change.way, wording.heads(change.pupils), wording.day(change.proposed_at)]
    sentence = gettext("Many pupils would leave the roll: it waits for you")
    return Line(sentence, facts, address_of("activities:roster_change-page", change.pk, "partnerships:class-list"))


def _coming(change: RosterChange) -> Line:
    sentence = gettext("Pupils from %(school)s wait to be taken in") % {"school": change.school.name}
    address = address_of("partnerships:roster_change-join", change.pk, "partnerships:class-list")
    return Line(sentence, [wording.heads(change.pupils)], address)


KIND = pgettext_lazy("duty", "Class roll")
CLASSES = ("partnerships:class-list",)
DUTIES = (
    Duty(KIND, _("Confirm"), frozenset({Role.SCHOOL_LEAD}), changes_to_confirm, _change, CLASSES),
    Duty(KIND, pgettext_lazy("duty", "Take in"), SCHOOL, pupils_to_take_in, _coming, CLASSES),
)
