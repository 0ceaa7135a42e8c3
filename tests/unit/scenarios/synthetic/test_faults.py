"""Planted faults: an import finds each one where it was planted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from allocation.exchange import examine, write_folder
from scenarios.synthetic import synthesise
from scenarios.synthetic.faults import FaultShareError, Planted, plant_faults


def _folder(path: Path) -> Path:
    write_folder(synthesise(5, slsp_id="sambr-habitat"), path)
    return path


def test_an_import_finds_every_fault_where_it_was_planted(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "register")
    planted = plant_faults(folder, seed=5, share=0.08)
    found = {(p.where, p.row, p.column) for p in examine(folder).problems}
    missed = [f for f in planted if f.is_error and (f.file, f.row, f.column) not in found]
    assert len(planted) == round(0.08 * 1207)
    assert missed == []


def test_every_kind_takes_its_turn_and_a_line_has_one_fault(tmp_path: Path) -> None:
    planted = plant_faults(_folder(tmp_path / "register"), seed=5, share=0.05)
    counts = Counter(fault.kind for fault in planted)
    assert len(counts) == 14
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len({(f.file, f.row) for f in planted}) == len(planted)


def test_a_missing_proof_refuses_nothing(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "register")
    planted = plant_faults(folder, seed=5, share=0.05)
    found = {(p.where, p.row) for p in examine(folder).problems}
    tolerated = [f for f in planted if not f.is_error]
    assert tolerated
    assert {f.kind for f in tolerated} == {"missing_proof"}
    assert not {(f.file, f.row) for f in tolerated} & found


def test_the_same_seed_plants_the_same_faults(tmp_path: Path) -> None:
    def plant(name: str, seed: int) -> tuple[Planted, ...]:
        return plant_faults(_folder(tmp_path / name), seed=seed, share=0.02)

    assert plant("one", 5) == plant("two", 5) != plant("three", 6)


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_out_of_range_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(FaultShareError):
        plant_faults(tmp_path, seed=1, share=share)
