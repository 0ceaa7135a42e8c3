"""Only strict, whole-number, single-key JSON of the right schema is read as a certificate."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from allocation.proof import checker
from tests.oracles.small_sessions import SmallSession

CHECKER = Path(checker.__file__)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"nonsense",
        b'{"schema": "certificate/2"}',
        b'{"schema": "certificate/1", "x": 1.5}',
        b'{"schema": "certificate/1", "x": NaN}',
        b'{"schema": "certificate/1", "schema": "certificate/1"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_certificate_is_unreadable(text: bytes) -> None:
    with pytest.raises(checker.UnreadableError):
        checker.read(text, "certificate/1")


def test_the_checker_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(CHECKER.read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_the_checker_runs_alone(tmp_path: Path) -> None:
    certificate, annex = SmallSession(3).with_annex()
    alone = tmp_path / "checker.py"
    alone.write_bytes(CHECKER.read_bytes())
    for name, document in (("c.json", certificate), ("a.json", annex)):
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "false.json").write_text(
        json.dumps({**certificate, "kind": "real"}), encoding="utf-8"
    )
    (tmp_path / "half.json").write_text('{"schema": "certificate/1"}', encoding="utf-8")

    def exit_code(*names: str) -> int:
        command = [sys.executable, "-I", str(alone), *(str(tmp_path / n) for n in names)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert exit_code("c.json") == 0
    assert exit_code("c.json", "a.json") == 0
    assert exit_code("false.json") == 1
    assert exit_code("half.json") == 2
    assert exit_code("absent.json") == 2
    assert exit_code() == 2


@pytest.mark.parametrize(
    ("registered", "on", "mode", "years"),
    [
        ("2020-03-01", "2026-02-28", "anniversary", 5),
        ("2020-03-01", "2026-03-01", "anniversary", 6),
        ("2020-02-29", "2026-02-28", "anniversary", 5),
        ("2020-02-29", "2026-03-01", "anniversary", 6),
        ("2020-02-29", "2024-02-29", "anniversary", 4),
        ("2023-12-01", "2024-11-04", "anniversary", 0),
        ("2023-12-01", "2024-11-04", "calendar", 1),
    ],
)
def test_seniority_follows_the_calendar(registered: str, on: str, mode: str, years: int) -> None:
    found = checker.seniority(date.fromisoformat(registered), date.fromisoformat(on), mode=mode)
    assert found == years
