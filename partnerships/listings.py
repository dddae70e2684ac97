"""入库: proposing a venue or counselor to a district, and each office's decision with its reason."""

from django.utils.translation import gettext_lazy as _

from partnerships.models import Listing, Review
from people import audit, notices
from people.access import require
from people.actors import Actor
from people.models import District, Organisation
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused, free_text

OFFICES = (Organisation.Kind.BUREAU, Organisation.Kind.PARTNER_OFFICE)
OFFICERS = (Role.BUREAU_OFFICER, Role.PARTNER_OFFICER)
FOLLOWERS = "activities.reopen"  # the sweep of what was agreed with a counselor who is listed no longer


def offices_of(district: District):
    """The offices that review for a district: its bureau and its partner office, where it has one."""
    return Organisation.objects.filter(district=district, kind__in=OFFICES).order_by("kind", "pk")


@verb
def propose(organisation: Organisation, *, by: Actor, district: District) -> Listing:
    """Propose a venue or counselor to a district: by its own lead or by the bureau. Raises Refused the second time."""
    require(by, Permission.LISTING_PROPOSE, district if by.is_office else organisation)
    if organisation.kind not in (Organisation.Kind.VENUE, Organisation.Kind.COUNSELOR):
        raise Refused("listing_kind", _("Only venues and counselors are listed."))
    listing = Listing.objects.create(district=district, organisation=organisation)
    audit.record("listing.propose", listing, by=by, is_now=listing.state)
    _tell_offices(listing)
    return listing


@verb
def apply_again(listing: Listing, *, by: Actor) -> Listing:
    """Begin a new round after a return, a refusal or a leaving."""
    move(listing, "apply_again", by=by, round=listing.round + 1, reason="")
    _tell_offices(listing)
    return listing


@verb
def review(listing: Listing, *, by: Actor, verdict: str, reason: str) -> Listing:
    """One office's decision. The last approval lists; a return or refusal ends the round at once.

    Raises Refused without a reason, or when this office has already decided in this round.
    """
    require(by, Permission.LISTING_REVIEW, listing)
    if not reason.strip():
        raise Refused("review_has_reason", _("Give the reason for the decision."))
    seen = listing.state, listing.round
    listing = (
        Listing.objects.select_for_update(of=("self",)).select_related("district", "organisation").get(pk=listing.pk)
    )
    if (listing.state, listing.round) != seen or listing.state != Listing.State.APPLIED:
        raise Refused("changed", _("This has changed since the page was opened. Check and send again."))
    Review.objects.create(
        listing=listing,
        office=by.organisation,
        round=listing.round,
        verdict=verdict,
        reason=free_text(reason),
        reviewed_at=clock.now(),
        reviewed_by=by.user,
    )
    audit.record("listing.review", listing, by=by, is_now=verdict)
    if verdict == Review.Verdict.APPROVE:
        if not waiting_offices(listing).exists():
            move(listing, "list", by=by, listed_on=clock.today(), reason="")
            _tell_listed(listing, "listing_listed")
    else:
        move(listing, str(verdict), by=by, reason=free_text(reason))
        _tell_listed(listing, "listing_not_listed")
    return listing


def waiting_offices(listing: Listing):
    """The offices that have not approved in the present round."""
    approved = Review.objects.of_round(listing).filter(verdict=Review.Verdict.APPROVE)
    return offices_of(listing.district).exclude(pk__in=approved.values("office_id"))


@verb
def suspend(listing: Listing, *, by: Actor, reason: str) -> Listing:
    """Take a listed venue off the district's lists for a while; raises Refused without a reason."""
    if not reason.strip():
        raise Refused("reason", _("Give the reason for the decision."))
    _close(listing)
    move(listing, "suspend", by=by, reason=free_text(reason))
    _tell_listed(listing, "listing_suspended")
    ring(FOLLOWERS)
    return listing


@verb
def resume(listing: Listing, *, by: Actor) -> Listing:
    move(listing, "resume", by=by, reason="")
    _tell_listed(listing, "listing_listed")
    return listing


@verb
def leave(listing: Listing, *, by: Actor) -> Listing:
    """The venue or counselor leaves the district."""
    _close(listing)
    move(listing, "leave", by=by)
    ring(FOLLOWERS)
    return listing


def _close(listing: Listing) -> None:
    """Lock the row fully: the UPDATE of a move alone would let a booking that is just being made slip past."""
    Listing.objects.select_for_update().get(pk=listing.pk)


def page_of(listing: Listing) -> str:
    """The page of what is listed; of a counselor it stands in a higher app."""
    kind = "counselors" if listing.organisation.kind == Organisation.Kind.COUNSELOR else "venues"
    return f"/{kind}/{listing.organisation_id}/"


def _facts(listing: Listing) -> dict[str, str]:
    return {
        "organisation": listing.organisation.name_zh,
        "district": listing.district.name_zh,
        "reason": listing.reason or "—",
    }


def _tell_offices(listing: Listing) -> None:
    for office in offices_of(listing.district):
        notices.send(
            "listing_to_review",
            to=notices.members(office.pk, *OFFICERS),
            subject=f"listing:{listing.pk}:{listing.round}",
            path=page_of(listing),
            facts=_facts(listing),
            district=listing.district_id,
        )


def _tell_listed(listing: Listing, kind: str) -> None:
    notices.send(
        kind,
        to=notices.members(listing.organisation_id, Role.VENUE_LEAD, Role.COUNSELOR),
        subject=f"listing:{listing.pk}:{listing.round}:{clock.today()}",
        path=page_of(listing),
        facts=_facts(listing),
        district=listing.district_id,
    )
