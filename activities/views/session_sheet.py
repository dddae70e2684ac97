"""A provider's coming sessions as a spreadsheet: in the columns in which its timetable comes in."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from activities import session_sheet
from activities.models import Session
from people.gate import allow
from people.roles import Permission
from portal.lib.spreadsheets.writing import xlsx_bytes

WIDTHS = [10, 26, 12, 10, 10, 16, 8, 10, 12, 14, 22]


@allow(Permission.SESSION_EDIT)
def session_export(request: HttpRequest) -> HttpResponse:
    """Everything to come that the reader's organisation gives and that is not called off."""
    own = Session.objects.visible_to(request.actor).filter(provider=request.actor.organisation_id or 0, school=None)
    rows = own.upcoming().exclude(state=Session.State.CANCELLED).select_related("programme", "hall")
    title = _("Timetable of sessions")
    found = rows.order_by("starts_at", "pk")[: session_sheet.MOST_ROWS]
    data = xlsx_bytes({title: session_sheet.rows_of(found)}, widths={title: WIDTHS})
    return HttpResponse(
        data,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": 'attachment; filename="sessions.xlsx"'},
    )
