"""The commands that carry registers in and out, as a clerk and a machine use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allocation.exchange import read_register, write_folder
from api.cli import run
from tests.builders import a_register
from tests.unit.allocation.exchange.damage import both, cell
from tests.unit.allocation.exchange.test_round_trip import contents


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A folder without any fault."""
    write_folder(a_register(), tmp_path / "sound")
    return tmp_path / "sound"


@pytest.fixture
def faulty(sound: Path) -> Path:
    """The same with two faults and a warning."""
    both(
        cell("choices", 3, nis5="63023"),
        cell("household_members", 2, born_on="1826-07-30"),
        cell("presentations", 2, household_agreed_on=""),
    )(sound)
    return sound


def test_import_writes_the_canonical_folder(sound: Path, tmp_path: Path) -> None:
    assert run(["import", str(sound), "--out", str(tmp_path / "copy")]) == 0
    assert contents(tmp_path / "copy") == contents(sound)


def test_a_dry_run_writes_nothing(sound: Path, tmp_path: Path) -> None:
    assert run(["import", str(sound), "--dry-run"]) == 0
    assert run(["import", str(sound), "--dry-run", "--out", str(tmp_path / "copy")]) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["sound"]


def test_import_asks_where_to_write(sound: Path) -> None:
    assert run(["import", str(sound)]) == 2


def test_a_faulty_register_is_refused_in_the_language_asked(
    faulty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(faulty), "--out", str(tmp_path / "copy")]) == 2
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "Communauté germanophone" in shown
    assert "German-speaking Community" not in shown
    assert "Cette personne aurait 200 ans" in shown
    assert "rien n'a été importé" in shown
    assert not (tmp_path / "copy").exists()


def test_machines_get_every_problem_and_totals_that_add_up(
    faulty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERELLE_LANG", "nl")
    assert run(["import", str(faulty), "--dry-run", "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["error"] == "input.refused"
    assert [(p["where"], p["row"], p["code"]) for p in report["problems"]] == [
        ("choices.csv", 3, "register.commune_outside_walloon_rules"),
        ("household_members.csv", 2, "register.member_too_old"),
    ]
    assert [p["code"] for p in report["warnings"]] == [
        "register.number_of_another_birth",
        "register.presented_without_agreement",
    ]
    first = report["problems"][0]
    assert set(first["sentences"]) == {"nl", "fr", "en"}
    assert first["sentence"] == first["sentences"]["nl"]
    for count in report["counts"].values():
        assert count["read"] == count["accepted"] + count["rejected"]
    assert report["counts"]["choices.csv"] == {"read": 3, "accepted": 2, "rejected": 1}


def test_totals_add_up_when_a_file_cannot_be_read(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = sound / "choices.csv"
    choices.write_bytes(choices.read_bytes() + b"\xe9\n")
    assert run(["import", str(sound), "--dry-run", "--json"]) == 2
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts["choices.csv"] == {"read": 0, "accepted": 0, "rejected": 0}


def test_what_is_not_there_is_said_in_json_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(tmp_path / "absent"), "--dry-run", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "register.source_absent"


def test_export_to_a_workbook_and_import_back_changes_nothing(sound: Path, tmp_path: Path) -> None:
    book, copy = tmp_path / "book.xlsx", tmp_path / "copy"
    assert run(["export", "--register", str(sound), "--out", str(book)]) == 0
    assert run(["import", str(book), "--out", str(copy)]) == 0
    assert contents(copy) == contents(sound)


def test_export_to_a_folder_says_the_hash(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    assert run(["export", "--register", str(sound), "--out", str(copy), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"written": str(copy), "content_hash": read_register(sound).content_hash}


def test_a_faulty_register_is_not_exported(faulty: Path, tmp_path: Path) -> None:
    assert run(["export", "--register", str(faulty), "--out", str(tmp_path / "b.xlsx")]) == 2
    assert not (tmp_path / "b.xlsx").exists()


def test_a_folder_of_other_files_is_left_alone(sound: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", encoding="utf-8")
    assert run(["import", str(sound), "--out", str(tmp_path / "mine")]) == 2
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["template", "template.xlsx"])
def test_templates_are_written(tmp_path: Path, name: str) -> None:
    assert run(["export", "--template", "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["book.ods", "book.xlsm", "book.csv"])
def test_export_refuses_a_format_it_does_not_write(sound: Path, tmp_path: Path, name: str) -> None:
    assert run(["export", "--register", str(sound), "--out", str(tmp_path / name)]) == 2
    assert not (tmp_path / name).exists()


def test_export_asks_what_to_export(tmp_path: Path) -> None:
    assert run(["export", "--out", str(tmp_path / "copy")]) == 2
