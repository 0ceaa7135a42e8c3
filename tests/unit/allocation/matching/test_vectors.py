"""The twelve golden instances, and what a file of instances may not hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allocation.matching.vector_answers import KEYS, answer
from allocation.matching.vector_file import problems_of
from allocation.matching.vectors import read_vector

VECTORS = json.loads(Path("tests/golden/test_vectors.json").read_text(encoding="utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=[v["id"] for v in VECTORS])
def test_every_expected_key_is_reproduced(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    found = answer(read_vector(vector), tuple(expected))
    assert {key: found[key] for key in expected} == expected


def test_a_vector_without_expected_block_gets_every_key() -> None:
    found = answer(read_vector(VECTORS[11]))
    assert set(found) == {"id", *KEYS} - {"rank_sum", "conflict"}


@pytest.mark.parametrize("vector", VECTORS, ids=[v["id"] for v in VECTORS])
def test_the_order_of_the_lists_in_the_file_changes_nothing(vector: dict[str, Any]) -> None:
    turned = dict(vector, households=vector["households"][::-1], quotas=vector["quotas"][::-1])
    keys = tuple(k for k in vector["expected"] if k not in ("serial_units", "without_quota"))
    assert answer(read_vector(turned), keys) == answer(read_vector(vector), keys)


def test_an_impossible_hard_floor_is_said_not_worked_around() -> None:
    vector = dict(VECTORS[3], quotas=[
        {"id": "hard", "kind": "floor", "group": "CPAS", "seats": 3, "hard": True}
    ])  # fmt: skip
    found = answer(read_vector(vector), ("lex", "lex_units", "rank_sum", "seat"))
    assert found["lex"] == found["lex_units"] == found["rank_sum"] == {"error": "infeasible"}
    assert "seat" not in found
    assert found["conflict"]["quotas"] == ["hard"]
    assert found["conflict"]["most"] == {"hard": 2}


def spoiled(**changes: Any) -> dict[str, Any]:
    vector: dict[str, Any] = json.loads(json.dumps(VECTORS[11] | changes))
    return vector


def with_quota(**changes: Any) -> dict[str, Any]:
    quota = {"id": "q", "kind": "floor", "group": "APL", "seats": 1} | changes
    return spoiled(quotas=[{k: v for k, v in quota.items() if v is not None}])


@pytest.mark.parametrize(
    ("vector", "column", "code"),
    [
        (with_quota(group="NOBODY"), "quotas[0].group", "matching.unknown_group"),
        (with_quota(seats=-1), "quotas[0].seats", "matching.not_a_count"),
        (with_quota(seats=True), "quotas[0].seats", "matching.not_a_count"),
        (with_quota(seats=None), "quotas[0]", "matching.one_quantity"),
        (with_quota(share="1/2"), "quotas[0]", "matching.one_quantity"),
        (with_quota(seats=None, share="3/2"), "quotas[0].share", "matching.not_a_share"),
        (with_quota(seats=None, share="half"), "quotas[0].share", "matching.not_a_share"),
        (with_quota(seats=None, share=0.5), "quotas[0].share", "matching.not_a_share"),
        (with_quota(weight=2**40), "quotas[0].weight", "matching.not_a_count"),
        (with_quota(kind="target"), "quotas[0].kind", "matching.unknown_value"),
        (with_quota(hard="yes"), "quotas[0].hard", "matching.unknown_value"),
        (spoiled(counting="twice"), "counting", "matching.unknown_value"),
        (spoiled(ledger={"total": -1, "by_group": {}}), "ledger", "matching.bad_ledger"),
        (spoiled(units=[{"id": "n1"}, {"id": "n1"}]), "units[1].id", "matching.duplicate_id"),
        (with_quota(group=["APL"]), "quotas[0].group", "matching.unknown_group"),
        (with_quota(weight=10_000), "quotas[0].weight", "matching.not_a_count"),
        (with_quota(seats=10**7), "quotas[0].seats", "matching.not_a_count"),
        (with_quota(seats=None, share="1/0"), "quotas[0].share", "matching.not_a_share"),
        (with_quota(seats=None, share="1e99999999"), "quotas[0].share", "matching.not_a_share"),
        (with_quota(precedence=-1), "quotas[0].precedence", "matching.not_a_count"),
        (with_quota(counting="twice"), "quotas[0].counting", "matching.unknown_value"),
        (with_quota(wieght=2), "quotas[0].wieght", "matching.unknown_field"),
        (with_quota(units=["n99"]), "quotas[0].units[0]", "matching.unknown_unit"),
        (with_quota(units=["k1"], counting="once"), "quotas[0].units", "matching.once_with_units"),
        (with_quota(intensity={"p99": 2}), "quotas[0].intensity.p99", "matching.not_a_member"),
        (with_quota(intensity={"p3": 0}), "quotas[0].intensity.p3", "matching.not_a_count"),
        (with_quota(intensity={"p3": 2}, counting="once"), "quotas[0].intensity",
         "matching.once_with_intensity"),
        (with_quota(kind="capacity"), "quotas[0].seats", "matching.not_for_this_kind"),
        (with_quota(kind="capacity", seats=None), "quotas[0]", "matching.one_quantity"),
        (with_quota(places=2), "quotas[0].places", "matching.not_for_this_kind"),
        (with_quota(kind="partner", used=2), "quotas[0].places", "matching.missing"),
        (spoiled(shortage_rule="best"), "shortage_rule", "matching.unknown_value"),
        (spoiled(pacing="soon"), "pacing", "matching.unknown_value"),
        (spoiled(forecast=-1), "forecast", "matching.not_a_count"),
        (spoiled(expected=[]), "expected", "matching.not_an_object"),
        (spoiled(expected={"lexx": 1}), "expected.lexx", "matching.unknown_key"),
        (spoiled(units=[{"id": "k1", "reserved_for": "NOBODY"}]), "units[0].reserved_for",
         "matching.unknown_group"),
        (spoiled(ledger={"total": 3, "by_group": {"APL": 4}}), "ledger", "matching.bad_ledger"),
        (spoiled(households=[]), "quotas[0].group", None),
        (spoiled(units="none"), "units", "matching.missing"),
    ],
)  # fmt: skip
def test_each_fault_is_located(vector: dict[str, Any], column: str, code: str | None) -> None:
    found = problems_of("file.json", [vector])
    if code is None:
        assert not found  # the ledger still names the groups
    else:
        assert (column, code) in [(p.column, p.code) for p in found]


def test_a_household_given_twice_is_one_fault_whatever_groups_the_second_one_has() -> None:
    twice = dict(VECTORS[0]["households"][0], id="twice")
    vector = dict(VECTORS[0], quotas=[{"id": "q", "kind": "floor", "group": "ALONE", "seats": 1}])
    vector["households"] = [dict(twice, groups=["ALONE"]), dict(twice, groups=[])]
    assert [p.code for p in problems_of("file.json", [vector])] == ["matching.duplicate_id"]


def test_every_fault_of_a_file_is_listed_at_once() -> None:
    household = dict(VECTORS[0]["households"][0], points="many", date="2015-02-30", lottery=-1)
    vector = dict(VECTORS[0], households=[household, household])
    codes = [p.code for p in problems_of("file.json", [vector, "no"])]
    assert sorted(codes) == sorted(
        ["matching.duplicate_id", "matching.not_an_object"]
        + ["matching.not_a_number", "matching.not_a_date", "matching.not_a_count"] * 2
    )
