"""Tells people which venues and counselors are listed in a district: its officers invite their first lead."""

from collections.abc import Iterable

from partnerships.models import Listing
from people import reach


@reach.tell
def listed(district_id: int) -> Iterable[int]:
    return Listing.objects.listed().filter(district_id=district_id).values_list("organisation_id", flat=True)
