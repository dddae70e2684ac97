"""One file a noun. NOUNS is the open list of the router: a new noun adds its line."""

from rest_framework.viewsets import GenericViewSet

from portal.api.resources.agreements import Agreements, Commitments
from portal.api.resources.classes import Classes, Groups
from portal.api.resources.counselors import Assignments, Counselors
from portal.api.resources.credits import Balances, CreditRules
from portal.api.resources.districts import Districts
from portal.api.resources.eligibility import Eligibility
from portal.api.resources.events import Events
from portal.api.resources.exports import StreamedEntries
from portal.api.resources.figures import Figures
from portal.api.resources.outings import Outings
from portal.api.resources.programmes import Programmes
from portal.api.resources.pupils import Pupils
from portal.api.resources.reports import Reports
from portal.api.resources.results import Certificates, Competitions, Results
from portal.api.resources.rolls import BookingsWithRolls, RollEntries
from portal.api.resources.rosters import Rosters
from portal.api.resources.schools import Schools
from portal.api.resources.sessions import Sessions
from portal.api.resources.terms import Days, Terms
from portal.api.resources.venues import Listings, Recognitions, Venues
from portal.api.resources.waiting import WaitingList

NOUNS: dict[str, type[GenericViewSet]] = {
    "districts": Districts,
    "terms": Terms,
    "days": Days,
    "schools": Schools,
    "classes": Classes,
    "groups": Groups,
    "pupils": Pupils,
    "venues": Venues,
    "recognitions": Recognitions,
    "listings": Listings,
    "agreements": Agreements,
    "commitments": Commitments,
    "programmes": Programmes,
    "sessions": Sessions,
    "bookings": BookingsWithRolls,
    "outings": Outings,
    "waiting-list": WaitingList,
    "roll-entries": RollEntries,
    "counselors": Counselors,
    "assignments": Assignments,
    "credit-rules": CreditRules,
    "credit-entries": StreamedEntries,
    "balances": Balances,
    "competitions": Competitions,
    "results": Results,
    "certificates": Certificates,
    "figures": Figures,
    "reports": Reports,
}
# What is no noun with a list and rows: a feed, and what only takes.
DOORS: dict[str, type[GenericViewSet]] = {
    "eligibility": Eligibility,
    "events": Events,
    "rosters": Rosters,
}
