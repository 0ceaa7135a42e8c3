"""What becomes of the seats of a floor that the year does not fill."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.model.quota import Unused


@dataclass(frozen=True)
class Fate:
    """
    Seats left, each in one place: ``lapsed``, ``carried`` to the next year, ``released`` to the
    general list, ``reassigned`` to another quota, ``reported`` and nothing else.
    """

    lapsed: int = 0
    carried: int = 0
    released: int = 0
    reassigned: int = 0
    reported: int = 0


def fate_of(left: int, unused: Unused) -> Fate:
    """
    Where the seats a floor has left go under its policy, were nothing more done this year.

    Below zero, a floor is ahead: nothing is left.
    """
    left = max(0, left)
    if unused.policy == "carry_over":
        carried = min(left, unused.most or 0)
        return Fate(lapsed=left - carried, carried=carried)
    if unused.policy == "release":
        return Fate(released=left)
    if unused.policy == "reassign":
        return Fate(reassigned=left)
    return Fate(reported=left) if unused.policy == "report_only" else Fate(lapsed=left)
