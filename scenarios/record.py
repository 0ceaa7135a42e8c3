"""What a run leaves behind for the measures: plain facts, no policy and no state."""

from __future__ import annotations

from dataclasses import dataclass, field

# Where a household stands.
WAITING, OFFERED, HOUSED, STRUCK, MOVED_ON = range(5)


@dataclass
class Letting:
    """One allocation accepted, from the vacancy to the lease."""

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


@dataclass
class Record:
    """What happened, for the measures."""

    lettings: list[Letting] = field(default_factory=list)
    offers: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    struck: dict[int, int] = field(default_factory=dict)
    sittings: list[tuple[int, int, int, int]] = field(default_factory=list)
    seats: list[tuple[int, str, int, int]] = field(default_factory=list)
    evictions: int = 0
    leases_ended: dict[str, int] = field(default_factory=dict)
    slides: dict[str, int] = field(default_factory=dict)
    followed: list[tuple[int, int]] = field(default_factory=list)
    years: list[tuple[int, str, int, int, int]] = field(default_factory=list)
