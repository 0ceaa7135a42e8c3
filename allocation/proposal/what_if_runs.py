"""
The meeting held again with one thing otherwise: one household changed, or one quota.

Nothing is estimated: every answer is a whole run of the rounds, shares settled again with it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from allocation.model.proposal import Proposal, RankedHousehold
from allocation.model.what_if import Change
from allocation.proposal.frozen import FrozenMeeting, demand_of, frozen_meeting
from allocation.proposal.rounds import run_rounds
from allocation.proposal.serial_session import run_serial
from allocation.ranking import Demand, accepted_types

T = TypeVar("T")
Assignment = Mapping[str, str]  # application -> dwelling


class Runs:
    """One meeting, rebuilt from its proposal, and its variants; each is run once."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.meeting = frozen_meeting(proposal)
        self._keys = [h.order_key for h in proposal.households]
        self._known: dict[object, Assignment] = {}

    def as_held(self) -> Assignment:
        """Who is served at the meeting as it is."""
        return self._run("as_held", self.meeting)

    def changed(self, household: RankedHousehold, change: Change) -> Assignment:
        """Who is served when one ranked household is changed."""
        return self._placed(household, change, self.meeting.position[household.application_id])

    def placed(self, household: RankedHousehold, to: int) -> Assignment:
        """Who is served when one ranked household is at that place of the order, from 0."""
        at = self.meeting.position[household.application_id]
        return self._placed(household, Change(), at, to=to)

    def joined(self, household: RankedHousehold) -> Assignment:
        """Who is served when a household that is not ranked takes part."""
        return self._placed(household, Change(), None)

    def with_seats(self, seats: Mapping[str, int]) -> Assignment:
        """Who is served when the seats of some quotas are these, the others as the law says."""
        fixed = tuple(
            replace(
                opened,
                rule=replace(opened.rule, seats=seats[opened.rule.quota_id]),
                share=None,
                whole=None,
                places=None,
            )
            if opened.rule.quota_id in seats
            else opened
            for opened in self.meeting.quotas
        )
        return self._run(tuple(sorted(seats.items())), replace(self.meeting, quotas=fixed))

    def without(self, quota_ids: Sequence[str]) -> Assignment:
        """Who is served when some quotas do not exist."""
        meeting = self.meeting
        kept = [i for i, q in enumerate(meeting.quotas) if q.rule.quota_id not in quota_ids]
        known = {
            mask: sum(1 << new for new, old in enumerate(kept) if mask >> old & 1)
            for mask in set(meeting.members)
        }
        fewer = replace(
            meeting,
            quotas=tuple(meeting.quotas[i] for i in kept),
            members=tuple(known[mask] for mask in meeting.members),
        )
        return self._run(("without", *sorted(quota_ids)), fewer)

    def _placed(
        self, household: RankedHousehold, change: Change, at: int | None, *, to: int | None = None
    ) -> Assignment:
        """
        The meeting with a household moved from ``at`` (``None``: from outside) to ``to``, or to
        the place its changed points and date give it.
        """
        wanted = _wanted(demand_of(household, self.proposal.places), change)
        if to is None:
            moved = replace(
                household,
                points=household.points if change.points is None else change.points,
                order_date=change.order_date or household.order_date,
            )
            keys = [key for p, key in enumerate(self._keys) if p != at]
            to = bisect_left(keys, moved.order_key)
        meeting = self.meeting
        columns: dict[str, Any] = {
            "identifiers": household.application_id,
            "tier": household.tier,
            "demands": wanted,
            "costs": accepted_types([wanted], meeting.types)[0],
            "members": self._members(household, wanted),
            "preferences": household.preferences,
        }
        placed: dict[str, Any] = {
            name: _put(getattr(meeting, name), value, to, at) for name, value in columns.items()
        }
        return self._run((household.application_id, to, wanted), replace(meeting, **placed))

    def _members(self, household: RankedHousehold, wanted: Demand) -> int:
        """Quotas that would count the household."""
        return sum(
            1 << i
            for i, quota in enumerate(self.meeting.quotas)
            if quota.counts(household.income_category, household.tier, wanted.agreements)
        )

    def _run(self, key: object, meeting: FrozenMeeting) -> Assignment:
        if key not in self._known:
            outcome = run_rounds(meeting, meeting.meeting.levels)
            is_serial = meeting.meeting.mode == "serial"
            found = run_serial(meeting, outcome.resolved) if is_serial else outcome.assignment
            self._known[key] = {meeting.identifiers[p]: d for p, d in found.items()}
        return self._known[key]


def _wanted(demand: Demand, change: Change) -> Demand:
    """What the household would ask for."""
    agreements, choices = demand.agreements, demand.choices
    if change.place:
        choices = (*(choices[:-1] if change.is_instead else choices), change.place)
    if change.agreement_id:
        agreements = tuple(sorted({*agreements, change.agreement_id}))
    return replace(
        demand,
        bedrooms=demand.bedrooms if change.bedrooms is None else change.bedrooms,
        kind_wanted=change.kind_wanted or demand.kind_wanted,
        choices=choices,
        agreements=agreements,
    )


def _put(column: Sequence[T], value: T, to: int, old: int | None) -> tuple[T, ...]:
    """A column with one element moved from ``old`` (``None``: from nowhere) to ``to``."""
    rest = list(column)
    if old is not None:
        rest.pop(old)
    rest.insert(to, value)
    return tuple(rest)
