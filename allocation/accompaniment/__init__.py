"""
What comes with a home: stays and their statuses, agreements with partners, support.

Nothing of it is seen by ranking, quotas, matching, proposal or proof (an import contract fails the
build): accepting, declining or leaving support changes no rank and no proposal.
"""

from allocation.accompaniment.agreement_terms import (
    Base,
    Basis,
    Capacity,
    DataSharing,
    DwellingFilter,
    Money,
    ReviewCalendar,
    Signatory,
    Support,
    Terms,
    UnfilledPlace,
)
from allocation.accompaniment.agreement_types import AgreementType, agreement_types
from allocation.accompaniment.agreements import (
    AGREEMENT,
    DESTINATIONS,
    RUNNING_STATES,
    AgreementAct,
    AgreementDocument,
    AgreementRefusedError,
    conclude,
)
from allocation.accompaniment.exit_points import ExitPoints, exit_points
from allocation.accompaniment.occupancy import COUPLED, OCCUPANCY, PLANNED, RUNNING
from allocation.accompaniment.place_fates import (
    PlaceFate,
    check_unfilled,
    fate_of_place,
)
from allocation.accompaniment.place_offers import (
    HAD_ITS_TURN,
    PLACE_OFFER,
    WITH_AN_OFFER,
    Candidate,
    Home,
    PlaceRefusedError,
    check_no_answer,
    due_on,
    whose_turn,
)
from allocation.accompaniment.reminders import Reminder, longest_end, reminders
from allocation.accompaniment.stay import (
    ALTERNATIVES,
    EXIT_CLASSES,
    NO_ALTERNATIVE,
    OBJECTIVE_STATES,
    Agreement,
    Episode,
    Review,
    Stay,
)
from allocation.accompaniment.stay_acts import CLASSES_OF, ENDS, take
from allocation.accompaniment.stay_guards import CRISES, PUBLICS, Asked, StayRefusedError
from allocation.accompaniment.stay_rules import StayRules, load_stay_rules

# In the order of the page of the procedures.
MACHINES = (OCCUPANCY, AGREEMENT, PLACE_OFFER)

__all__ = [
    "AGREEMENT",
    "ALTERNATIVES",
    "CLASSES_OF",
    "COUPLED",
    "CRISES",
    "DESTINATIONS",
    "ENDS",
    "EXIT_CLASSES",
    "HAD_ITS_TURN",
    "MACHINES",
    "NO_ALTERNATIVE",
    "OBJECTIVE_STATES",
    "OCCUPANCY",
    "PLACE_OFFER",
    "PLANNED",
    "PUBLICS",
    "RUNNING",
    "RUNNING_STATES",
    "WITH_AN_OFFER",
    "Agreement",
    "AgreementAct",
    "AgreementDocument",
    "AgreementRefusedError",
    "AgreementType",
    "Asked",
    "Base",
    "Basis",
    "Candidate",
    "Capacity",
    "DataSharing",
    "DwellingFilter",
    "Episode",
    "ExitPoints",
    "Home",
    "Money",
    "PlaceFate",
    "PlaceRefusedError",
    "Reminder",
    "Review",
    "ReviewCalendar",
    "Signatory",
    "Stay",
    "StayRefusedError",
    "StayRules",
    "Support",
    "Terms",
    "UnfilledPlace",
    "agreement_types",
    "check_no_answer",
    "check_unfilled",
    "conclude",
    "due_on",
    "exit_points",
    "fate_of_place",
    "load_stay_rules",
    "longest_end",
    "reminders",
    "take",
    "whose_turn",
]
