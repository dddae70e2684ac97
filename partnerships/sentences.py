"""What triggers of this app say to a person."""

from django.utils.translation import gettext_lazy as _

from people.workflow import SENTENCES

SENTENCES |= {
    "agreement_annex_frozen": _("The text is frozen with its annexes. Propose another version instead."),
    "agreement_version_frozen": _("The text is frozen. Propose another version instead."),
    "listing_approved_by_every_office": _("Every reviewing office of the district must approve first."),
    "partnerships_agreementtemplate_append_only": _("A template is never changed: its next version is written."),
    "partnerships_identitylook_append_only": _("The trail is never changed."),
    "partnerships_review_append_only": _("A decision is never changed."),
    "partnerships_scan_append_only": _("A scan is never changed: upload another one."),
    "vice_principal_schools": _("This person already serves as many schools as one person may."),
}
