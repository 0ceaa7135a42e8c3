"""The one order and who may have what."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pytest

from allocation.model import TABLE_BY_NAME, Register, Table
from allocation.ranking import Demand, DwellingType, draw, participants, rank
from allocation.rules import Assessments

NATURES = ("under_occupation", "over_occupation", "medical", "convenience")


def assessed(points: list[int], admissible: list[int] | None = None) -> Assessments:
    n = len(points)
    zero = np.zeros(n, dtype=np.int64)
    no = np.zeros(n, dtype=bool)
    names = np.array([f"A{i}" for i in range(n)], dtype=object)
    return Assessments(
        names, np.array(admissible or [1] * n), np.array([""] * n, dtype=object), zero, zero,
        zero, zero, zero, zero, zero, np.array(points), zero, no, no, zero, zero, no, (),
    )  # fmt: skip


def register(*rows: dict[str, object]) -> Register:
    base = {"status": "admitted", "list": "candidate", "kind_wanted": "any",
            "registered_on": date(2020, 1, 1)}  # fmt: skip
    full = [base | {"application_id": f"A{i}"} | row for i, row in enumerate(rows)]
    offers = [
        {"offer_id": "O", "application_id": "A2", "dwelling_id": "D", "made_on": date(2026, 1, 1),
         "answer": "open"}
    ]  # fmt: skip
    return Register.of("demo", "s", {
        "applications": Table.of(TABLE_BY_NAME["applications"], full),
        "offers": Table.of(TABLE_BY_NAME["offers"], offers),
    })  # fmt: skip


def order(reg: Register, points: list[int], seed: str = "s") -> list[str]:
    rows = np.arange(len(points))
    ranking = rank(reg, assessed(points), rows, draw_seed=seed, natures=NATURES)
    return [str(reg["applications"]["application_id"][r]) for r in ranking.rows]


def test_at_equal_points_the_older_application_is_first() -> None:
    """P01: 4+4+1 filed on 10 March 2023 comes after 5+0+4 filed on 2 May 2020."""
    reg = register({"registered_on": date(2023, 3, 10)}, {"registered_on": date(2020, 5, 2)})
    assert order(reg, [9, 9]) == ["A1", "A0"]


def test_transfers_come_first_by_nature_then_by_date_of_request() -> None:
    reg = register(
        {},
        {"list": "transfer", "transfer_nature": "convenience",
         "transfer_requested_on": date(2010, 1, 1)},
        {"list": "transfer", "transfer_nature": "under_occupation",
         "transfer_requested_on": date(2025, 1, 1)},
        {"list": "transfer", "transfer_nature": "under_occupation",
         "transfer_requested_on": date(2024, 1, 1)},
        {"list": "transfer", "transfer_requested_on": date(2000, 1, 1)},
    )  # fmt: skip
    assert order(reg, [16, 0, 0, 0, 0]) == ["A3", "A2", "A1", "A4", "A0"]


def test_the_draw_is_the_published_one_and_ends_every_tie() -> None:
    expected = hashlib.sha256(b"graine 7\nA0").digest()[:8].hex()
    assert draw("graine 7", "A0") == expected
    reg = register({}, {}, {}, {})
    by_draw = sorted(["A0", "A1", "A2", "A3"], key=lambda a: draw("graine 7", a))
    assert order(reg, [3, 3, 3, 3], "graine 7") == by_draw


def test_each_ground_of_not_taking_part_is_named_and_unknown_is_not_no() -> None:
    reg = register({"status": "incomplete"}, {"status": "struck_off"}, {}, {}, {}, {},
                   {"status": "withdrawn"})  # fmt: skip
    rows, left = participants(reg, assessed([0] * 7, [1, 1, 1, -1, 0, 1, 1]))
    assert rows.tolist() == [5]
    assert {n.application_id: n.ground for n in left} == {
        "A0": "not_admitted", "A1": "struck_off", "A2": "open_offer", "A3": "unknown",
        "A4": "not_admissible", "A6": "withdrawn",
    }  # fmt: skip


HOME = DwellingType("52011", "S1", "house", 2, "ordinary", False, "", ("D1",))
WANTS = Demand(2, "any", False, False, False, (("52012", ""), ("52011", "")), ())


def variant(thing: object, **changes: object) -> object:
    from dataclasses import replace

    return replace(thing, **changes)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("home", "wants", "cost"),
    [
        ({}, {}, (0, 2)),
        ({"bedrooms": 3}, {}, None),  # proportionate: neither more
        ({"bedrooms": 1}, {}, None),  # nor less
        ({}, {"kind_wanted": "flat"}, None),
        ({}, {"kind_wanted": "house"}, (0, 2)),
        ({}, {"choices": (("52011", "S2"),)}, None),  # another section of the commune
        ({}, {"choices": (("52011", "S1"),)}, (0, 1)),
        ({}, {"choices": (("52015", ""),)}, None),
        ({}, {"needs_adapted": True}, None),
        ({"accessibility": "adapted"}, {"needs_adapted": True}, (0, 2)),
        ({"accessibility": "adapted"}, {}, (3, 2)),  # possible, but the last resort
        ({"accessibility": "adapted"}, {"has_disabled_member": True}, (0, 2)),
        ({"accessibility": "adaptable"}, {}, (2, 2)),
        ({"designed_for_over_65": True}, {}, (1, 2)),
        ({"designed_for_over_65": True}, {"has_member_over_65": True}, (0, 2)),
        ({"agreement_id": "C"}, {}, None),  # named by an agreement
        ({"agreement_id": "C"}, {"agreements": ("C",)}, (0, 2)),
    ],
)
def test_who_may_have_a_dwelling_and_at_what_cost_of_fit(
    home: dict[str, object], wants: dict[str, object], cost: tuple[int, int] | None
) -> None:
    demand = variant(WANTS, **wants)
    assert isinstance(demand, Demand)
    assert demand.cost(variant(HOME, **home)) == cost  # type: ignore[arg-type]
