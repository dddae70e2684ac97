"""Whether what a notice tells is still so: asked just before it is sent."""

import datetime as dt

from partnerships.models import Agreement, AgreementParty, Commitment, Deliverable, Listing, Recognition, RosterChange
from people.models import Membership, Notice
from people.notices import Judge
from portal.lib import clock


def agreement_in(*states: str) -> Judge:
    """The agreement still stands in one of these states."""
    return lambda notice: Agreement.objects.filter(pk=notice.key_of("agreement"), state__in=states).exists()


def is_to_be_signed(notice: Notice) -> bool:
    """An organisation of the reader has agreed to the text and not signed it."""
    own = Membership.objects.active().filter(user=notice.user_id).values("organisation")
    waiting = AgreementParty.objects.filter(state=AgreementParty.State.AGREED, organisation__in=own)
    states = (Agreement.State.AGREED, Agreement.State.SIGNING)
    return waiting.filter(agreement=notice.key_of("agreement"), agreement__state__in=states).exists()


def may_still_sign(notice: Notice) -> bool:
    """An organisation of the reader has not signed what was filed without it, and still may."""
    own = Membership.objects.active().filter(user=notice.user_id).values("organisation")
    late = AgreementParty.objects.late(clock.today())
    return late.filter(agreement=notice.key_of("agreement"), organisation__in=own).exists()


def agreement_still_ends(notice: Notice) -> bool:
    """In force, with the same last day, and without a filed successor."""
    last_day = dt.date.fromisoformat(notice.facts["last_day"])
    lead = (last_day - clock.today()).days + 1
    return lead > 0 and (
        Agreement.objects.expiring(clock.today(), lead)
        .filter(pk=notice.key_of("agreement"), ends_on=last_day + dt.timedelta(days=1))
        .exists()
    )


def is_behind(notice: Notice) -> bool:
    commitment = Commitment.objects.filter(pk=notice.key_of("commitment")).select_related("term").first()
    return commitment is not None and commitment.is_behind(clock.today())


def listing_waits(notice: Notice) -> bool:
    return Listing.objects.filter(pk=notice.key_of("listing"), state=Listing.State.APPLIED).exists()


def title_still_ends(notice: Notice) -> bool:
    last_day = dt.date.fromisoformat(notice.facts["last_day"])
    titles = Recognition.objects.valid(clock.today()).filter(pk=notice.key_of("recognition"))
    return titles.filter(ends_on=last_day + dt.timedelta(days=1)).exists()


def pupils_wait(notice: Notice) -> bool:
    """The pupils whom another school has let go have not been taken in."""
    change = RosterChange.objects.filter(pk=notice.key_of("rosterchange")).first()
    return change is not None and change.to_school_id in change.open_to()


def change_waits(notice: Notice) -> bool:
    return RosterChange.objects.braked().filter(pk=notice.key_of("rosterchange")).exists()


def deliverable_waits(notice: Notice) -> bool:
    return Deliverable.objects.entered().filter(pk=notice.key_of("deliverable")).exists()
