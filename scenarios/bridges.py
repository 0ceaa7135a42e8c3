"""
Transit and insertion: who gets a place, how long it is kept, and exits that are blocked.

A stay in transit is a lease of some months, renewed once; then the household moves to a place of
insertion when one is free, or stays on: nobody is put out by a date, and the place is *blocked*.
Stays end with a social dwelling (the committee's doing) or by another way out, drawn for the
household and the same in every arm.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from datetime import date
from math import ceil, log1p

import numpy as np

from allocation.rules.periods import after_months
from scenarios.assessed import INSERTION, INSERTION_ENDING, ORDINARY, TRANSIT
from scenarios.parameters import Parameters
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure

MONTH = DAYS_OF_A_YEAR / 12
_LAST_MONTHS = 6
_MONTHLY = 30


def later(day: int, months: int) -> int:
    """The same day so many months later, as leases are counted."""
    on: date = np.datetime64(day, "D").astype(object)
    return int(np.datetime64(after_months(on, months), "D").astype(np.int64))


@dataclass
class Stay:
    """
    One stay: kind of place, first day, day its leases end at the latest, way out of its own.

    ``ended``: last day; ``out_by``: ``social``, ``other``, ``insertion`` (it went on there).
    """

    household: int
    kind: int
    begins: int
    limit: int
    own_exit: int
    ended: int = -1
    out_by: str = ""

    def blocked_days(self, day: int) -> int:
        """Days spent beyond the last lease, up to a day."""
        last = self.ended if self.ended >= 0 else day
        return max(0, last - self.limit)


@dataclass
class Bridges:
    """
    The places of a company's territory, those who wait for one, and every stay so far.

    ``queue``: (day of need, household) of those who wait for transit, oldest need first.
    """

    streams: Streams
    parameters: Parameters
    entities: list[int]
    n_transit: int
    n_insertion: int
    free: dict[int, int] = field(init=False)
    queue: list[tuple[int, int]] = field(default_factory=list)
    current: dict[int, Stay] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    n_stays: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Every place is free."""
        self.free = {TRANSIT: self.n_transit, INSERTION: self.n_insertion}

    @staticmethod
    def places(parameters: Parameters, n_dwellings: int) -> tuple[int, int]:
        """Places of transit and insertion of a territory with so many social dwellings."""
        share = n_dwellings / figure("stock.dwellings_managed")
        transit, insertion = "stock.transit_dwellings", "stock.integration_dwellings"
        return round(parameters[transit] * share), round(parameters[insertion] * share)

    def would_enter(self, household: int) -> bool:
        """Whether the household would enter a transit dwelling at all."""
        share = self.parameters["simulator.bridges.needs_transit_share"]
        return bool(self._drawn("would enter transit", household) < share)

    def agrees_to_be_presented(self, household: int) -> bool:
        """Whether a partner presents it, with its agreement."""
        share = self.parameters["simulator.bridges.take_up"]
        return bool(self._drawn("presented", household) < share)

    def wants_insertion(self, household: int) -> bool:
        """Whether it goes to a place of insertion at the end of a lease in transit."""
        share = self.parameters["simulator.bridges.goes_to_insertion_share"]
        return bool(self._drawn("goes to insertion", household) < share)

    def wait(self, household: int, day: int) -> None:
        """Queue for a place of transit."""
        insort(self.queue, (day, household))

    def give_up(self, household: int) -> None:
        """No longer wait for one."""
        self.queue = [entry for entry in self.queue if entry[1] != household]

    def enter(self, household: int, kind: int, day: int) -> Stay:
        """Begin a stay; a place is free."""
        self.free[kind] -= 1
        number = self.n_stays[household] = self.n_stays.get(household, 0) + 1
        is_transit = kind == TRANSIT
        months = (
            2 * self.parameters["bridges.transit_lease_months"]
            if is_transit
            else 12 * self.parameters["bridges.insertion_lease_years"]
        )
        mean = self.parameters[
            "simulator.bridges.other_exit_months"
            if is_transit
            else "simulator.bridges.insertion_other_exit_months"
        ]
        wait = -log1p(-self._drawn("own exit", household, number)) * mean * MONTH
        stay = Stay(household, kind, day, later(day, months), day + max(1, ceil(wait)))
        self.current[household] = stay
        self.stays.append(stay)
        return stay

    def end(self, household: int, day: int, out_by: str) -> Stay:
        """End the stay; the place is free again after some days (see ``release``)."""
        stay = self.current.pop(household)
        stay.ended, stay.out_by = day, out_by
        return stay

    def release(self, kind: int) -> None:
        """The place can be entered again."""
        self.free[kind] += 1

    def code(self, household: int, day: int) -> int:
        """Where the household lives, as far as the rules can tell."""
        stay = self.current.get(household)
        if stay is None:
            return ORDINARY
        if stay.kind == TRANSIT:
            return TRANSIT
        return INSERTION_ENDING if stay.limit <= later(day, _LAST_MONTHS) else INSERTION

    def ends_on(self, household: int, day: int) -> int:
        """Day the present lease ends: the next lease of transit, the limit of insertion."""
        stay = self.current[household]
        if stay.kind == TRANSIT:
            months = self.parameters["bridges.transit_lease_months"]
            n = 1
            while later(stay.begins, n * months) <= day:
                n += 1
            return later(stay.begins, n * months)
        # Past its limit the last occupancy agreement goes on from month to month.
        return max(stay.limit, day + _MONTHLY)

    def _drawn(self, purpose: str, household: int, other: int = 0) -> float:
        return self.streams.drawn(purpose, self.entities[household], other)[0]
