"""What a run leaves behind for the measures: plain facts, no policy and no state."""

from __future__ import annotations

from dataclasses import dataclass, field

from scenarios.passed_over import PassedOver

# Where a household stands.
WAITING, OFFERED, HOUSED, STRUCK, MOVED_ON = range(5)


@dataclass
class Letting:
    """
    One allocation accepted, from the vacancy to the lease and its end.

    ``left``: day it ended (-1: it goes on). ``why_left``: ``left``, ``eviction``, ``term``,
    ``trial`` or ``not_slid``.
    """

    household: int
    dwelling: int
    decided: int
    begins: int
    vacated: int
    available: int
    tier: int
    category: int
    points: int
    bedrooms: int
    channel: str
    bridge: str
    choice: int
    stay: int
    n_offers: int
    left: int = -1
    why_left: str = ""

    def ends(self, day: int, why: str) -> None:
        """The tenancy is over."""
        self.left, self.why_left = day, why


@dataclass
class Record:
    """
    What happened, for the measures.

    ``homes``: dwelling -> the letting under way there, of those made in the run.
    """

    lettings: list[Letting] = field(default_factory=list)
    offers: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    struck: dict[int, int] = field(default_factory=dict)
    sittings: list[tuple[int, int, int, int]] = field(default_factory=list)
    passed_over: list[tuple[int, PassedOver]] = field(default_factory=list)
    seats: list[tuple[int, str, int, int]] = field(default_factory=list)
    evictions: int = 0
    slides: dict[str, int] = field(default_factory=dict)
    followed: list[tuple[int, int]] = field(default_factory=list)
    homes: dict[int, Letting] = field(default_factory=dict)
    years: list[tuple[int, str, int, int, int]] = field(default_factory=list)

    def leaves(self, dwelling: int, day: int, why: str) -> None:
        """A tenancy ends; if it was let in the run, when and why is kept."""
        letting = self.homes.pop(dwelling, None)
        if letting is not None:
            letting.ends(day, why)
