"""The first households of each dwelling, as the list stands: whom a committee will look at."""

from __future__ import annotations

from allocation.proposal.frozen import FrozenMeeting


def first_ranked(meeting: FrozenMeeting, n: int) -> dict[str, tuple[str, ...]]:
    """
    Dwelling -> the ``n`` first households that may have it, the best first.

    Rounds of preference come in the order of the text, then the order of the list. Quotas and
    other dwellings are not looked at: a household may be first for several.
    """
    by_type: list[tuple[str, ...]] = []
    for t in range(len(meeting.types)):
        may = [p for p, accepted in enumerate(meeting.accepts) if accepted >> t & 1]
        in_order = sorted((meeting.preference(p, t), p) for p in may)
        by_type.append(tuple(meeting.identifiers[p] for _, p in in_order[:n]))
    return {dwelling: by_type[t] for dwelling, t in sorted(meeting.type_of.items())}
