"""
The exact core: walk down the list, accept whoever can still be served without breaking a quota.

"Can still be served" is decided exactly. A full solution that contains everybody accepted so far
is kept at hand; most questions are answered by moving one household of it, the others by the
tiny integer programme on cells of ``cuts``. Households turned down once stay turned down, because
what is committed only grows; the refusal is shared with all classes that the same cuts squeeze.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from allocation.matching.balance import Balance
from allocation.matching.cuts import Found, Objective, Programme
from allocation.matching.housing import Classes
from allocation.matching.problem import InfeasibleError, Problem
from allocation.matching.seating import Search, Seating, greedy
from allocation.matching.shortage import Limits, Measure, Term


@dataclass
class Walk:
    """
    State of one run.

    ``of``: class of each household in play (-1: out of play). ``witness[k]``: households of the
    class seated in the solution at hand, at least as many as committed. ``cells``: its cell
    counts; ``counts``: places taken in each quota in it. ``least_shortage`` (a measure of the
    rule of the problem) and ``least_served`` are the levels fixed before priority.
    """

    problem: Problem
    classes: Classes
    balance: Balance
    programme: Programme
    of: list[int]
    seating: Seating
    witness: list[int]
    cells: list[int]
    counts: list[int]
    least_shortage: Measure = ()
    least_served: int = 0
    closed: set[int] = field(default_factory=set)
    closed_cells: set[int] = field(default_factory=set)
    squeezed: dict[int, list[int]] = field(default_factory=dict)
    served: list[int] = field(default_factory=list)
    kernel: tuple[int, ...] = ()
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """The walk just before one commitment: enough to ask again who could still have joined."""

    committed: tuple[int, ...]
    witness: tuple[int, ...]
    cells: tuple[int, ...]
    seating: Seating


def walk(problem: Problem, *, most_served_first: bool = False, keep_steps: bool = False) -> Walk:
    """
    Solve a round without scoped quotas exactly.

    Returns the finished walk: ``served`` (positions, best rank first), ``seating`` and
    ``least_shortage``; with ``keep_steps`` also the state before each commitment and at the end.

    Raises
    ------
    InfeasibleError
        ``matching.infeasible``: hard floors and caps cannot hold together.
    """
    run = _prepare(problem)
    _first_solution(run, most_served_first=most_served_first)
    for position, k in enumerate(run.of):
        if len(run.served) == problem.n_dwellings:
            break
        if k < 0 or k in run.closed:
            continue
        step = _step(run) if keep_steps else None
        if _accept(run, k):
            run.served.append(position)
            if step:
                run.steps.append(step)
    if keep_steps:
        run.steps.append(_step(run))
    return run


def _step(run: Walk) -> Step:
    return Step(
        tuple(run.classes.committed), tuple(run.witness), tuple(run.cells), run.seating.copy()
    )


def _prepare(problem: Problem) -> Walk:
    """Keep the kernel of each cell, group it into classes, seat nobody."""
    signatures: dict[int, int] = {}
    cell_of = [signatures.setdefault(m, len(signatures)) for m in problem.members]
    by_cell: list[list[int]] = [[] for _ in signatures]
    for position, cell in enumerate(cell_of):
        if problem.accepts[position]:
            by_cell[cell].append(position)
    number: dict[tuple[int, int], int] = {}
    of = [-1] * len(problem.households)
    classes = Classes([], [], [], [], problem.capacity, len(signatures))
    for cell, positions in enumerate(by_cell):
        kept, _, _ = greedy([problem.accepts[p] for p in positions], problem.capacity)
        for p in (positions[i] for i in kept):
            key = (cell, problem.accepts[p])
            k = number.get(key)
            if k is None:
                k = number[key] = len(classes.cell)
                classes.cell.append(cell)
                classes.masks.append(problem.accepts[p])
                classes.size.append(0)
                classes.committed.append(0)
            classes.size[k] += 1
            of[p] = k
    balance = Balance(problem)
    return Walk(
        problem,
        classes,
        balance,
        Programme(classes, balance),
        of,
        Seating(classes.masks, problem.capacity),
        [0] * len(classes.cell),
        [0] * len(signatures),
        list(balance.locked_counts),
        kernel=tuple(classes.size),
    )


def _first_solution(run: Walk, *, most_served_first: bool) -> None:
    """A full solution at the best levels: by exchanges when they reach a bound, else exactly."""
    if not run.balance.hard:
        _fill_floors(run)
        _fill_rest(run)
    shortage = run.balance.measure(run.cells, run.counts)
    if any(shortage) or run.balance.hard:
        run.balance.rule.settle(partial(_least, run))
        shortage = run.balance.measure(run.cells, run.counts)
    run.least_shortage = shortage
    if most_served_first:
        everybody, _, _ = greedy(
            [run.classes.masks[k] for k in run.of if k >= 0], run.problem.capacity
        )
        if sum(run.cells) < len(everybody):
            _solve(run, Objective("served", limits=run.balance.rule.limits(shortage)))
        run.least_served = sum(run.cells)


def _least(run: Walk, term: Term, limits: Limits) -> int:
    """Smallest value of a term of the rule; the solution that reaches it is adopted."""
    return _solve(run, Objective("term", term, limits))


def _solve(run: Walk, objective: Objective) -> int:
    found = run.programme.solve(objective)
    if found is None:
        raise InfeasibleError(
            "The hard floors and the caps cannot hold together.", quotas=conflict(run)
        )
    _reseat(run, found)
    return found.value


def conflict(run: Walk) -> tuple[str, ...]:
    """An irreducible set of quotas that cannot hold together, by deletion, in quota order."""
    kept = [
        i for i in range(len(run.balance.quotas)) if i in (*run.balance.hard, *run.balance.caps)
    ]
    for i in list(kept):
        trial = [j for j in kept if j != i]
        problem = run.problem.with_quotas([j in trial for j in range(len(run.balance.quotas))])
        if _prepare(problem).programme.solve(Objective()) is None:
            kept = trial
    return tuple(run.balance.quotas[i].quota_id for i in kept)


def _fill_floors(run: Walk) -> None:
    """Seat members of short floors, best-ranked class first, while the shortage falls."""
    for k in dict.fromkeys(k for k in run.of if k >= 0):
        while run.witness[k] < run.classes.size[k] and _grow(run, k, must_help=True):
            pass


def _fill_rest(run: Walk) -> None:
    """Seat everybody who fits beside them, in rank order."""
    stuck: set[int] = set()
    for k in run.of:
        if not run.seating.open:
            return
        if k < 0 or k in stuck or run.witness[k] == run.classes.size[k]:
            continue
        if not _grow(run, k, must_help=False):
            stuck.add(k)  # nobody leaves in this phase: what is full stays full


def _grow(run: Walk, k: int, *, must_help: bool) -> bool:
    """One more household of class ``k`` in the solution at hand, nobody leaving it."""
    cell, balance = run.classes.cell[k], run.balance
    if any(run.counts[i] + n > balance.quotas[i].seats for i, n in balance.caps_of[cell]):
        return False
    cells = list(run.cells)
    cells[cell] += 1
    if must_help and not _helps(run, cell, cells):
        return False
    search = run.seating.search(run.classes.masks[k])
    if search.free is None:
        return False
    _move(run, k, search, search.free, cells)
    return True


def _helps(run: Walk, cell: int, cells: Sequence[int]) -> bool:
    """Does one more household of this cell lower the shortage?"""
    balance = run.balance
    if any(run.counts[i] < balance.quotas[i].seats for i in balance.floors_of[cell]):
        return True
    if not balance.once:
        return False
    before = balance.measure(run.cells, run.counts)
    return balance.measure(cells, balance.counts(cells)) < before


def _move(run: Walk, k: int, search: Search, end: int, cells: list[int]) -> None:
    run.seating.seat(k, run.seating.shift(search, end))
    run.witness[k] += 1
    run.cells = cells
    run.counts = run.balance.counts(cells)


def _accept(run: Walk, k: int) -> bool:
    """Commit the next household of class ``k`` if a solution containing it remains."""
    classes = run.classes
    if run.witness[k] > classes.committed[k]:
        classes.committed[k] += 1
        return True
    if classes.cell[k] in run.closed_cells or _is_squeezed(run, k):
        _close(run, k)
        return False
    search, types = run.seating.explore(classes.masks[k])
    has_moves = False
    for end, leaver, cells in exchanges(run, k, types):
        has_moves = True
        if is_good(run, cells):
            if leaver >= 0:
                run.seating.unseat(leaver, end)
                run.witness[leaver] -= 1
            _move(run, k, search, end, cells)
            classes.committed[k] += 1
            return True
    if not has_moves:
        run.seating.close(search.reached)
        _close(run, k)
        return False
    return _accept_exactly(run, k)


def exchanges(run: Walk, k: int, types: Iterable[int]) -> Iterator[tuple[int, int, list[int]]]:
    """
    Single exchanges that let class ``k`` in: (type where room is made, class leaving, cells).

    ``types``: those a search reaches, nearest first. A class of -1 means nobody leaves. One
    exchange per cell is enough: they differ by nothing that a quota sees.
    """
    cell = run.classes.cell[k]
    seen: set[int] = set()
    is_free_seen = False
    for t in types:
        if not is_free_seen and run.seating.open >> t & 1:
            is_free_seen = True
            cells = list(run.cells)
            cells[cell] += 1
            yield t, -1, cells
        for leaver in run.seating.on[t]:
            other = run.classes.cell[leaver]
            if other in seen or run.witness[leaver] <= run.classes.committed[leaver]:
                continue
            seen.add(other)
            cells = list(run.cells)
            cells[cell] += 1
            cells[other] -= 1
            yield t, leaver, cells


def is_good(run: Walk, cells: Sequence[int]) -> bool:
    """Within caps and hard floors, and at the levels fixed before priority."""
    counts = run.balance.counts(cells)
    return (
        run.balance.is_legal(counts)
        and sum(cells) >= run.least_served
        and run.balance.measure(cells, counts) <= run.least_shortage
    )


def _is_squeezed(run: Walk, k: int) -> bool:
    mask = run.classes.masks[k] & ~run.seating.tight
    if not mask:
        return True
    return any(
        not run.classes.masks[k] & ~types for types in run.squeezed.get(run.classes.cell[k], ())
    )


def _close(run: Walk, k: int) -> None:
    run.closed.add(k)
    run.classes.size[k] = run.classes.committed[k]


def _levels(run: Walk) -> Objective:
    limits = run.balance.rule.limits(run.least_shortage)
    return Objective(limits=limits, least_served=run.least_served or None)


def _accept_exactly(run: Walk, k: int) -> bool:
    """Ask the integer programme; on refusal close everybody the same cuts squeeze."""
    if _is_full(run, run.classes.cell[k]):
        run.closed_cells.add(run.classes.cell[k])
        _close(run, k)
        return False
    run.classes.committed[k] += 1
    found = run.programme.solve(_levels(run))
    if found is not None:
        _reseat(run, found)
        return True
    run.classes.committed[k] -= 1
    cell = run.classes.cell[k]
    types = run.programme.squeezed(_levels(run), cell, run.classes.masks[k])
    if types < 0:
        run.closed_cells.add(cell)
    else:
        run.squeezed.setdefault(cell, []).append(types)
    _close(run, k)
    return False


def _is_full(run: Walk, cell: int) -> bool:
    """Do caps, or the dwellings the floors still need, leave no room for one more of this cell?"""
    cells = run.classes.base()
    cells[cell] += 1
    counts = run.balance.counts(cells)
    if any(counts[i] > run.balance.quotas[i].seats for i, _ in run.balance.caps_of[cell]):
        return True
    if any(run.least_shortage):
        return False
    return sum(cells) + run.balance.least_more(counts) > run.problem.n_dwellings


def _reseat(run: Walk, found: Found) -> None:
    """Adopt another full solution."""
    tight = run.seating.tight
    run.seating = Seating(run.classes.masks, run.problem.capacity)
    run.seating.tight = tight
    run.witness = [0] * len(run.witness)
    for (k, t), n in sorted(found.seats.items()):
        for _ in range(n):
            run.seating.seat(k, t)
        run.witness[k] += n
    run.cells = list(found.cells)
    run.counts = run.balance.counts(run.cells)
