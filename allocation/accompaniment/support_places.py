"""
Places of support an agreement promises, and those in use: the one count of both.

A household uses one place, whether the contract of its stay or its own plan says so. The engine is
told of the first kind only: what a household accepts, declines or leaves of its own will is
invisible to the list and to the proposal, even as a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Stays whose contract itself couples the home with support, and those of who asked for it.
BY_CONTRACT = ("transit", "insertion", "sliding_lease")
BY_CHOICE = "support_only"


@dataclass(frozen=True)
class SupportPlaces:
    """
    Places of support of one agreement.

    ``promised``: ``None`` when it promises none. ``elsewhere``: in use besides what is known here,
    as the register says. ``by_contract``, ``by_choice``: whom a stay, or a plan and a support asked
    for, gives a place to; a household in both uses one. ``is_service_full``: the service that
    accompanies has no capacity left for anybody more.
    """

    promised: int | None
    elsewhere: int = 0
    by_contract: frozenset[str] = field(default=frozenset())
    by_choice: frozenset[str] = field(default=frozenset())
    is_service_full: bool = False

    @property
    def used(self) -> int:
        """Places in use today."""
        return self.elsewhere + len(self.by_contract | self.by_choice)

    @property
    def told_to_the_engine(self) -> int:
        """Of those, what a register's snapshot says: no voluntary plan is in it."""
        return self.elsewhere + len(self.by_contract)

    def free(self, *, but: str = "") -> int | None:
        """
        Places left, below zero when overbooked; ``None`` when none is promised.

        ``but``: a household whose own place is left out, to see what is free for it.
        """
        if self.promised is None:
            return None
        held = self.by_contract | self.by_choice
        left = self.promised - self.elsewhere - len(held - {but})
        return min(left, 0) if self.is_service_full and but not in held else left
