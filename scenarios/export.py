"""
The register of a simulated day, as the company would file it: its committee can be held again.

``allocation.propose`` on it gives what the simulated committee gave (a test holds them together).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from allocation.model import TABLE_BY_NAME, Meeting, Register, Table
from allocation.model.table import Cell
from scenarios.assessed import TRANSIT, stay_facts, tables_of
from scenarios.committee import Sitting, presentation_table
from scenarios.intervals import joined
from scenarios.lives import HOMELESS

if TYPE_CHECKING:
    from scenarios.world import World


def register_of_the_day(world: World, sitting: Sitting) -> Register:
    """The register on the day of a sitting, before its offers are made."""
    waiting = world.waiting()
    people = tables_of(
        [world.population], [(waiting, np.zeros(len(waiting), dtype=np.int64))], sitting.day
    )
    facts = _with_stays(world, people["facts"], sitting.day)
    rules = tuple(quota.rule for quota in world.ledger.quotas)
    meeting: Meeting = sitting.meeting.meeting
    return Register.of(
        "demo",
        world.place.company.slsp_id,
        {
            **people,
            "facts": Table.from_columns(TABLE_BY_NAME["facts"], facts),
            "dwellings": _table("dwellings", [_dwelling(world, d) for d in world.homes.vacant]),
            "vacancies": _table("vacancies", [_vacancy(world, d) for d in world.homes.vacant]),
            "agreements": world.committee.agreements,
            "presentations": presentation_table(
                [
                    (agreement, str(world.population.identifiers[h]), meeting.meeting_on)
                    for h, agreements in world.presented.items()
                    if h in set(waiting.tolist())
                    for agreement in agreements
                ]
            ),
            "offers": _table("offers", _offers(world)),
            "allocations_ytd": _table("allocations_ytd", _allocations(world)),
        },
        quotas=rules,
        meeting=meeting,
    )


def _table(name: str, rows: list[dict[str, Cell]]) -> Table:
    return Table.of(TABLE_BY_NAME[name], rows)


def _with_stays(world: World, facts: Table, day: int) -> dict[str, Any]:
    """Who is in a temporary dwelling has that on file with the end of the lease, not the street."""
    identifiers = world.population.identifiers
    waiting = set(world.waiting().tolist())
    staying = [h for h in sorted(world.bridges.current) if h in waiting]
    names = {str(identifiers[h]) for h in staying}
    kept = np.array(
        [
            not (owner in names and fact in HOMELESS)
            for owner, fact in zip(facts["application_id"], facts["fact"], strict=True)
        ],
        dtype=np.bool_,
    )
    columns = {name: column[kept] for name, column in facts.columns.items()}
    if not staying:
        return columns
    kinds = [
        "transit" if world.bridges.current[h].kind == TRANSIT else "insertion" for h in staying
    ]
    ends = [str(np.datetime64(world.bridges.ends_on(h, day), "D").astype(object)) for h in staying]
    return joined([columns, stay_facts(identifiers[staying], kinds, ends, day)])


def _dwelling(world: World, dwelling: int) -> dict[str, Cell]:
    v = world.homes.vacant[dwelling].vacancy
    return {
        "dwelling_id": v.dwelling_id,
        "slsp_id": world.place.company.slsp_id,
        "nis5": v.nis5,
        "section_id": v.section_id or None,
        "kind": v.kind,
        "bedrooms": v.bedrooms,
        "accessibility": v.accessibility,
        "designed_for_over_65": "yes" if v.designed_for_over_65 else "no",
        "regime": "social",
    }


def _vacancy(world: World, dwelling: int) -> dict[str, Cell]:
    """Those for later committees are not yet vacancies of this one."""
    vacant = world.homes.vacant[dwelling]
    named = {v.dwelling_id: v.agreement_id for v in world.named_today}
    return {
        "dwelling_id": vacant.vacancy.dwelling_id,
        "origin": vacant.vacancy.origin,
        "available_on": vacant.vacancy.available_on,
        "agreement_id": named.get(vacant.vacancy.dwelling_id) or None,
    }


def _offers(world: World) -> list[dict[str, Cell]]:
    """Open offers, and a lock on what this committee does not look at yet."""
    on_offer = {v.vacancy.dwelling_id for v in world.on_offer()}
    rows: list[dict[str, Cell]] = []
    for dwelling, vacant in sorted(world.homes.vacant.items()):
        name = vacant.vacancy.dwelling_id
        if name in on_offer:
            continue
        household = world.offered.get(dwelling)
        rows.append(
            {
                "offer_id": f"O{name}",
                "application_id": "nobody"
                if household is None
                else str(world.population.identifiers[household]),
                "dwelling_id": name,
                "made_on": world.today,
                "answer": "open",
            }
        )
    return rows


def _allocations(world: World) -> list[dict[str, Cell]]:
    return [
        {
            "allocation_id": f"L{i:06d}",
            "decided_on": decided,
            "dwelling_id": dwelling,
            "nis5": entry.nis5,
            "list": ("transfer", "candidate")[entry.tier],
            "income_category": str(entry.category),
            "channel": entry.channel,
            "agreement_id": entry.agreement_id or None,
            "origin": entry.origin,
        }
        for i, (decided, dwelling, entry) in enumerate(world.ledger.entries)
    ]
