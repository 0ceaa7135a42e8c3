"""
Why nobody else could be served: for every refusal, an addition that anybody can redo.

The core turns a household down when no solution around those accepted before it contains it.
Here the served set is walked again, best rank first, and each refusal that quotas are behind gets
its proof; the refusal is shared with everybody of the same cell whom the same lines squeeze.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from allocation.matching.additions import Addition, Proof, Refuter, Seats, Target, used_cuts
from allocation.matching.housing import Cut
from allocation.matching.problem import Problem, bits
from allocation.matching.seating import Seating
from allocation.matching.solve import Solution


@dataclass(frozen=True)
class Refusal:
    """
    After the first ``after`` households served, nobody of ``cell`` confined to ``types`` fits in.

    ``types``: bit mask, -1 for all.
    """

    after: int
    cell: int
    types: int
    proof: Proof


@dataclass
class Argument:
    """
    Why a served set is the best one.

    ``cells``: membership mask of each cell. ``least``: why the shortage is not smaller, ``most``
    why not more are served (``None``: nothing to prove, or not proved; then ``is_level_proved``
    is false). ``unproved``: positions of refused households without a proof.
    """

    cells: tuple[int, ...]
    cuts: list[Cut] = field(default_factory=list)
    least: Proof | None = None
    most: Proof | None = None
    is_level_proved: bool = True
    refusals: list[Refusal] = field(default_factory=list)
    unproved: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Conflict:
    """
    Quotas that cannot be kept together with a floor at its full seats, and no fewer.

    ``quotas``: the others (a cap as it is, a floor as far as it was filled). ``without``: for
    each of them, households with their types that keep all the rest.
    """

    quotas: tuple[int, ...]
    cells: tuple[int, ...]
    cuts: tuple[Cut, ...]
    proof: Proof
    without: Mapping[int, Mapping[int, int]]


def argue(problem: Problem, solution: Solution, *, most_served_first: bool) -> Argument:
    """Prove that a served set is the best one, as far as short additions go."""
    refuter = Refuter(problem)
    argument = Argument(refuter.cells)
    least_served = len(solution.served) if most_served_first else 0
    if solution.shortage:
        _prove_level(refuter, argument, "least", most_shortage=solution.shortage - 1)
    if least_served:
        level = {"most_shortage": solution.shortage, "least_served": least_served + 1}
        _prove_level(refuter, argument, "most", **level)
    target = refuter.target(most_shortage=solution.shortage, least_served=least_served)
    _prove_refusals(refuter, argument, solution, target)
    argument.cuts = refuter.cuts
    return _only_used(argument)


def _prove_level(refuter: Refuter, argument: Argument, name: str, **level: int) -> None:
    found = refuter.prove(refuter.target(**level))
    if isinstance(found, tuple):
        setattr(argument, name, found[0])
    else:
        argument.is_level_proved = False


def _prove_refusals(
    refuter: Refuter, argument: Argument, solution: Solution, target: Target
) -> None:
    """Down the list, as the core does: commit who is served, refute who is not."""
    classes, served = refuter.classes, frozenset(solution.served)
    shut = _shut_out(refuter, solution)
    n, failed = 0, set[int]()
    for p, k in enumerate(refuter.of):
        if p in served:
            n += 1
            if k >= 0:
                classes.committed[k] += 1
                classes.size[k] = max(classes.size[k], classes.committed[k])
            continue
        if k < 0 or classes.size[k] == classes.committed[k] or shut(p):
            continue
        found = None if k in failed else refuter.prove(target, newcomer=k)
        if not isinstance(found, tuple):
            failed.add(k)
            argument.unproved.append(p)
            continue
        proof, types = found
        cell = classes.cell[k]
        argument.refusals.append(Refusal(n, cell, types, proof))
        for other, mask in enumerate(classes.masks):
            if classes.cell[other] == cell and not mask & ~types:
                classes.size[other] = classes.committed[other]


def _shut_out(refuter: Refuter, solution: Solution) -> Callable[[int], bool]:
    """Is a household shut out by better-ranked ones who fill all they could all live in?"""
    problem = refuter.problem
    number: dict[int, int] = {}
    for p in solution.served:
        number.setdefault(refuter.masks[p], len(number))
    seating = Seating(list(number), problem.capacity)
    last = [-1] * len(problem.capacity)
    for p, t in solution.seats.items():
        seating.seat(number[refuter.masks[p]], t)
        last[t] = max(last[t], p)
    known: dict[int, float] = {}

    def shut(p: int) -> bool:
        mask = refuter.masks[p]
        if mask not in known:
            reached = seating.search(mask, stop_at_free=False).reached
            is_open = reached & seating.open
            known[mask] = float("inf") if is_open else max(last[t] for t in bits(reached))
        return known[mask] < p

    return shut


def _only_used(argument: Argument) -> Argument:
    """Without the cuts that no proof rests on."""
    proofs = [*(r.proof for r in argument.refusals)]
    proofs += [proof for proof in (argument.least, argument.most) if proof is not None]
    used = sorted(set().union(*map(used_cuts, proofs)))
    place = {old: new for new, old in enumerate(used)}

    def renumbered(proof: Proof) -> Proof:
        if isinstance(proof, Addition):
            return replace(proof, cuts=tuple((place[j], n) for j, n in proof.cuts))
        return replace(proof, below=renumbered(proof.below), above=renumbered(proof.above))

    return replace(
        argument,
        cuts=[argument.cuts[j] for j in used],
        least=argument.least and renumbered(argument.least),
        most=argument.most and renumbered(argument.most),
        refusals=[replace(r, proof=renumbered(r.proof)) for r in argument.refusals],
    )


def conflict(problem: Problem, floor: int, filled: Sequence[int]) -> Conflict | None:
    """
    What keeps a floor from being met, by deletion in quota order.

    ``filled``: seats of each floor that the solution fills. ``None``: no short proof, or quotas
    limited to some dwellings play a part.
    """
    if problem.has_scopes:
        return None
    refuter, quotas = Refuter(problem), problem.quotas
    seats = {i: q.seats if q.kind == "cap" else filled[i] for i, q in enumerate(quotas)}
    kept = [i for i, n in seats.items() if i != floor and (n or quotas[i].kind == "cap")]

    def prove(others: Sequence[int]) -> tuple[Proof, int] | Seats | None:
        wanted = {i: seats[i] for i in others} | {floor: quotas[floor].seats}
        return refuter.prove(Target(wanted, 0))

    found = prove(kept)
    without: dict[int, Mapping[int, int]] = {}
    for i in list(kept):
        if not isinstance(found, tuple):
            return None
        fewer = [j for j in kept if j != i]
        answer = prove(fewer)
        if isinstance(answer, tuple):
            kept, found = fewer, answer
        elif answer is None:
            return None
        else:
            without[i] = _households(refuter, answer)
    if not isinstance(found, tuple):
        return None
    made = _only_used(Argument(refuter.cells, refuter.cuts, least=found[0]))
    if made.least is None:
        return None
    return Conflict(tuple(kept), made.cells, tuple(made.cuts), made.least, without)


def _households(refuter: Refuter, seats: Seats) -> dict[int, int]:
    """The best-ranked households of each class, with the types of its seats."""
    waiting: dict[int, list[int]] = {}
    for p, k in enumerate(refuter.of):
        if k >= 0:
            waiting.setdefault(k, []).append(p)
    return {waiting[k].pop(0): t for (k, t), n in sorted(seats.items()) for _ in range(n)}
