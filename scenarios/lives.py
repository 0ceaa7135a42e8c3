"""What happens to a household while it waits: births, departures, incomes, health, the roof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER, TABLE_BY_NAME
from allocation.model.table import NO_DATE
from scenarios.intervals import ALWAYS, NEVER, Rows, joined
from scenarios.parameters import Parameters
from scenarios.start import Start
from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure
from scenarios.synthetic.circumstances import pensioners
from scenarios.synthetic.evidence import HOUSEHOLD, FactRows
from scenarios.synthetic.households import (
    APPLICANT,
    FEMALE,
    FIRST_CHILD,
    N_SLOTS,
    PARTNER,
    SHARED_PRIVATE,
    Households,
)
from scenarios.synthetic.incomes import Incomes
from scenarios.synthetic.people_tables import roles_of

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Values = dict[str, npt.NDArray[Any]]

_DAYS_OF_A_YEAR = 365.25
_NEWBORN = N_SLOTS  # a place of its own, after the others
_FERTILE = (18, 42)
_CERTIFICATE_DAYS = 10
_OF_THE_HOME = ("occupancy_title", "unfit_dwelling", "lease_end_ground", "temporary_housing")
_REPLACED = ("temporary_housing_ends_on",)
_TEMPORARY = ("transit", "insertion")
_AGENCY = "ais_conventioned"
HOMELESS = ("homeless_since", "homeless_ended_on")


@dataclass(frozen=True, eq=False)
class Courses:
    """
    Days of what happens to each household (``NEVER`` when nothing does).

    Shapes
    ------
    born, separates, earns_otherwise, falls_ill, loses_home, finds_home : (n,)
    leaves_home : (n, 6), children
    income_factor : (n,)
    newborn_sex : (n,)
    dependent : (n, 6), children counted as dependent on arrival
    """

    born: Int
    separates: Int
    earns_otherwise: Int
    falls_ill: Int
    loses_home: Int
    finds_home: Int
    leaves_home: Int
    income_factor: npt.NDArray[np.float64]
    newborn_sex: Int
    dependent: Flags

    def dependent_children(self, owners: Int, on_arrival: Int, day: int) -> Int:
        """Dependent children on a day: those of the arrival, one born, less those who left."""
        more = (self.born[owners] <= day).astype(np.int64)
        gone = (self.dependent[owners] & (self.leaves_home[owners] <= day)).sum(axis=1)
        found: Int = np.maximum(0, on_arrival + more - gone)
        return found


def draw_courses(
    streams: Streams,
    entities: Int,
    *,
    households: Households,
    arrives: Int,
    until: Int,
    in_need: Flags,
    facts: FactRows,
    shift: Int,
    parameters: Parameters,
) -> Courses:
    """Draw everything that happens from the arrival on; what comes after ``until`` is left out."""

    def after(purpose: str, rate: float, holds: Flags) -> Int:
        drawn = streams.uniforms(f"course {purpose}", entities)
        wait = np.ceil(-np.log1p(-drawn) / rate * _DAYS_OF_A_YEAR).astype(np.int64)
        return np.where(holds & (arrives + wait < until), arrives + wait, NEVER)

    couple = households.present[:, PARTNER]
    age = households.age
    fertile = np.zeros(len(entities), dtype=np.bool_)
    for place in (APPLICANT, PARTNER):
        is_mother = (households.sex[:, place] == FEMALE) & households.present[:, place]
        fertile |= is_mother & (age[:, place] >= _FERTILE[0]) & (age[:, place] <= _FERTILE[1])
    rate = {k: float(parameters[f"simulator.lives.{k}_rate"]) for k in _RATES}
    expected = _expected_births(facts, shift, len(entities))
    born = np.where(expected < NEVER, expected, after("birth", rate["birth"], fertile))
    loses = after("loses home", rate["loses_home"], ~in_need)
    roofless_from = np.where(in_need, arrives, loses)
    everyone = np.ones(len(entities), dtype=np.bool_)
    waited = after("finds home", rate["finds_home"], everyone) - arrives
    finds = np.where(roofless_from + waited < until, roofless_from + waited, NEVER)
    low, high = parameters["simulator.lives.income_factor"]
    return Courses(
        born=born,
        separates=after("separation", rate["separation"], couple),
        earns_otherwise=after("income", rate["income_change"], everyone),
        falls_ill=after("health", rate["disability"], _without(facts, "disabled", len(entities))),
        loses_home=loses,
        finds_home=finds,
        leaves_home=_leaving_children(streams, entities, households, parameters),
        income_factor=low + streams.uniforms("income factor", entities) * (high - low),
        newborn_sex=(streams.uniforms("sex of the newborn", entities) < 0.5).astype(np.int64),
        dependent=households.children & (households.lodging[:, FIRST_CHILD:] != SHARED_PRIVATE),
    )


_RATES = ("birth", "separation", "income_change", "disability", "loses_home", "finds_home")


def _without(facts: FactRows, fact: str, n: int) -> Flags:
    found = np.ones(n, dtype=np.bool_)
    found[facts.owner[(facts.fact == fact) & (facts.place == APPLICANT)]] = False
    return found


def _expected_births(facts: FactRows, shift: Int, n: int) -> Int:
    found = np.full(n, NEVER)
    rows = np.flatnonzero((facts.fact == "expected_birth_on") & (facts.value != ""))
    owner = facts.owner[rows]
    days = facts.value[rows].astype("datetime64[D]").astype(np.int64) + shift[owner]
    found[owner] = days
    return found


def _leaving_children(
    streams: Streams, entities: Int, households: Households, parameters: Parameters
) -> Int:
    low = parameters["simulator.lives.leaves_home_from"]
    high = parameters["simulator.lives.leaves_home_to"]
    n_children = N_SLOTS - FIRST_CHILD
    drawn = streams.uniforms("leaves home", entities, width=n_children)
    days = np.ceil((low + drawn * (high - low)) * _DAYS_OF_A_YEAR).astype(np.int64)
    born = households.born_on[:, FIRST_CHILD:].astype("datetime64[D]").astype(np.int64)
    return np.where(households.children, born + days, NEVER)


def member_rows(
    identifiers: Texts,
    households: Households,
    incomes: Incomes,
    courses: Courses,
    streams: Streams,
    entities: Int,
    start: date,
    began: Start | None = None,
) -> Rows:
    """Rows of ``household_members`` with their days, nameless; at first those of ``began``."""
    owner, filled = _drawn_members(households, incomes, streams, entities, start)
    if began is not None:
        later = owner >= len(began)
        there, columns = began.members
        filled = joined([columns, {name: column[later] for name, column in filled.items()}])
        owner = np.concatenate([there, owner[later]])
    n, place = len(owner), filled["place"]
    ends = np.full(n, NEVER)
    ends[place == PARTNER] = courses.separates[owner[place == PARTNER]]
    is_child = (place >= FIRST_CHILD) & (place < N_SLOTS)
    ends[is_child] = courses.leaves_home[owner[is_child], place[is_child] - FIRST_CHILD]
    starts = np.full(n, ALWAYS)
    parts = [(owner, starts, ends, filled)]
    parts.append(_other_incomes(owner, ends, filled, courses))
    parts.append(_newborns(courses))
    owner = np.concatenate([p[0] for p in parts])
    starts = np.concatenate([p[1] for p in parts])
    ends = np.concatenate([p[2] for p in parts])
    return _as_table(identifiers, owner, starts, ends, joined([p[3] for p in parts]))


def _drawn_members(
    households: Households, incomes: Incomes, streams: Streams, entities: Int, start: date
) -> tuple[Int, Values]:
    """Household of each member drawn, and its columns, with its place."""
    owner, place = np.nonzero(households.present)
    is_child = place >= FIRST_CHILD
    pension = pensioners(streams, entities, households=households)
    taxable = incomes.taxable[owner, place]
    year = start.year - figure("generator.incomes.reference_years_before")
    return owner, {
        "place": place,
        "role": roles_of(households)[owner, place],
        "sex": households.sex[owner, place],
        "born_on": households.born_on[owner, place],
        "is_married": (households.is_married[owner] & (place <= PARTNER)).astype(np.int64),
        "is_pensioner": pension[owner, place].astype(np.int64),
        "lodging": np.where(is_child, households.lodging[owner, place], -1),
        "is_self_employed": incomes.is_self_employed[owner, place].astype(np.int64),
        "income_year": np.where(taxable == MISSING_INTEGER, MISSING_INTEGER, year),
        "taxable_income_cents": taxable,
        "current_income_cents": incomes.current[owner, place],
        "maintenance_paid_cents": incomes.maintenance[owner, place],
    }


def _other_incomes(
    owner: Int, ends: Int, filled: Values, courses: Courses
) -> tuple[Int, Int, Int, Values]:
    """From one day on the present income is another; the row before ends that day (in place)."""
    change = courses.earns_otherwise[owner]
    rows = np.flatnonzero((change < ends) & (filled["taxable_income_cents"] > 0))
    after = {name: column[rows] for name, column in filled.items()}
    factor = courses.income_factor[owner[rows]]
    before = after["taxable_income_cents"] / 100
    after["current_income_cents"] = (np.round(before * factor) * 100).astype(np.int64)
    found = owner[rows], change[rows], ends[rows].copy(), after
    ends[rows] = change[rows]
    return found


def _newborns(courses: Courses) -> tuple[Int, Int, Int, Values]:
    rows = np.flatnonzero(courses.born < NEVER)
    n = len(rows)
    missing = np.full(n, MISSING_INTEGER)
    roles = TABLE_BY_NAME["household_members"].column("role").choices
    filled = {
        "place": np.full(n, _NEWBORN),
        "role": np.full(n, roles.index("child")),
        "sex": courses.newborn_sex[rows],
        "born_on": courses.born[rows].astype("datetime64[D]"),
        "is_married": np.zeros(n, dtype=np.int64),
        "is_pensioner": np.zeros(n, dtype=np.int64),
        "lodging": np.zeros(n, dtype=np.int64),
        "is_self_employed": np.zeros(n, dtype=np.int64),
        "income_year": missing,
        "taxable_income_cents": missing,
        "current_income_cents": missing,
        "maintenance_paid_cents": missing,
    }
    return rows, courses.born[rows], np.full(n, NEVER), filled


def _as_table(identifiers: Texts, owner: Int, starts: Int, ends: Int, filled: Values) -> Rows:
    place = filled.pop("place")
    n = len(owner)
    ids = np.empty(n, dtype=object)
    ids[:] = [
        f"{identifiers[o]}-{chr(97 + p)}"
        for o, p in zip(owner.tolist(), place.tolist(), strict=True)
    ]
    empty = np.full(n, "", dtype=object)
    columns: Values = {}
    for column in TABLE_BY_NAME["household_members"].columns:
        if column.name == "application_id":
            columns[column.name] = identifiers[owner]
        elif column.name == "member_id":
            columns[column.name] = ids
        elif column.kind == "text":
            columns[column.name] = empty
        elif column.kind in ("choice", "flag"):
            columns[column.name] = filled[column.name].astype(np.int16)
        else:
            columns[column.name] = filled[column.name]
    order = np.lexsort((starts, place, owner))
    return Rows.of(len(identifiers), owner, starts, ends, columns, order)


def fact_rows(
    identifiers: Texts,
    facts: FactRows,
    shift: Int,
    courses: Courses,
    in_need: Flags,
    arrives: Int,
    agency_terms: tuple[Int, Int, Int],
) -> Rows:
    """
    Rows of ``facts`` with the days they hold; a stay in transit is known to the run alone.

    ``agency_terms``: household, first day and end of the leases of a social agency, for those who
    live in one (``agency_leases``).
    """
    kept = ~np.isin(facts.fact, _REPLACED)
    kept &= ~((facts.fact == "temporary_housing") & np.isin(facts.value, _TEMPORARY))
    owner, place = facts.owner[kept], facts.place[kept]
    fact, value = facts.fact[kept], facts.value[kept].copy()
    for name in np.unique(fact.astype(str)):
        rows = np.flatnonzero((fact == name) & (value != ""))
        if name.endswith(("_on", "_since")):
            days = value[rows].astype("datetime64[D]") + shift[owner[rows]].astype("timedelta64[D]")
            value[rows] = days.astype(str)
    ends = np.full(len(owner), NEVER)
    of_home = np.isin(fact, _OF_THE_HOME)
    ends[of_home] = courses.loses_home[owner[of_home]]
    of_partner, of_child = place == PARTNER, (place >= FIRST_CHILD) & (place < N_SLOTS)
    ends[of_partner] = courses.separates[owner[of_partner]]
    ends[of_child] = courses.leaves_home[owner[of_child], place[of_child] - FIRST_CHILD]
    expected = fact == "expected_birth_on"
    ends[expected] = courses.born[owner[expected]]
    issued = facts.issued_on[kept] + shift[owner].astype("timedelta64[D]")
    old = {"fact": fact, "value": value, "proof": facts.proof[kept], "issued_on": issued}
    starts = np.full(len(owner), ALWAYS)
    known = np.zeros(len(identifiers), dtype=np.bool_)
    known[owner[fact == "homeless_since"]] = True
    in_agency = owner[(fact == "temporary_housing") & (value == _AGENCY)]
    added = _new_facts(
        courses,
        roofless=in_need & ~known,
        arrives=arrives,
        agency_terms=_held(agency_terms, in_agency, courses),
    )
    owner, place, starts, ends = (
        np.concatenate([a, b]) for a, b in zip((owner, place, starts, ends), added[:4], strict=True)
    )
    return _as_facts(identifiers, owner, place, starts, ends, joined([old, added[4]]))


def _held(terms: tuple[Int, Int, Int], tenants: Int, courses: Courses) -> tuple[Int, Int, Int]:
    """The terms that tenants of an agency begin before they lose their home."""
    owner, begins, until = terms
    holds = np.isin(owner, tenants) & (begins < courses.loses_home[owner])
    return owner[holds], begins[holds], until[holds]


def _new_facts(
    courses: Courses, *, roofless: Flags, arrives: Int, agency_terms: tuple[Int, Int, Int]
) -> tuple[Int, Int, Int, Int, Values]:
    parts: list[tuple[Int, str, int, Int, Int, str]] = []
    lost = np.flatnonzero(courses.loses_home < NEVER)
    since = courses.loses_home[lost]
    certified = since + _CERTIFICATE_DAYS
    parts.append((lost, "homeless_since", HOUSEHOLD, since, certified, "cpas_certificate"))
    there = np.flatnonzero(roofless)
    before = arrives[there] - 31
    parts.append((there, "homeless_since", HOUSEHOLD, before, before, "cpas_certificate"))
    found = np.flatnonzero(courses.finds_home < NEVER)
    day = courses.finds_home[found]
    parts.append((found, "homeless_ended_on", HOUSEHOLD, day, day, ""))
    ill = np.flatnonzero(courses.falls_ill < NEVER)
    day = courses.falls_ill[ill]
    parts.append((ill, "disabled", APPLICANT, day, day, "federal_disability_certificate"))
    tenant, begins, until = agency_terms
    of_lease = ("temporary_housing_ends_on", HOUSEHOLD, until, begins, "occupancy_agreement")
    parts.append((tenant, *of_lease))
    owner = np.concatenate([p[0] for p in parts])
    place = np.concatenate([np.full(len(p[0]), p[2]) for p in parts])
    starts = np.concatenate([p[4] for p in parts])
    ends = np.full(len(owner), NEVER)
    ends[len(owner) - len(tenant) :] = np.minimum(until, courses.loses_home[tenant])
    values: list[str] = []
    for _, fact, _, day, _, _ in parts:
        is_flag = fact == "disabled"
        values += (
            ["yes"] * len(day) if is_flag else day.astype("datetime64[D]").astype(str).tolist()
        )
    proof = np.concatenate([np.full(len(p[0]), p[5], dtype=object) for p in parts])
    filled = {
        "fact": np.concatenate([np.full(len(p[0]), p[1], dtype=object) for p in parts]),
        "value": np.array([*values, ""], dtype=object)[:-1],
        "proof": proof,
        "issued_on": np.where(proof == "", NO_DATE, starts.astype("datetime64[D]")),
    }
    return owner, place, starts, ends, filled


def _as_facts(
    identifiers: Texts, owner: Int, place: Int, starts: Int, ends: Int, filled: Values
) -> Rows:
    n = len(owner)
    member = np.empty(n, dtype=object)
    member[:] = [
        "" if p == HOUSEHOLD else f"{identifiers[o]}-{chr(97 + p)}"
        for o, p in zip(owner.tolist(), place.tolist(), strict=True)
    ]
    names, code = np.unique(filled["fact"].astype(str), return_inverse=True)
    del names
    columns = {
        "application_id": identifiers[owner],
        "member_id": member,
        **filled,
        "issuer": np.full(n, "", dtype=object),
    }
    order = np.lexsort((code, place, owner))
    return Rows.of(len(identifiers), owner, starts, ends, columns, order)


__all__ = ["HOMELESS", "Courses", "draw_courses", "fact_rows", "member_rows"]
