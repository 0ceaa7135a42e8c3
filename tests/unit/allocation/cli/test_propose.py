"""From a folder to a committee's file, by the command line, and what stops it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from allocation.exchange import read_register, write_folder
from api.cli import run
from scenarios.synthetic import synthesise

FILES = {
    "proposal.json", "proposal.xlsx", "report.html", "minutes.pdf", "support.json",
    "certificate.json", "annex.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic register on disk."""
    folder = tmp_path_factory.mktemp("register") / "register"
    write_folder(synthesise(11, slsp_id="la-sambrienne", households=250, vacancies=8), folder)
    return folder


@pytest.fixture(scope="module")
def session(register: Path) -> Path:
    """Its proposal."""
    out = register.parent / "session"
    assert run(["propose", "--register", str(register), "--out", str(out)]) == 0
    return out


def test_every_document_is_written_and_the_certificate_holds(session: Path) -> None:
    assert {p.name for p in session.iterdir()} == FILES
    assert run(["verify", str(session)]) == 0


def test_a_second_run_gives_the_same_bytes(session: Path, register: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert run(["propose", "--register", str(register), "--out", str(again)]) == 0
    for name in FILES:
        assert (again / name).read_bytes() == (session / name).read_bytes(), name


def test_applications_read_are_those_ranked_and_those_not(
    session: Path, register: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(["propose", "--register", str(register), "--out", str(out), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["applications"] == said["ranked"] + said["not_ranked"]
    assert said["applications"] == len(read_register(register)["applications"])
    assert said["dwellings"] == said["proposed"] + said["left_empty"]


def test_a_folder_with_something_else_is_left_alone(register: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    assert run(["propose", "--register", str(register), "--out", str(tmp_path)]) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_earlier_results_are_replaced_only_when_nothing_else_lies_among_them(
    session: Path, register: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(session, out)
    call = ["propose", "--register", str(register), "--out", str(out)]
    (out / "letter.txt").write_text("mine", encoding="utf-8")
    assert run(call) == 2
    assert (out / "letter.txt").read_text(encoding="utf-8") == "mine"
    assert {p.name for p in out.iterdir()} == FILES | {"letter.txt"}
    (out / "letter.txt").unlink()
    (out / "minutes.pdf").unlink()
    assert run(call) == 0
    assert {p.name for p in out.iterdir()} == FILES


def as_real(register: Path, folder: Path) -> Path:
    """The same folder, said to be of real people."""
    folder.mkdir()
    for path in register.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "register.yaml":
            text = text.replace("kind: demo", "kind: real")
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def test_a_real_register_without_confirmations_stops_with_every_value_named(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = as_real(register, tmp_path / "real")
    out = tmp_path / "out"
    assert run(["propose", "--register", str(real), "--out", str(out), "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    codes = {p["code"] for p in problems}
    assert {"register.value_not_confirmed", "quota.no_legal_basis"} <= codes
    assert not out.exists()


def test_on_a_real_register_neither_date_nor_mode_is_chosen_on_the_command_line(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = as_real(register, tmp_path / "real")
    for option in (["--mode", "serial"], ["--on", "2026-11-30"]):
        call = ["propose", "--register", str(real), "--out", str(tmp_path / "o"), "--json"]
        assert run([*call, *option]) == 2
        said = json.loads(capsys.readouterr().out)["problems"]
        assert "meeting.fixed_before_freeze" in [p["code"] for p in said]


def test_a_session_of_another_year_says_that_the_ledger_is_not_of_that_year(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["propose", "--register", str(register), "--out", str(tmp_path / "o")]
    assert run([*call, "--on", "2030-01-08", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["caveats"] == ["proposal.other_year"]


def test_an_unknown_mode_is_refused(register: Path, tmp_path: Path) -> None:
    call = ["propose", "--register", str(register), "--out", str(tmp_path / "o")]
    assert run([*call, "--mode", "random"]) == 2


def test_a_serial_meeting_is_certified_too(register: Path, tmp_path: Path) -> None:
    out = tmp_path / "serial"
    call = ["propose", "--register", str(register), "--out", str(out), "--mode", "serial"]
    assert run(call) == 0
    assert run(["verify", str(out)]) == 0


def test_every_application_of_the_register_can_be_explained_in_each_language(
    session: Path, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = read_register(register)["applications"]["application_id"].tolist()
    for name, lang in zip(names[:40], ("fr", "nl", "de", "en") * 10, strict=True):
        assert run(["--lang", lang, "explain", "--proposal", str(session), name]) == 0
        assert name in capsys.readouterr().out


def explained(session: Path, name: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What the program says of one application, as data."""
    capsys.readouterr()
    assert run(["explain", "--proposal", str(session), name, "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_the_points_said_add_up_to_the_points_stated(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = json.loads((session / "proposal.json").read_bytes())
    with_points = [h for h in proposal["households"] if h["tier"] and h["points"]][:12]
    for household in with_points:
        sentences = explained(session, household["application_id"], capsys)["sentences"]
        lines = [int(found[1]) for s in sentences if (found := re.match(r"(\d+) points? ", s))]
        assert len(lines) == 3
        assert sum(lines) == household["points"]


def test_an_explanation_is_made_of_whole_sentences_and_few_followers(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = json.loads((session / "proposal.json").read_bytes())
    names = [d["application_id"] for d in proposal["dwellings"] if d["application_id"]]
    names += [n["application_id"] for n in proposal["not_ranked"][:3]]
    for name in names:
        sentences = explained(session, name, capsys)["sentences"]
        assert all(s[0].isupper() or s[0].isdigit() for s in sentences)
        assert all(s.endswith(".") for s in sentences)
        assert sum(s.startswith("Suivante n° ") for s in sentences) <= 3
        assert sentences[0].count(" rang ") <= 1


@pytest.mark.parametrize("name", ["minutes.pdf", "absent"])
def test_what_is_no_proposal_is_said_to_be_none(session: Path, name: str) -> None:
    assert run(["explain", "--proposal", str(session / name), "A000001"]) == 2


def test_an_unknown_application_is_said_to_be_unknown(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = json.loads((session / "proposal.json").read_bytes())
    known = proposal["households"][0]["application_id"]
    let = next(d for d in proposal["dwellings"] if d["application_id"])
    for asked, hint in (
        ("nobody", "nobody"),
        (known.lower(), known),
        (let["dwelling_id"], let["application_id"]),
    ):
        assert run(["explain", "--proposal", str(session), asked]) == 2
        assert hint in capsys.readouterr().err


def test_match_reproduces_the_golden_file_and_refuses_nonsense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["match", "tests/golden/test_vectors.json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 12
    nonsense = tmp_path / "v.json"
    nonsense.write_text('{"id": "x", "households": 3, "units": []}', encoding="utf-8")
    assert run(["match", str(nonsense)]) == 2
    for text in ("{", "[]", '{"vectors": []}'):
        nonsense.write_text(text, encoding="utf-8")
        assert run(["match", str(nonsense)]) == 2


def test_match_says_which_expected_value_differs(tmp_path: Path) -> None:
    golden = json.loads(Path("tests/golden/test_vectors.json").read_text(encoding="utf-8"))
    vector = golden["vectors"][0]
    vector["expected"]["lex"]["served"] = ["a", "b"]
    changed = tmp_path / "v.json"
    changed.write_text(json.dumps(vector), encoding="utf-8")
    assert run(["match", str(changed)]) == 1
