"""``passerelle reform``: what it prints and writes, in which words, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pypdf
import pytest

from allocation.exchange import write_folder
from api.cli import run
from scenarios.synthetic import synthesise

APPLICATION = re.compile(r"\bA\d{6}\b")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reform") / "register"
    write_folder(synthesise(29, slsp_id="la-sambrienne", households=300, vacancies=10), folder)
    return folder


def test_results_are_written_whole_and_the_answer_is_printed(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    asked = ["reform", "--register", str(register), "--against", "anciennete", "--out", str(out)]
    assert run(asked) == 0
    names = ["groups.csv", "households.csv", "reform.json", "report.html", "report.pdf"]
    assert sorted(p.name for p in out.iterdir()) == names
    told = json.loads((out / "reform.json").read_text(encoding="utf-8"))
    lines = (out / "households.csv").read_text(encoding="utf-8").splitlines()
    totals = told["totals"]
    assert len(lines) - 1 >= totals["up"] + totals["down"]
    printed = capsys.readouterr().out
    assert f"{totals['gained']} ménages recevraient un logement" in printed
    assert "supposé" in printed
    assert run(asked) == 0  # its own earlier results may be replaced


@pytest.mark.parametrize("lang", ["fr", "nl", "de", "en"])
def test_the_report_speaks_the_language_asked_for(
    register: Path, tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    asked = ["reform", "--register", str(register), "--against", "anciennete", "--out", str(out)]
    monkeypatch.setattr("sys.argv", ["passerelle", "--lang", lang, *asked])
    assert run(["--lang", lang, *asked]) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert not re.search(r"reform\.[a-z_]+\.[a-z_]", page)  # every key has its sentence


def test_outside_the_company_no_household_leaves(register: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ["reform", "--register", str(register), "--against", "anciennete", "--outside"]
    assert run([*asked, "--out", str(out)]) == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "groups.csv",
        "reform.json",
        "report.html",
        "report.pdf",
    ]
    pdf = "".join(page.extract_text() for page in pypdf.PdfReader(out / "report.pdf").pages)
    assert "Réforme comparée" in pdf
    for text in (
        pdf,
        *((out / n).read_text("utf-8") for n in ("groups.csv", "reform.json", "report.html")),
    ):
        assert not APPLICATION.search(text)


def test_a_folder_of_somebody_else_is_left_alone(register: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("mine", encoding="utf-8")
    asked = ["reform", "--register", str(register), "--against", "anciennete", "--out", str(out)]
    assert run(asked) == 2
    assert [p.name for p in out.iterdir()] == ["letter.txt"]


def test_publishing_writes_the_rulebook_of_the_preview(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book"
    asked = ["reform", "--register", str(register), "--against"]
    assert run([*asked, "anciennete", "--publish", str(book), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (book / "rulebook.yaml").is_file()
    assert run([*asked, "anciennete", "--publish", str(book)]) == 2  # never over another one
    assert told["audience"] == "company"


@pytest.mark.parametrize("lang", ["fr", "nl", "de", "en"])
def test_what_is_refused_is_said_in_a_sentence(
    register: Path,
    tmp_path: Path,
    lang: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(
        "schema: reform/1\nlabel: {fr: l, nl: l, de: l, en: l}\n"
        "rules:\n  rulebook: wallonia\n  from: 2027-01-01\n  source: {act: a}\n"
        "  values: {points.H_HOMELES: 8, seniority.cap: many}\n  ended: [NOBODY]\n",
        encoding="utf-8",
    )
    asked = ["reform", "--register", str(register), "--against", str(path)]
    monkeypatch.setattr("sys.argv", ["passerelle", "--lang", lang, *asked])
    assert run(["--lang", lang, *asked]) == 2
    said = capsys.readouterr().err
    assert "faulty.yaml:7" in said
    for code in ("draft.unknown_value", "draft.value_not_allowed", "draft.unknown_line"):
        assert f"[{code}]" in said
    assert "name=" not in said  # every code has its sentence


def test_an_absent_file_and_an_unknown_rulebook_are_said_so(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["reform", "--register", str(register), "--against"]
    assert run([*asked, "nothing-here.yaml"]) == 2
    assert run([*asked, "nothing-here"]) == 2
    said = capsys.readouterr().err
    assert "[file.absent]" in said
    assert "[rule.no_rulebook]" in said
