"""Margins: every register lies within the stated tolerances, and a wrong one does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.model import Register, Table
from allocation.rules import load_rulebook
from scenarios.synthetic import REGION, synthesise
from scenarios.synthetic.calibration import (
    CalibrationError,
    figure,
    figures,
    pick,
    shares,
)
from scenarios.synthetic.evidence import evidence
from scenarios.synthetic.margins import Margin, compare_margins


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "slsp_id", ["la-sambrienne", "maison-liegeoise", "haute-ardenne", "meuse-condroz"]
)
def test_every_margin_is_within_its_tolerance(seed: int, slsp_id: str) -> None:
    outside = [m for m in compare_margins(synthesise(seed, slsp_id=slsp_id)) if not m.is_within]
    assert outside == []


@pytest.fixture(scope="module")
def regional() -> tuple[Margin, ...]:
    return compare_margins(synthesise(4, slsp_id=REGION))


def test_every_margin_of_the_region_is_within_its_tolerance(regional: tuple[Margin, ...]) -> None:
    assert [m for m in regional if not m.is_within] == []
    rent = next(m for m in regional if m.key == "stock.average_rent")
    assert rent.expected == pytest.approx(figure("stock.average_rent"), abs=1)
    houses = next(m for m in regional if m.key == "stock.house_share")
    assert houses.expected == pytest.approx(figure("stock.house_share"), abs=0.002)


def test_tolerances_are_narrow_where_nothing_is_moved_on_purpose(
    regional: tuple[Margin, ...],
) -> None:
    loose = {"demand.bedrooms_needed_share", "demand.priority_points_distribution"}
    narrow = [m.tolerance for m in regional if m.unit == "share" and m.key not in loose]
    assert max(narrow) < 0.03


def _with_column(register: Register, table: str, **columns: Any) -> Register:
    changed = Table.from_columns(register[table].schema, {**register[table].columns, **columns})
    tables: Mapping[str, Table] = {**register.tables, table: changed}
    return replace(register, tables=tables)


def test_a_register_of_pensioners_is_outside() -> None:
    register = synthesise(1, slsp_id="lysco")
    born = np.full(len(register["household_members"]), np.datetime64("1940-01-01"))
    outside = {
        m.key
        for m in compare_margins(_with_column(register, "household_members", born_on=born))
        if not m.is_within
    }
    assert "demand.head_age_share" in outside


def test_a_company_with_one_commune_and_no_neighbour_offers_one_choice() -> None:
    margins = compare_margins(synthesise(1, slsp_id="lysco"))
    chosen = [m for m in margins if m.key == "demand.communes_chosen_distribution"]
    assert [m.expected for m in chosen] == [1, 0, 0, 0, 0]
    assert {m.status for m in chosen} == {"derived"}
    assert all(m.is_within for m in margins)


def test_a_register_of_houses_is_outside() -> None:
    register = synthesise(1, slsp_id="lysco")
    kind = np.zeros(len(register["dwellings"]), dtype=np.int16)
    outside = {
        m.key
        for m in compare_margins(_with_column(register, "dwellings", kind=kind))
        if not m.is_within
    }
    assert outside == {"stock.house_share"}


DISTRIBUTIONS = [
    key for key, found in figures().items()
    if key.startswith(("demand.", "stock.")) and key.endswith(("_share", "_distribution"))
    and isinstance(found.value, dict)
]  # fmt: skip


@pytest.mark.parametrize("key", DISTRIBUTIONS)
def test_every_distribution_of_the_calibration_adds_up_to_one(key: str) -> None:
    assert sum(shares(key).values()) == pytest.approx(1)


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(CalibrationError, match="add up"):
        shares("demand.income_ceilings_2023")
    with pytest.raises(CalibrationError, match="no figure"):
        figure("demand.nothing")


def test_a_uniform_picks_by_cumulative_share() -> None:
    among = {"a": 0.25, "b": 0.5, "c": 0.25}
    picked = pick(np.array([0.0, 0.2499, 0.25, 0.7499, 0.75, 0.9999]), among)
    assert picked.tolist() == [0, 0, 1, 1, 2, 2]


def test_every_proof_of_the_demo_is_one_the_rulebook_knows_for_that_fact() -> None:
    rulebook = load_rulebook("wallonia")
    for name, proofs in evidence()["proofs"].items():
        fact = rulebook.facts[name.removesuffix("_self_employed")]
        assert set(proofs) <= set(fact.proofs), name
        assert set(proofs) <= set(evidence()["issuers"])
