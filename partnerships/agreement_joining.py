"""A supplement that takes schools into its agreement: named in its draft, bound with everybody else once it is filed.

A school that has not signed the agreement in time comes in by this way too; one that has left it does not come back.
"""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships import agreement_versions
from partnerships.models import Agreement, AgreementParty, AgreementVersion, School
from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import CHANGED, verb
from portal.lib.errors import Refused

PartyState = AgreementParty.State
SIGNATURE = ("how", "signed_at", "signed_by_id", "signer", "scan_id", "representative", "contact", "phone")


def candidates(amendment: Agreement) -> QuerySet[School]:
    """Schools of the district that are not bound by the agreement and have not left it."""
    bound = AgreementParty.objects.filter(agreement=amendment.amends_id)
    bound = bound.filter(Q(signed_at__isnull=False) | Q(state=PartyState.LEFT))
    rows = School.objects.filter(organisation__district=amendment.district_id)
    return (
        rows.exclude(pk__in=bound.values("organisation"))
        .select_related("organisation")
        .order_by("organisation__name_zh")
    )


def joining(amendment: Agreement) -> QuerySet[AgreementParty]:
    """The parties of a supplement that the agreement does not bind yet."""
    bound = AgreementParty.objects.filter(agreement=amendment.amends_id, signed_at__isnull=False)
    rows = amendment.parties.present().filter(position__gt=0).select_related("organisation")
    return rows.exclude(organisation__in=bound.values("organisation"))


@verb
def name(amendment: Agreement, *, by: Actor, schools: Collection[School]) -> Agreement:
    """Say, in the draft, which schools the supplement takes in; said again, it replaces.

    Raises Refused for a school that is bound already or has left, and for one left out that still promises something.
    """
    require(by, Permission.AGREEMENT_DRAFT, amendment)
    if amendment.amends is None:
        raise PermissionDenied("agreement.name_schools")
    state = Agreement.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=amendment.pk)
    wanted = {school.pk for school in schools}
    if state != Agreement.State.DRAFT or wanted - set(candidates(amendment).values_list("pk", flat=True)):
        raise Refused("changed", CHANGED)
    version = amendment.current_version
    assert version  # every agreement has a text from its draft on
    version.agreement = amendment
    named = set(joining(amendment).values_list("organisation", flat=True))
    if (named - wanted) & {one.organisation_id for one in agreement_versions.terms_of(version).promises}:
        raise Refused("joining_promises", _("Take the promises of a school out of the draft before you leave it out."))
    amendment.parties.filter(organisation__in=named - wanted).delete()
    places = dict(amendment.amends.parties.values_list("organisation", "position"))
    both = AgreementParty.objects.filter(agreement__in=[amendment.pk, amendment.amends_id])
    after = both.aggregate(last=Max("position"))["last"] + 1
    for organisation in sorted(wanted - named):
        position = places.get(organisation, after)
        after = max(after, position + 1)
        AgreementParty.objects.create(agreement=amendment, organisation_id=organisation, position=position)
    audit.record("agreement.name_schools", amendment, by=by, n=len(wanted))
    return amendment


def take_in(amendment: Agreement, version: AgreementVersion) -> None:
    """Filed: who has signed the supplement is a party of the agreement, bound by the version that it became."""
    for party in joining(amendment).filter(signed_at__isnull=False):
        facts = {field: getattr(party, field) for field in SIGNATURE}
        AgreementParty.objects.update_or_create(
            agreement=version.agreement,
            organisation=party.organisation,
            defaults=facts | {"state": PartyState.SIGNED, "version": version},
            create_defaults=facts | {"state": PartyState.SIGNED, "version": version, "position": party.position},
        )
