"""``passerelle optimise``: a small search from the command to its folder."""

import json
from pathlib import Path

import pytest

from api.cli import run
from scenarios.cli_study import ready


def test_a_search_writes_its_folder_and_says_its_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ready()["smallest-reserve"].read_text(encoding="utf-8")
    text = text.replace("years: 10", "years: 3").replace("haut-escaut", "eau-noire")
    text = text.replace("step: 3/100", "step: 15/100")
    study = tmp_path / "study.yaml"
    study.write_text(text.replace("[simulator.bridges.other_exit_months]", "[]"), encoding="utf-8")
    asked = ["optimise", str(study), "--replications", "2", "--workers", "1", "--out"]
    outs = [tmp_path / "a", tmp_path / "b"]
    for out in outs:
        assert run([*asked, str(out)]) == 0
    names = ["report.html", "report.pdf", "results.csv", "results.json"]
    assert sorted(p.name for p in outs[0].iterdir()) == names
    for name in names[2:]:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    told = json.loads((outs[0] / "results.json").read_text(encoding="utf-8"))
    assert [c["shares"] for c in told["candidates"]] == [{"transit": "0"}, {"transit": "3/20"}]
    assert all(c["replications"] == 2 for c in told["candidates"])
    assert "15" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.jsonl"))
