"""A certificate re-checked, against the proposal it is about: checking must cost less."""

import time

from allocation.documents.proposal_json import proposal_json
from allocation.proof import checker
from allocation.proof.certificate import build_certificate, canonical
from allocation.proposal import propose
from allocation.rules import evaluate_register, load_rulebook
from scenarios.synthetic import synthesise
from tests.benchmarks.measure import Row, median_seconds

HOUSEHOLDS, DWELLINGS = 3_000, 60
SEED = 2026


def rows() -> list[Row]:
    """The session of the contract: the public file alone, then with the sealed annex."""
    rulebook = load_rulebook("wallonia")
    register = synthesise(SEED, households=HOUSEHOLDS, vacancies=DWELLINGS)
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
    public, opened = canonical(certificate), canonical(annex)

    def alone() -> dict[str, int]:
        return checker.check(checker.read(public, "certificate/1"))

    def with_annex() -> dict[str, int]:
        sealed = checker.read(opened, "certificate-annex/1")
        return checker.check(checker.read(public, "certificate/1"), sealed)

    size = f"certificate of a session, {DWELLINGS} x {HOUSEHOLDS:,}"
    rival = "the proposal itself, with its grounds"
    return [
        Row(f"{size}, re-checked", median_seconds(alone), 0.2, rival, proposed),
        Row(f"{size}, re-checked with its annex", median_seconds(with_annex)),
    ]
