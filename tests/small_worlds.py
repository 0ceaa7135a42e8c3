"""Small runs of the simulator: one company, few candidates, few years."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from allocation.rules.loader import load_rulebook
from allocation.territory import companies
from scenarios.assessed import Assessed, assess
from scenarios.homes import Homes
from scenarios.parameters import Parameters
from scenarios.policy import Bridge, Policy
from scenarios.population import Place, Population, draw_population
from scenarios.replication import committee_days
from scenarios.streams import streams
from scenarios.study import legal_quotas
from scenarios.synthetic import ceilings_of
from scenarios.world import World

START = date(2026, 12, 31)
RULEBOOK = load_rulebook("wallonia")


def a_bridge(share: int = 6, **changes: Any) -> Bridge:
    return Bridge("transit", ("transit", "insertion"), share=Fraction(share, 100), **changes)


def a_policy(*bridges: Bridge, **changes: Any) -> Policy:
    return Policy("arm", quotas=legal_quotas(), bridges=bridges, **changes)


def a_place(slsp_id: str = "haut-escaut", candidates: int = 250, years: int = 2) -> Place:
    end = date(START.year + years, 12, 31)
    return Place(companies()[slsp_id], candidates, START, end, "T")


@cache
def people(
    seed: int, place: Place, changed: tuple[tuple[str, float], ...] = ()
) -> tuple[Population, Assessed]:
    figures = Parameters(dict(changed))
    drawn = draw_population(streams(seed), place, figures, ceilings_of(RULEBOOK, place.start))
    days = committee_days(place.start, place.end)
    return drawn, assess([drawn], days, RULEBOOK)[0]


def a_world(
    seed: int = 1,
    *,
    policy: Policy | None = None,
    place: Place | None = None,
    figures: Mapping[str, Any] | None = None,
    of_people: tuple[tuple[str, float], ...] = (),
    stock: int = 0,
    is_checked: bool = False,
    on_committee: Callable[..., None] | None = None,
) -> World:
    """A world ready to run; ``figures`` are set (those ``of_people`` before these are drawn)."""
    where = place or a_place()
    population, said = people(seed, where, of_people)
    if stock:
        where = replace(where, company=replace(where.company, stock=stock))
    parameters = Parameters(figures or {}).with_drawn(streams(seed))
    return World(
        place=where,
        policy=policy or a_policy(a_bridge()),
        rulebook=RULEBOOK,
        parameters=parameters,
        streams=streams(seed),
        population=population,
        assessed=said,
        days=committee_days(where.start, where.end),
        homes=Homes.of(streams(seed), where, parameters),
        is_checked=is_checked,
        on_committee=on_committee,
    )
