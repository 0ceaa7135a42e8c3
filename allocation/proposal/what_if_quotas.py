"""
What each quota changes and what it costs: the meeting without it, with a seat more or less.

Effects do not add up: two quotas that ask for the same households change nothing one at a time,
so the meeting without any is part of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from allocation.matching import InfeasibleError
from allocation.model.proposal import Proposal
from allocation.model.what_if import Effect, Party, QuotaEffects
from allocation.proposal.what_if_runs import Assignment, Runs
from allocation.ranking import TRANSFER_TIER


class QuotaPrices:
    """Effects of the quotas of one proposal."""

    def __init__(self, proposal: Proposal, runs: Runs) -> None:
        self.proposal = proposal
        self.runs = runs
        self.served = {d.application_id for d in proposal.dwellings if d.application_id}

    def effects(self) -> tuple[QuotaEffects, ...]:
        """Every quota in turn."""
        return tuple(
            QuotaEffects(
                line.quota_id,
                absent=self._effect(self.runs.without((line.quota_id,))),
                raised=self._with_seats(line.quota_id, line.seats + 1),
                lowered=self._with_seats(line.quota_id, line.seats - 1),
            )
            for line in self.proposal.quotas
        )

    def without_all(self) -> Effect:
        """All the quotas absent together."""
        return self._effect(self.runs.without([q.quota_id for q in self.proposal.quotas]))

    def _with_seats(self, quota_id: str, seats: int) -> Effect | None:
        if seats < 0:
            return None
        try:
            return self._effect(self.runs.with_seats({quota_id: seats}))
        except InfeasibleError:
            return None

    def _effect(self, after: Assignment) -> Effect:
        return Effect(
            gained=party(self.proposal, after.keys() - self.served),
            lost=party(self.proposal, self.served - after.keys()),
        )


def party(proposal: Proposal, application_ids: Iterable[str]) -> Party:
    """Some ranked households, best rank first, with their points and the time they waited."""
    wanted = set(application_ids)
    found = [h for h in proposal.households if h.application_id in wanted]
    on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    return Party(
        households=tuple(h.application_id for h in found),
        n_with_points=sum(h.tier != TRANSFER_TIER for h in found),
        points=sum(h.points for h in found if h.tier != TRANSFER_TIER),
        days=sum((on - h.order_date).days for h in found),
    )
