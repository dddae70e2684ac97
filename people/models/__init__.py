"""Who: the rows of people."""

from people.models.audit import AuditEvent
from people.models.district import District
from people.models.event import Event
from people.models.invitation import Invitation
from people.models.membership import Membership
from people.models.notice import Notice
from people.models.organisation import Organisation
from people.models.submission import Submission
from people.models.threshold import ThresholdValue
from people.models.upload import Upload
from people.models.user import User

__all__ = [
    "AuditEvent",
    "District",
    "Event",
    "Invitation",
    "Membership",
    "Notice",
    "Organisation",
    "Submission",
    "ThresholdValue",
    "Upload",
    "User",
]
