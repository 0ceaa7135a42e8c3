"""
What a service can still promise, shown before it promises; more is possible, never in silence.

The weight of a plan is that of its intensity; on standby, that of standby. What is offered counts:
a household that accepts must find its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from allocation.accompaniment.plans import HOLDS_A_PLACE
from allocation.accompaniment.scale import STANDBY, Scale
from allocation.errors import HousingError

FULL_TIME = 100


class CapacityError(HousingError):
    """``accompaniment.no_capacity``: the service is full and nobody wrote why it promises more."""

    code: ClassVar[str] = "accompaniment.no_capacity"


@dataclass(frozen=True)
class Load:
    """One plan of the service: where it stands, how intense it is."""

    state: str
    intensity: str


@dataclass(frozen=True)
class Capacity:
    """Units a service has and uses, in hundredths; ``free`` is negative when it is overbooked."""

    total: int
    used: int

    @property
    def free(self) -> int:
        """What is left."""
        return self.total - self.used

    def places(self, weight: int) -> int:
        """How many more plans of a weight fit; none when the weight is nothing."""
        return max(self.free, 0) // weight if weight else 0


def free_capacity(scale: Scale, *, full_time_hundredths: int, loads: Iterable[Load]) -> Capacity:
    """
    Capacity of a service, from its workers and its plans.

    Parameters
    ----------
    scale
        The association's scale.
    full_time_hundredths
        Full-time workers who accompany, in hundredths: 350 = three and a half.
    loads
        Its plans; those that are over, or were left, weigh nothing.

    Examples
    --------
    >>> from allocation.accompaniment.scale import default_scale
    >>> ten = [Load("active", "W")] * 9 + [Load("standby", "W")]
    >>> found = free_capacity(default_scale(), full_time_hundredths=100, loads=ten)
    >>> found.free, found.places(200)
    (190, 0)
    """
    total = full_time_hundredths * scale.units_per_full_time // FULL_TIME
    used = sum(
        scale.weight(STANDBY if load.state == "standby" else load.intensity)
        for load in loads
        if load.state in HOLDS_A_PLACE
    )
    return Capacity(total, used)


def check_promise(capacity: Capacity, weight: int, *, reason: str = "") -> bool:
    """
    Let a promise pass: within what is free, or beyond it with a written reason.

    Returns whether the service is overbooked by it.

    Raises
    ------
    CapacityError
        ``accompaniment.no_capacity``.
    """
    if weight <= capacity.free:
        return False
    if not reason.strip():
        free, wanted = (Decimal(units) / FULL_TIME for units in (capacity.free, weight))
        raise CapacityError("The service is full.", free=f"{free:f}", wanted=f"{wanted:f}")
    return True
