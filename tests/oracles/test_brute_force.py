"""The exhaustive search gives the golden outcome of every vector."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.brute_force import solve_vector

VECTORS = json.loads(
    (Path(__file__).parents[1] / "golden" / "test_vectors.json").read_text(encoding="utf-8")
)["vectors"]


def same(found: Any, expected: Any) -> bool:
    """Compare, leaving out what a vector does not state."""
    if isinstance(expected, dict):
        return all(key in found and same(found[key], value) for key, value in expected.items())
    return bool(found == expected)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["id"] for v in VECTORS])
def test_exhaustive_search_reproduces_the_golden_outcome(vector: dict[str, Any]) -> None:
    found = solve_vector(vector)
    for key, expected in vector["expected"].items():
        assert same(found[key], expected), (key, found[key], expected)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["id"] for v in VECTORS])
def test_no_ground_is_missing_or_invented(vector: dict[str, Any]) -> None:
    found, expected = solve_vector(vector), vector["expected"]
    assert set(found["why_unserved"]) == set(expected["why_unserved"])
    assert set(found["hall"]) == set(expected["hall"])
