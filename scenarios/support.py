"""
Accompaniment of those housed under agreements: places promised, taken, and free again.

A place is taken when an offer is accepted, until the follow-up ends or the household leaves. Who
is housed when none is free is housed all the same, without follow-up: the limit is on what the
partner can do, not on who is housed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.policy import Bridge

_PER = 1000  # dwellings that the places of an agreement are told for


def places_of(bridge: Bridge, stock: int) -> int | None:
    """Places of an agreement in a company with so many dwellings; ``None``: no limit."""
    return None if bridge.places is None else round(float(bridge.places) * stock / _PER)


@dataclass
class Support:
    """
    The places of every agreement.

    ``spans``: first and last day of every follow-up, the last one as planned until it is over.
    ``promised``: dwelling -> agreement, before the lease begins. ``following``: dwelling ->
    agreement and place in ``spans``. ``taken``: places taken, by agreement.
    """

    bridges: Mapping[str, Bridge]
    stock: int
    spans: list[tuple[int, int]]
    promised: dict[int, str] = field(default_factory=dict)
    following: dict[int, tuple[str, int]] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    def limit(self, bridge_id: str) -> int | None:
        """Places of an agreement."""
        return places_of(self.bridges[bridge_id], self.stock)

    def free(self) -> dict[str, int]:
        """Free places of each agreement that has a limit."""
        limits = {name: self.limit(name) for name in self.bridges}
        return {name: n - self.taken[name] for name, n in limits.items() if n is not None}

    def promise(self, dwelling: int, bridge_id: str) -> bool:
        """Take a place for the household of a dwelling, if its agreement has one."""
        limit = self.limit(bridge_id)
        is_free = limit is None or self.taken[bridge_id] < limit
        holds = is_free and self.bridges[bridge_id].is_accompanied
        if holds:
            self.promised[dwelling] = bridge_id
            self.taken[bridge_id] += 1
        return holds

    def begins(self, dwelling: int, day: int, last: int) -> tuple[Bridge, int] | None:
        """The follow-up promised to a household begins: its agreement and its number."""
        bridge_id = self.promised.pop(dwelling, None)
        if bridge_id is None:
            return None
        self.following[dwelling] = bridge_id, len(self.spans)
        self.spans.append((day, last))
        return self.bridges[bridge_id], len(self.spans) - 1

    def is_over(self, dwelling: int, number: int) -> None:
        """A follow-up reaches its last day, unless the household left before."""
        if self.following.get(dwelling, ("", -1))[1] == number:
            self._release(dwelling)

    def leaves(self, dwelling: int, day: int) -> None:
        """The household of a dwelling is gone, and its follow-up with it."""
        if dwelling in self.following:
            number = self._release(dwelling)
            self.spans[number] = self.spans[number][0], day

    def _release(self, dwelling: int) -> int:
        bridge_id, number = self.following.pop(dwelling)
        self.taken[bridge_id] -= 1
        return number

    def adds_up(self) -> bool:
        """The places taken are those of the follow-ups, promised or begun, and within limits."""
        contracts = Counter(self.promised.values()) + Counter(b for b, _ in self.following.values())
        return contracts == +self.taken and min(self.free().values(), default=0) >= 0
