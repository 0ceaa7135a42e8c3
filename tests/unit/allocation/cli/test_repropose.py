"""After the meeting, by the command line: a new folder, or everything wrong with the answers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from allocation.documents import proposal_json
from allocation.proposal import propose
from allocation.rules import evaluate_register, load_rulebook
from allocation.wording import LANGUAGES
from api.cli import run
from scenarios.synthetic import synthesise

SCHEMA = Path("docs/reference/proposal.schema.json")
HEADER = "dwelling_id,application_id,answer,answered_on\n"
DAY = "2026-12-20"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small proposal."""
    folder = tmp_path_factory.mktemp("session")
    register = synthesise(11, slsp_id="la-sambrienne", households=250, vacancies=8)
    meeting = register.meeting
    assert meeting is not None
    rulebook = load_rulebook(meeting.rulebook)
    settings = meeting.settings
    assessments = evaluate_register(rulebook, register, meeting.meeting_on, settings=settings)
    written = proposal_json(propose(register, rulebook, assessments))
    (folder / "proposal.json").write_bytes(written)
    return folder


def offers(folder: Path) -> list[tuple[str, str]]:
    document = json.loads((folder / "proposal.json").read_bytes())
    lines = document["dwellings"]
    return [(d["dwelling_id"], d["application_id"]) for d in lines if d["application_id"]]


def repropose(before: Path, rows: str, out: Path, *options: str, header: str = HEADER) -> int:
    answers = out.parent / "answers.csv"
    answers.write_text(header + rows, encoding="utf-8")
    command = ["repropose", "--proposal", str(before), "--answers", str(answers)]
    return run([*command, "--out", str(out), *options])


def refused(
    session: Path, rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], **more: str
) -> list[dict[str, Any]]:
    """The problems of an answers file that is refused, with nothing written."""
    out = tmp_path / "next"
    assert repropose(session, rows, out, "--json", **more) == 2
    assert not out.exists()
    problems: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["problems"]
    return problems


def test_a_refusal_makes_a_folder_that_obeys_the_schema_and_can_be_continued(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (first, household), (second, other) = offers(session)[:2]
    rows = f"{first},{household},refused,{DAY}\n{second},{other},accepted,{DAY}\n"
    out = tmp_path / "next"
    assert repropose(session, rows, out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert {p.name for p in out.iterdir()} == {"proposal.json", "continuation.html"}
    content = (session / "proposal.json").read_bytes()
    assert said["of"] == hashlib.sha256(content).hexdigest()
    document = json.loads((out / "proposal.json").read_bytes())
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    before, after = json.loads(content), document
    line = next(d for d in before["dwellings"] if d["dwelling_id"] == first)
    following = next((n["application_id"] for n in line["next"] if n["needs"] == "refusal"), None)
    assert dict(offers(out)).get(first) == following
    kept = set(offers(session)) - {(first, household)}
    assert kept <= set(offers(out))
    assert after["continuation"]["steps"][0]["locked"] == dict(kept)
    again = tmp_path / "again"
    assert following is not None
    assert repropose(out, f"{first},{following},silence,{DAY}\n", again) == 0
    steps = json.loads((again / "proposal.json").read_bytes())["continuation"]["steps"]
    assert [len(s["answers"]) for s in steps] == [2, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_the_screen_say_it_in_every_language(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    kinds = ("refused", "silence", "withdrawn_dwelling", "withdrawn_application", "accepted")
    rows = "".join(
        f"{d},{a},{kind},{DAY}\n" for (d, a), kind in zip(offers(session), kinds, strict=False)
    )
    out = tmp_path / "next"
    assert repropose(session, rows, out, "--lang", language) == 0
    page = (out / "continuation.html").read_text(encoding="utf-8")
    said = capsys.readouterr().out
    for dwelling, household in offers(session)[: len(kinds)]:
        assert dwelling in page
        assert household in page
        assert dwelling in said or household in said
        assert run(["explain", household, "--proposal", str(out), "--lang", language]) == 0


def test_everything_wrong_with_the_answers_is_told_at_once(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (first, household), (second, other), *_ = offers(session)
    rows = (
        f"D9,{household},refused,{DAY}\n"
        f"{first},A9,refused,{DAY}\n"
        f",{other},refused,{DAY}\n"
        f"{second},,refused,{DAY}\n"
        f"{second},{other},refused,2020-01-01\n"
    )
    found = [(p["row"], p["code"]) for p in refused(session, rows, tmp_path, capsys)]
    assert found == [
        (2, "answers.unknown_dwelling"),
        (3, "answers.unknown_application"),
        (4, "answers.no_dwelling"),
        (5, "answers.no_application"),
        (6, "answers.before_meeting"),
    ]


def test_an_answer_must_be_that_of_who_holds_the_offer_that_day(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (a, _), (b, of_b), (c, of_c), (_, of_d), *_ = offers(session)
    later = "2026-12-24"
    rows = (
        f"{a},{of_b},refused,{DAY}\n"
        f"{b},{of_b},refused,{DAY}\n"
        f"{b},{of_b},accepted,{DAY}\n"
        f"{c},{of_c},accepted,{DAY}\n"
        f"{c},{of_c},refused,{later}\n"
        f",{of_d},withdrawn_application,{DAY}\n"
        f",{of_d},withdrawn_application,{later}\n"
    )
    found = [(p["row"], p["code"]) for p in refused(session, rows, tmp_path, capsys)]
    assert found == [
        (2, "answers.other_holder"),
        (3, "answers.twice"),
        (4, "answers.twice"),
        (6, "answers.accepted_before"),
        (8, "answers.withdrawn_before"),
    ]


@pytest.mark.parametrize(
    ("header", "row", "codes"),
    [
        (HEADER, "", ["answers.none"]),
        (HEADER, "D1,A1,no,8/12/2026\n", ["answers.unknown_kind", "answers.not_a_date"]),
        ("dwelling_id,answer,answered_on\n", "D1,refused,2026-12-08\n", ["answers.column_missing"]),
        (f"x,{HEADER}", "1,D1,A1,refused,2026-12-08\n", ["answers.column_unknown"]),
    ],
)
def test_a_file_that_is_no_list_of_answers_is_refused(
    session: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    header: str,
    row: str,
    codes: list[str],
) -> None:
    found = refused(session, row, tmp_path, capsys, header=header)
    assert sorted(p["code"] for p in found) == sorted(codes)
    assert all(p["sentence"] for p in found)


def test_neither_the_proposal_nor_a_folder_of_somebody_else_is_replaced(
    session: Path, tmp_path: Path
) -> None:
    (first, household), *_ = offers(session)
    row = f"{first},{household},refused,{DAY}\n"
    answers = tmp_path / "answers.csv"
    answers.write_text(HEADER + row, encoding="utf-8")
    before = (session / "proposal.json").read_bytes()
    command = ["repropose", "--proposal", str(session), "--answers", str(answers), "--out"]
    assert run([*command, str(session)]) == 2
    assert run([*command, str(tmp_path)]) == 2
    assert answers.exists()
    command[4] = str(tmp_path / "absent.csv")
    assert run([*command, str(tmp_path / "next")]) == 2
    assert (session / "proposal.json").read_bytes() == before
