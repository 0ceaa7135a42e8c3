"""
What comes with a home: stays and their statuses, agreements with partners, support.

Nothing of it is seen by ranking, quotas, matching, proposal or proof (an import contract fails the
build): accepting, declining or leaving support changes no rank and no proposal.
"""

from allocation.accompaniment.exit_points import ExitPoints, exit_points
from allocation.accompaniment.occupancy import COUPLED, OCCUPANCY, PLANNED, RUNNING
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
MACHINES = (OCCUPANCY,)

__all__ = [
    "ALTERNATIVES",
    "CLASSES_OF",
    "COUPLED",
    "CRISES",
    "ENDS",
    "EXIT_CLASSES",
    "MACHINES",
    "NO_ALTERNATIVE",
    "OBJECTIVE_STATES",
    "OCCUPANCY",
    "PLANNED",
    "PUBLICS",
    "RUNNING",
    "Agreement",
    "Asked",
    "Episode",
    "ExitPoints",
    "Reminder",
    "Review",
    "Stay",
    "StayRefusedError",
    "StayRules",
    "exit_points",
    "load_stay_rules",
    "longest_end",
    "reminders",
    "take",
]
