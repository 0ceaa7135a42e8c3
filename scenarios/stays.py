"""Events of those without a roof: transit, insertion, presentations by partners, ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenarios.assessed import INSERTION, ORDINARY, TRANSIT
from scenarios.bridges import later
from scenarios.intervals import NEVER
from scenarios.policy import STANDING
from scenarios.population import IN_NEED, in_need
from scenarios.record import OFFERED
from scenarios.synthetic.calibration import shares

if TYPE_CHECKING:
    from scenarios.world import World


class Stays:
    """Handlers; ``events`` names those the kernel may call."""

    events = (
        "needs_roof",
        "finds_roof",
        "is_presented",
        "lease_ends",
        "own_exit",
        "place_ready",
    )

    def __init__(self, world: World) -> None:
        self.world = world
        self.bridges = world.bridges
        self.standing: dict[int, set[str]] = {}

    def settle(self) -> None:
        """Who is without a roof at the start fills the places; others come when they need one."""
        world = self.world
        courses, population = world.population.courses, world.population
        need = in_need(population.situation)
        labels = list(shares("demand.current_situation_share"))
        in_stay = population.situation == labels.index(IN_NEED[1])
        for h in np.flatnonzero(population.may_stay).tolist():
            day = int(population.arrives[h]) if need[h] else int(courses.loses_home[h])
            if day <= world.place.start_day:
                self._seat_at_start(h, is_in_stay=bool(in_stay[h]))
            else:
                world.kernel.at(day, "needs_roof", h)
            if courses.finds_home[h] < NEVER:
                world.kernel.at(max(day, int(courses.finds_home[h])), "finds_roof", h)
        self._introduce()

    def _introduce(self) -> None:
        """Partners present those whose home or income concerns them, some days after they come."""
        world, population = self.world, self.world.population
        delay = world.parameters["simulator.bridges.presentation_days"]
        for public in {p for b in world.policy.bridges for p in b.public} & set(STANDING):
            for h in np.flatnonzero(population.standing(public)).tolist():
                self.standing.setdefault(h, set()).add(public)
        for h in sorted(self.standing):
            day = max(int(population.arrives[h]), world.place.start_day)
            world.kernel.at(day + delay, "is_presented", h)

    def _seat_at_start(self, household: int, *, is_in_stay: bool) -> None:
        kind = TRANSIT if household % 2 or not self.bridges.free[INSERTION] else INSERTION
        if is_in_stay and self.bridges.free[kind]:
            self._begin(household, kind)
        else:
            self.needs_roof(household)

    def needs_roof(self, household: int) -> None:
        """A household without a roof asks for a place of transit."""
        if self.world.status[household] > OFFERED or household in self.bridges.current:
            return
        self._present(household, "homeless")
        if self.bridges.would_enter(household):
            self.bridges.wait(household, self.world.day)
            self._fill_transit()

    def finds_roof(self, household: int) -> None:
        """It found a roof by itself; a stay under way goes on."""
        self.bridges.give_up(household)
        if household not in self.bridges.current:
            self._withdraw(household)

    def _fill_transit(self) -> None:
        bridges = self.bridges
        while bridges.free[TRANSIT] and bridges.queue:
            _, household = bridges.queue.pop(0)
            if self.world.is_candidate(household):
                self._begin(household, TRANSIT)

    def _begin(self, household: int, kind: int) -> None:
        world, day = self.world, self.world.day
        stay = self.bridges.enter(household, kind, day)
        number = self.bridges.n_stays[household]
        world.kernel.at(stay.own_exit, "own_exit", household, number)
        if kind == TRANSIT:
            first = later(day, world.parameters["bridges.transit_lease_months"])
            world.kernel.at(first, "lease_ends", household, number)
            world.kernel.at(stay.limit, "lease_ends", household, number)
        delay = world.parameters["simulator.bridges.presentation_days"]
        world.kernel.at(day + delay, "is_presented", household)

    def is_presented(self, household: int) -> None:
        """A partner presents the household under the agreements for where it stands."""
        stay = self.bridges.current.get(household)
        if stay is not None:
            self._present(household, "transit" if stay.kind == TRANSIT else "insertion")
        elif household in self.standing and household not in self.world.presented:
            self._present(household, "")

    def _present(self, household: int, public: str) -> None:
        publics = {public, *self.standing.get(household, ())}
        names = {b.bridge_id for b in self.world.policy.bridges if publics.intersection(b.public)}
        if names and self.bridges.agrees_to_be_presented(household):
            self.world.presented[household] = tuple(sorted(names))

    def _withdraw(self, household: int) -> None:
        """No longer presented for a stay or the street; what else concerns a partner remains."""
        self.world.presented.pop(household, None)
        if household in self.standing:
            self._present(household, "")

    def lease_ends(self, household: int, number: int) -> None:
        """At the end of a lease in transit: on to insertion if a place is free, else stay on."""
        stay = self.bridges.current.get(household)
        if stay is None or self.bridges.n_stays[household] != number or stay.kind != TRANSIT:
            return
        if self.bridges.free[INSERTION] and self.bridges.wants_insertion(household):
            self.end(household, "insertion")
            self._begin(household, INSERTION)

    def own_exit(self, household: int, number: int) -> None:
        """The household finds another way out."""
        if household in self.bridges.current and self.bridges.n_stays[household] == number:
            self.end(household, "other")

    def end(self, household: int, out_by: str) -> None:
        """A stay ends; its place is free again after some days."""
        world = self.world
        stay = self.bridges.end(household, world.day, out_by)
        world.stay[household] = ORDINARY
        self._withdraw(household)
        days = world.parameters["simulator.bridges.days_between_stays"]
        world.kernel.at(world.day + days, "place_ready", stay.kind)

    def place_ready(self, kind: int) -> None:
        """A place can be entered again."""
        self.bridges.release(kind)
        self._fill_transit()
