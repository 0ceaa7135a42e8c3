"""A meeting made ready from its register: ranked, described, its quotas opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from allocation.errors import HousingError
from allocation.model.meeting import Meeting
from allocation.model.proposal import NotRanked
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.proposal.frozen import ROUNDS, FrozenMeeting
from allocation.quotas import Opened, open_quota
from allocation.ranking import (
    TRANSFER_TIER,
    Ranking,
    accepted_types,
    demands,
    dwelling_types,
    participants,
    points_list_regimes,
    presentations,
    rank,
    vacant_dwellings,
)
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook


class MeetingError(HousingError):
    """The register has no meeting, or the meeting cannot be held."""

    code = "meeting.missing"


@dataclass(frozen=True, eq=False)
class Session(FrozenMeeting):
    """A frozen meeting with the register, the rules and the points it comes from."""

    register: Register
    rulebook: Rulebook
    assessments: Assessments
    ranking: Ranking
    not_ranked: tuple[NotRanked, ...]


def prepare(register: Register, rulebook: Rulebook, assessments: Assessments) -> Session:
    """
    Rank the households and describe the dwellings of the register's meeting.

    Raises
    ------
    MeetingError
        ``meeting.missing``: the register has no meeting.
    QuotaError
        ``quota.unresolved``: a share without a value.
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
    wanted = tuple(demands(register, assessments, ranking.rows, presented))
    regimes = points_list_regimes(rulebook, meeting)
    vacancies, left_out = vacant_dwellings(register, regimes=regimes)
    types = dwelling_types(v for v in vacancies if v.dwelling_id not in left_out)
    identifiers = tuple(register["applications"]["application_id"][ranking.rows].tolist())
    quotas = tuple(
        open_quota(register, _reading(q, rulebook, meeting), rulebook) for q in register.quotas
    )
    return Session(
        meeting,
        identifiers,
        tuple(ranking.tier.tolist()),
        wanted,
        tuple(accepted_types(wanted, types)),
        _members(ranking, assessments, identifiers, presented, quotas),
        _preferences(register, ranking, assessments, on=meeting.meeting_on),
        types,
        {v.dwelling_id: v for v in vacancies},
        left_out,
        quotas,
        register,
        rulebook,
        assessments,
        ranking,
        not_ranked,
    )


def _members(
    ranking: Ranking,
    assessments: Assessments,
    identifiers: tuple[str, ...],
    presented: Mapping[str, tuple[str, ...]],
    quotas: tuple[Opened, ...],
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
                for i, quota in enumerate(quotas)
                if (quota.counts_transfers or tier != TRANSFER_TIER)
                and _is_counted(quota.rule, category, lists[tier], key[2])
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
