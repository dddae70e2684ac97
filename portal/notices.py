"""What the roof tells people."""

from django.utils.translation import gettext_lazy as _

from people.notices import declare

declare(
    "import_braked",
    _("A roster waits for your confirmation"),
    _("%(by)s brought a roster that would remove many pupils. Look at it and confirm, or have the file checked."),
    duty=True,
)
declare(
    "club_part",
    _("A list of activity groups waits for your answer"),
    _("The bureau handed over %(groups)s groups with %(members)s members. The list is forgotten after 7 days."),
    duty=True,
)
