"""The command `synth`: a folder, a comparison, and refusals that leave nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from allocation.errors import HousingError
from allocation.exchange import read_register
from scenarios.cli import synth


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    synth.attach(app)
    return CliRunner().invoke(app, ["synth", *arguments])


def test_it_writes_a_register_that_an_import_accepts(tmp_path: Path) -> None:
    result = run("--seed", "7", "--slsp", "lysco", "--json", "--out", str(tmp_path / "r"))
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert read_register(tmp_path / "r").content_hash == told["content_hash"]
    assert told["rows"]["vacancies"] == 4
    assert all(margin["within"] for margin in told["margins"])
    assert {margin["status"] for margin in told["margins"]} >= {"verified", "assumed", "derived"}


def test_people_read_the_margins_with_the_status_of_each_figure(tmp_path: Path) -> None:
    result = run("--seed", "7", "--slsp", "lysco", "--out", str(tmp_path / "r"))
    assert result.exit_code == 0
    assert "supposé" in result.stdout
    assert "vérifié" in result.stdout
    assert "56 marges" in result.stdout


def test_faults_are_listed_with_their_place(tmp_path: Path) -> None:
    result = run(
        "--seed", "7", "--slsp", "lysco", "--faults", "0.1", "--json", "--out", str(tmp_path / "r")
    )  # fmt: skip
    faults = json.loads(result.stdout)["faults"]
    assert len(faults) == 32
    assert {"file", "row", "column", "kind", "error"} == set(faults[0])


def test_another_meeting_and_other_numbers_may_be_asked(tmp_path: Path) -> None:
    result = run(
        "--seed", "x", "--slsp", "lysco", "--households", "50", "--vacancies", "3",
        "--on", "2026-05-05", "--json", "--out", str(tmp_path / "r"),
    )  # fmt: skip
    assert json.loads(result.stdout)["rows"]["applications"] == 50
    register = read_register(tmp_path / "r")
    assert register.meeting is not None
    assert register.meeting.meeting_on.isoformat() == "2026-05-05"
    assert len(register["vacancies"]) == 3


@pytest.mark.parametrize(
    "wrong", [("--slsp", "nowhere"), ("--households", "0"), ("--vacancies", "99999")]
)
def test_a_refusal_leaves_nothing_behind(tmp_path: Path, wrong: tuple[str, str]) -> None:
    result = run("--seed", "7", *wrong, "--out", str(tmp_path / "r"))
    assert isinstance(result.exception, HousingError)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_a_register_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    result = run("--seed", "7", "--slsp", "lysco", "--out", str(tmp_path))
    assert isinstance(result.exception, HousingError)
    assert [item.name for item in tmp_path.iterdir()] == ["letter.txt"]
