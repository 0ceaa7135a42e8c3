"""
The bare matching problem: households in strict order, dwelling types with counts, quotas in seats.

Everything legal has been turned into data before it comes here: who accepts what, who belongs to
which quota, how many seats each quota has. Dwellings that no test tells apart form one *type*;
households with the same quotas form one *cell*; a cell split by accepted types gives *classes*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from allocation.errors import HousingError


class InfeasibleError(HousingError):
    """The hard constraints cannot hold together; ``quotas`` is an irreducible conflict."""

    code = "matching.infeasible"


@dataclass(frozen=True)
class Quota:
    """
    A quota resolved into seats of this round.

    ``each``: a served member counts in every quota it belongs to. ``once``: a served household
    sits on at most one seat among the ``once`` floors. ``types`` limits the quota to dwellings
    of these types (``None``: all). Caps are always hard.
    """

    quota_id: str
    kind: Literal["floor", "cap"]
    seats: int
    counting: Literal["each", "once"] = "each"
    is_hard: bool = False
    weight: int = 1
    types: int | None = None

    def __post_init__(self) -> None:
        """One seat a person and only some dwellings: no definition of the seats filled exists."""
        if self.counting == "once" and self.kind == "floor" and self.types is not None:
            raise ValueError(f"{self.quota_id}: a floor counted once cannot be limited to types")


@dataclass(frozen=True)
class Problem:
    """
    One round.

    Shapes
    ------
    ``households``: identifiers, best rank first. ``accepts``: one bit mask over types per
    household. ``members``: one bit mask over ``quotas`` per household. ``types``: dwelling
    identifiers of each type, in identifier order. ``locked``: bit masks over ``quotas`` of
    households served in earlier rounds, who count too (a quota limited to some dwellings is in
    the mask only if theirs is one of them).
    """

    households: tuple[str, ...]
    accepts: tuple[int, ...]
    members: tuple[int, ...]
    types: tuple[tuple[str, ...], ...]
    quotas: tuple[Quota, ...]
    locked: tuple[int, ...] = ()

    @cached_property
    def capacity(self) -> tuple[int, ...]:
        """Number of dwellings of each type."""
        return tuple(len(t) for t in self.types)

    @property
    def n_dwellings(self) -> int:
        """Dwellings of the round."""
        return sum(self.capacity)

    @cached_property
    def rank(self) -> dict[str, int]:
        """Identifier -> position in the order (0 is best)."""
        return {h: i for i, h in enumerate(self.households)}

    @property
    def has_scopes(self) -> bool:
        """True when a quota is limited to some types: the type-level model is needed."""
        return any(q.types is not None for q in self.quotas)

    def with_quotas(self, keep: Sequence[bool]) -> Problem:
        """The same problem with only the quotas marked in ``keep``."""
        kept = [i for i, k in enumerate(keep) if k]
        position = {old: new for new, old in enumerate(kept)}
        cache: dict[int, int] = {}

        def project(mask: int) -> int:
            if mask not in cache:
                cache[mask] = sum(1 << position[i] for i in bits(mask) if i in position)
            return cache[mask]

        return replace(
            self,
            members=tuple(project(m) for m in self.members),
            quotas=tuple(self.quotas[i] for i in kept),
            locked=tuple(project(m) for m in self.locked),
        )

    def without_kind(self, kind: str) -> Problem:
        """The same problem without its floors, or without its caps."""
        return self.with_quotas([q.kind != kind for q in self.quotas])


def bits(mask: int) -> list[int]:
    """Positions of the bits set, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def group_types(
    accepts: Mapping[str, Sequence[str]], dwellings: Sequence[str]
) -> tuple[tuple[tuple[str, ...], ...], dict[str, int]]:
    """
    Group dwellings that exactly the same households accept.

    Returns the types (identifiers in order, types ordered by their first one) and the position
    of each dwelling's type. Dwellings accepted but not offered are ignored.
    """
    acceptors: dict[str, list[int]] = {d: [] for d in dwellings}
    for position, wanted in enumerate(accepts.values()):
        for dwelling in set(wanted):
            if dwelling in acceptors:
                acceptors[dwelling].append(position)
    groups: dict[tuple[int, ...], list[str]] = {}
    for dwelling in sorted(dwellings):
        groups.setdefault(tuple(acceptors[dwelling]), []).append(dwelling)
    types = tuple(tuple(g) for g in groups.values())
    return types, {d: t for t, group in enumerate(types) for d in group}
