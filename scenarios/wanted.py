"""What households ask for, each distinct demand once: who asks for the same stands in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER, TABLE_BY_NAME
from allocation.ranking import Cost, Demand, DwellingType
from scenarios.population import Population

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NOT_HAD = -1  # a dwelling that may not be had
_MOST_CHOICES = 64
_FEW = 4096  # numbers so close together need no sorting
_MOST_KEYS = 2**62
_KINDS = TABLE_BY_NAME["applications"].column("kind_wanted").choices


@dataclass(frozen=True, eq=False)
class Wanted:
    """
    The demands behind the outcomes of a population, before any agreement.

    Shapes
    ------
    of : (rows,), position in ``demands`` of each outcome
    bedrooms : (rows,), bedrooms required, a recorded exception first
    chosen : (households, places), whether a household chose a place
    places : commune -> column of ``chosen``
    is_disabled, is_over_65 : (demands,), marks of the preferential rounds
    """

    demands: tuple[Demand, ...]
    of: Int
    bedrooms: Int
    chosen: Flags
    places: Mapping[str, int]
    is_disabled: Flags
    is_over_65: Flags

    def costs(self, offered: DwellingType) -> Int:
        """
        Cost of fit of a type of dwelling for every demand, as one number (see ``cost_of``).

        A dwelling named for an agreement is looked at as by those presented under it.
        """
        key = replace(offered, dwellings=())
        if key not in self._known:
            names = (offered.agreement_id,) if offered.agreement_id else ()
            found = np.full(len(self.demands), NOT_HAD)
            for i in self._near.get((offered.nis5, offered.bedrooms), ()):
                demand = self.demands[i]
                cost = (replace(demand, agreements=names) if names else demand).cost(offered)
                if cost is not None:
                    found[i] = cost[0] * _MOST_CHOICES + cost[1]
            self._known[key] = found
        return self._known[key]

    @cached_property
    def _known(self) -> dict[DwellingType, Int]:
        return {}

    @cached_property
    def _near(self) -> Mapping[tuple[str, int], Sequence[int]]:
        """Demands for so many bedrooms in a commune."""
        found: dict[tuple[str, int], list[int]] = {}
        for i, demand in enumerate(self.demands):
            for nis5 in dict.fromkeys(place for place, _ in demand.choices):
                found.setdefault((nis5, demand.bedrooms), []).append(i)
        return found


def cost_of(code: int) -> Cost:
    """The cost of fit behind its number."""
    return divmod(code, _MOST_CHOICES)


def wanted(population: Population, owner: Int, values: Mapping[str, npt.NDArray[Any]]) -> Wanted:
    """The demand of each outcome; ``owner`` is its household."""
    applications = population.applications
    exception = applications["bedrooms_exception"][owner]
    bedrooms = np.where(exception == MISSING_INTEGER, values["bedrooms"], exception)
    lists, list_of = _choices(population)
    columns = (
        bedrooms,
        applications["kind_wanted"][owner],
        applications["adapted_wanted"][owner] == 1,
        values["has_disabled_member"],
        values["has_member_over_65"],
        list_of[owner],
    )
    first, of = kinds_of(columns)
    demands = tuple(
        Demand(size, _KINDS[kind], bool(adapted), bool(disabled), bool(old), lists[k], ())
        for size, kind, adapted, disabled, old, k in zip(
            *(column[first].tolist() for column in columns), strict=True
        )
    )
    places, chosen = _places(population)
    marks = (columns[3][first].astype(np.bool_), columns[4][first].astype(np.bool_))
    return Wanted(demands, of, bedrooms, chosen, places, *marks)


def kinds_of(columns: Iterable[npt.NDArray[Any]]) -> tuple[Int, Int]:
    """First row of each distinct combination of values, and the combination of each row."""
    key: Any = 0
    n_keys = 1
    for column in columns:
        code, n_codes = _coded(column)
        if n_keys * n_codes > _MOST_KEYS:
            key, n_keys = _coded(key)
        key, n_keys = key * n_codes + code, n_keys * n_codes
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    return first, of


def _coded(column: npt.NDArray[Any]) -> tuple[Int, int]:
    """The same values as numbers from 0, in their order, and how many numbers there may be."""
    if column.dtype.kind in "bi" and len(column):
        lowest, highest = int(column.min()), int(column.max())
        if highest - lowest < _FEW:
            return column.astype(np.int64) - lowest, highest - lowest + 1
    found, code = np.unique(column, return_inverse=True)
    return code, max(1, len(found))


def _choices(population: Population) -> tuple[list[tuple[tuple[str, str], ...]], Int]:
    """Distinct lists of places in order of choice, and the one of each household."""
    choices = population.choices
    nis5, section = choices.columns["nis5"].tolist(), choices.columns["section_id"].tolist()
    pairs = list(zip(nis5, section, strict=True))
    bounds = choices.offsets.tolist()
    number: dict[tuple[tuple[str, str], ...], int] = {}
    found = [number.setdefault(tuple(pairs[a:b]), len(number)) for a, b in pairwise(bounds)]
    return list(number), np.array(found, dtype=np.int64)


def _places(population: Population) -> tuple[dict[str, int], Flags]:
    choices = population.choices
    nis5 = choices.columns["nis5"].tolist()
    places = {c: i for i, c in enumerate(sorted(set(nis5)))}
    chosen = np.zeros((len(population), len(places)), dtype=np.bool_)
    chosen[choices.owner, [places[c] for c in nis5]] = True
    return places, chosen
