"""Who may have which dwelling: proportionate, chosen, of the right kind, adapted where needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model.meeting import Meeting
from allocation.model.proposal import Vacancy
from allocation.model.register import Register
from allocation.model.table import MISSING_INTEGER
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook

Cost = tuple[int, int]  # (spare adaptation, choice rank)

# Spare adaptation is an order of fit, not a legal figure: the more a dwelling is adapted beyond
# what the household needs, the later it is used for that household.
SPARE = {"ordinary": 0, "accessible": 1, "adaptable": 2, "adapted": 3}


@dataclass(frozen=True)
class DwellingType:
    """Dwellings that no test tells apart (``agreement_id``: named by that agreement)."""

    nis5: str
    section_id: str
    kind: str
    bedrooms: int
    accessibility: str
    designed_for_over_65: bool
    agreement_id: str
    dwellings: tuple[str, ...]


@dataclass(frozen=True)
class Demand:
    """What one kind of household may have; households with equal demands are interchangeable."""

    bedrooms: int
    kind_wanted: str
    needs_adapted: bool
    has_disabled_member: bool
    has_member_over_65: bool
    choices: tuple[tuple[str, str], ...]
    agreements: tuple[str, ...]

    def cost(self, offered: DwellingType) -> Cost | None:
        """Cost of fit of a dwelling of this type, or ``None`` when it may not be had."""
        if offered.bedrooms != self.bedrooms:
            return None
        if self.kind_wanted not in ("any", offered.kind):
            return None
        if self.needs_adapted and offered.accessibility != "adapted":
            return None
        if offered.agreement_id and offered.agreement_id not in self.agreements:
            return None
        places = ((offered.nis5, ""), (offered.nis5, offered.section_id))
        chosen = next((i for i, c in enumerate(self.choices, 1) if c in places), None)
        return None if chosen is None else (self._spare(offered), chosen)

    def _spare(self, offered: DwellingType) -> int:
        is_needed = self.has_disabled_member or self.needs_adapted
        spare = 0 if is_needed else SPARE[offered.accessibility]
        return spare + (offered.designed_for_over_65 and not self.has_member_over_65)


def points_list_regimes(rulebook: Rulebook, meeting: Meeting) -> tuple[str, ...]:
    """Regimes of dwelling the points list lets, from the rulebook."""
    key = "lists.points_list_regimes"
    found = rulebook.parameter(key, meeting.meeting_on, meeting.settings).value
    return tuple(str(found).split(","))


def vacant_dwellings(
    register: Register, *, regimes: Collection[str]
) -> tuple[tuple[Vacancy, ...], dict[str, str]]:
    """
    Every vacant dwelling by identifier, and the ground of those left out of the meeting.

    Left out: ``excluded_regime`` (let to a partner under articles 131 to 133 of the code, or
    another regime than the points list) and ``locked`` (an open offer).
    """
    dwellings, offers = register["dwellings"], register["offers"]
    is_open = offers["answer"] == offers.schema.column("answer").choices.index("open")
    locked = set(offers["dwelling_id"][is_open].tolist())
    kinds = _agreement_kinds(register)
    left_out: dict[str, str] = {}
    found = []
    for row in register["vacancies"].rows():
        dwelling_id, agreement = str(row["dwelling_id"]), str(row["agreement_id"] or "")
        d = dwellings.row(dwellings.index[dwelling_id][0])
        if d["regime"] not in regimes or kinds.get(agreement) == "partner_lease":
            left_out[dwelling_id] = "excluded_regime"
        elif dwelling_id in locked:
            left_out[dwelling_id] = "locked"
        found.append(
            Vacancy(
                dwelling_id,
                str(d["nis5"]),
                str(d["section_id"] or ""),
                str(d["kind"]),
                int(str(d["bedrooms"])),
                str(d["accessibility"]),
                d["designed_for_over_65"] == "yes",
                agreement,
                str(row["origin"]),
                date.fromisoformat(str(row["available_on"])),
            )
        )
    return tuple(sorted(found, key=lambda v: v.dwelling_id)), left_out


def dwelling_types(on_offer: Iterable[Vacancy]) -> tuple[DwellingType, ...]:
    """Dwellings grouped so that no test tells them apart, ordered by their first identifier."""
    groups: dict[tuple[str, str, str, int, str, bool, str], list[str]] = {}
    for v in on_offer:
        key = (
            v.nis5,
            v.section_id,
            v.kind,
            v.bedrooms,
            v.accessibility,
            v.designed_for_over_65,
            v.agreement_id,
        )
        groups.setdefault(key, []).append(v.dwelling_id)
    types = sorted((tuple(sorted(ids)), key) for key, ids in groups.items())
    return tuple(DwellingType(*key, ids) for ids, key in types)


def _agreement_kinds(register: Register) -> dict[str, str]:
    agreements = register["agreements"]
    return {str(r["agreement_id"]): str(r["kind"]) for r in agreements.rows()}


def demands(
    register: Register,
    assessments: Assessments,
    rows: npt.NDArray[np.intp],
    presented: Mapping[str, tuple[str, ...]],
) -> list[Demand]:
    """
    The demand of each ranked household, in rank order (equal demands are one object).

    ``presented``: application -> agreements it is validly presented under.
    """
    applications = register["applications"]
    choices = register["choices"]
    pairs = list(zip(choices["nis5"].tolist(), choices["section_id"].tolist(), strict=True))
    kinds = applications.schema.column("kind_wanted").choices
    known: dict[tuple[object, ...], Demand] = {}
    found = []
    columns = zip(
        applications["application_id"][rows].tolist(),
        _bedrooms(register, assessments)[rows].tolist(),
        applications["kind_wanted"][rows].tolist(),
        (applications["adapted_wanted"][rows] == 1).tolist(),
        assessments.has_disabled_member[rows].tolist(),
        assessments.has_member_over_65[rows].tolist(),
        strict=True,
    )
    for identifier, bedrooms, kind, adapted, disabled, over_65 in columns:
        places = tuple(pairs[i] for i in choices.index.get(identifier, ()))
        agreements = presented.get(identifier, ())
        key = (bedrooms, kinds[kind], adapted, disabled, over_65, places, agreements)
        demand = known.get(key)
        if demand is None:
            demand = known[key] = Demand(*key)
        found.append(demand)
    return found


def _bedrooms(register: Register, assessments: Assessments) -> npt.NDArray[np.int64]:
    """Bedrooms required, a recorded exception first."""
    exception = register["applications"]["bedrooms_exception"]
    return np.where(exception == MISSING_INTEGER, assessments.bedrooms, exception)


def accepted_types(
    demands_: Sequence[Demand], types: tuple[DwellingType, ...]
) -> list[dict[int, Cost]]:
    """Position of each type a household may have -> cost of fit, one dict per distinct demand."""
    by_place: dict[tuple[str, int], list[int]] = {}
    for t, offered in enumerate(types):
        by_place.setdefault((offered.nis5, offered.bedrooms), []).append(t)
    known: dict[int, dict[int, Cost]] = {}
    found = []
    for demand in demands_:
        costs = known.get(id(demand))
        if costs is None:
            costs = known[id(demand)] = {
                t: cost
                for nis5 in dict.fromkeys(c[0] for c in demand.choices)
                for t in by_place.get((nis5, demand.bedrooms), ())
                if (cost := demand.cost(types[t])) is not None
            }
        found.append(costs)
    return found


def presentations(register: Register) -> dict[str, tuple[str, ...]]:
    """
    Application -> agreements under which it is presented on the meeting's date.

    A presentation counts when the household agreed to it and the agreement is in force.
    """
    meeting = register.meeting
    if meeting is None:
        raise ValueError("a register without meeting has no date to look at")
    in_force = {
        str(r["agreement_id"])
        for r in register["agreements"].rows()
        if is_in_force(r, meeting.meeting_on)
    }
    found: dict[str, list[str]] = {}
    for r in register["presentations"].rows():
        if r["household_agreed_on"] is not None and r["agreement_id"] in in_force:
            found.setdefault(str(r["application_id"]), []).append(str(r["agreement_id"]))
    return {a: tuple(sorted(ids)) for a, ids in found.items()}


def is_in_force(agreement: Mapping[str, Any], on: date) -> bool:
    """True when the agreement's dates contain ``on`` (an empty end is open)."""
    starts, ends = agreement["in_force_from"], agreement["in_force_to"]
    return starts is not None and starts <= on and (ends is None or ends >= on)
