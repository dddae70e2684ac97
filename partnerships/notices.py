"""Kinds of notices about agreements, listings and titles."""

from django.utils.translation import gettext_lazy as _

from partnerships import causes
from partnerships.models import Agreement
from people.notices import COUNSELORS, OFFICES, SCHOOLS, VENUES, audience, declare, tell_groups

State = Agreement.State

declare(
    "agreement_to_review",
    _("An agreement waits for your answer"),
    _("%(title)s: read the text, agree to it or propose changes."),
    duty=True,
    holds=causes.agreement_in(State.REVIEW, State.COUNTERED),
)
declare(
    "agreement_countered",
    _("Changes to an agreement are proposed"),
    _("%(title)s: a new version is there; what was agreed before is void."),
    duty=True,
    holds=causes.agreement_in(State.COUNTERED),
)
declare(
    "agreement_to_sign",
    _("An agreement is ready to be signed"),
    _("%(title)s: every party has agreed, the text is frozen."),
    duty=True,
    holds=causes.is_to_be_signed,
)
declare(
    "agreement_signed",
    _("Every party has signed"),
    _("%(title)s can now be sent to the education bureau for filing."),
    duty=True,
    holds=causes.agreement_in(State.SIGNED),
)
declare(
    "agreement_to_file",
    _("An agreement waits for filing"),
    _("%(title)s has been signed by every party."),
    duty=True,
    holds=causes.agreement_in(State.SENT),
)
declare("agreement_filed", _("The agreement is filed"), _("%(title)s, filing number %(number)s."))
declare(
    "agreement_returned",
    _("The agreement was returned for correction"),
    _("%(title)s: %(reason)s"),
    duty=True,
    holds=causes.agreement_in(State.RETURNED),
)
declare(
    "agreement_joined",
    _("Another school has signed"),
    _("%(title)s, filing number %(number)s: %(party)s has signed it too and belongs to it from today."),
)
declare("agreement_withdrawn", _("The agreement was withdrawn"), _("%(title)s: %(reason)s"))
declare("agreement_suspended", _("The agreement is suspended"), _("%(title)s: %(reason)s"))
declare("agreement_resumed", _("The agreement is in force again"), _("%(title)s, filing number %(number)s."))
declare("agreement_terminated", _("The agreement is terminated"), _("%(title)s: %(reason)s"))
declare("agreement_party_left", _("A school has left the agreement"), _("%(title)s: %(party)s has left."))
declare(
    "agreement_ends_soon",
    _("An agreement ends soon"),
    _("%(title)s ends on %(last_day)s. Renew it in time."),
    duty=True,
    holds=causes.agreement_still_ends,
)
declare(
    "agreement_sign_soon",
    _("An agreement still waits for your signature"),
    _("%(title)s is to begin on %(first_day)s, and you have not signed it."),
    duty=True,
    holds=causes.is_to_be_signed,
)
declare(
    "agreement_sign_late",
    _("An agreement was filed without your signature"),
    _("%(title)s was filed on %(filed_on)s. Sign it and your school belongs to it from then on, or leave it."),
    duty=True,
    holds=causes.may_still_sign,
)
declare(
    "commitment_behind",
    _("A commitment is behind"),
    _(
        "%(title)s: %(promised)s promised, %(delivered)s delivered, %(reserved)s reserved; %(due)s should be reached by now."
    ),
    holds=causes.is_behind,
)
declare(
    "deliverable_to_confirm",
    _("A record waits for your confirmation"),
    _("%(organisation)s: %(title)s. Confirm that it was delivered, or say why not."),
    duty=True,
    holds=causes.deliverable_waits,
)
declare("deliverable_confirmed", _("The other side has confirmed"), _("%(title)s counts as delivered."))
declare("deliverable_turned_down", _("The other side does not confirm"), _("%(title)s: %(reason)s"), duty=True)
declare(
    "listing_to_review",
    _("An application waits for review"),
    _("%(organisation)s applies to be listed in %(district)s."),
    duty=True,
    holds=causes.listing_waits,
)
declare("listing_listed", _("Listed in the district"), _("%(organisation)s is listed in %(district)s."))
declare(
    "listing_not_listed",
    _("The application was not approved"),
    _("%(organisation)s in %(district)s: %(reason)s"),
    duty=True,
)
declare("listing_suspended", _("Service is suspended"), _("%(organisation)s in %(district)s: %(reason)s"))
declare(
    "recognition_ends_soon",
    _("A title ends soon"),
    _("%(title)s of %(organisation)s is valid until %(last_day)s."),
    duty=True,
    holds=causes.title_still_ends,
)
declare(
    "vice_principal_proposed",
    _("A science vice-principal is proposed"),
    _("%(school)s proposes a science vice-principal. Appoint them once training and consent are complete."),
    duty=True,
)
declare(
    "vice_principal_appointed",
    _("The science vice-principal is appointed"),
    _("%(school)s has a science vice-principal until %(last_day)s."),
)
declare("vice_principal_ended", _("The science vice-principal has left office"), _("%(school)s: %(reason)s"))
declare(
    "roster_change_braked",
    _("Many pupils would leave the roll"),
    _("%(by)s proposes to transfer %(pupils)s pupils out. A head has to confirm it first."),
    duty=True,
    holds=causes.change_waits,
)
declare(
    "roster_change_offered",
    _("Pupils come to your school"),
    _("%(school)s has let %(pupils)s pupils go to your school. Take them into a class."),
    duty=True,
    holds=causes.pupils_wait,
)

audience(SCHOOLS | VENUES | OFFICES, "agreement_", "commitment_", "deliverable_")
audience(VENUES | COUNSELORS | OFFICES, "listing_", "recognition_")
audience(SCHOOLS | OFFICES, "vice_principal_")
audience(SCHOOLS, "roster_change_")
tell_groups(
    "agreement_to_file", "agreement_filed", "agreement_ends_soon", "agreement_sign_soon", "agreement_terminated"
)
tell_groups("commitment_behind", "recognition_ends_soon", "listing_to_review", "listing_listed")
