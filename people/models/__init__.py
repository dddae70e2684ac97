"""Who: the rows of people."""

from people.models.audit import AuditEvent
from people.models.delivery import Delivery
from people.models.district import District
from people.models.event import Event
from people.models.invitation import Invitation
from people.models.membership import Membership
from people.models.mute import Mute
from people.models.notice import Notice
from people.models.organisation import Organisation
from people.models.robot import Robot
from people.models.submission import Submission
from people.models.threshold import ThresholdValue
from people.models.upload import Upload
from people.models.user import User

__all__ = [
    "AuditEvent",
    "Delivery",
    "District",
    "Event",
    "Invitation",
    "Membership",
    "Mute",
    "Notice",
    "Organisation",
    "Robot",
    "Submission",
    "ThresholdValue",
    "Upload",
    "User",
]
