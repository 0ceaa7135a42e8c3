"""What must hold after every event of a run, whatever the policy (test mode)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from allocation.errors import HousingError
from scenarios.assessed import INSERTION, TRANSIT
from scenarios.homes import EMPTY
from scenarios.record import HOUSED, MOVED_ON, OFFERED

if TYPE_CHECKING:
    from scenarios.world import World


class InvariantError(HousingError):
    """A run has come to a state that cannot be: a fault of the program."""

    code = "study.invariant"


def check(world: World) -> None:
    """
    Check the state after an event.

    Raises
    ------
    InvariantError
        ``study.invariant``: with the name of what does not hold.
    """
    for name, holds in (
        ("stock", _stock(world)),
        ("ledger", _ledger(world)),
        ("places", _places(world)),
        ("follow-ups", world.support.adds_up()),
        ("offers", _offers(world)),
        ("housed once", _housed_once(world)),
        ("housed while on the list", _housed_while_on_list(world)),
        ("register", _register(world)),
    ):
        if not holds:
            raise InvariantError(f"{name} on {world.today}", invariant=name, on=world.today)


def _stock(world: World) -> bool:
    """Social dwellings are let, to let, sold or not yet built: each exactly one of these."""
    homes = world.homes
    built = {homes.n_start + i for i, day in enumerate(homes.built) if day > world.day}
    social = [d for d, is_social in enumerate(homes.is_social) if is_social]
    empty = {d for d in social if homes.occupant[d] == EMPTY}
    apart = (homes.vacant.keys() | homes.gone) & set(social)
    return (
        not homes.vacant.keys() & homes.gone
        and apart <= empty
        and empty - apart <= (built | _due_today(world))
    )


def _due_today(world: World) -> set[int]:
    """Dwellings ready today whose event is still to come."""
    return {world.homes.n_start + i for i, day in enumerate(world.homes.built) if day == world.day}


def _ledger(world: World) -> bool:
    """The counts kept are those of the entries."""
    ledger = world.ledger
    for i, quota in enumerate(ledger.quotas):
        if not quota.rule.nis5 and quota.counts_transfers and quota.rule.base == "allocations":
            counted = [
                entry
                for _, _, entry in ledger.entries
                if quota.counts(
                    entry.category, entry.tier, (entry.agreement_id,) if entry.agreement_id else ()
                )
            ]
            if ledger.n_members[i] != len(counted):
                return False
    return True


def _places(world: World) -> bool:
    """Places of transit and insertion: taken, free or being made ready."""
    bridges = world.bridges
    kinds = Counter(stay.kind for stay in bridges.current.values())
    total = {TRANSIT: bridges.n_transit, INSERTION: bridges.n_insertion}
    return all(
        bridges.free[kind] >= 0 and kinds[kind] + bridges.free[kind] <= n
        for kind, n in total.items()
    )


def _offers(world: World) -> bool:
    """One household an offer, one offer a household; the dwelling is to let."""
    holders = list(world.offered.values())
    return (
        len(set(holders)) == len(holders)
        and set(world.offered) <= world.homes.vacant.keys()
        and all(world.status[h] >= OFFERED for h in holders)
        and int(np.count_nonzero(world.status == OFFERED)) <= len(holders)
    )


def _housed_while_on_list(world: World) -> bool:
    """The household let a dwelling last came before it was decided and had not left."""
    if not world.record.lettings:
        return True
    last = world.record.lettings[-1]
    population = world.population
    return bool(
        population.arrives[last.household] <= last.decided < population.leaves[last.household]
    )


def _register(world: World) -> bool:
    """Who came is on the list, housed, struck off, moved on or gone, and only one of these."""
    population, status = world.population, world.status
    came = int(np.count_nonzero(population.arrives <= world.day))
    is_open = status <= OFFERED
    left = int(np.count_nonzero(is_open & (population.leaves <= world.day)))
    moved = int(np.count_nonzero(status == MOVED_ON))
    ended = len(world.record.lettings) + len(world.record.struck)
    return came == len(world.waiting()) + ended + left + moved


def _housed_once(world: World) -> bool:
    """As many households housed as lettings, none twice."""
    housed = [letting.household for letting in world.record.lettings]
    return len(set(housed)) == len(housed) and len(housed) == int(
        np.count_nonzero(world.status == HOUSED)
    )
