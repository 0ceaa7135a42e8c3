"""One round put to the engine and to exhaustive search: the first thing they differ on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from allocation.documents.proposal_json import proposal_json
from allocation.matching import LEX, LEX_UNITS, InfeasibleError, Problem, Reasons, Solution, solve
from allocation.model import Register
from allocation.proof.agreement import check_agreement
from allocation.proof.certificate import build_certificate
from allocation.proof.checker import FalseStatementError, check
from allocation.proposal import propose
from allocation.rules import Assessments, Rulebook, load_rulebook
from tests.crossing_rounds import CrossingRound, Limit, binding_crossing, crossing_round
from tests.oracles import brute_force
from tests.oracles.every_subset import EverySubset
from tests.rounds_as_meetings import as_meeting, can_be_a_meeting
from tests.shrinking import shrunk

RULES = {"lex": LEX, "lex_units": LEX_UNITS}


def difference(problem: Problem, *, with_grounds: bool = False) -> str:
    """
    What the engine says that exhaustive search does not, in a sentence; empty when they agree.

    Looks at the served set, the shortage and the arrangement under both rules or, when the hard
    quotas cannot hold, at the conflict named; with ``with_grounds`` also at every ground.
    """
    every = EverySubset(problem)
    try:
        every.best()
    except brute_force.InfeasibleError:
        return _not_refused(problem)
    for name, levels in RULES.items():
        found = solve(problem, levels=levels)
        expected = every.solve(levels)
        if found.served != expected:
            return f"{name} serves {found.served}, not {expected}"
        if problem.shortage_rule == "weighted" and found.shortage != every.shortage(levels):
            return f"{name} is short of {found.shortage}, not {every.shortage(levels)}"
        if fault := _badly_housed(problem, found):
            return f"{name}: {fault}"
        if with_grounds and (fault := _other_ground(every, found, name)):
            return f"{name}: {fault}"
    return ""


def _not_refused(problem: Problem) -> str:
    """The hard quotas cannot hold: is that said, with a conflict of which none is superfluous?"""
    try:
        found = solve(problem)
    except InfeasibleError as error:
        named = set(error.context["quotas"])  # type: ignore[call-overload]
    else:
        return f"serves {found.served} though the hard quotas cannot hold"
    positions = [i for i, q in enumerate(problem.quotas) if q.quota_id in named]
    if _is_feasible(problem, positions):
        return f"{sorted(named)} can hold together"
    for i in positions:
        if not _is_feasible(problem, [j for j in positions if j != i]):
            return f"{sorted(named)} cannot hold even without {problem.quotas[i].quota_id}"
    return ""


def _is_feasible(problem: Problem, kept: list[int]) -> bool:
    lifted = frozenset(range(len(problem.quotas))) - frozenset(kept)
    return bool(EverySubset(problem).allowed(lifted).any())


def _badly_housed(problem: Problem, found: Solution) -> str:
    """Everybody served on a type accepted, no type more than full."""
    if sorted(found.seats) != list(found.served):
        return f"seats {sorted(found.seats)} are not those of {found.served}"
    for h, t in found.seats.items():
        if not problem.accepts[h] >> t & 1:
            return f"household {h} does not accept type {t}"
    for t, n in enumerate(problem.capacity):
        if sum(u == t for u in found.seats.values()) > n:
            return f"type {t} has {n} dwellings"
    return ""


def _other_ground(every: EverySubset, found: Solution, rule: str) -> str:
    """The ground of each household left out, who blocks it, and the seat of each one served."""
    levels = RULES[rule]
    reasons = Reasons(every.problem, found, levels=levels)
    expected = every.reasons(levels)
    for h, why in expected.items():
        answers = {
            "ground": (reasons.why_unserved(h), why),
            "must outrank": (reasons.must_outrank(h), every.must_outrank(h, levels)),
        }
        if why == "outranked":
            answers["blocked by"] = (reasons.hall(h).households, every.hall(h))
        for name, (answer, wanted) in answers.items():
            if answer != wanted:
                return f"{name} of household {h}: {answer}, not {wanted}"
    open_seats = every.solve(levels, every.of_kind(("floor",)))
    for h in found.served:
        wanted = "open" if h in open_seats else "reserve"
        if reasons.seat(h) != wanted:
            return f"seat of household {h}: {reasons.seat(h)}, not {wanted}"
    for i, quota in enumerate(every.problem.quotas):
        without = every.solve(levels, frozenset([i]))
        if reasons.without_quota(i).served != without:
            return f"without {quota.quota_id}: {reasons.without_quota(i).served}, not {without}"
    return ""


@cache
def rulebook() -> Rulebook:
    """The rules of every meeting here."""
    return load_rulebook("wallonia")


class UnprovedError(Exception):
    """A certificate that holds, with refusals left to the word of the engine: how many."""


def certified(register: Register, assessments: Assessments) -> tuple[list[str], dict[str, Any]]:
    """Who the proposal of a meeting serves, and its certificate, found to hold and to prove all."""
    proposal = propose(register, rulebook(), assessments)
    content = proposal_json(proposal)
    certificate, annex = build_certificate(
        proposal, register, assessments, rulebook(), proposal_bytes=content
    )
    n_unproved = check(certificate)["unproved"]
    if n_unproved:
        raise UnprovedError(n_unproved)
    check_agreement(certificate, annex, content)
    return sorted(d.application_id for d in proposal.dwellings if d.application_id), certificate


def fault_of_certificate(drawn: CrossingRound, rule: str) -> str | None:
    """
    What is wrong with the round held as a meeting; ``None`` when it cannot be held.

    The proposal serves the very set of exhaustive search and its certificate is accepted.
    """
    problem = drawn.problem
    if not can_be_a_meeting(problem):
        return None
    try:
        expected = EverySubset(problem).solve(RULES[rule])
    except brute_force.InfeasibleError:
        return None
    try:
        served, _ = certified(*as_meeting(drawn, tuple(RULES[rule])))
    except (FalseStatementError, UnprovedError) as error:
        return f"certificate under {rule}: {type(error).__name__} {error}"
    winners = [f"winner{k}" for k in range(len(problem.locked))]
    names = sorted([problem.households[h] for h in expected] + winners)
    return "" if served == names else f"meeting under {rule} serves {served}, not {names}"


@dataclass(frozen=True)
class Examined:
    """What became of one numbered round; ``fault`` is empty when every oracle agrees."""

    fault: str
    is_binding_crossing: bool
    is_certified: bool


def examine(number: int, *, with_grounds: bool, with_certificate: bool) -> Examined:
    """One round put to every oracle; its certificate under one rule or the other by turns."""
    drawn = crossing_round(number)
    fault = difference(drawn.problem, with_grounds=with_grounds)
    is_certified = False
    if with_certificate and not fault:
        found = fault_of_certificate(drawn, list(RULES)[number % 2])
        fault, is_certified = found or "", found == ""
    return Examined(fault, bool(binding_crossing(drawn.problem)), is_certified)


def smallest(number: int) -> tuple[Problem, str]:
    """The smallest round found that fails as that one does, and how it fails."""

    def fault(problem: Problem) -> str:
        seats = tuple(Limit(seats=quota.seats) for quota in problem.quotas)
        bare = CrossingRound(number, problem, seats, ())
        certificates = (fault_of_certificate(bare, rule) for rule in RULES)
        return difference(problem, with_grounds=True) or next(filter(None, certificates), "")

    problem = shrunk(crossing_round(number).problem, lambda smaller: bool(fault(smaller)))
    return problem, fault(problem)
