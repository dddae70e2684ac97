from .agreement import Agreement
from .agreement_party import AgreementParty
from .agreement_template import AgreementTemplate
from .agreement_version import AgreementAnnex, AgreementVersion
from .booking_rules import BookingRules
from .commitment import Commitment
from .deliverable import Deliverable
from .filing import FilingSeries
from .group import ActivityGroup, GroupMember
from .identity import IdentityLook, StudentIdentity
from .listing import Listing, Review
from .pupil import Enrolment, Student
from .recognition import Recognition
from .roster_change import RosterChange
from .scan import Scan
from .school import Campus, CreditPilot, School, Slot
from .school_class import SchoolClass
from .term import CalendarDay, Term
from .venue import Hall, Venue
from .vice_principal import VicePrincipal, VicePrincipalPerson

__all__ = [
    "ActivityGroup",
    "Agreement",
    "AgreementAnnex",
    "AgreementParty",
    "AgreementTemplate",
    "AgreementVersion",
    "BookingRules",
    "CalendarDay",
    "Campus",
    "Commitment",
    "CreditPilot",
    "Deliverable",
    "Enrolment",
    "FilingSeries",
    "GroupMember",
    "Hall",
    "IdentityLook",
    "Listing",
    "Recognition",
    "Review",
    "RosterChange",
    "Scan",
    "School",
    "SchoolClass",
    "Slot",
    "Student",
    "StudentIdentity",
    "Term",
    "Venue",
    "VicePrincipal",
    "VicePrincipalPerson",
]
