"""The rules of stays are data: dated, sourced, marked, with every fault at its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from allocation.accompaniment import RUNNING, load_stay_rules
from allocation.errors import ProblemsError
from allocation.rules import load_rulebook
from allocation.rules.loader import SHELF
from allocation.rules.rulebook import RulebookError

TEXT = (SHELF / "stays_wallonia.yaml").read_text(encoding="utf-8")


def faults(tmp_path: Path, text: str) -> list[tuple[str, int]]:
    path = tmp_path / "stays.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as refused:
        load_stay_rules(path)
    return [(p.code, p.row) for p in refused.value.problems]


def line_of(text: str) -> int:
    return next(i for i, line in enumerate(TEXT.splitlines(), start=1) if text in line)


def test_every_value_has_a_source_with_an_address_and_a_mark() -> None:
    rules = load_stay_rules()
    for key in rules.keys:
        rule = rules.rule(key, date(2026, 1, 1))
        assert rule.source.act, key
        assert rule.mark, key


def test_stays_change_nothing_in_the_rules_that_rank() -> None:
    """The rulebook's hash is in every snapshot: it holds nothing of stays."""
    book = load_rulebook("wallonia")
    assert not set(load_stay_rules().keys) & set(book.parameters)
    assert load_stay_rules().book.content_hash == book.content_hash


def test_a_value_is_not_told_before_its_first_day() -> None:
    with pytest.raises(RulebookError) as refused:
        load_stay_rules().whole("sliding_lease.term_months", date(2018, 8, 31))
    assert refused.value.code == "rule.no_value_in_force"


def test_agreements_are_told_for_statuses_that_exist() -> None:
    assert set(load_stay_rules().agreements) <= set(RUNNING)


@pytest.mark.parametrize(
    ("written", "instead", "code"),
    [
        ("value: 6, mark: O", "value: six, mark: O", "rule.bad_value"),
        ("value: 36, mark: S", "value: 36, mark: Z", "rule.bad_value"),
        ("key: WIKILOG}", "key: NOWHERE}", "rule.unknown_source"),
        ("operators:", "operatoren:", "rule.unknown_key"),
    ],
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, written: str, instead: str, code: str
) -> None:
    found = faults(tmp_path, TEXT.replace(written, instead))
    assert (code, line_of(written)) in found


def test_a_gap_in_the_dates_does_not_load(tmp_path: Path) -> None:
    key = "{from: 2013-01-01, to: null, value: 36, mark: S"
    two = key.replace("to: null", "to: 2020-12-31") + ", source: {act: A}}, "
    text = TEXT.replace(key, two + key.replace("2013-01-01", "2021-01-02"))
    assert [code for code, _ in faults(tmp_path, text)] == ["rule.gap"]


def test_an_operator_is_of_a_kind_the_text_names_from_its_first_day() -> None:
    rules = load_stay_rules()
    assert rules.may_hold_a_sliding_lease("apl", date(2018, 9, 1))
    assert not rules.may_hold_a_sliding_lease("apl", date(2018, 8, 31))
    assert not rules.may_hold_a_sliding_lease("shelter", date(2026, 1, 1))
