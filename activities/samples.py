"""Examples of the documents of activities, for `make shots`: of what the demo has."""

from typing import Any

from activities import certificate, outing_papers, papers, receipts
from activities.models import Outing, ServiceRecord
from people.actors import SYSTEM
from people.models import Organisation
from portal.lib import documents


@documents.sample("service-certificate")
def service_certificate() -> tuple[str, dict[str, Any]] | None:
    """Of whoever gave hours last."""
    record = ServiceRecord.objects.given().select_related("counselor__organisation").first()
    if record is None:
        return None
    bureau = Organisation.objects.get(kind=Organisation.Kind.BUREAU, district=record.district_id)
    return certificate.TEMPLATE, certificate.data(record.counselor, bureau)


def _widest() -> Outing | None:
    """The outing with the most groups."""
    return Outing.objects.going().with_names().order_by("-parts", "pk").first()


def _of_outing(name: str) -> None:
    @documents.sample(f"outing-{name}")
    def paper() -> tuple[str, dict[str, Any]] | None:
        found = _widest()
        return (papers.TEMPLATE, outing_papers.BUILDERS[name](found, SYSTEM).data()) if found else None


for _name in ("letter", "papers", "slip"):
    _of_outing(_name)


@documents.sample("group-receipt")
def group_receipt() -> tuple[str, dict[str, Any]] | None:
    found = _widest()
    return (papers.TEMPLATE, receipts.receipt(outing_papers.live(found)[0]).data()) if found else None


@documents.sample("confirmation-sheet")
def confirmation_sheet() -> tuple[str, dict[str, Any]] | None:
    found = _widest()
    return (papers.TEMPLATE, receipts.confirmation(outing_papers.live(found)[0]).data()) if found else None
