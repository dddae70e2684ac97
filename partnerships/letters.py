"""Who hears what about an agreement."""

from partnerships.models import Agreement
from people import notices
from people.roles import Role

LEADS = (Role.SCHOOL_LEAD, Role.VENUE_LEAD)
WORKERS = (Role.COORDINATOR, Role.VENUE_STAFF)


def _facts(agreement: Agreement, **more: str) -> dict[str, str]:
    return {"title": agreement.title, "number": agreement.number or "—", "reason": agreement.reason or "—", **more}


def _subject(agreement: Agreement) -> str:
    """One telling a version and state: the same step taken again later is told again."""
    version = agreement.current_version.number if agreement.current_version else 0
    trail = agreement.parties.exclude(signed_at=None).count()
    return f"agreement:{agreement.pk}:v{version}:{agreement.state}:{trail}"


def tell_parties(agreement: Agreement, kind: str, *, but: int | None = None, leads: bool = False, **facts: str) -> None:
    """Write a notice to the leads (and, unless `leads`, the coordinators and staff) of every party `but` one."""
    roles = LEADS if leads else LEADS + WORKERS
    for party in agreement.parties.present():
        if party.organisation_id != but:
            notices.send(
                kind,
                to=notices.members(party.organisation_id, *roles),
                subject=_subject(agreement),
                path=f"/agreements/{agreement.pk}/",
                facts=_facts(agreement, **facts),
                district=agreement.district_id,
            )


def tell_bureau(agreement: Agreement, kind: str) -> None:
    notices.send(
        kind,
        to=notices.officers(agreement.district_id),
        subject=_subject(agreement),
        path=f"/agreements/{agreement.pk}/",
        facts=_facts(agreement),
        district=agreement.district_id,
    )
