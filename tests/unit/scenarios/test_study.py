"""A study is refused with all its faults located, before anything runs."""

from pathlib import Path

import pytest

from allocation.errors import ProblemsError
from scenarios.cli_study import ready
from scenarios.study import read_study

GOOD = (ready()["bridges-quota"]).read_text(encoding="utf-8")


def faults(tmp_path: Path, text: str) -> set[tuple[int, str]]:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as refused:
        read_study(path)
    return {(p.row, p.code) for p in refused.value.problems}


def line(text: str, words: str) -> int:
    return next(i for i, row in enumerate(text.splitlines(), 1) if words in row)


@pytest.mark.parametrize("name", sorted(ready()))
def test_every_ready_study_can_be_run(name: str) -> None:
    study = read_study(ready()[name])
    assert study.file.id == name
    assert len(study.policies) >= 2


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("share: 10/100", "share: 11/10", "study.share_above_one"),
        ("share: 10/100", "share: ten", "study.not_a_number"),
        ("start: 2026-12-31", "start: 2020-01-01", "study.before_snapshot"),
        ("years: 10", "years: 1", "study.window_too_short"),
        ("baseline: none", "baseline: nobody", "study.unknown_arm"),
        ("primary: [transit.social_exits", "primary: [transit.happiness", "study.unknown_measure"),
        ("territory: logis-saint-ghislainois", "territory: atlantis", "study.unknown_company"),
        ("  - simulator.bridges.take_up", "  - demand.seasonality", "study.no_range"),
        ("share: 10/100}", "share: 6/100}", "study.no_difference"),
        ("[transit, insertion], share: 3", "[moon], share: 3", "study.unknown_public"),
    ],
)
def test_a_fault_is_found_at_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    found = faults(tmp_path, text)
    assert code in {c for _, c in found}
    if code not in ("study.window_too_short", "study.no_difference"):
        assert (line(text, new.splitlines()[0]), code) in found


def test_unknown_rules_figures_and_keys_are_listed_together(tmp_path: Path) -> None:
    text = GOOD.replace(
        "  - id: share-3\n",
        '  - id: share-3\n    rules: {gravity: 2, refusal_limit: "x"}\n'
        "    behaviour: {flows.refusal_rate_per_offer: 3, flows.luck: 1}\n",
    ).replace("baseline: none", "baseline: nobody")
    codes = {code for _, code in faults(tmp_path, text)}
    assert {"study.rule", "study.rule_value", "study.share_above_one"} <= codes
    assert {"study.unknown_figure", "study.unknown_arm"} <= codes


def test_a_measure_of_agreements_without_any_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("primary: [transit.social_exits", "primary: [bridge.served")
    rows = [
        f"    rules: {{refusal_limit: {i}}}" if "bridges: [" in row else row
        for i, row in enumerate(text.splitlines())
    ]
    assert "study.needs_bridge" in {code for _, code in faults(tmp_path, "\n".join(rows))}


def test_what_is_no_study_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "schema: passerelle-study/1\n")
    assert {code for _, code in faults(tmp_path, "a: [")} == {"rule.not_yaml"}
