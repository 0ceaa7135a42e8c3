"""``passerelle verify`` as a commissioner, a clerk and a machine use it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from allocation.proof import checker
from allocation.proof.certificate import canonical
from allocation.wording import catalogue
from api.cli import run
from tests.architecture.source_tree import ROOT
from tests.oracles.small_sessions import SmallSession, sealed
from tests.unit.allocation.proof.test_demo_session import written

REFERENCE = ROOT / "docs" / "reference"
CHECKS = ("checker.py", "agreement.py", "rulebook_agreement.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a meeting leaves behind."""
    made = written()
    (tmp_path / "proposal.json").write_bytes(made.proposal)
    (tmp_path / "certificate.json").write_bytes(canonical(made.certificate))
    (tmp_path / "annex.json").write_bytes(canonical(made.annex))
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The JSON just printed."""
    return dict(json.loads(capsys.readouterr().out))


def test_a_folder_is_accepted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(folder)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Le certificat est exact" in shown
    assert "Liés par sa seule empreinte" in shown


def test_a_certificate_alone_is_accepted_and_says_what_it_leaves_open(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", str(folder / "certificate.json")]) == 0
    assert "Sans l'annexe" in " ".join(capsys.readouterr().out.split())


def test_the_counts_are_given_to_machines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(folder), "--json"]) == 0
    found = answer(capsys)
    certificate = written().certificate
    assert found["holds"] is True
    assert found["agrees_with_proposal"] is True
    assert found["agrees_with_rulebook"] is True
    assert found["served"] == len(certificate["assignments"])
    assert found["opened"] == len(certificate["households"])


def test_a_certificate_under_another_rulebook_says_that_it_was_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(SmallSession(11).certificate()), encoding="utf-8")
    assert run(["verify", str(path), "--json"]) == 0
    assert answer(capsys)["agrees_with_rulebook"] is False
    assert run(["verify", str(path)]) == 0
    assert "n'ont pas pu être comparées" in " ".join(capsys.readouterr().out.split())


def test_a_share_that_is_not_the_rulebook_s_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = json.loads((folder / "certificate.json").read_bytes())
    place = next(i for i, q in enumerate(changed["quotas"]) if q["parameter"])
    changed["quotas"][place]["mark"] = "assumed"
    (folder / "certificate.json").write_bytes(canonical(sealed(changed)))
    assert run(["verify", str(folder / "certificate.json"), "--json"]) == 1
    found = answer(capsys)
    assert found["code"] == "certificate.rulebook_value"
    assert found["path"] == f"quotas[{place}].mark"


def test_the_first_false_statement_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = json.loads((folder / "certificate.json").read_bytes())
    changed["households"][4]["rank"] = 6
    (folder / "certificate.json").write_bytes(canonical(sealed(changed)))
    assert run(["verify", str(folder), "--json"]) == 1
    found = answer(capsys)
    assert (found["code"], found["path"]) == ("certificate.rank", "households[4].rank")
    monkeypatch.setenv("PASSERELLE_LANG", "en")
    assert run(["verify", str(folder)]) == 1
    assert "The rank written is not the place in the order." in capsys.readouterr().err


def test_an_annex_given_by_hand_is_opened(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "sealed.json"
    other.write_bytes((folder / "annex.json").read_bytes())
    assert run(["verify", str(folder / "certificate.json"), "--annex", str(other), "--json"]) == 0
    assert answer(capsys)["opened"] > 0


def test_a_proposal_of_another_meeting_is_refused(folder: Path) -> None:
    (folder / "proposal.json").write_bytes(written("serial").proposal)
    assert run(["verify", str(folder)]) == 1


@pytest.mark.parametrize("name", ["certificate.json", "annex.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b'{"schema": "certificate/1"}', b"\x00\xff"])
def test_a_file_that_cannot_be_read_is_bad_input(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert run(["verify", str(folder)]) == 2


def test_a_folder_without_certificate_is_bad_input(tmp_path: Path) -> None:
    assert run(["verify", str(tmp_path)]) == 2


@pytest.mark.parametrize("field", ["households", "quotas", "dwellings", "meeting", "profiles"])
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [{}], [None]])
def test_a_garbled_certificate_never_breaks_the_checker(
    tmp_path: Path, field: str, value: object
) -> None:
    certificate = SmallSession(5).certificate()
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(sealed({**certificate, field: value})), encoding="utf-8")
    assert run(["verify", str(path)]) in (1, 2)


def test_every_code_of_the_checker_has_a_sentence_and_a_place_in_the_reference() -> None:
    sources = [ROOT / "allocation" / "proof" / n for n in CHECKS]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    calls = re.findall(r"(?:refuse|require|equal)\(.*?\)\n", text, re.DOTALL)
    page = (REFERENCE / "certificate.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`(?:certificate\.)?([a-z_0-9]+)`", page))
    codes = {
        code
        for call in calls
        for code in re.findall(r'"([a-z_]+)"', call)
        if f"certificate.{code}" in catalogue("en")
    }
    assert len(codes) >= 35
    assert codes <= known


@pytest.mark.parametrize("mode", ["joint", "serial"])
def test_the_files_follow_their_published_schemas(mode: str) -> None:
    made = written(mode)
    parts = {"certificate": made.certificate, "certificate-annex": made.annex}
    for name, document in parts.items():
        schema = json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(document)


def test_a_small_certificate_follows_the_schema_too() -> None:
    schema = json.loads((REFERENCE / "certificate.schema.json").read_text(encoding="utf-8"))
    certificate, _ = SmallSession(11).with_annex()
    checker.check(certificate)
    Draft202012Validator(schema).validate(certificate)
