"""Why a file can't be read, as a sentence for a person."""

from django.utils.translation import gettext_lazy as _

from portal.lib.errors import Refused

from .sheets import MOST_COLUMNS, MOST_ROWS, Unreadable

CANNOT_READ = _(
    "The file can't be read: it has a password, or it is not a spreadsheet. Save it as .xlsx in WPS or Excel and try again."
)
TOO_WIDE = _(
    "A sheet reaches beyond %(rows)s rows or %(columns)s columns. Delete what stands far outside the list and try again."
)

UNREADABLE = {
    "empty": _("The file holds no rows."),
    "too_large": _("The file is larger than %(megabytes)s MB. Split it and upload the parts."),
    "too_large_unpacked": _("The file is too large once opened. Keep only the sheets with the list and try again."),
    "too_many_rows": TOO_WIDE,
    "too_many_columns": TOO_WIDE,
    "password": _("The file has a password. Remove the password and upload it again."),
    "not_a_spreadsheet": _(
        "This is not a spreadsheet. Open it in WPS or Excel, save it as .xlsx and upload that file."
    ),
    "damaged": CANNOT_READ,
    "no_table": _("The file holds no table. Open it in WPS or Excel, save it as .xlsx and upload that file."),
    "broken_encoding": _("Many characters of the file can't be read. Save it as .xlsx and upload that file."),
    "open_quotation": _("Row %(row)s opens a quotation mark that never closes. Correct it, or save the file as .xlsx."),
}


def refusal(error: Unreadable) -> Refused:
    """The house's refusal for an unreadable file."""
    facts = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, **error.facts}
    return Refused(error.code, UNREADABLE.get(error.code, CANNOT_READ), **facts)
