"""A rulebook with a fault does not load, and says file and line; all faults at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from allocation.errors import Problem, ProblemsError
from allocation.rules import load_rulebook
from allocation.rules.loader import SHELF


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Walloon rulebook to spoil."""
    target = tmp_path / "book"
    shutil.copytree(SHELF / "wallonia", target)
    return target


def faults(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as refused:
        load_rulebook(folder)
    return refused.value.problems


def spoil(folder: Path, name: str, old: str, new: str) -> int:
    """Replace a text once; the line where it stands."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


SPOILT = [
    ("points/unfit.yaml", "unknown: does_not_count", "unknown: perhaps", "rule.bad_value"),
    ("points/unfit.yaml", "fact: unfit_dwelling", "fact: unfit_house", "rule.unknown_fact"),
    ("points/unfit.yaml", "is: tenant", "is: lodger", "rule.bad_value"),
    ("points/unfit.yaml", "regional_certificate", "parish_certificate", "rule.unknown_proof"),
    ("points/unfit.yaml", "key: SLGH-P", "key: SLGH-Q", "rule.unknown_source"),
    ("points/unfit.yaml", "points: 4", "points: -4", "rule.bad_value"),
    ("points/unfit.yaml", "points: 4", "points: 4, worth: 2", "rule.unknown_key"),
    ("points/unfit.yaml", "from: 2013-01-01", "from: 2013-13-01", "rule.bad_value"),
    ("points/lease_ended.yaml", "to: 2018-08-31", "to: 2018-08-30", "rule.gap"),
    ("points/lease_ended.yaml", "to: 2018-08-31", "to: 2018-09-01", "rule.overlap"),
    ("points/lease_ended.yaml", "to: 2018-08-31", "to: null", "rule.overlap"),
    ("points/lost_job.yaml", "months_since", "number", "rule.wrong_measure"),
    ("points/lost_job.yaml", "any_member: {", "not: {", "rule.wrong_level"),
    ("points/homeless.yaml", "homeless_check_days", "homeless_days", "rule.unknown_parameter"),
    ("points/homeless.yaml", "switch: homeless_recheck", "switch: rech", "rule.unknown_parameter"),
    ("parameters/bedrooms.yaml", "allowed: [A, B]", "allowed: [B, C]", "rule.bad_value"),
    ("parameters/bedrooms.yaml", "switch: U11", "switch: U99", "rule.unknown_switch"),
    ("switches.yaml", "keys: [same_sex_rule]", "keys: [same_sex]", "rule.unknown_parameter"),
    ("facts.yaml", "from: applications.owns_dwelling", "from: applications.owns",
     "rule.unknown_fact"),
    ("income_shares.yaml", 'share: "1/2"', 'note: "half"', "rule.missing_key"),
    ("ceilings.yaml", "to: 2023-12-31", "to: 2023-11-30", "rule.gap"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code"), SPOILT)
def test_fault_is_named_with_its_file_and_line(
    folder: Path, name: str, old: str, new: str, code: str
) -> None:
    row = spoil(folder, name, old, new)
    found = faults(folder)
    assert code in {p.code for p in found}
    if code != "rule.unknown_switch":  # said where the questions are listed
        # A gap shows at the start of the next version, a missing share at the start of its own.
        beside = [p.row - row for p in found if (p.where, p.code) == (name, code)]
        assert -2 <= min(beside) <= 6


def test_a_duplicate_key_is_found_at_its_line(folder: Path) -> None:
    path = folder / "points" / "calamity.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write("unknown: counts\n")
    n_lines = path.read_text(encoding="utf-8").count("\n")
    assert [(p.where, p.row, p.code) for p in faults(folder)] == [
        ("points/calamity.yaml", n_lines, "rule.duplicate_key")
    ]


def test_the_same_code_in_two_files_is_a_duplicate(folder: Path) -> None:
    shutil.copy(folder / "points" / "calamity.yaml", folder / "points" / "calamity_again.yaml")
    assert "rule.duplicate_key" in {p.code for p in faults(folder)}


def test_a_text_that_is_not_yaml_is_found_at_its_line(folder: Path) -> None:
    (folder / "points" / "calamity.yaml").write_text("code: [H\nlabel: }\n", encoding="utf-8")
    assert [(p.where, p.row, p.code) for p in faults(folder)] == [
        ("points/calamity.yaml", 2, "rule.not_yaml")
    ]


@pytest.mark.parametrize(
    "nonsense", [b"\xff\xfe\x00", b"a: \x01", b"&a [*a]", b"[" * 5000, b"", b"- 1", b"*nobody"]
)
def test_a_file_of_nonsense_is_refused_and_never_breaks_the_loader(
    folder: Path, nonsense: bytes
) -> None:
    (folder / "points" / "calamity.yaml").write_bytes(nonsense)
    assert {p.where for p in faults(folder)} >= {"points/calamity.yaml"}


def test_every_fault_of_every_file_is_said_at_once(folder: Path) -> None:
    spoil(folder, "points/unfit.yaml", "fact: unfit_dwelling", "fact: unfit_house")
    spoil(folder, "points/lease_ended.yaml", "to: 2018-08-31", "to: 2018-08-30")
    (folder / "coverage.yaml").unlink()
    assert {p.code for p in faults(folder)} == {
        "rule.unknown_fact", "rule.gap", "rule.missing_file",
    }  # fmt: skip


def test_a_folder_without_rules_is_not_a_rulebook() -> None:
    with pytest.raises(ProblemsError) as refused:
        load_rulebook("atlantis")
    assert "rule.no_rulebook" in {p.code for p in refused.value.problems}


def test_the_hash_follows_the_content_and_not_the_comments(folder: Path) -> None:
    same = load_rulebook("wallonia").content_hash
    path = folder / "points" / "calamity.yaml"
    path.write_text("# a remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_rulebook(folder).content_hash == same


def test_another_amount_gives_another_hash(folder: Path) -> None:
    spoil(folder, "points/calamity.yaml", "points: 5", "points: 4")
    assert load_rulebook(folder).content_hash != load_rulebook("wallonia").content_hash


def test_a_rulebook_is_read_once() -> None:
    assert load_rulebook("wallonia") is load_rulebook("wallonia")
