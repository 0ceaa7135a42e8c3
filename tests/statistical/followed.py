"""Accompaniment and sliding leases driven through the handlers of a real world, start by start."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from scenarios.kernel import Kernel
from scenarios.policy import Bridge
from tests.small_worlds import a_place, a_policy, a_world

END = date(9000, 1, 1)  # no tenancy of these runs lasts beyond it


class Followed:
    """
    Households that move in under one agreement at the moments given, one dwelling each.

    Of the product: the free places of the agreement, all that moving in begins (follow-up,
    review, the tenancy with its hazards) and all that ends it. Committees are left out. A start
    that finds no free place is lost: ``lost``, one per start. ``load``: places taken as it came.
    """

    def __init__(self, bridge: Bridge, *, stock: int = 1000, **figures: Any) -> None:
        place = a_place(candidates=60)
        world = a_world(policy=a_policy(bridge), place=place, figures=figures, stock=stock)
        world.place = replace(world.place, end=END)
        self.first = world.place.start_day
        world.kernel = Kernel(now=self.first)
        on_list = world.population.applications["list"] == 0
        self.household = int(np.flatnonzero(on_list & ~world.population.may_stay)[0])
        self.world, self.bridge = world, bridge.bridge_id
        social = world.homes.is_social
        self.homes_to_let = [d for d in range(world.homes.n_start) if social[d]]
        self.load: list[int] = []
        self.lost: list[bool] = []
        self.dwellings: list[int] = []

    def run(self, starts: Sequence[float]) -> None:
        """``starts``: days since the first day, ascending."""
        self.starts = [self.first + day for day in starts]
        kernel, parts = self.world.kernel, (self, self.world, self.world.offers)
        kernel.at(self.starts[0], "comes", 0)
        kernel.run(
            lambda name: next(getattr(p, name) for p in parts if hasattr(p, name)), float("inf")
        )

    def comes(self, i: int) -> None:
        """One start; the next one is entered."""
        world = self.world
        if i + 1 < len(self.starts):
            world.kernel.at(self.starts[i + 1], "comes", i + 1)
        dwelling = self.homes_to_let[i % len(self.homes_to_let)]
        support = world.support
        self.load.append(support.taken[self.bridge])
        is_followed = support.promise(dwelling, self.bridge)
        self.lost.append(not is_followed)
        if is_followed:
            world.homes.occupant[dwelling] = self.household
            world.homes.vacant.pop(dwelling, None)
            world.offers.moves_in(self.household, dwelling)
            self.dwellings.append(dwelling)
