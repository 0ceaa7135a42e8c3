"""Who takes part in the meeting, and the ground of everybody who does not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from allocation.model.proposal import NotRanked
from allocation.model.register import Register
from allocation.rules.outcome import UNKNOWN, YES, Assessments

_STATUS_GROUND = {
    "incomplete": "not_admitted",
    "struck_off": "struck_off",
    "withdrawn": "withdrawn",
}


def participants(
    register: Register, assessments: Assessments
) -> tuple[npt.NDArray[np.intp], tuple[NotRanked, ...]]:
    """
    Split the applications: row positions of those ranked, and the others with their ground.

    An application takes part when a person has admitted it, no offer to the household is open,
    and the rules of admission hold on the date asked. A missing fact is its own ground
    (``unknown`` with the rule): it goes to the worklist and is never read as a no. The end date
    of a strike-off changes nothing by itself: a person lifts it.
    """
    applications = register["applications"]
    choices = applications.schema.column("status").choices
    grounds = np.full(len(applications), "", dtype=object)
    for status, ground in _STATUS_GROUND.items():
        grounds[applications["status"] == choices.index(status)] = ground
    offered = _with_open_offer(register)
    grounds[offered[grounds[offered] == ""]] = "open_offer"
    free = grounds == ""
    grounds[free & (assessments.admissible == UNKNOWN)] = "unknown"
    grounds[free & (assessments.admissible == 0)] = "not_admissible"
    out = np.flatnonzero(grounds != "")
    by_rule = ("unknown", "not_admissible")
    not_ranked = tuple(
        NotRanked(
            str(applications["application_id"][row]),
            str(grounds[row]),
            str(assessments.ground[row]) if grounds[row] in by_rule else "",
        )
        for row in out
    )
    ranked = np.flatnonzero((grounds == "") & (assessments.admissible == YES))
    return ranked, not_ranked


def _with_open_offer(register: Register) -> npt.NDArray[np.intp]:
    """Rows of the applications that have an offer to answer."""
    offers, index = register["offers"], register["applications"].index
    is_open = offers["answer"] == offers.schema.column("answer").choices.index("open")
    asked = offers["application_id"][is_open].tolist()
    return np.array([row for name in asked for row in index.get(name, ())], dtype=np.intp)
