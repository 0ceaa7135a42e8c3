"""`passerelle points`: vectors reproduced, differences said, faults located, four languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.cli import run

VECTORS = Path(__file__).parents[3] / "rulebooks" / "vectors_wallonia.jsonl"
EXAMPLE = Path(__file__).parents[1] / "rules" / "household_example.json"
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "households_json.md"


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run(["points", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_every_vector_is_reproduced(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answered(capsys, str(VECTORS), "--rulebook", "wallonia", "--on", "2024-11-04")
    assert (code, said["n_different"], len(said["households"])) == (0, 0, 22)
    assert all(h["differences"] == {} for h in said["households"])


def test_a_wrong_expectation_is_said_and_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = json.loads(VECTORS.read_text(encoding="utf-8").splitlines()[0])
    first["expect"]["total"] += 1
    path = tmp_path / "one.json"
    path.write_text(json.dumps(first), encoding="utf-8")
    code, said = answered(capsys, str(path))
    assert code == 1
    assert said["households"][0]["differences"] == {"total": {"expected": 7, "found": 6}}


def test_the_examples_of_the_page_are_right(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        path = tmp_path / "example.json"
        path.write_text(block, encoding="utf-8")
        assert answered(capsys, str(path))[0] == 0


def test_the_trace_shows_facts_proofs_and_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = answered(capsys, str(EXAMPLE), "--trace")
    lines = {line["code"]: line for line in said["households"][0]["lines"]}
    homeless = lines["H_HOMELESS"]
    assert homeless["source"] == {"act": "AGW 2007-09-06", "article": "17 §2", "key": "SLGH-P"}
    until_now = homeless["condition"]["parts"][1]
    assert (until_now["operator"], until_now["limit"], until_now["margin"]) == (
        "held_for_days", 30, 181,
    )  # fmt: skip
    assert until_now["fact"]["proof"] == "cpas_certificate"


def test_what_is_missing_comes_with_its_effect(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = answered(capsys, str(EXAMPLE))
    missing = said["households"][0]["missing"]
    assert [(m["rule"], m["member_id"], m["reason"], m["effect_bedrooms"]) for m in missing] == [
        ("B_DISABLED_CHILD", "m3", "no_proof", 1),
        ("adapted", "m3", "no_proof", 0),
    ]


def test_a_switch_changes_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answered(capsys, str(VECTORS), "--set", "same_sex_rule=B")
    assert code == 1
    different = {h["application_id"] for h in said["households"] if h["differences"]}
    assert different == {"E17", "E19"}


def test_faults_are_listed_with_their_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "wrong.json"
    text = EXAMPLE.read_text(encoding="utf-8").replace("homeless_since", "homeless_for")
    path.write_text(text.replace('"m3", "proof": null', '"m9", "proof": null'), encoding="utf-8")
    code, said = answered(capsys, str(path))
    assert code == 2
    assert [(p["where"], p["row"], p["code"]) for p in said["problems"]] == [
        ("wrong.json", 1, "rule.unknown_fact"), ("wrong.json", 1, "rule.unknown_member"),
    ]  # fmt: skip


def test_a_date_without_rules_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "old.json"
    text = EXAMPLE.read_text(encoding="utf-8").replace('"on": "2026-06-30"', '"on": "2012-06-30"')
    path.write_text(text.replace('"registered_on": "2023', '"registered_on": "2010'), "utf-8")
    code, said = answered(capsys, str(path))
    assert (code, said["problems"][0]["code"]) == (2, "rule.no_value_in_force")


def test_an_unknown_switch_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answered(capsys, str(EXAMPLE), "--set", "same_sex=B")
    assert (code, said["problems"][0]["code"]) == (2, "rule.unknown_parameter")


@pytest.mark.parametrize("lang", ["fr", "nl", "de", "en"])
@pytest.mark.parametrize("file", [EXAMPLE, VECTORS])
def test_people_read_it_in_four_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lang: str, file: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["passerelle", "points", str(file), "--lang", lang])
    assert run(["points", str(file), "--lang", lang]) == 0
    assert "art. 17" in capsys.readouterr().out.replace("Art.", "art.")
