"""
The rounds of a meeting, each solved exactly and locked before the next.

First the preferential groups in the order of the text (appeal winners; disabled households on
adapted dwellings; over-65s on dwellings designed for them), then everybody on what is left. Caps
hold from the second round on; an appeal winner's place was decided by the chamber, not by a
quota. Floors act in the last round, on what the earlier ones left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from allocation.matching import Problem, Quota, Solution, Solver, bits
from allocation.matching.dwellings import assign
from allocation.model.proposal import Caveat
from allocation.proposal.frozen import ADAPTED, APPEAL, MAIN, OVER_65, ROUNDS, FrozenMeeting
from allocation.quotas import Resolved, resolve
from allocation.ranking import TRANSFER_TIER


@dataclass(frozen=True)
class Round:
    """
    One round solved: ``assignment`` household position -> dwelling.

    ``problem`` is the round's own: ``positions[i]`` is the place in the session of its
    ``i``-th household.
    """

    name: str
    problem: Problem
    positions: tuple[int, ...]
    solution: Solution
    assignment: Mapping[int, str]


@dataclass(frozen=True)
class Outcome:
    """All rounds of a meeting with the quotas they were solved under."""

    rounds: tuple[Round, ...]
    resolved: tuple[Resolved, ...]
    assignment: Mapping[int, str]
    used: tuple[int, ...]
    caveats: tuple[Caveat, ...] = ()

    @property
    def main(self) -> Round:
        """The round every ground is about."""
        return self.rounds[-1]


def run_rounds(
    session: FrozenMeeting, levels: Sequence[str], *, solver: Solver | None = None
) -> Outcome:
    """
    Solve the meeting; a ``solver`` kept between its runs solves no round twice.

    The seats of a share depend on who is served when the law leaves transfers out of its base
    or counts dwellings actually let; they are worked out again until they agree with the
    result. Should they never agree, the last ones computed are kept and a caveat says so.
    """
    served_transfers: dict[str, int] = {}
    empty: dict[str, int] = {}
    tried: list[tuple[dict[str, int], dict[str, int]]] = []
    solver = solver or Solver()
    while True:
        resolved = resolve_all(session, served_transfers, empty)
        outcome = solve_rounds(session, resolved, levels, solver=solver)
        now = _transfers(session, outcome.assignment), _empty(session, outcome.assignment)
        if now == (served_transfers, empty) or not _base_depends(session):
            return outcome
        if now in tried:
            return replace(outcome, caveats=(Caveat("quota.base_not_settled"),))
        tried.append(now)
        served_transfers, empty = now


def _base_depends(session: FrozenMeeting) -> bool:
    counts_all = all(q.counts_transfers for q in session.quotas)
    return not counts_all or session.meeting.basis == "realised"


def resolve_all(
    session: FrozenMeeting, served_transfers: Mapping[str, int], empty: Mapping[str, int]
) -> tuple[Resolved, ...]:
    """Every quota in seats of this meeting."""
    offered = session.offered
    if session.meeting.basis == "realised":
        offered = replace(
            offered,
            allocations={k: n - empty.get(k, 0) for k, n in offered.allocations.items()},
        )
    return tuple(
        resolve(quota, session.meeting, offered=offered, transfers_served=served_transfers)
        for quota in session.quotas
    )


def _transfers(session: FrozenMeeting, assignment: Mapping[int, str]) -> dict[str, int]:
    """Transfers served, by commune and in all."""
    found: dict[str, int] = {}
    for position, dwelling in assignment.items():
        if session.tier[position] == TRANSFER_TIER:
            for place in ("", session.types[session.type_of[dwelling]].nis5):
                found[place] = found.get(place, 0) + 1
    return found


def _empty(session: FrozenMeeting, assignment: Mapping[int, str]) -> dict[str, int]:
    """Dwellings left empty, by commune and in all."""
    let = set(assignment.values())
    found: dict[str, int] = {}
    for offered in session.types:
        for _ in (d for d in offered.dwellings if d not in let):
            for place in ("", offered.nis5):
                found[place] = found.get(place, 0) + 1
    return found


def scope(session: FrozenMeeting, nis5: str) -> int | None:
    """Types a quota limited to one commune looks at."""
    if not nis5:
        return None
    return sum(1 << t for t, offered in enumerate(session.types) if offered.nis5 == nis5)


def quotas_of(
    session: FrozenMeeting, resolved: Sequence[Resolved], used: Sequence[int]
) -> tuple[Quota, ...]:
    """
    Quotas of the matching problem, given the members served in the earlier rounds.

    A cap that appeal winners have gone beyond admits nobody more, and asks nobody to leave.
    """
    return tuple(
        Quota(
            r.rule.quota_id,
            r.rule.kind,
            max(r.seats, n) if r.rule.kind == "cap" else r.seats,
            counting=r.rule.counting,
            is_hard=r.rule.is_hard,
            weight=r.rule.weight,
            types=scope(session, r.rule.nis5),
        )
        for r, n in zip(resolved, used, strict=True)
    )


def solve_rounds(
    session: FrozenMeeting,
    resolved: tuple[Resolved, ...],
    levels: Sequence[str],
    *,
    committed: Mapping[int, str] | None = None,
    only: Collection[str] | None = None,
    solver: Solver | None = None,
) -> Outcome:
    """
    One pass over the rounds under given seats.

    ``committed``: household position -> dwelling decided before, who count and keep what they
    have. ``only``: the dwellings that may be let; all those free when ``None``.

    Raises
    ------
    InfeasibleError
        ``matching.infeasible``: hard floors and caps cannot hold together.
    """
    solve = partial((solver or Solver()).solve, levels=levels)
    assignment = dict(committed or {})
    taken = set(assignment.values())
    left = [
        [d for d in t.dwellings if d not in taken and (only is None or d in only)]
        for t in session.types
    ]
    used = used_by(session, resolved, assignment)
    rounds = []
    for name in ROUNDS:
        entering = _entering(session, name, left, assignment)
        if name != MAIN and not entering:
            continue
        quotas = quotas_of(session, resolved, used)
        locked = _locked(session, quotas, assignment)
        done = _solve_round(session, name, quotas, left, entering, locked, solve)
        rounds.append(done)
        for position, dwelling in done.assignment.items():
            left[session.type_of[dwelling]].remove(dwelling)
            assignment[position] = dwelling
        used = used_by(session, resolved, assignment)
    return Outcome(tuple(rounds), resolved, assignment, used)


def used_by(
    session: FrozenMeeting, resolved: Sequence[Resolved], assignment: Mapping[int, str]
) -> tuple[int, ...]:
    """Members served of each quota."""
    masks = _locked(session, quotas_of(session, resolved, [0] * len(resolved)), assignment)
    return tuple(sum(m >> i & 1 for m in masks) for i in range(len(resolved)))


def whole_problem(session: FrozenMeeting, resolved: Sequence[Resolved]) -> Problem:
    """All households and dwellings of the meeting at once, with all its quotas."""
    return Problem(
        session.identifiers,
        session.accepts,
        session.members,
        tuple(t.dwellings for t in session.types),
        quotas_of(session, resolved, [0] * len(resolved)),
    )


def _locked(
    session: FrozenMeeting, quotas: Sequence[Quota], assignment: Mapping[int, str]
) -> tuple[int, ...]:
    """Quotas that count each household already served, on the dwelling it has."""
    found = []
    for position, dwelling in assignment.items():
        t = session.type_of[dwelling]
        found.append(
            sum(
                1 << i
                for i in bits(session.members[position])
                if (within := quotas[i].types) is None or within >> t & 1
            )
        )
    return tuple(found)


def _entering(
    session: FrozenMeeting, name: str, left: Sequence[Sequence[str]], taken: Mapping[int, str]
) -> dict[int, int]:
    """Who enters a round, and the types each may have there: position -> mask."""
    allowed = sum(
        1 << t
        for t, offered in enumerate(session.types)
        if left[t]
        and (name != ADAPTED or offered.accessibility == "adapted")
        and (name != OVER_65 or offered.designed_for_over_65)
    )
    if name == MAIN:
        return {p: a & allowed for p, a in enumerate(session.accepts) if p not in taken}
    if not allowed:
        return {}
    return {
        p: session.accepts[p] & allowed
        for p, preferences in enumerate(session.preferences)
        if name in preferences and p not in taken and session.accepts[p] & allowed
    }


def _solve_round(
    session: FrozenMeeting,
    name: str,
    quotas: tuple[Quota, ...],
    left: Sequence[Sequence[str]],
    entering: Mapping[int, int],
    locked: tuple[int, ...],
    solve: Callable[[Problem], Solution],
) -> Round:
    positions = tuple(entering)
    problem = Problem(
        tuple(session.identifiers[p] for p in positions),
        tuple(entering.values()),
        tuple(session.members[p] for p in positions),
        tuple(tuple(d) for d in left),
        quotas,
        locked,
    )
    if name == APPEAL:
        problem = problem.with_quotas([False] * len(quotas))
    elif name != MAIN:
        problem = problem.without_kind("floor")
    solution = solve(problem)
    dwellings = _fit(session, problem, positions, solution)
    return Round(name, problem, positions, solution, dwellings)


def _fit(
    session: FrozenMeeting, problem: Problem, positions: Sequence[int], solution: Solution
) -> dict[int, str]:
    """Session position -> dwelling, least spare adaptation, then choice rank, then canonical."""
    served = solution.served
    folded = 1 + len(served) * max(
        (rank for p in served for _, rank in session.costs[positions[p]].values()), default=0
    )
    costs = [
        {t: spare * folded + rank for t, (spare, rank) in session.costs[positions[p]].items()}
        for p in served
    ]
    return {positions[p]: d for p, d in assign(problem, solution, costs).items()}
