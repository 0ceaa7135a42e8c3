"""
What the rulebook says of everybody at every committee: points, bedrooms, categories, admission.

The evaluator is the committee's own. It is asked again about a household only on days when
something it looks at may have changed: a fact appears or ends, an anniversary passes, a bound of
a rule is crossed. Those days are read from the rules themselves, so a rule changed by a study
needs nothing here. Many companies or replications are asked about together: one call a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import TABLE_BY_NAME, Register, Setting, Table
from allocation.model.table import MISSING_INTEGER
from allocation.rules.condition import DAY_MEASURES, MONTH_MEASURES, Condition, Measure, leaves
from allocation.rules.evaluate_register import evaluate_register
from allocation.rules.in_force import RulesInForce, rules_in_force
from allocation.rules.periods import after_months_each
from allocation.rules.rulebook import Rulebook
from scenarios.intervals import ALWAYS, NEVER, joined
from scenarios.lives import HOMELESS
from scenarios.population import Population, with_all_columns
from scenarios.synthetic.calibration import figure
from scenarios.wanted import Wanted, wanted

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Where a household may live while it waits, as far as the rules can tell.
ORDINARY, TRANSIT, INSERTION, INSERTION_ENDING = range(4)
_STAY_KIND = {TRANSIT: "transit", INSERTION: "insertion", INSERTION_ENDING: "insertion"}
# Any day of the stay does: the rule only asks whether six months are left.
_STAY_DAYS = {TRANSIT: 100, INSERTION: 700, INSERTION_ENDING: 100}
_AGES = ("bedrooms.sharing_age", "bedrooms.adult_child_from", "bedrooms.adult_child_to")
_FIELDS = ("admissible", "income_category", "housing_points", "personal_points")
_MORE_FIELDS = ("seniority_points", "points", "bedrooms", "has_disabled_member")
FIELDS = (*_FIELDS, *_MORE_FIELDS, "has_member_over_65")


@dataclass(frozen=True, eq=False)
class Assessed:
    """
    Outcomes of one population, by committee then household.

    Shapes
    ------
    offsets : (committees + 1,), first row of each committee
    owner, stay : (rows,), household and where it lives (``ORDINARY`` or a stay)
    values : by name of a column of ``Assessments``, each (rows,)
    wanted : the demand of each row
    """

    offsets: Int
    owner: Int
    stay: Int
    values: dict[str, npt.NDArray[Any]]
    wanted: Wanted


def assess(
    populations: Sequence[Population],
    days: Sequence[int],
    rulebook: Rulebook,
    settings: tuple[Setting, ...] = (),
) -> list[Assessed]:
    """Evaluate every population at every committee (``days``, counted from 1970)."""
    first = rules_in_force(rulebook, _date(days[0]), settings)
    due = [_due(population, days, first) for population in populations]
    parts: list[list[tuple[Int, Int, dict[str, npt.NDArray[Any]]]]] = [[] for _ in populations]
    empty = {name: Table.of(schema, []) for name, schema in TABLE_BY_NAME.items()}
    for k, day in enumerate(days):
        asked = [owners[k] for owners in due]
        chosen = [
            _with_stays(population, owners)
            for population, owners in zip(populations, asked, strict=True)
        ]
        tables = tables_of(populations, chosen, day)
        register = Register("demo", "", {**empty, **tables}, (), None)
        outcome = evaluate_register(rulebook, register, _date(day), settings=settings)
        begins = 0
        for part, (owner, stay) in zip(parts, chosen, strict=True):
            rows = slice(begins, begins + len(owner))
            part.append((owner, stay, {name: getattr(outcome, name)[rows] for name in FIELDS}))
            begins += len(owner)
    return [
        _gathered(population, part) for population, part in zip(populations, parts, strict=True)
    ]


def _date(day: int) -> date:
    found: date = np.datetime64(day, "D").astype(object)
    return found


def _gathered(
    population: Population, parts: Sequence[tuple[Int, Int, dict[str, npt.NDArray[Any]]]]
) -> Assessed:
    sizes = np.array([len(owner) for owner, _, _ in parts])
    owner = np.concatenate([owner for owner, _, _ in parts])
    values = joined([values for _, _, values in parts])
    return Assessed(
        np.concatenate([[0], np.cumsum(sizes)]),
        owner,
        np.concatenate([stay for _, stay, _ in parts]),
        values,
        wanted(population, owner, values),
    )


def _with_stays(population: Population, owners: Int) -> tuple[Int, Int]:
    """The households asked about; those who may be in a stay are asked about under each."""
    may_stay = population.may_stay[owners]
    stays = np.where(may_stay, 4, 1)
    owner = np.repeat(owners, stays)
    begins = np.repeat(np.cumsum(stays) - stays, stays)
    return owner, np.arange(len(owner)) - begins


def tables_of(
    populations: Sequence[Population], chosen: Sequence[tuple[Int, Int]], day: int
) -> dict[str, Table]:
    """The tables about people on a day, for the households chosen of each population."""
    parts = [
        _one(population, owner, stay, day)
        for population, (owner, stay) in zip(populations, chosen, strict=True)
    ]
    return {
        name: Table(TABLE_BY_NAME[name], joined([part[name] for part in parts]))
        for name in ("applications", "household_members", "facts", "choices")
    }


def _one(
    population: Population, owner: Int, stay: Int, day: int
) -> dict[str, dict[str, npt.NDArray[Any]]]:
    identifiers = population.identifiers[owner].copy()
    for row in np.flatnonzero(stay):
        identifiers[row] = f"{identifiers[row]}s{stay[row]}"
    applications = {n: column[owner] for n, column in population.applications.items()}
    applications["application_id"] = identifiers
    applications["dependent_children"] = population.courses.dependent_children(
        owner, applications["dependent_children"], day
    )
    confirmed, times = confirmed_on(population, owner, day)
    applications["last_confirmed_on"], applications["confirmations"] = confirmed, times
    found = {"applications": applications}
    for name in ("household_members", "choices"):
        source = population.members if name == "household_members" else population.choices
        rows, who = source.on(owner, day)
        found[name] = {n: column[rows] for n, column in source.columns.items()}
        found[name]["application_id"] = identifiers[who]
    found["facts"] = _facts(population, identifiers, owner, stay, day)
    return found


def confirmed_on(population: Population, owner: Int, day: int) -> tuple[Any, Int]:
    """Last yearly confirmation before a day, and how many there were."""
    confirmed = population.applications["last_confirmed_on"][owner]
    times = population.applications["confirmations"][owner].copy()
    registered = population.applications["registered_on"][owner]
    for deadline, limit in _renewals(population, day):
        passes = registered <= limit
        confirmed = np.where(passes, deadline, confirmed)
        times += passes
    return confirmed, times


def _renewals(population: Population, day: int) -> Iterator[tuple[np.datetime64, np.datetime64]]:
    """Deadlines from the start of the run up to a day, and who is asked: registered by then."""
    deadline = figure("demand.seasonality")["renewal_deadline"]
    exempt = figure("generator.renewal.exempt_registered_after")
    start = population.start_day
    for year in range(_date(start).year, _date(day).year + 1):
        on = np.datetime64(f"{year}-{deadline}", "D")
        if start < on.astype(np.int64) <= day:
            yield on, np.datetime64(f"{year - 1}-{exempt}", "D")


def _facts(
    population: Population, identifiers: npt.NDArray[Any], owner: Int, stay: Int, day: int
) -> dict[str, npt.NDArray[Any]]:
    """Facts of the day; in a stay nobody is homeless, and the stay is on file."""
    rows, who = population.facts.on(owner, day)
    columns = population.facts.columns
    if stay.any():
        kept = (stay[who] == ORDINARY) | ~np.isin(columns["fact"][rows], HOMELESS)
        rows, who = rows[kept], who[kept]
    found = {name: column[rows] for name, column in columns.items()}
    found["application_id"] = identifiers[who]
    staying = np.flatnonzero(stay)
    if not len(staying):
        return found
    on = {s: str(_date(day + n)) for s, n in _STAY_DAYS.items()}
    kind = [_STAY_KIND[s] for s in stay[staying].tolist()]
    ends = [on[s] for s in stay[staying].tolist()]
    added = stay_facts(identifiers[staying], kind, ends, day)
    return joined([found, added])


def stay_facts(
    identifiers: npt.NDArray[Any], kinds: Sequence[str], ends: Sequence[str], day: int
) -> dict[str, npt.NDArray[Any]]:
    """The two facts of a stay in a temporary dwelling, for each household."""
    n = len(identifiers)
    value = np.empty(2 * n, dtype=object)
    value[:n], value[n:] = kinds, ends
    fact = np.array(["temporary_housing"] * n + ["temporary_housing_ends_on"] * n, dtype=object)
    filled = {
        "application_id": np.concatenate([identifiers, identifiers]),
        "member_id": np.full(2 * n, "", dtype=object),
        "fact": fact,
        "value": value,
        "proof": np.full(2 * n, "occupancy_agreement", dtype=object),
        "issued_on": np.full(2 * n, np.datetime64(day, "D")),
        "issuer": np.full(2 * n, "", dtype=object),
    }
    return with_all_columns("facts", filled, 2 * n)


def _due(population: Population, days: Sequence[int], rules: RulesInForce) -> list[Int]:
    """Households to ask about at each committee: something may have changed since the last."""
    owners, at = (np.concatenate(part) for part in zip(*_changes(population, rules), strict=True))
    committees = np.array(days)
    at = np.maximum(at, population.arrives[owners])
    k = np.searchsorted(committees, at, side="left")
    # Who left before a committee is not asked about there.
    safe = np.minimum(k, len(days) - 1)
    holds = (k < len(days)) & (committees[safe] < population.leaves[owners])
    key = np.unique(k[holds] * len(population) + owners[holds])
    bounds = np.searchsorted(key, np.arange(len(days) + 1) * len(population))
    return [key[a:b] % len(population) for a, b in pairwise(bounds)]


def _changes(population: Population, rules: RulesInForce) -> Iterator[tuple[Int, Int]]:
    """Pairs (household, day) when the answer of a rule may be another than the day before."""
    everyone = np.arange(len(population))
    yield everyone, population.arrives
    members, facts = population.members, population.facts
    for rows in (members, facts):
        for day in (rows.starts, rows.ends):
            holds = (day > ALWAYS) & (day < NEVER)
            yield rows.owner[holds], day[holds]
    yield from _anniversaries(population, rules)
    born = members.columns["born_on"]
    for age in sorted(_ages(rules)):
        day = after_months_each(born, 12 * age).astype(np.int64)
        yield members.owner, day
        yield members.owner, day + 1
    yield from _bounds(population, rules)


def _anniversaries(population: Population, rules: RulesInForce) -> Iterator[tuple[Int, Int]]:
    """Seniority: full years, calendar years or confirmations, as the rulebook counts them."""
    mode = rules.value("seniority_mode")
    everyone = np.arange(len(population))
    registered = population.applications["registered_on"]
    last = int(population.end_day)
    if mode not in ("calendar", "confirmations"):
        begins = np.maximum(registered.astype(np.int64), population.start_day)
        for years in range(1, rules.whole("seniority.cap") + 2):
            day = after_months_each(registered, 12 * years).astype(np.int64)
            holds = (day >= begins) & (day <= last)
            yield everyone[holds], day[holds]
    if mode == "calendar":
        for year in range(_date(population.start_day).year, _date(last).year + 1):
            first = int(np.datetime64(f"{year}-01-01", "D").astype(np.int64))
            yield everyone, np.full(len(everyone), first)
    of_interest = everyone if mode == "confirmations" else np.flatnonzero(population.may_stay)
    for on, _ in _renewals(population, last):
        yield of_interest, np.full(len(of_interest), int(on.astype(np.int64)))


def _conditions(rules: RulesInForce) -> Iterator[Condition]:
    groups: Iterable[Iterable[Any]] = (
        rules.lines,
        rules.admission,
        rules.preferences,
        rules.extra_rooms,
        rules.own_room,
        rules.income_shares,
    )
    for group in groups:
        for rule in group:
            yield rule.condition


def _measures(rules: RulesInForce) -> set[tuple[str, str, int]]:
    """Fact, measure and limit of every comparison with a date or an age."""
    return {
        (leaf.fact, leaf.measure, leaf.limit)
        for condition in _conditions(rules)
        for leaf in leaves(condition)
        if isinstance(leaf, Measure)
    }


def _ages(rules: RulesInForce) -> set[int]:
    found = {rules.whole(key) for key in _AGES}
    found |= {limit for fact, _, limit in _measures(rules) if fact in ("age", "born_on")}
    return {age + more for age in found for more in (0, 1)}


def _bounds(population: Population, rules: RulesInForce) -> Iterator[tuple[Int, Int]]:
    for fact, measure, limit in sorted(_measures(rules)):
        if fact in ("age", "born_on") or measure == "number":
            continue
        owners, dates, issued = _dates_of(population, rules, fact)
        since = issued if measure == "proof_age_days" else dates
        if measure in DAY_MEASURES:
            day = since.astype(np.int64) + limit
        elif measure == "ends_in_months":
            day = after_months_each(since, -limit).astype(np.int64)
            yield owners, np.where(np.isnat(since), NEVER, since.astype(np.int64) + 1)
        else:
            months = limit * MONTH_MEASURES[measure]
            day = after_months_each(since, months).astype(np.int64)
        day = np.where(np.isnat(since), NEVER, day)
        yield owners, day
        yield owners, day + 1


def _dates_of(population: Population, rules: RulesInForce, fact: str) -> tuple[Int, Any, Any]:
    """Households, dates and dates of proof of a fact, from where the catalogue reads it."""
    source = rules.rulebook.facts[fact].from_
    table, _, name = source.partition(".")
    if table == "applications":
        everyone = np.arange(len(population))
        dates = population.applications[name]
        return everyone, dates, np.full(len(dates), np.datetime64("NaT", "D"))
    columns = population.facts.columns
    rows = np.flatnonzero((columns["fact"] == fact) & (columns["value"] != ""))
    dates = columns["value"][rows].astype("datetime64[D]")
    return population.facts.owner[rows], dates, columns["issued_on"][rows]


__all__ = ["FIELDS", "MISSING_INTEGER", "Assessed", "assess", "stay_facts", "tables_of"]
