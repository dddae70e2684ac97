"""What happens: programmes, their sessions, the groups that book them, and who was there."""

from . import guards  # noqa: F401  registers the sentences of triggers
from .alternative import Alternative
from .appointment import Appointment
from .assignment import Assignment
from .booking import Booking
from .booking_class import BookingClass
from .check import Check
from .commitment_use import CommitmentUse
from .confirmation_sheet import ConfirmationSheet
from .counselor import Counselor
from .day_off import DayOff
from .exemption import Exemption, ExemptionUse
from .feed import CalendarFeed
from .feedback import Feedback
from .hold import Hold
from .impact_choice import ImpactChoice
from .no_show import NoShow
from .outing import Outing, OutingPaper
from .programme import Programme
from .request import Request, RequestClass, RequestTime
from .roll import THERE, Mark, RollChange, RollEntry
from .roll_link import RollLink
from .roll_review import RollReview
from .series import Series
from .service_record import ServiceRecord
from .session import Session
from .session_change import ChangedBooking, SessionChange
from .settlement import Settlement, SettlementLine
from .subsidy_rate import SubsidyRate
from .training import TrainingPlace
from .training_use import TrainingUse
from .venue_day import VenueDay
from .waitlist import Offer, WaitlistClass, WaitlistEntry

__all__ = [
    "THERE",
    "Alternative",
    "Appointment",
    "Assignment",
    "Booking",
    "BookingClass",
    "CalendarFeed",
    "ChangedBooking",
    "Check",
    "CommitmentUse",
    "ConfirmationSheet",
    "Counselor",
    "DayOff",
    "Exemption",
    "ExemptionUse",
    "Feedback",
    "Hold",
    "ImpactChoice",
    "Mark",
    "NoShow",
    "Offer",
    "Outing",
    "OutingPaper",
    "Programme",
    "Request",
    "RequestClass",
    "RequestTime",
    "RollChange",
    "RollEntry",
    "RollLink",
    "RollReview",
    "Series",
    "ServiceRecord",
    "Session",
    "SessionChange",
    "Settlement",
    "SettlementLine",
    "SubsidyRate",
    "TrainingPlace",
    "TrainingUse",
    "VenueDay",
    "WaitlistClass",
    "WaitlistEntry",
]
