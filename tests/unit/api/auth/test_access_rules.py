"""The file of rules gives a role by what the provider says; what is wrong with it has its line."""

from pathlib import Path

import pytest

from allocation.errors import ProblemsError
from api.auth.oidc.access_rules import read_access_rules, rule_for

RULES = """
rules:
  - when: {groups: clerks, company: sambrienne}
    organisation: la-sambrienne
    role: clerk
  - when: {groups: clerks}
    organisation: maison-liegeoise
    role: clerk
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "access.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_rule_that_fits_counts(tmp_path: Path) -> None:
    rules = read_access_rules(written(tmp_path, RULES))
    both = rule_for(rules, {"groups": ["x", "clerks"], "company": "sambrienne"})
    assert both is not None
    assert both.organisation == "la-sambrienne"
    other = rule_for(rules, {"groups": "clerks"})
    assert other is not None
    assert other.organisation == "maison-liegeoise"
    for claims in ({}, {"groups": ["clerks2"]}, {"groups": "clerks2"}, {"groups": 3}):
        assert rule_for(rules, claims) is None


def test_every_fault_of_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    bad = """
rules:
  - when: {}
    organisation: la-sambrienne
    role: clerk
  - when: {groups: x}
    organisation: la-sambrienne
    role: partner
    rôle: clerk
"""
    with pytest.raises(ProblemsError) as refused:
        read_access_rules(written(tmp_path, bad))
    assert [(p.row, p.code) for p in refused.value.problems] == [
        (3, "rule.bad_value"),
        (8, "rule.bad_value"),
        (9, "rule.unknown_key"),
    ]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as refused:
        read_access_rules(tmp_path / "none.yaml")
    assert [p.code for p in refused.value.problems] == ["file.absent"]
