"""A range of rounds is run once, counted, and gone on with; a difference is shrunk and shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import nightly
from tests.oracles import differences
from tests.oracles.every_subset import EverySubset


def test_what_is_done_is_not_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = nightly.run(0, 12, processes=1, folder=tmp_path)
    assert [(c.first, c.stop, c.failed) for c in first] == [(0, 12, None)]
    assert first[0].n_binding_crossing >= 6
    assert first[0].n_certified > 1
    assert "12 of 12" in capsys.readouterr().err
    assert nightly.run(0, 12, processes=1, folder=tmp_path) == first
    assert capsys.readouterr().err == ""


def is_different(number: int) -> bool:
    return bool(differences.examine(number, with_grounds=False, with_certificate=False).fault)


def test_a_difference_is_shrunk_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An oracle gone wrong stands for an engine gone wrong: it serves nobody under two floors."""
    whole = EverySubset.best

    def wrong(self: EverySubset, *arguments: object) -> object:
        found = whole(self, *arguments)  # type: ignore[arg-type]
        is_wrong = sum(q.kind == "floor" for q in self.problem.quotas) > 1
        return found[:1] * 0 if is_wrong and self.n > 1 else found

    monkeypatch.setattr(EverySubset, "best", wrong)
    number = next(n for n in range(30) if is_different(n))
    failed = nightly.Chunk(0, 30, 0, 0, (number, "as a process would report it"))
    monkeypatch.setattr(nightly, "run", lambda *_, **__: [failed])
    monkeypatch.setattr(nightly.signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["nightly", "--rounds", "30", "--folder", str(tmp_path)])
    assert nightly.main() == 1
    printed = capsys.readouterr().out
    assert f"Round {number} differs" in printed
    assert printed.count("Quota(") == 2
    assert "households=('h" in printed
    assert printed.count("', 'h") == 1  # two households are left
