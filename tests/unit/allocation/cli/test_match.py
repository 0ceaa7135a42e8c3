"""``passerelle match``: the way taken, and hard quotas that cannot hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allocation.cli import match
from allocation.cli.console import DONE, problem_sentence
from allocation.errors import ProblemsError
from allocation.matching.vector_answers import answer
from allocation.matching.vectors import read_vector
from allocation.wording import catalogue


def household(name: str, group: str, *accepts: str) -> dict[str, Any]:
    return {"id": name, "points": 1, "date": "2020-01-01", "lottery": 0, "groups": [group],
            "accepts": list(accepts)}  # fmt: skip


def vector(*quotas: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Two members of A who accept the same dwelling only, one of B who accepts both."""
    households = [household("a1", "A", "d1"), household("a2", "A", "d1")]
    households.append(household("b1", "B", "d1", "d2"))
    units = [{"id": "d1"}, {"id": "d2"}]
    return {"id": "v", "households": households, "units": units, "quotas": list(quotas)} | more


def written(place: Path, document: Any) -> Path:
    path = place / "vector.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


BOTH_OF_A = {"id": "both", "kind": "floor", "group": "A", "seats": 2, "hard": True}


def test_a_minimum_that_cannot_be_met_is_refused_with_who_is_confined_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ProblemsError) as refused:
        match.run(written(tmp_path, [vector(), vector(BOTH_OF_A)]), as_json=True)
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.code) == (2, "quotas", "matching.cannot_hold")
    assert problem_sentence(problem, catalogue("en")) == (
        "The hard minimum 'both' cannot be reached (both 1/2): 2 of its members accept nothing "
        "but 1 dwelling(s): d1."
    )
    assert capsys.readouterr().out == ""


def test_a_file_that_expects_it_is_answered(tmp_path: Path) -> None:
    expected = {"lex": {"error": "infeasible"}}
    path = written(tmp_path, vector(BOTH_OF_A, expected=expected))
    assert match.run(path, as_json=True) == DONE


def test_a_file_may_expect_that_the_hard_quotas_hold(tmp_path: Path) -> None:
    path = written(tmp_path, vector(expected={"conflict": None}))
    assert match.run(path, as_json=True) == DONE


@pytest.mark.parametrize(
    ("quotas", "method"),
    [
        ((), {"name": "greedy", "because_of": []}),
        (({"id": "q", "kind": "cap", "group": "A", "seats": 1},),
         {"name": "core", "because_of": []}),
        (({"id": "q", "kind": "cap", "group": "A", "seats": 1, "units": ["d1"]},),
         {"name": "core_then_model", "because_of": ["q"]}),
        (({"id": "q", "kind": "floor", "group": "A", "seats": 1, "units": ["d1"]},),
         {"name": "model", "because_of": ["q"]}),
    ],
)  # fmt: skip
def test_the_way_taken_is_said(quotas: tuple[dict[str, Any], ...], method: dict[str, Any]) -> None:
    assert answer(read_vector(vector(*quotas)), ("method",))["method"] == method


def test_dwellings_lost_to_strict_priority_are_reported() -> None:
    """One of B at most, and the first in order is one who could leave the only dwelling of A."""
    people = [household("b1", "B", "d1"), household("b2", "B", "d2"), household("a1", "A", "d1")]
    for points, person in zip((3, 2, 1), people, strict=True):
        person["points"] = points
    cap = {"id": "cap", "kind": "cap", "group": "B", "seats": 1}
    found = answer(read_vector(vector(cap, households=people)), ("lost_to_priority",))
    assert found["lost_to_priority"] == {
        "units": 1, "only_lex": ["b1"], "only_lex_units": ["b2", "a1"],
    }  # fmt: skip


def test_in_order_of_priority_the_first_takes_its_best_and_the_total_may_be_worse() -> None:
    people = [household("a1", "A", "d1", "d2"), household("b1", "B", "d1", "d2")]
    people[0] |= {"points": 2, "choices": {"d1": 0, "d2": 1}}
    people[1] |= {"choices": {"d1": 0, "d2": 3}}
    found = answer(read_vector(vector(households=people)), ("fit", "priority_fit"))
    assert found["fit"] == {"a1": "d2", "b1": "d1"}
    assert found["priority_fit"] == {"a1": "d1", "b1": "d2"}


def test_a_dwelling_named_for_a_group_goes_to_nobody_else() -> None:
    units = [{"id": "d1", "reserved_for": "B"}, {"id": "d2"}]
    found = answer(read_vector(vector(units=units)), ("lex", "why_unserved", "fit"))
    assert found["fit"] == {"b1": "d1"}
    assert found["why_unserved"] == {"a1": "no_compatible_unit", "a2": "no_compatible_unit"}
