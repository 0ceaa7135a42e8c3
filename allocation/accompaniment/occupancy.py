"""
One household, one dwelling, one continuous stay: its statuses, and who leads from one to the next.

The status is the stay's, never the building's: emergency, transit, insertion, sliding lease and
standard lease follow one another in the same dwelling. A day that passes makes nothing happen.
"""

from __future__ import annotations

from allocation.procedure import Machine, Step

# Nobody lives there yet, the household lives there, the stay is over.
PLANNED = "planned"
RUNNING = (
    "emergency",
    "transit",
    "insertion",
    "sliding_lease",
    "standard_lease",
    "support_only",
)
# Where the text itself couples the home with support: no end without a review and a named act.
COUPLED = ("transit", "insertion", "sliding_lease")
_BY_OPERATOR = ("emergency", "transit", "insertion")
_BY_LANDLORD = ("standard_lease", "support_only")

OCCUPANCY = Machine(
    "occupancy",
    PLANNED,
    (
        Step("enter_emergency", (PLANNED,), "emergency", "operator"),
        Step("enter_transit", (PLANNED, "emergency"), "transit", "operator"),
        Step("renew_transit", ("transit",), "transit", "operator"),
        Step("enter_insertion", (PLANNED, "transit"), "insertion", "operator"),
        Step(
            "sign_sliding_lease",
            (PLANNED, "emergency", "transit", "insertion"),
            "sliding_lease",
            "three_parties",
        ),
        Step("extend_sliding_lease", ("sliding_lease",), "sliding_lease", "operator"),
        Step("slide", ("sliding_lease",), "standard_lease", "operator_with_household"),
        Step("end_without_slide", ("sliding_lease",), "stay_ended", "operator_with_household"),
        Step("sign_standard_lease", (PLANNED,), "standard_lease", "slsp"),
        Step("start_support", ("standard_lease",), "support_only", "household"),
        Step("end_support", ("support_only",), "standard_lease", "household"),
        Step("leave_by_choice", RUNNING, "left_by_choice", "household"),
        Step("move_via_bridge", RUNNING, "moved_via_bridge", "both_landlords"),
        Step("end_stay", _BY_OPERATOR, "stay_ended", "operator"),
        Step("end_lease", _BY_LANDLORD, "stay_ended", "slsp"),
        Step("give_up", (PLANNED,), "never_entered", "any_party"),
    ),
)
