"""Households in JSON: read as printed, refused with every fault located."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from allocation.errors import ProblemsError
from allocation.rules import evaluate, load_rulebook
from allocation.rules.household_file import born_at_age, read_households
from allocation.rules.periods import completed_years

BOOK = load_rulebook("wallonia")
EXAMPLE = Path(__file__).with_name("household_example.json")
VECTOR: dict[str, Any] = {
    "id": "V1", "on": "2024-11-04", "registered": "2023-10-01", "housing": [], "personal": [],
    "adults": [35], "adult_disabled": False, "children": [], "disabled_children": 0,
    "income": 14000, "limb": "a", "dependent": 0, "expect": {"total": 1},
}  # fmt: skip
FACTS: dict[str, Any] = {
    "application_id": "A1", "registered_on": "2023-10-01",
    "members": [{"member_id": "m1", "role": "applicant", "born_on": "1985-02-03"}],
}  # fmt: skip


def read(tmp_path: Path, content: Any, **rest: Any) -> Any:
    path = tmp_path / "households.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_households(path, **rest)


def refused(tmp_path: Path, content: Any) -> list[tuple[int, str, str]]:
    with pytest.raises(ProblemsError) as fault:
        read(tmp_path, content)
    return [(p.row, p.column, p.code) for p in fault.value.problems]


@pytest.mark.parametrize("shape", ["one", "list", "lines"])
def test_one_object_a_list_or_one_object_per_line(tmp_path: Path, shape: str) -> None:
    two = [VECTOR, VECTOR | {"id": "V2"}]
    content = {
        "one": VECTOR,
        "list": two,
        "lines": "\n\n".join(json.dumps(v) for v in two) + "\n",
    }[shape]
    found = read(tmp_path, content)
    assert [h.application.application_id for h in found] == ["V1", "V2"][: len(found)]
    assert len(found) == (1 if shape == "one" else 2)


def test_a_vector_has_established_lines_and_an_application_has_facts(tmp_path: Path) -> None:
    vector, application = read(tmp_path, [VECTOR, FACTS | {"on": "2024-11-04"}])
    assert vector.established == ()
    assert application.established is None


def test_the_date_of_the_command_is_for_households_that_give_none(tmp_path: Path) -> None:
    vector, application = read(tmp_path, [VECTOR, FACTS], on=date(2026, 1, 1))
    assert (vector.on, application.on) == (date(2024, 11, 4), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"income": False}, "income.int", "rule.bad_value"),
        ({"registered": "2023-13-01"}, "registered", "rule.bad_value"),
        ({"children": ["m"]}, "children.0", "rule.bad_value"),
        ({"dependent": -1}, "dependent", "rule.bad_value"),
        ({"adults": [300]}, "adults.0", "rule.bad_value"),
        ({"disabled_children": 99}, "disabled_children", "rule.bad_value"),
        ({"adults": []}, "adults", "rule.bad_value"),
        ({"adults": [40, 38]}, "", "rule.bad_value"),
        ({"limb": "b"}, "", "rule.bad_value"),
        ({"incomes": 1}, "incomes", "rule.unknown_key"),
        ({"expect": {"points": 1}}, "expect.points", "rule.unknown_key"),
    ],
)
def test_a_wrong_vector_is_refused_at_its_path(
    tmp_path: Path, change: dict[str, Any], column: str, code: str
) -> None:
    assert (1, column, code) in refused(tmp_path, VECTOR | change)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"members": [{"member_id": "m1"}]}, "members.0.role", "rule.missing_key"),
        ({"members": [{"member_id": "m1", "role": "aunt"}]}, "members.0.role", "rule.bad_value"),
        ({"facts": [{"fact": "disabled"}]}, "facts.0.value", "rule.missing_key"),
        ({"list": "waiting"}, "list", "rule.bad_value"),
        ({"registered_on": None}, "registered_on", "rule.bad_value"),
    ],
)
def test_a_wrong_application_is_refused_at_its_path(
    tmp_path: Path, change: dict[str, Any], column: str, code: str
) -> None:
    assert (1, column, code) in refused(tmp_path, FACTS | {"on": "2024-11-04"} | change)


def test_every_line_of_nonsense_is_listed(tmp_path: Path) -> None:
    twice = json.dumps(VECTOR)[:-1] + ', "id": "V9"}'
    infinite = json.dumps(VECTOR).replace("14000", "NaN")
    text = "\n".join([json.dumps(VECTOR), "{", twice, infinite, json.dumps({"id": 3})])
    rows = refused(tmp_path, text)
    assert {row for row, _, code in rows if code == "rule.not_json"} == {2, 3, 4}
    assert {row for row, _, code in rows if code in ("rule.bad_value", "rule.missing_key")} == {5}


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "[" * 100_000)[0][2] == "rule.not_json"


def test_a_household_without_a_date_an_empty_file_and_no_file_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, FACTS) == [(1, "on", "rule.no_date")]
    assert refused(tmp_path, []) == [(0, "", "rule.no_household")]
    with pytest.raises(ProblemsError) as fault:
        read_households(tmp_path / "nothing.json")
    assert [p.code for p in fault.value.problems] == ["file.absent"]


def test_a_single_parent_on_limb_b_is_read_that_way(tmp_path: Path) -> None:
    parent = VECTOR | {"children": ["f4"], "dependent": 1, "income": 24000}
    categories = []
    for limb in ("a", "b"):
        (asked,) = read(tmp_path, parent | {"limb": limb})
        found = evaluate(
            BOOK, asked.application, asked.on, settings=asked.settings,
            established=asked.established,
        )  # fmt: skip
        categories.append(found.income.category)
    assert categories == [2, 1]


def test_cents_of_an_income_are_kept(tmp_path: Path) -> None:
    text = json.dumps(VECTOR).replace("14000", "17000.01")
    (asked,) = read(tmp_path, text)
    assert asked.application.members[0].taxable_income_cents == 1_700_001


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2024, 11, 4), date(2023, 3, 1)])
def test_an_age_gives_the_latest_birth_date_that_has_it(on: date) -> None:
    for age in range(90):
        assert completed_years(born_at_age(age, on), on) == age


def test_the_documented_example_reads_and_is_right() -> None:
    (asked,) = read_households(EXAMPLE)
    found = evaluate(BOOK, asked.application, asked.on, settings=asked.settings)
    said = {line.code: line.points if line.outcome == 1 else 0 for line in found.lines}
    assert asked.expected["total"] == found.points
    assert asked.expected["rooms"] == found.bedrooms.number
    assert asked.expected["lines"].items() <= said.items()


def test_an_established_line_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    from allocation.rules import RulebookError

    (asked,) = read(tmp_path, VECTOR | {"housing": ["H_NOWHERE"]})
    with pytest.raises(RulebookError) as fault:
        evaluate(BOOK, asked.application, asked.on, established=asked.established)
    assert fault.value.code == "rule.unknown_line"
