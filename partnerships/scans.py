"""Taking in scans of sealed originals."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from partnerships.models import Scan
from people.actors import Actor
from people.models import Organisation
from portal.lib import clock
from portal.lib.errors import Refused

LARGEST = 10 * 1024 * 1024
SIGNATURES = {b"%PDF-": Scan.Type.PDF, b"\x89PNG\r\n": Scan.Type.PNG, b"\xff\xd8\xff": Scan.Type.JPEG}


def keep(
    content: bytes, *, by: Actor, owner: Organisation, file_name: str, types: Collection[str] = tuple(Scan.Type)
) -> Scan:
    """Store a scan, sealed. Raises Refused unless the bytes begin like a file of these types of at most 10 MB."""
    if len(content) > LARGEST:
        raise Refused("scan_too_large", _("The scan is larger than 10 MB. Scan it in grey or at a lower resolution."))
    kind = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    if kind is None and len(types) > 1:
        raise Refused("scan_type", _("This is not a PDF, PNG or JPEG file. Scan the sealed original again."))
    if kind not in types:
        raise Refused("file_type", _("This is not a PDF file. Save or print it as PDF and choose it again."))
    scan = Scan(
        owner=owner, file_name=file_name[-120:], content_type=kind, uploaded_at=clock.now(), uploaded_by=by.user
    )
    scan.seal(content)
    scan.save()
    return scan
