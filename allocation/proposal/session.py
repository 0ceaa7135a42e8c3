"""A meeting made ready from its register: ranked, described, its quotas opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.errors import HousingError
from allocation.model.meeting import Meeting
from allocation.model.proposal import NotRanked
from allocation.model.register import Register
from allocation.proposal.frozen import ROUNDS, FrozenMeeting
from allocation.quotas import Opened, as_read, open_quota
from allocation.ranking import (
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
    vacant_dwellings,
)
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook

# Grounds that a fact or a proof lifts: the application is open, its rank can be worked out.
KEPT_OUT = ("not_admitted", "not_admissible", "unknown")


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


def meeting_of(register: Register) -> Meeting:
    """The meeting of a register; ``meeting.missing`` without one."""
    if register.meeting is None:
        raise MeetingError("This register has no meeting.yaml.")
    return register.meeting


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
    meeting = meeting_of(register)
    rows, not_ranked = participants(register, assessments)
    regimes = points_list_regimes(rulebook, meeting)
    vacancies, left_out = vacant_dwellings(register, regimes=regimes)
    types = dwelling_types(v for v in vacancies if v.dwelling_id not in left_out)
    quotas = tuple(
        open_quota(register, as_read(q, rulebook, meeting), rulebook)
        for q in register.quotas
        if not q.is_of_the_ledger
    )
    return Session(
        meeting=meeting,
        **in_order(register, rulebook, assessments, rows, types=types, quotas=quotas),
        types=types,
        vacancies={v.dwelling_id: v for v in vacancies},
        left_out=left_out,
        quotas=quotas,
        register=register,
        rulebook=rulebook,
        assessments=assessments,
        not_ranked=not_ranked,
    )


def of_those_kept_out(session: Session) -> Session:
    """
    The same meeting with those whom a fact or a rule keeps out in the place of those ranked.

    Who was struck off, withdrew or is answering an offer is left out, and so is a household
    whose number of bedrooms is not known.
    """
    index = session.register["applications"].index
    kept_out = [index[n.application_id][0] for n in session.not_ranked if n.ground in KEPT_OUT]
    rows = np.array(sorted(kept_out), dtype=np.intp)
    rows = rows[session.assessments.bedrooms[rows] >= 0]
    fields = in_order(
        session.register,
        session.rulebook,
        session.assessments,
        rows,
        types=session.types,
        quotas=session.quotas,
    )
    return replace(session, **fields)


def in_order(
    register: Register,
    rulebook: Rulebook,
    assessments: Assessments,
    rows: npt.NDArray[np.intp],
    *,
    types: tuple[DwellingType, ...],
    quotas: tuple[Opened, ...],
) -> dict[str, Any]:
    """The fields of a session that hold one element per household, for these applications."""
    meeting = meeting_of(register)
    natures = str(
        rulebook.parameter("transfer_order", meeting.meeting_on, meeting.settings).value
    ).split(",")
    ranking = rank(register, assessments, rows, draw_seed=meeting.draw_seed, natures=natures)
    presented = presentations(register)
    wanted = tuple(demands(register, assessments, ranking.rows, presented))
    return {
        "identifiers": tuple(register["applications"]["application_id"][ranking.rows].tolist()),
        "tier": tuple(ranking.tier.tolist()),
        "demands": wanted,
        "costs": tuple(accepted_types(wanted, types)),
        "members": _members(ranking, assessments, wanted, quotas),
        "preferences": _preferences(register, ranking, assessments, on=meeting.meeting_on),
        "ranking": ranking,
    }


def _members(
    ranking: Ranking,
    assessments: Assessments,
    wanted: tuple[Demand, ...],
    quotas: tuple[Opened, ...],
) -> tuple[int, ...]:
    """Quotas that count each household, as bit masks."""
    categories = assessments.income_category[ranking.rows].tolist()
    known: dict[tuple[int, int, tuple[str, ...]], int] = {}
    found = []
    for demand, category, tier in zip(wanted, categories, ranking.tier.tolist(), strict=True):
        key = (category, tier, demand.agreements)
        if key not in known:
            known[key] = counted_in(quotas, *key)
        found.append(known[key])
    return tuple(found)


def counted_in(
    quotas: Sequence[Opened], category: int, tier: int, agreements: Collection[str]
) -> int:
    """Bit mask of the quotas that count a household."""
    return sum(1 << i for i, q in enumerate(quotas) if q.counts(category, tier, agreements))


def _preferences(
    register: Register, ranking: Ranking, assessments: Assessments, *, on: date
) -> tuple[tuple[str, ...], ...]:
    """Rounds of its own of each household; a decision of the chamber counts from its date."""
    won = register["applications"]["appeal_won_on"][ranking.rows] <= np.datetime64(on)
    disabled = assessments.has_disabled_member[ranking.rows]
    over_65 = assessments.has_member_over_65[ranking.rows]
    flags = zip(won.tolist(), disabled.tolist(), over_65.tolist(), strict=True)
    return tuple(rounds_of(won=w, disabled=d, over_65=o) for w, d, o in flags)


def rounds_of(*, won: bool, disabled: bool, over_65: bool) -> tuple[str, ...]:
    """Rounds of its own of a household, whose appeal may be won, with such members."""
    flags = (won, disabled, over_65)
    return tuple(name for name, holds in zip(ROUNDS, flags, strict=False) if holds)
