"""科技辅导员: how a counselor comes in by a link, writes a profile, and applies to districts.

What the offices decide about an application is `partnerships.listings`, as for venues.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from activities.models import Appointment, Assignment, Counselor
from partnerships import listings
from partnerships.models import Listing
from people import audit, invitations
from people.access import require
from people.actors import Actor
from people.models import District, Organisation
from people.roles import Permission, Role
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

REVIEWED = (Listing.State.APPLIED, Listing.State.LISTED, Listing.State.SUSPENDED)
NAME_REVIEWED = _("The offices review you under this name. To change it, leave the district and apply again.")


@verb
def invite(full_name: str, *, by: Actor) -> invitations.Issued:
    """A link for a new counselor: an organisation of one person, which nobody sees until a district lists it."""
    require(by, Permission.COUNSELOR_INVITE)
    if not full_name.strip():
        raise Refused("counselor.name", _("Enter the name of the person."))
    organisation = Organisation.objects.create(kind=Organisation.Kind.COUNSELOR, name_zh=full_name.strip())
    return invitations.issue(organisation, role=Role.COUNSELOR, by=by, full_name=full_name)


@verb
def save(organisation: Organisation, *, by: Actor, name_zh: str, name_en: str = "", **facts: Any) -> Counselor:
    """Write the own profile, the first time or again; the trail names what changed, not how.

    Raises Refused for another name than the one under which an office decides or has decided.
    """
    require(by, Permission.COUNSELOR_EDIT, organisation)
    reviewed = Listing.objects.filter(organisation=organisation, state__in=REVIEWED)
    if name_zh != organisation.name_zh and reviewed.exists():
        raise Refused("counselor.name_reviewed", NAME_REVIEWED)
    Organisation.objects.filter(pk=organisation.pk).update(name_zh=name_zh, name_en=name_en)
    organisation.name_zh, organisation.name_en = name_zh, name_en
    values = facts | {"changed_at": clock.now()}
    counselor, is_new = Counselor.objects.update_or_create(organisation=organisation, defaults=values)
    audit.record("counselor.write" if is_new else "counselor.change", counselor, by=by, fields=sorted(facts))
    return counselor


@verb
def apply(counselor: Counselor, *, by: Actor, district: District) -> Listing:
    """Apply to a district, whose offices review it jointly. Raises Refused the second time."""
    return listings.propose(counselor.organisation, by=by, district=district)


@verb
def mark_expert(listing: Listing, *, by: Actor, is_expert: bool) -> None:
    """Put a listed counselor into the district's expert pool for teacher training, or take them out."""
    require(by, Permission.LISTING_REVIEW, listing)
    if listing.organisation.kind != Organisation.Kind.COUNSELOR:
        raise Refused("listing_kind", _("Only counselors are in the expert pool."))
    if not Listing.objects.listed().filter(pk=listing.pk).update(is_expert=is_expert):
        raise Refused("listing.state", _("Only listed counselors are in the expert pool."))
    listing.is_expert = is_expert
    audit.record("listing.mark_expert", listing, by=by, is_now=str(is_expert))


def phone_for(counselor: Counselor, actor: Actor) -> str:
    """The mobile number where this reader may have it, else nothing (product.md, who may see what).

    The reviewing offices and the person; a school or venue for its own staff, and once both sides agreed.
    """
    person = counselor.person
    if person is None or not _may_call(counselor, actor, person.pk):
        return ""
    return person.mobile


def _may_call(counselor: Counselor, actor: Actor, user_id: int) -> bool:
    if actor.role in (Role.BUREAU_OFFICER, Role.PARTNER_OFFICER) or actor.organisation_id == counselor.pk:
        return True
    if not (actor.is_school or actor.is_venue):
        return False
    if actor.organisation.memberships.active().filter(user=user_id).exists():
        return True
    appointed = Appointment.objects.in_force(clock.today()).filter(counselor=counselor, school=actor.organisation_id)
    return (
        appointed.exists() or Assignment.objects.live().filter(counselor=counselor, host=actor.organisation_id).exists()
    )
