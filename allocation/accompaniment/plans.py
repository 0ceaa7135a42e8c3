"""
The accompaniment plan: offered, taken or left freely, and never a condition of a home.

Declining, not answering and withdrawing are final and without effect: no other room of the law
reads a plan. Who may come back later is offered a new plan, and the old one stays as it ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allocation.procedure.machine import IllegalActError, Machine, Step

_GOING_ON = ("accepted", "active", "paused", "standby")

PLAN = Machine(
    "plan",
    "not_offered",
    (
        Step("offer", ("not_offered", "declined", "no_answer"), "offered", "service"),
        Step("accept", ("offered",), "accepted", "household"),
        Step("decline", ("offered",), "declined", "household"),
        Step("note_no_answer", ("offered",), "no_answer", "service"),
        Step("take_back", ("offered",), "closed", "service"),
        Step("begin", ("accepted",), "active", "service"),
        Step("pause", ("active",), "paused", "household"),
        Step("stand_by", ("active", "paused"), "standby", "household"),
        Step("resume", ("paused", "standby"), "active", "household"),
        Step("close", ("active", "paused", "standby"), "closed", "household"),
        Step("withdraw", _GOING_ON, "withdrawn_by_household", "household"),
        Step("end_by_service", _GOING_ON, "ended_by_service", "service"),
    ),
)

# A place of the service is kept for these. What was only offered is a promise all the same.
HOLDS_A_PLACE = frozenset({"offered", *_GOING_ON})
IS_SUPPORT = frozenset(_GOING_ON)
# The words to use for an end, which never tell of a fault.
ENDS = frozenset({"closed", "withdrawn_by_household", "ended_by_service"})

# Why something is offered anew to who declined: at their own request, or because of an event.
Again = Literal["asked_by_household", "new_event"]
# Where a text or a contract itself couples home and support (transit, insertion, sliding lease):
# said in words, recorded apart from the voluntary plan, and never a ground to end a stay.
Coupling = Literal["none", "transit", "insertion", "sliding_lease"]


@dataclass(frozen=True)
class Alternative:
    """What a service that stops offers instead, or why there is nothing; one of both is said."""

    offered: str = ""
    none_because: str = ""

    def __post_init__(self) -> None:
        if bool(self.offered.strip()) == bool(self.none_because.strip()):
            raise IllegalActError(
                "plan.no_alternative", "Say what is offered instead, or why nothing is."
            )


def check_plan_act(
    act: str,
    state: str,
    *,
    reason: str = "",
    alternative: Alternative | None = None,
    again: Again | None = None,
) -> str:
    """
    The state an act leads to, once what it needs is there.

    A household that withdraws or declines is asked nothing: a reason given there is refused, so
    that no form can make one compulsory. A service that ends a plan says why and offers something.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``; ``plan.reason_not_asked``: of who leaves; ``plan.no_reason``,
        ``plan.no_alternative``: of a service that ends a plan; ``plan.again_without_ground``.

    Source
    ------
    Conseil supérieur du logement, avis 18 (2009): observation 7, recommendation 2.
    """
    after = PLAN.after(state, act)
    if act in ("withdraw", "decline", "note_no_answer") and reason:
        raise IllegalActError("plan.reason_not_asked", "No reason is asked or kept.")
    if act == "end_by_service":
        if not reason.strip():
            raise IllegalActError("plan.no_reason", "A service that ends a plan says why.")
        if alternative is None:
            raise IllegalActError("plan.no_alternative", "Say what is offered instead.")
    if act == "offer" and state != PLAN.initial and again is None:
        raise IllegalActError("plan.again_without_ground", "Offered anew at whose request?")
    return after
