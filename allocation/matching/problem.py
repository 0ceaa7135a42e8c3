"""
The bare matching problem: households in strict order, dwelling types with counts, quotas in seats.

Everything legal has been turned into data before it comes here: who accepts what, who belongs to
which quota, how many seats each quota has. Dwellings that no test tells apart form one *type*;
households with the same quotas form one *cell*; a cell split by accepted types gives *classes*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from allocation.errors import HousingError
from allocation.matching.shortage import RuleName

if TYPE_CHECKING:
    from allocation.matching.conflicts import Conflict


class InfeasibleError(HousingError):
    """
    The hard constraints cannot hold together.

    ``solve`` raises it with the fewest that clash: ``conflict``, and their identifiers as
    ``quotas`` in the context.
    """

    code = "matching.infeasible"

    def __init__(self, message: str, *, conflict: Conflict | None = None, **context: object):
        super().__init__(message, **context)
        self.conflict = conflict


@dataclass(frozen=True)
class Quota:
    """
    A quota resolved into seats of this round.

    ``each``: a served member counts in every quota it belongs to. ``once``: a served household
    sits on at most one seat among the ``once`` floors. ``types`` limits the quota to dwellings
    of these types (``None``: all). Caps are always hard. A hard floor is met when that many
    members are served, whatever the counting: nobody uses up a seat of it. ``precedence``:
    floors of a smaller one come first under the rule `precedence`.
    """

    quota_id: str
    kind: Literal["floor", "cap"]
    seats: int
    counting: Literal["each", "once"] = "each"
    is_hard: bool = False
    weight: int = 1
    types: int | None = None
    precedence: int = 0

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
    the mask only if theirs is one of them). ``places``: bit ``len(quotas) + j`` of a membership
    mask says that the household takes not one but ``places[j][1]`` places of quota
    ``places[j][0]``: the intensity of an accompaniment is part of its cell. ``shortage_rule``:
    which shortages of the floors are least when not all can be met.
    """

    households: tuple[str, ...]
    accepts: tuple[int, ...]
    members: tuple[int, ...]
    types: tuple[tuple[str, ...], ...]
    quotas: tuple[Quota, ...]
    locked: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    shortage_rule: RuleName = "weighted"

    def __post_init__(self) -> None:
        """Several places and one seat a person: no definition of the seats filled exists."""
        for i, _ in self.places:
            if self.quotas[i].kind == "floor" and self.quotas[i].counting == "once":
                raise ValueError(f"{self.quotas[i].quota_id}: a person counted once takes one seat")

    @cached_property
    def _loads(self) -> dict[int, tuple[tuple[int, int], ...]]:
        return {}

    def loads(self, mask: int) -> tuple[tuple[int, int], ...]:
        """Quotas (positions) that count a household with this membership, and places it takes."""
        found = self._loads.get(mask)
        if found is None:
            n = len(self.quotas)
            taken = dict.fromkeys(bits(mask & (1 << n) - 1), 1)
            for j in bits(mask >> n):
                if j < len(self.places):
                    taken[self.places[j][0]] = self.places[j][1]
            found = self._loads[mask] = tuple(taken.items())
        return found

    def taken(self, mask: int, i: int) -> int:
        """Places of quota ``i`` that a household with this membership takes."""
        return dict(self.loads(mask)).get(i, 0)

    @cached_property
    def capacity(self) -> tuple[int, ...]:
        """Number of dwellings of each type."""
        return tuple(len(t) for t in self.types)

    @cached_property
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
        places = [j for j, (i, _) in enumerate(self.places) if i in position]
        n = len(self.quotas)
        bit_of = position | {n + j: len(kept) + new for new, j in enumerate(places)}
        cache: dict[int, int] = {}

        def project(mask: int) -> int:
            if mask not in cache:
                cache[mask] = sum(1 << bit_of[i] for i in bits(mask) if i in bit_of)
            return cache[mask]

        return replace(
            self,
            members=tuple(project(m) for m in self.members),
            quotas=tuple(self.quotas[i] for i in kept),
            locked=tuple(project(m) for m in self.locked),
            places=tuple((position[self.places[j][0]], self.places[j][1]) for j in places),
        )

    def without_kind(self, kind: str) -> Problem:
        """The same problem without its floors, or without its caps."""
        return self.with_quotas([q.kind != kind for q in self.quotas])


def with_full_scopes_barred(problem: Problem) -> Problem:
    """
    The same problem without the dwellings that a full cap limited to them keeps from its members.

    The quotas stay; but one limited to some dwellings that has no place left is now seen by the
    core, which sees who accepts what.
    """
    left = [
        (i, quota.types, quota.seats - sum(problem.taken(mask, i) for mask in problem.locked))
        for i, quota in enumerate(problem.quotas)
        if quota.kind == "cap" and quota.types is not None
    ]
    barred: dict[int, int] = {}
    for mask in dict.fromkeys(problem.members):
        barred[mask] = 0
        for i, types, places in left:
            if problem.taken(mask, i) > places:
                barred[mask] |= types
    if not any(barred.values()):
        return problem
    accepts = zip(problem.accepts, problem.members, strict=True)
    return replace(problem, accepts=tuple(types & ~barred[mask] for types, mask in accepts))


def bits(mask: int) -> list[int]:
    """Positions of the bits set, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def group_types(
    accepts: Mapping[str, Sequence[str]],
    dwellings: Sequence[str],
    scopes: Sequence[Collection[str]] = (),
) -> tuple[tuple[tuple[str, ...], ...], dict[str, int]]:
    """
    Group dwellings that exactly the same households accept and the same scopes hold.

    Returns the types (identifiers in order, types ordered by their first one) and the position
    of each dwelling's type. Dwellings accepted but not offered are ignored.
    """
    marks: dict[str, list[int]] = {d: [] for d in dwellings}
    for position, wanted in enumerate([*accepts.values(), *scopes]):
        for dwelling in set(wanted):
            if dwelling in marks:
                marks[dwelling].append(position)
    groups: dict[tuple[int, ...], list[str]] = {}
    for dwelling in sorted(dwellings):
        groups.setdefault(tuple(marks[dwelling]), []).append(dwelling)
    types = tuple(tuple(g) for g in groups.values())
    return types, {d: t for t, group in enumerate(types) for d in group}
