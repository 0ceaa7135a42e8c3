"""Whom a departure from the proposal passes over: everybody the order put before."""

from __future__ import annotations

from allocation.model.proposal import Proposal
from allocation.proposal.frozen import frozen_meeting


def passed_over(proposal: Proposal, dwelling_id: str, application_id: str) -> tuple[str, ...]:
    """
    Households passed over if a dwelling went to ``application_id`` instead.

    The one it is proposed to, then everybody without a dwelling who could have this one and
    comes before, in the order of the rounds and of the list. Who takes no part in the meeting,
    or could not have the dwelling, comes after all of them.

    Legal source
    ------------
    AGW of 6 September 2007, article 23: the decision names the persons passed over.
    """
    meeting = frozen_meeting(proposal)
    holder = {d.dwelling_id: d.application_id for d in proposal.dwellings}
    first = holder.get(dwelling_id)
    found = [first] if first and first != application_id else []
    t = meeting.type_of.get(dwelling_id)
    if t is None:
        return tuple(found)
    served = set(holder.values())
    wanting = [p for p, mask in enumerate(meeting.accepts) if mask >> t & 1]
    wanting.sort(key=lambda p: (meeting.preference(p, t), p))
    for p in wanting:
        if meeting.identifiers[p] == application_id:
            break
        if meeting.identifiers[p] not in served:
            found.append(meeting.identifiers[p])
    return tuple(found)
