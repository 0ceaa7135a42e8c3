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


@pytest.mark.parametrize("arguments", [("--help",), (), ("synth", "--seed", "1")])
def test_an_unknown_language_is_refused_before_anything_else(arguments: tuple[str, ...]) -> None:
    told = passerelle("--lang", "xx", *arguments)
    assert told.returncode == console.BAD_INPUT
    assert "fr, nl, de, en" in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [
        ("--households", "abc", "ist keine ganze Zahl"),
        ("--on", "01/12/2026", "JJJJ-MM-TT"),
        ("--faults", "7", "das Maximum ist 1"),
    ],
)
def test_a_value_that_cannot_be_read_is_said_in_words(
    option: str, value: str, wanted: str, tmp_path: Path
) -> None:
    told = passerelle(
        "--lang", "de", "synth", "--seed", "1", "--out", str(tmp_path / "r"), option, value
    )
    assert told.returncode == console.BAD_INPUT
    assert wanted in told.stderr
    assert "Input" not in told.stderr
    assert "formats" not in told.stderr


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    told = passerelle("export", "--template", "--out", str(tmp_path / "file" / "register"))
    assert told.returncode == console.BAD_INPUT
    assert "[exchange.cannot_write]" in told.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "file.absent"), (b"\xe9", "file.not_utf8"), (b"{", "file.not_json"),
     (b"{}", "certificate.unreadable")],
)  # fmt: skip
def test_a_certificate_that_cannot_be_read_is_a_problem_like_any_other(
    content: bytes | None, code: str, tmp_path: Path
) -> None:
    file = tmp_path / "certificate.json"
    if content is not None:
        file.write_bytes(content)
    told = passerelle("verify", str(file), "--json")
    assert told.returncode == console.BAD_INPUT
    assert [p["code"] for p in json.loads(told.stdout)["problems"]] == [code]


def test_an_unknown_rulebook_is_one_fault_without_a_path_of_the_program(tmp_path: Path) -> None:
    told = passerelle("points", str(tmp_path / "h.json"), "--rulebook", "zz", "--json")
    assert told.returncode == console.BAD_INPUT
    problems = json.loads(told.stdout)["problems"]
    assert [(p["where"], p["code"]) for p in problems] == [("zz", "rule.no_rulebook")]
    assert "wallonia" in problems[0]["sentence"]
    assert set(problems[0]["sentences"]) == {"fr", "en"}


def test_lines_with_the_same_fault_are_cut_short_and_what_is_missing_comes_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    alike = [Problem.at("a.csv", row, "nis5", "x.unheard") for row in range(2, 12)]
    missing = Problem.at("meeting.yaml", 0, "", "meeting.missing")
    console.error_console.cache_clear()
    console.show_problems([*alike, missing], as_json=False)
    said = capsys.readouterr().err
    assert said.index("meeting.missing") < said.index("x.unheard")
    assert said.count("[x.unheard]") == 3
    assert "Et 7 autres lignes" in said
    console.show_problems([*alike, missing], as_json=False, show_all=True)
    assert capsys.readouterr().err.count("[x.unheard]") == 10
    console.error_console.cache_clear()
