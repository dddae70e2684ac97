"""The school's bookings as a spreadsheet: in the columns in which it brings bookings in."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from activities import booking_sheet
from activities.models import Booking
from activities.views.booking import of_tab
from people.gate import allow
from people.roles import Permission
from portal.lib.spreadsheets.writing import xlsx_bytes

MOST_ROWS = 5000
WIDTHS = [10, 24, 10, 10, 18, 14, 30, 24, 12, 8, 8, 14]


@allow(Permission.BOOKING_REQUEST)
def booking_export(request: HttpRequest) -> HttpResponse:
    """What the list shows under its tab, as far as it is the school's own."""
    own = Booking.objects.visible_to(request.actor).filter(school=request.actor.organisation_id or 0)
    rows = of_tab(own, request.GET.get("view", "")).with_names().order_by("session__starts_at", "pk")
    title = _("Bookings")
    data = xlsx_bytes({title: booking_sheet.rows_of(rows[:MOST_ROWS])}, widths={title: WIDTHS})
    return HttpResponse(
        data,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": 'attachment; filename="bookings.xlsx"'},
    )
