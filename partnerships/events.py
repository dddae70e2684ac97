"""What of the two sides and their agreements other systems are told."""

from django.utils.translation import gettext_lazy as _

from people.events import declare

declare("term.changed", _("Term opened or changed"), scope="terms:read", acts=["term.open", "term.change"])
declare("day.changed", _("Calendar day changed"), scope="terms:read", acts=["calendar_day.edit"])
declare(
    "school.changed",
    _("School changed"),
    scope="schools:read",
    acts=["school.register", "school.change", "credit_pilot.start", "credit_pilot.end"],
)
declare("class.added", _("Class added"), scope="classes:read", acts=["school_class.add"])
declare(
    "group.changed",
    _("Activity group changed"),
    scope="groups:read",
    acts=["activity_group.add", "activity_group.join", "activity_group.leave"],
)
declare(
    "roster.imported",
    _("Class rosters of a school changed"),
    scope="pupils:read",
    acts=["roster.import"],
    subject="school",
)
declare(
    "venue.changed",
    _("Venue changed"),
    scope="venues:read",
    acts=["venue.register", "venue.change", "booking_rules.set"],
)
declare(
    "recognition.changed",
    _("Title of a venue changed"),
    scope="venues:read",
    acts=["recognition.add", "recognition.change"],
)
declare(
    "listing.changed",
    _("Listing changed"),
    scope="listings:read",
    acts=[f"listing.{act}" for act in ("propose", "list", "return", "refuse", "suspend", "resume", "leave")],
)
declare("agreement.filed", _("Agreement filed"), scope="agreements:read", acts=["agreement.file", "agreement.register"])
declare(
    "agreement.changed",
    _("Agreement amended, suspended, resumed, renewed, joined or left by a party"),
    scope="agreements:read",
    acts=[f"agreement.{act}" for act in ("suspend", "resume", "renew", "leave", "amend", "join")],
)
declare("agreement.terminated", _("Agreement terminated"), scope="agreements:read", acts=["agreement.terminate"])
