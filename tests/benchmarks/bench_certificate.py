"""A certificate re-checked, against the proposal it is about: checking must cost less."""

import time

from allocation.documents.proposal_json import proposal_json
from allocation.model import Register
from allocation.proof import checker
from allocation.proof.certificate import build_certificate, canonical
from allocation.proposal import propose
from allocation.rules import evaluate_register, load_rulebook
from scenarios.synthetic import REGION, synthesise
from tests.benchmarks.measure import Row, median_seconds

HOUSEHOLDS, DWELLINGS = 3_000, 60
SEED = 2026


def rows() -> list[Row]:
    """The session of the contract, alone and with its sealed annex; a region alone, once."""
    public, opened, proposed = written(synthesise(SEED, households=HOUSEHOLDS, vacancies=DWELLINGS))
    region, _, region_proposed = written(synthesise(SEED, slsp_id=REGION, households=50_000))

    def alone() -> dict[str, int]:
        return checker.check(checker.read(public, "certificate/1"))

    def with_annex() -> dict[str, int]:
        sealed = checker.read(opened, "certificate-annex/1")
        return checker.check(checker.read(public, "certificate/1"), sealed)

    start = time.perf_counter()
    counted = checker.check(checker.read(region, "certificate/1"))
    checked = time.perf_counter() - start
    if counted["unproved"]:
        raise AssertionError(f"{counted['unproved']} refusals of the region have no proof")
    size = f"certificate of a session, {DWELLINGS} x {HOUSEHOLDS:,}"
    rival = "the proposal itself, with its grounds"
    return [
        Row(f"{size}, re-checked", median_seconds(alone), 0.2, rival, proposed),
        Row(f"{size}, re-checked with its annex", median_seconds(with_annex)),
        Row(
            f"certificate of a region, {counted['dwellings']:,} x {counted['households']:,}, "
            "re-checked (one run)",
            checked,
            5.0,
            rival,
            region_proposed,
        ),
    ]


def written(register: Register) -> tuple[bytes, bytes, float]:
    """Certificate and annex of a register's meeting; seconds that its proposal took."""
    rulebook = load_rulebook("wallonia")
    meeting = register.meeting
    if meeting is None:
        raise ValueError("the synthetic register has no meeting")
    on, settings = meeting.meeting_on, meeting.settings
    assessments = evaluate_register(rulebook, register, on, settings=settings)
    start = time.perf_counter()
    proposal = propose(register, rulebook, assessments)
    proposed = time.perf_counter() - start
    content = proposal_json(proposal)
    certificate, annex = build_certificate(
        proposal, register, assessments, rulebook, proposal_bytes=content
    )
    return canonical(certificate), canonical(annex), proposed
