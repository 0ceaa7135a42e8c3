"""From files to certificate, as the command does it: one committee, and a whole region."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from allocation.cli.propose import no_search_for_cycles
from allocation.documents import proposal_json, write_all
from allocation.exchange import read_register, write_folder
from allocation.model import Register
from allocation.model.proposal import Proposal
from allocation.proof.certificate import build_certificate, canonical
from allocation.proof.pseudonyms import meeting_of
from allocation.proposal import propose
from allocation.rules import Assessments, Rulebook, evaluate_register, load_rulebook
from scenarios.synthetic import REGION, synthesise
from tests.benchmarks.measure import Row, median_seconds

SEED = 2026
T = TypeVar("T")


@no_search_for_cycles()
def rows() -> list[Row]:
    """The demo session with and without its documents; the region once, phase by phase."""
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "demo", Path(place) / "out"
        out.mkdir()
        write_folder(synthesise(SEED), folder)
        session = median_seconds(lambda: certified(folder), repeat=3)
        documents = median_seconds(lambda: documented(folder, out), repeat=2)
        write_folder(synthesise(SEED, slsp_id=REGION), Path(place) / "region")
        phases = seconds_by_phase(Path(place) / "region")
    return [
        Row("proposal of the demo, from files to certificate", session),
        Row("the same with report, minutes and workbook", documents),
        Row("regional proposal, from files to certificate (one run)", sum(phases.values()), 10.0),
        *(Row(f"of which: {name}", seconds) for name, seconds in phases.items()),
    ]


def seconds_by_phase(folder: Path) -> dict[str, float]:
    """Seconds of each phase of one run, from files to certificate."""
    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        found[name] = time.perf_counter() - start
        return result

    register = timed("reading and checks", lambda: read_register(folder))
    rulebook = load_rulebook(meeting_of(register).rulebook)
    assessments = timed("points and bedrooms", lambda: assessed(register, rulebook))
    proposal = timed("proposal", lambda: propose(register, rulebook, assessments))
    content = timed("proposal.json", lambda: proposal_json(proposal))
    made = timed(
        "certificate",
        lambda: build_certificate(
            proposal, register, assessments, rulebook, proposal_bytes=content
        ),
    )
    timed("certificate and annex as bytes", lambda: [canonical(document) for document in made])
    return found


def assessed(register: Register, rulebook: Rulebook) -> Assessments:
    """The rules applied to a register on the date of its meeting."""
    meeting = meeting_of(register)
    return evaluate_register(rulebook, register, meeting.meeting_on, settings=meeting.settings)


def proposed(folder: Path) -> tuple[Proposal, Register, Assessments, Rulebook]:
    """A register read, judged, and its meeting proposed."""
    register = read_register(folder)
    rulebook = load_rulebook(meeting_of(register).rulebook)
    assessments = assessed(register, rulebook)
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
