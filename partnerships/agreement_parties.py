"""How a party introduces itself: who represents it in the text, and whom the others call."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from partnerships.models import Agreement, AgreementParty
from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib.errors import Refused

State = Agreement.State
OPEN = (State.DRAFT, State.REVIEW, State.COUNTERED)


@verb
def introduce(
    party: AgreementParty, *, by: Actor, representative: str = "", contact: str = "", phone: str = ""
) -> AgreementParty:
    """Enter one's own legal representative, contact person and phone.

    The representative stands in the text: from the freezing on it stays. Contact and phone may change at any time,
    without anybody agreeing anew. Raises Refused for another representative in a frozen text.
    """
    require(by, Permission.AGREEMENT_DRAFT, party)
    if by.organisation_id != party.organisation_id and not by.is_system:
        raise PermissionDenied("agreement.introduce")
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=party.agreement_id)
    if agreement.state not in OPEN and representative != party.representative:
        raise Refused("representative_frozen", _("The text is frozen with the representative that it names."))
    party.representative, party.contact, party.phone = representative.strip(), contact.strip(), phone.strip()
    party.save(update_fields=["representative", "contact", "phone"])
    audit.record("agreement.introduce", agreement, by=by, organisation=party.organisation_id)
    return party
