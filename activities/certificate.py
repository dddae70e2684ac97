"""服务证明: what a counselor gave in one district, as PDF with a box for the bureau's seal."""

from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activities import stars
from activities.models import Counselor, ServiceRecord
from people.models import Organisation
from portal.lib import clock, documents, wording

TEMPLATE = "activities/pdf/service_certificate.typ"


def pdf(counselor: Counselor, bureau: Organisation) -> bytes:
    """In the reader's language; only hours that stand in the bureau's district are certified."""
    language = translation.get_language() or "zh-hans"
    return documents.pdf(TEMPLATE, data(counselor, bureau), language=language)


def data(counselor: Counselor, bureau: Organisation) -> dict[str, Any]:
    """What the document says, already in the active language."""
    rows = ServiceRecord.objects.given().filter(counselor=counselor, district=bureau.district_id)
    found = rows.aggregate(
        paid=Coalesce(Sum("paid_minutes"), 0), volunteer=Coalesce(Sum("volunteer_minutes"), 0), sessions=Count("pk"),
        first=Min("starts_at"), last=Max("starts_at"),
    )  # fmt: skip
    standing = stars.of(counselor.pk, bureau.district_id)
    places = (
        rows.order_by()
        .values("assignment__host__name_zh", "assignment__host__name_en")
        .annotate(sessions=Count("pk"), paid=Sum("paid_minutes"), volunteer=Sum("volunteer_minutes"))
        .order_by("assignment__host__name_zh")
    )
    said = _said(counselor, bureau, found)
    return {
        "title": _("Certificate of service"),
        "date": clock.today().isoformat(),
        "issuer": bureau.name,
        "text": said,
        "facts": [
            [_("Sessions given"), wording.number(found["sessions"])],
            [pgettext("with unit", "Volunteer hours"), hours(found["volunteer"])],
            [_("Stars"), _stars(standing.stars)],
            [_("Paid teaching, hours"), hours(found["paid"])],
        ],
        "heading": _("By place"),
        "heads": [
            _("School or venue"),
            _("Sessions"),
            pgettext("with unit", "Volunteer hours"),
            _("Paid teaching, hours"),
        ],
        "rows": [
            [_host(row), wording.number(row["sessions"]), hours(row["volunteer"]), hours(row["paid"])] for row in places
        ],
        "who": bureau.name,
        "foot": _("Hours are confirmed by the schools and venues. A paid hour is no volunteer hour."),
    }


def hours(minutes: int) -> str:
    """Clock hours to a tenth; whole ones without."""
    return wording.number(minutes / 60, 0 if minutes % 60 == 0 else 1)


def _host(row: dict[str, Any]) -> str:
    zh, en = row["assignment__host__name_zh"], row["assignment__host__name_en"]
    return zh if wording.reads_chinese() or not en else en


def _stars(number: int) -> str:
    return ngettext("%(n)s star", "%(n)s stars", number) % {"n": number} if number else _("none yet")


def _said(counselor: Counselor, bureau: Organisation, found: dict[str, Any]) -> str:
    if not found["sessions"]:
        return _("No hours are confirmed in this district yet.")
    first, last = (timezone.localtime(found[end]).date() for end in ("first", "last"))
    return _("%(name)s served schools and venues of %(district)s as a science counselor, %(dates)s.") % {
        "name": counselor.organisation.name,
        "district": bureau.district.name,
        "dates": wording.span(first, last),
    }
