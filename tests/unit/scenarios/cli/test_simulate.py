"""``passerelle simulate``: interrupted, taken up, and what it says of where it runs."""

from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from scenarios.experiment import Runner
from tests.unit.scenarios.test_experiment import a_study


def asked(tmp_path: Path, name: str) -> list[str]:
    if not (tmp_path / "study.yaml").exists():
        a_study(tmp_path)
    study, out = str(tmp_path / "study.yaml"), str(tmp_path / name)
    return ["simulate", study, "--replications", "2", "--workers", "1", "--out", out]


def test_an_interrupted_study_is_taken_up_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = Runner._keep

    def interrupted(self: Runner, *part: Any) -> None:
        keep(self, *part)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Runner, "_keep", interrupted)
        assert run(asked(tmp_path, "a")) == 130
    kept = tmp_path / "a.checkpoint.jsonl"
    assert kept.exists()
    assert not (tmp_path / "a").exists()
    assert kept.name in capsys.readouterr().err.replace("\n", "")
    assert run(asked(tmp_path, "a")) == 0
    assert "1 répétitions déjà faites" in capsys.readouterr().err
    assert not kept.exists()
    assert run(asked(tmp_path, "b")) == 0
    for name in ("results.csv", "results.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_is_no_scheduler_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*asked(tmp_path, "c"), "--scheduler", "nowhere"]) == 2
    assert "study.bad_scheduler" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()
