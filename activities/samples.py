"""Examples of the documents of activities, for `make shots`: of what the demo has."""

from typing import Any

from activities import certificate
from activities.models import ServiceRecord
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
