"""A meeting made ready: households in order, dwellings by type, quotas named, nothing decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from allocation.errors import HousingError
from allocation.model.meeting import Meeting
from allocation.model.proposal import NotRanked
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.quotas import Offered, counts_transfers
from allocation.ranking import (
    TRANSFER_TIER,
    Cost,
    Demand,
    DwellingType,
    Ranking,
    accepted_types,
    demands,
    dwelling_types,
    participants,
    points_list_regimes,
    presentations,
    rank,
)
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook

APPEAL, ADAPTED, OVER_65, MAIN = "appeal", "adapted", "over_65", "main"
ROUNDS = (APPEAL, ADAPTED, OVER_65, MAIN)


class MeetingError(HousingError):
    """The register has no meeting, or the meeting cannot be held."""

    code = "meeting.missing"


@dataclass(frozen=True, eq=False)
class Session:
    """
    Everything the rounds need, in rank order.

    ``costs[p]``: dwelling type -> cost of fit for household ``p``. ``members[p]``: bit mask of
    the quotas that count it (position in ``rules``). ``preferences[p]``: rounds of its own.
    """

    register: Register
    meeting: Meeting
    rulebook: Rulebook
    assessments: Assessments
    ranking: Ranking
    not_ranked: tuple[NotRanked, ...]
    identifiers: tuple[str, ...]
    demands: tuple[Demand, ...]
    types: tuple[DwellingType, ...]
    left_out: Mapping[str, str]
    costs: tuple[Mapping[int, Cost], ...]
    rules: tuple[QuotaRule, ...]
    counts_transfers: tuple[bool, ...]
    members: tuple[int, ...]
    preferences: tuple[tuple[str, ...], ...]

    @property
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
    def named_by(self) -> Mapping[str, str]:
        """Vacant dwelling -> agreement that names it (empty when none does)."""
        vacancies = self.register["vacancies"]
        return dict(zip(vacancies["dwelling_id"], vacancies["agreement_id"], strict=True))

    @cached_property
    def offered(self) -> Offered:
        """Dwellings on offer by base and commune."""
        origins = {
            str(r["dwelling_id"]): str(r["origin"]) for r in self.register["vacancies"].rows()
        }
        everything: dict[str, int] = {"": 0}
        vacated: dict[str, int] = {"": 0}
        for offered in self.types:
            for dwelling in offered.dwellings:
                for place in ("", offered.nis5):
                    everything[place] = everything.get(place, 0) + 1
                    if origins[dwelling] == "vacated":
                        vacated[place] = vacated.get(place, 0) + 1
        return Offered(everything, vacated)


def prepare(register: Register, rulebook: Rulebook, assessments: Assessments) -> Session:
    """
    Rank the households and describe the dwellings of the register's meeting.

    Raises
    ------
    MeetingError
        ``meeting.missing``: the register has no meeting.
    """
    meeting = register.meeting
    if meeting is None:
        raise MeetingError("This register has no meeting.yaml.")
    rows, not_ranked = participants(register, assessments)
    natures = str(
        rulebook.parameter("transfer_order", meeting.meeting_on, meeting.settings).value
    ).split(",")
    ranking = rank(register, assessments, rows, draw_seed=meeting.draw_seed, natures=natures)
    presented = presentations(register)
    wanted = demands(register, assessments, ranking.rows, presented)
    types, left_out = dwelling_types(register, regimes=points_list_regimes(rulebook, meeting))
    identifiers = tuple(register["applications"]["application_id"][ranking.rows].tolist())
    with_transfers = tuple(counts_transfers(q, rulebook, meeting) for q in register.quotas)
    return Session(
        register,
        meeting,
        rulebook,
        assessments,
        ranking,
        not_ranked,
        identifiers,
        tuple(wanted),
        types,
        left_out,
        tuple(accepted_types(wanted, types)),
        tuple(_reading(q, rulebook, meeting) for q in register.quotas),
        with_transfers,
        _members(register, ranking, assessments, identifiers, presented, with_transfers),
        _preferences(register, ranking, assessments, on=meeting.meeting_on),
    )


def _members(
    register: Register,
    ranking: Ranking,
    assessments: Assessments,
    identifiers: tuple[str, ...],
    presented: Mapping[str, tuple[str, ...]],
    with_transfers: tuple[bool, ...],
) -> tuple[int, ...]:
    """Quotas that count each household, as bit masks."""
    categories = assessments.income_category[ranking.rows].tolist()
    tiers = ranking.tier.tolist()
    lists = ("transfer", "candidate")
    known: dict[tuple[int, int, tuple[str, ...]], int] = {}
    found = []
    for identifier, category, tier in zip(identifiers, categories, tiers, strict=True):
        key = (category, tier, presented.get(identifier, ()))
        if key not in known:
            known[key] = sum(
                1 << i
                for i, rule in enumerate(register.quotas)
                if (with_transfers[i] or tier != TRANSFER_TIER)
                and _is_counted(rule, category, lists[tier], key[2])
            )
        found.append(known[key])
    return tuple(found)


def _reading(rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> QuotaRule:
    """The transfer share is a cap unless the SLSP reads the text as "at least"."""
    key = "quota.transfer_is_at_least"
    if rule.parameter != "quota.transfer_share":
        return rule
    is_at_least = rulebook.parameter(key, meeting.meeting_on, meeting.settings).value
    return replace(rule, kind="floor") if is_at_least else rule


def _is_counted(rule: QuotaRule, category: int, list_: str, agreements: tuple[str, ...]) -> bool:
    group = rule.group
    return (
        (not group.income_categories or category in group.income_categories)
        and (not group.list or group.list == list_)
        and (not group.agreement_id or group.agreement_id in agreements)
    )


def _preferences(
    register: Register, ranking: Ranking, assessments: Assessments, *, on: date
) -> tuple[tuple[str, ...], ...]:
    """Rounds of its own of each household; a decision of the chamber counts from its date."""
    won = register["applications"]["appeal_won_on"][ranking.rows] <= np.datetime64(on)
    disabled = assessments.has_disabled_member[ranking.rows]
    over_65 = assessments.has_member_over_65[ranking.rows]
    return tuple(
        tuple(n for n, holds in zip(ROUNDS, flags, strict=False) if holds)
        for flags in zip(won.tolist(), disabled.tolist(), over_65.tolist(), strict=True)
    )
