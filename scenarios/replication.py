"""One batch of replications of some companies, under every arm: the work given to a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from allocation.rules.loader import load_rulebook
from allocation.territory import Company, companies
from scenarios.assessed import Assessed, assess
from scenarios.homes import Homes
from scenarios.observed import Observed, observe
from scenarios.parameters import Parameters
from scenarios.policy import RULEBOOK, Policy
from scenarios.population import Place, Population, draw_population
from scenarios.start import Start
from scenarios.streams import Streams, streams
from scenarios.synthetic import ceilings_of
from scenarios.synthetic.calibration import figure
from scenarios.world import World

# Figures that change who comes and what happens to them: the population must be drawn anew.
_OF_PEOPLE = ("demand.", "simulator.lives.", "simulator.arrivals.", "simulator.departures.")


@dataclass(frozen=True)
class Task:
    """
    Replications ``numbers`` of companies ``companies`` under ``policies``.

    ``began``: the register of the only company, when the first day is that of a register.
    """

    seed: str
    start: date
    end: date
    companies: tuple[str, ...]
    numbers: tuple[int, ...]
    policies: tuple[Policy, ...]
    is_checked: bool = False
    began: Start | None = None


@dataclass(frozen=True)
class Part:
    """What was seen of one replication of one company under one arm."""

    number: int
    slsp_id: str
    arm: int
    seen: Observed


def committee_days(start: date, end: date) -> tuple[int, ...]:
    """Days of the committees: once a month, after the start and before the end."""
    months = np.arange(np.datetime64(start, "M"), np.datetime64(end, "M") + 1)
    nth = int(figure("simulator.committee.day_of_month")) - 1
    days = months.astype("datetime64[D]").astype(np.int64) + nth
    first, last = (int(np.datetime64(d, "D").astype(np.int64)) for d in (start, end))
    return tuple(int(d) for d in days if first < d <= last)


def streams_of(seed: str, number: int, slsp_id: str) -> Streams:
    """The streams of one replication of one company."""
    return streams(seed).under(f"replication {number}").under(slsp_id)


def candidates_of(company: Company) -> int:
    """Candidates at the start: those published, or the region's share for the stock."""
    total, stock = figure("demand.candidates"), figure("stock.dwellings_managed")
    return company.candidates_known or max(1, round(company.stock * total / stock))


def run_task(task: Task) -> list[Part]:
    """Run everything of a task; people are drawn and assessed together."""
    days = committee_days(task.start, task.end)
    known = {began.company.slsp_id: began.company} if (began := task.began) else companies()
    runs = [(n, known[c]) for n in task.numbers for c in task.companies]
    found: dict[tuple[int, int], Part] = {}
    for arms in _alike(task.policies):
        policy = task.policies[arms[0]]
        people = [_people(task, number, company, policy) for number, company in runs]
        said = assess([p for _, p in people], days, policy.rulebook(), policy.settings)
        for i, ((number, company), (place, population)) in enumerate(
            zip(runs, people, strict=True)
        ):
            for arm in arms:
                seen = _run(task, number, place, population, said[i], task.policies[arm], days)
                found[i, arm] = Part(number, company.slsp_id, arm, seen)
    return [found[key] for key in sorted(found)]


def _alike(policies: tuple[Policy, ...]) -> list[list[int]]:
    """Arms under which people and points are the same: drawn and evaluated once."""
    groups: dict[str, list[int]] = {}
    for arm, policy in enumerate(policies):
        people = sorted((k, v) for k, v in policy.parameters.items() if k.startswith(_OF_PEOPLE))
        groups.setdefault(repr((policy.rules_key, people)), []).append(arm)
    return list(groups.values())


def _people(task: Task, number: int, company: Company, policy: Policy) -> tuple[Place, Population]:
    place = Place(
        company, candidates_of(company), task.start, task.end, f"{number:05d}{company.slsp_id}-"
    )
    drawn = streams_of(task.seed, number, company.slsp_id)
    ceilings = ceilings_of(load_rulebook(RULEBOOK), task.start)
    parameters = Parameters(policy.parameters)
    return place, draw_population(drawn, place, parameters, ceilings, task.began)


def _run(
    task: Task,
    number: int,
    place: Place,
    population: Population,
    said: Assessed,
    policy: Policy,
    days: tuple[int, ...],
) -> Observed:
    drawn = streams_of(task.seed, number, place.company.slsp_id)
    parameters = Parameters(policy.parameters).with_drawn(
        streams(task.seed).under(f"replication {number}")
    )
    world = World(
        place=place,
        policy=policy.in_company(place.company.slsp_id),
        rulebook=policy.rulebook(),
        parameters=parameters,
        streams=drawn,
        population=population,
        assessed=said,
        days=days,
        homes=Homes.of(drawn, place, parameters, task.began),
        began=task.began,
        is_checked=task.is_checked,
    )
    world.run()
    return observe(world)
