"""From files to certificate, as the command does it: one committee, and a whole region."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from allocation.documents import proposal_json, write_all
from allocation.exchange import read_register, write_folder
from allocation.model import Register
from allocation.model.proposal import Proposal
from allocation.proof.certificate import build_certificate, canonical
from allocation.proposal import propose
from allocation.rules import Assessments, Rulebook, evaluate_register, load_rulebook
from scenarios.synthetic import REGION, synthesise
from tests.benchmarks.measure import Row, median_seconds

SEED = 2026


def rows() -> list[Row]:
    """The demo session with and without its documents; the region once, without documents."""
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "demo", Path(place) / "out"
        out.mkdir()
        write_folder(synthesise(SEED), folder)
        session = median_seconds(lambda: certified(folder), repeat=3)
        documents = median_seconds(lambda: documented(folder, out), repeat=2)
        write_folder(synthesise(SEED, slsp_id=REGION), Path(place) / "region")
        start = time.perf_counter()
        certified(Path(place) / "region")
        region = time.perf_counter() - start
    return [
        Row("proposal of the demo, from files to certificate", session),
        Row("the same with report, minutes and workbook", documents),
        Row("regional proposal, from files to certificate (one run)", region, 10.0),
    ]


def proposed(folder: Path) -> tuple[Proposal, Register, Assessments, Rulebook]:
    """A register read, judged, and its meeting proposed."""
    register = read_register(folder)
    if register.meeting is None:
        raise ValueError("the synthetic register has a meeting")
    rulebook = load_rulebook(register.meeting.rulebook)
    assessments = evaluate_register(
        rulebook, register, register.meeting.meeting_on, settings=register.meeting.settings
    )
    return propose(register, rulebook, assessments), register, assessments, rulebook


def certified(folder: Path) -> int:
    """Bytes of the certificate of a register's meeting."""
    proposal, register, assessments, rulebook = proposed(folder)
    certificate, _ = build_certificate(
        proposal, register, assessments, rulebook, proposal_bytes=proposal_json(proposal)
    )
    return len(canonical(certificate))


def documented(folder: Path, out: Path) -> int:
    """Every document of the demo."""
    proposal, register, assessments, rulebook = proposed(folder)
    names = write_all(
        proposal, register, assessments=assessments, rulebook=rulebook, out_dir=out, lang="fr"
    )
    return len(names)
