"""What happens around a proposal: offers, strike-offs, confirmations, appeals, duplicates."""

from allocation.procedure.appeals import (
    APPEAL,
    AppealDates,
    AppealDeadlines,
    appeal_deadlines,
    check_appeal_act,
)
from allocation.procedure.changes import CHANGE, Standing, losses, standing_of
from allocation.procedure.confirmations import CONFIRMATION, Window, confirmation_window
from allocation.procedure.derogations import (
    DEROGATION,
    Counted,
    Derogation,
    check_derogation,
    count_derogations,
    ground_in_force,
)
from allocation.procedure.duplicates import (
    Person,
    Suspicion,
    Verdict,
    check_verdict,
    same_household,
    suspicions,
)
from allocation.procedure.fresh_proofs import (
    FRESH_PROOF,
    check_fresh_proof_act,
    facts_to_prove,
)
from allocation.procedure.machine import IllegalActError, Machine, Step, Who
from allocation.procedure.mandates import COVERS, HANDED_IN, MANDATE, check_mandate
from allocation.procedure.offers import (
    FREES_THE_DWELLING,
    LOCKS_THE_HOUSEHOLD,
    OFFER,
    Offer,
    answer_due_on,
    check_silence,
    counted_refusals,
)
from allocation.procedure.points_requests import POINTS_REQUEST
from allocation.procedure.strike_offs import STRIKE_OFF, StrikeOff, due_strike_off

MACHINES = (
    OFFER,
    STRIKE_OFF,
    CONFIRMATION,
    CHANGE,
    APPEAL,
    DEROGATION,
    MANDATE,
    HANDED_IN,
    FRESH_PROOF,
    POINTS_REQUEST,
)

__all__ = [
    "APPEAL",
    "CHANGE",
    "CONFIRMATION",
    "COVERS",
    "DEROGATION",
    "FREES_THE_DWELLING",
    "FRESH_PROOF",
    "HANDED_IN",
    "LOCKS_THE_HOUSEHOLD",
    "MACHINES",
    "MANDATE",
    "OFFER",
    "POINTS_REQUEST",
    "STRIKE_OFF",
    "AppealDates",
    "AppealDeadlines",
    "Counted",
    "Derogation",
    "IllegalActError",
    "Machine",
    "Offer",
    "Person",
    "Standing",
    "Step",
    "StrikeOff",
    "Suspicion",
    "Verdict",
    "Who",
    "Window",
    "answer_due_on",
    "appeal_deadlines",
    "check_appeal_act",
    "check_derogation",
    "check_fresh_proof_act",
    "check_mandate",
    "check_silence",
    "check_verdict",
    "confirmation_window",
    "count_derogations",
    "counted_refusals",
    "due_strike_off",
    "facts_to_prove",
    "ground_in_force",
    "losses",
    "same_household",
    "standing_of",
    "suspicions",
]
