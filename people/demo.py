"""The cards of the demo: one invented person a role, entered with one click. Exists only under DEMO."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from people.roles import Role

# In the order of the sign-in page, with what each role comes to do.
DOES: dict[Role, str | Promise] = {
    Role.COORDINATOR: _("Finds sessions, books for classes, brings rosters"),
    Role.SCHOOL_LEAD: _("Signs agreements, approves outings, publishes credits"),
    Role.TEACHER: _("Calls the roll of the groups they lead"),
    Role.VENUE_STAFF: _("Publishes sessions, accepts bookings, receives groups"),
    Role.VENUE_LEAD: _("Signs agreements, sets the booking rules"),
    Role.COUNSELOR: _("Answers invitations, confirms hours"),
    Role.BUREAU_OFFICER: _("Sees coverage and gaps, files agreements, publishes reports"),
    Role.PARTNER_OFFICER: _("Reviews venues and counselors together with the bureau"),
    Role.INSPECTOR: _("Reads figures and opens their evidence, changes nothing"),
    Role.ADMINISTRATOR: _("Districts, offices and accounts; no business data"),
    Role.AUDIT_READER: _("Reads the audit trail; no business data"),
}


@dataclass(frozen=True)
class Card:
    hat: Membership
    does: str | Promise

    @property
    def role(self) -> Role:
        return Role(self.hat.role)


def cards() -> list[Card]:
    """One card a role: its oldest demo hat."""
    hats = Membership.objects.active().filter(user__is_demo=True, user__is_active=True)
    first: dict[str, Membership] = {}
    for hat in hats.select_related("user", "organisation").order_by("pk"):
        first.setdefault(hat.role, hat)
    return [Card(first[role], does) for role, does in DOES.items() if role in first]
