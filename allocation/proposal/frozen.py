"""
What the rounds of a meeting need and nothing more.

A register gives it (``session.prepare``); so does a ``proposal.json`` alone, long after the
register has changed: the same rounds can be solved again, continued or asked what if.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import floor

from allocation.model.meeting import Forecast, Meeting
from allocation.model.proposal import Proposal, QuotaLine, RankedHousehold, Vacancy
from allocation.model.quota import QuotaRule
from allocation.quotas import Offered, Opened, Resolved
from allocation.ranking import Cost, Demand, DwellingType, accepted_types, dwelling_types

APPEAL, ADAPTED, OVER_65, MAIN = "appeal", "adapted", "over_65", "main"
ROUNDS = (APPEAL, ADAPTED, OVER_65, MAIN)


@dataclass(frozen=True, eq=False)
class FrozenMeeting:
    """
    Households in rank order, dwellings by type, quotas opened, nothing decided.

    Shapes
    ------
    One element per ranked household: ``identifiers``, ``tier`` (0 transfer list, 1 points
    list), ``demands``, ``costs`` (type -> cost of fit), ``members`` (bit mask of the quotas that
    count it, position in ``quotas``), ``preferences`` (rounds of its own). ``vacancies``: every
    vacant dwelling by identifier, those ``left_out`` with their ground included.
    """

    meeting: Meeting
    identifiers: tuple[str, ...]
    tier: tuple[int, ...]
    demands: tuple[Demand, ...]
    costs: tuple[Mapping[int, Cost], ...]
    members: tuple[int, ...]
    preferences: tuple[tuple[str, ...], ...]
    types: tuple[DwellingType, ...]
    vacancies: Mapping[str, Vacancy]
    left_out: Mapping[str, str]
    quotas: tuple[Opened, ...]

    @cached_property
    def n_dwellings(self) -> int:
        """Dwellings on offer."""
        return sum(len(t.dwellings) for t in self.types)

    @cached_property
    def accepts(self) -> tuple[int, ...]:
        """Bit mask over types of each household."""
        known: dict[int, int] = {}
        return tuple(
            known.setdefault(id(costs), sum(1 << t for t in costs)) for costs in self.costs
        )

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Household -> its place in the order, the best is 0."""
        return {a: p for p, a in enumerate(self.identifiers)}

    @cached_property
    def type_of(self) -> Mapping[str, int]:
        """Dwelling -> its type."""
        return {d: t for t, offered in enumerate(self.types) for d in offered.dwellings}

    def preference(self, position: int, t: int) -> int:
        """Place in ``ROUNDS`` of the first round in which a household may have this type."""
        offered, mine = self.types[t], self.preferences[position]
        if APPEAL in mine:
            return ROUNDS.index(APPEAL)
        if ADAPTED in mine and offered.accessibility == "adapted":
            return ROUNDS.index(ADAPTED)
        if OVER_65 in mine and offered.designed_for_over_65:
            return ROUNDS.index(OVER_65)
        return ROUNDS.index(MAIN)

    @cached_property
    def offered(self) -> Offered:
        """Dwellings on offer by base and commune."""
        everything: dict[str, int] = {"": 0}
        vacated: dict[str, int] = {"": 0}
        for dwelling in self.type_of:
            vacancy = self.vacancies[dwelling]
            for place in ("", vacancy.nis5):
                everything[place] = everything.get(place, 0) + 1
                if vacancy.origin == "vacated":
                    vacated[place] = vacated.get(place, 0) + 1
        return Offered(everything, vacated)


def frozen_meeting(proposal: Proposal) -> FrozenMeeting:
    """The meeting as it was frozen, from its proposal and nothing else."""
    known: dict[Demand, Demand] = {}
    households = proposal.households
    wanted = (demand_of(h, proposal.places) for h in households)
    asked = tuple(known.setdefault(demand, demand) for demand in wanted)
    left_out = {
        d.dwelling_id: d.ground
        for d in proposal.dwellings
        if d.ground in ("excluded_regime", "locked")
    }
    vacancies = {v.dwelling_id: v for v in proposal.vacancies}
    types = dwelling_types(v for d, v in vacancies.items() if d not in left_out)
    bit = {q.quota_id: 1 << i for i, q in enumerate(proposal.quotas)}
    return FrozenMeeting(
        meeting_of(proposal),
        tuple(h.application_id for h in households),
        tuple(h.tier for h in households),
        asked,
        tuple(accepted_types(asked, types)),
        tuple(sum(bit[q] for q in h.groups) for h in households),
        tuple(h.preferences for h in households),
        types,
        vacancies,
        left_out,
        tuple(_opened(line) for line in proposal.quotas),
    )


def meeting_of(proposal: Proposal) -> Meeting:
    """The meeting as published: its secret stays in the register."""
    said = proposal.meeting
    forecast = said["forecast"]
    return Meeting(
        slsp_id=said["slsp_id"],
        meeting_on=date.fromisoformat(said["meeting_on"]),
        draw_seed=said["draw_seed"],
        pseudonym_secret="",
        rulebook=said["rulebook"],
        mode=said["mode"],
        levels=tuple(said["levels"]),
        basis=said["basis"],
        pacing=said["pacing"],
        forecast=None
        if forecast is None
        else Forecast(
            forecast["allocations"],
            forecast["vacated"],
            date.fromisoformat(forecast["made_on"]),
            forecast["source"],
        ),
    )


def demand_of(household: RankedHousehold, places: Sequence[tuple[str, str]]) -> Demand:
    """What a household may have; its preferential groups say who lives in it."""
    return Demand(
        household.bedrooms,
        household.kind_wanted,
        household.needs_adapted,
        ADAPTED in household.preferences,
        OVER_65 in household.preferences,
        tuple(places[i] for i in household.choices),
        household.agreements,
    )


def settled(line: QuotaLine) -> Resolved:
    """The quota with its seats as the meeting settled them: answers since do not change them."""
    opened = _opened(line)
    limit = line.period_seats
    if limit is None and line.share is not None:
        limit = floor(line.share * line.base_planned)
    return Resolved(
        opened.rule,
        line.share,
        line.opening,
        line.base_done,
        line.base_planned,
        line.counts_transfers,
        line.interim,
        line.closing,
        line.seats,
        line.mark,
        limit if line.kind == "cap" else None,
        line.period_seats,
        line.places,
    )


def _opened(line: QuotaLine) -> Opened:
    """The quota as it stood before the meeting."""
    is_in_seats = line.share is None and line.period_seats is None
    rule = QuotaRule(
        line.quota_id,
        "cap" if line.kind == "cap" else "floor",
        line.group,
        share=line.share,
        seats=line.seats if is_in_seats else None,
        period_seats=line.period_seats,
        base="vacated" if line.base == "vacated" else "allocations",
        nis5=line.nis5,
        counting="once" if line.counting == "once" else "each",
        is_hard=line.is_hard,
        weight=line.weight,
        mark=line.mark,
        label=tuple(line.label.items()),
    )
    return Opened(
        rule,
        line.share,
        line.mark,
        line.period_seats,
        line.opening,
        line.base_done,
        line.counts_transfers,
        line.places,
    )
