"""A school's spreadsheet of bookings: preview and writing."""

import uuid

from activities import booking_sheet
from people.actors import Actor
from people.models import Upload
from people.workflow import verb
from portal.imports import uploads
from portal.imports.lists import school_of
from portal.models import ImportRun


def look_at(upload: Upload, *, by: Actor) -> booking_sheet.BookingSheet:
    """The rows of an upload with their verdicts. Raises Refused when a column is missing."""
    book = uploads.opened(upload.open(), upload.file_name)
    return booking_sheet.preview(book, school_of(upload), by=by)


@verb
def write(upload: Upload, sheet: booking_sheet.BookingSheet, *, by: Actor) -> ImportRun:
    """Make every booking of the list, or none; forget the file."""
    upload = uploads.claim(upload)
    school = school_of(upload)
    seed = uuid.uuid5(uuid.NAMESPACE_URL, f"upload:{upload.pk}")
    made = booking_sheet.write(sheet, school, by=by, seed=seed)
    return uploads.finish(upload, by=by, counts={"new": len(made)}, district_id=school.district_id)
