"""A venue's or school's timetable of sessions: preview and writing."""

from activities import session_sheet
from activities.session_sheet import SessionSheet
from people.actors import Actor
from people.models import Upload
from people.workflow import verb
from portal.imports import uploads
from portal.models import ImportRun


def look_at(upload: Upload, *, by: Actor) -> SessionSheet:
    """The sessions of an upload, and what they would change. Raises Refused when a column is missing."""
    return session_sheet.preview(uploads.opened(upload.open(), upload.file_name), upload.owner, by=by)


@verb
def write(upload: Upload, sheet: SessionSheet, *, by: Actor) -> ImportRun:
    """Make and change the sessions, all or none; forget the file. A venue's import belongs to no district."""
    upload = uploads.claim(upload)
    counts = session_sheet.write(sheet, upload.owner, by=by)
    return uploads.finish(upload, by=by, counts=counts, district_id=upload.owner.district_id)
