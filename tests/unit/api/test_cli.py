"""The command line speaks the language asked, help included, and ends with the right code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allocation.cli import console
from allocation.errors import HousingError, Problem, ProblemsError
from api import cli

ENGLISH_HELP = ("Usage", "Show this message", "Options:", "COMMAND [", "[default", "Commands:")


def passerelle(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own: typer takes its words when imported."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from api.cli import main; sys.exit(main())",
            *arguments,
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "100"} | environment,
        check=False,
    )


@pytest.mark.parametrize(
    ("language", "usage"), [("fr", "Emploi :"), ("nl", "Gebruik:"), ("de", "Aufruf:")]
)
def test_help_is_wholly_in_the_language_asked(language: str, usage: str) -> None:
    told = passerelle("--lang", language, "--help")
    assert told.returncode == 0
    assert told.stdout.startswith(usage)
    left = [w for w in ENGLISH_HELP if w in told.stdout and (language, w) != ("fr", "Options:")]
    assert not left


def test_unknown_command_is_bad_input_said_in_french() -> None:
    told = passerelle("attribuer")
    assert told.returncode == console.BAD_INPUT
    assert "La commande 'attribuer' n'existe pas." in told.stderr


def test_unknown_option_is_bad_input_said_in_german() -> None:
    told = passerelle("--option", PASSERELLE_LANG="de")
    assert told.returncode == console.BAD_INPUT
    assert "Die Option --option gibt es nicht." in told.stderr


def test_version_is_printed() -> None:
    told = passerelle("--version")
    assert (told.returncode, told.stdout.split()[0]) == (0, "passerelle")


def test_language_may_stand_after_the_command() -> None:
    assert cli.language_first(["points", "a", "--lang", "nl"]) == ["--lang", "nl", "points", "a"]
    assert cli.language_first(["points", "--", "--lang", "nl"]) == ["points", "--", "--lang", "nl"]


def test_every_problem_is_listed_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    later = Problem.at("b.csv", 3, "nis5", "x.unheard", nis5="99999")
    first = Problem.at("a.csv", 2, "born_on", "x.unheard")
    console.show_error(ProblemsError([later, first]), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [(p["where"], p["row"]) for p in told["problems"]] == [("a.csv", 2), ("b.csv", 3)]
    assert told["problems"][1]["sentence"] == "Défaut x.unheard (nis5=99999)."


def test_refusal_without_a_sentence_keeps_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_error(HousingError("Must have a date."), as_json=True)
    assert json.loads(capsys.readouterr().out)["sentence"] == "Must have a date."


def test_internal_error_leaves_a_private_file_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("PASSERELLE_DEBUG", raising=False)
    console.error_console.cache_clear()
    assert cli.report_internal(ZeroDivisionError("secret")) == console.INTERNAL_ERROR
    said = capsys.readouterr().err
    log = tmp_path / "passerelle" / "last-error.log"
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "secret" not in said
    assert "secret" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
