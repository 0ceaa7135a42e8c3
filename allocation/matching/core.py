"""
The exact core: walk down the list, accept whoever can still be served without breaking a quota.

"Can still be served" is decided exactly. A full solution that contains everybody accepted so far
is kept at hand; most questions are answered by a chain of moves in it. When no chain is found,
that is a proof if quotas never cross; otherwise the tiny integer programme on cells of ``cuts``
is asked. Households turned down once stay turned down, because what is committed only grows; the
refusal is shared with all classes that the same types or cuts squeeze.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from allocation.matching.balance import Balance
from allocation.matching.cuts import Objective, Programme
from allocation.matching.housing import Classes
from allocation.matching.nesting import Nesting, nesting
from allocation.matching.problem import InfeasibleError, Problem
from allocation.matching.seating import Seating, greedy
from allocation.matching.shortage import Limits, Measure, Term
from allocation.matching.witness import Chain, Transfer, Wanted, Witness


@dataclass
class Walk:
    """
    State of one run.

    ``of``: class of each household in play (-1: out of play). ``witness``: the solution at hand.
    ``least_shortage`` (a measure of the rule of the problem) and ``least_served`` are the levels
    fixed before priority; ``tree``: the quotas, when they never cross and the floors are as full
    as they can each be, so that a search which fails is a proof.
    """

    problem: Problem
    classes: Classes
    balance: Balance
    programme: Programme
    of: list[int]
    witness: Witness
    least_shortage: Measure = ()
    least_served: int = 0
    tree: Nesting | None = None
    closed: set[int] = field(default_factory=set)
    closed_cells: set[int] = field(default_factory=set)
    squeezed: dict[int, list[int]] = field(default_factory=dict)
    served: list[int] = field(default_factory=list)
    kernel: tuple[int, ...] = ()
    steps: list[Step] = field(default_factory=list)

    @property
    def seating(self) -> Seating:
        """Where the households of the solution at hand sit."""
        return self.witness.seating


@dataclass(frozen=True)
class Step:
    """
    One commitment: enough to go back to the moment before it, and forward again.

    ``moves``: what changed in the solution at hand to let one more of class ``joins`` in;
    ``tight``: types already closed.
    """

    joins: int
    moves: tuple[Sequence[Transfer], ...]
    tight: int


def walk(problem: Problem, *, most_served_first: bool = False, keep_steps: bool = False) -> Walk:
    """
    Solve a round without scoped quotas exactly.

    Returns the finished walk: ``served`` (positions, best rank first), ``seating`` and
    ``least_shortage``; with ``keep_steps`` also the steps that led there.

    Raises
    ------
    InfeasibleError
        ``matching.infeasible``: hard floors and caps cannot hold together.
    """
    run = _prepare(problem)
    _first_solution(run, most_served_first=most_served_first)
    log = run.witness.log = [] if keep_steps else None
    for position, k in enumerate(run.of):
        if len(run.served) == problem.n_dwellings:
            break
        if k < 0 or k in run.closed:
            continue
        if _accept(run, k):
            run.served.append(position)
            if log is not None:
                run.steps.append(Step(k, tuple(log), run.seating.tight))
        if log:
            log.clear()
    return run


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
        Witness(classes, balance),
        kernel=tuple(classes.size),
    )


def _first_solution(run: Walk, *, most_served_first: bool) -> None:
    """A full solution at the best levels: by exchanges when they reach a bound, else exactly."""
    witness, rule = run.witness, run.balance.rule
    if not run.balance.hard:
        _fill_floors(run)
        _fill_rest(run)
        witness.seating.tight = 0
    if not run.balance.is_legal(witness.counts) or run.balance.hard or not _is_least(run):
        rule.settle(partial(_least, run))
    run.least_shortage = run.balance.measure(witness.cells, witness.counts)
    if most_served_first:
        everybody, _, _ = greedy(
            [run.classes.masks[k] for k in run.of if k >= 0], run.problem.capacity
        )
        if sum(witness.cells) < len(everybody):
            _solve(run, Objective("served", limits=rule.limits(run.least_shortage)))
        run.least_served = sum(witness.cells)
    if _is_least(run) and all(run.balance.quotas[i].weight for i in run.balance.soft):
        floors = {*run.balance.soft, *run.balance.hard}
        lowest = [
            min(quota.seats, witness.counts[i]) if i in floors else 0
            for i, quota in enumerate(run.balance.quotas)
        ]
        run.tree = nesting(run.balance, lowest)


def _is_least(run: Walk) -> bool:
    """
    Is every floor at its best at once: met, or as full as if its members were alone?

    Then the shortage is least under every rule, and it is least nowhere else.
    """
    balance, witness = run.balance, run.witness
    if balance.once:
        return not any(balance.measure(witness.cells, witness.counts))
    return all(
        witness.counts[i] >= balance.quotas[i].seats or witness.counts[i] >= _alone(run, i)
        for i in balance.soft
    )


def _alone(run: Walk, i: int) -> int:
    """Places of a floor that its members could take if nobody else were housed."""
    classes, balance = run.classes, run.balance
    places = [dict(loads).get(i, 0) for loads in balance.loads]
    members = [
        mask
        for cell, mask, n in zip(classes.cell, classes.masks, classes.size, strict=True)
        for _ in range(n)
        if places[cell]
    ]
    housed, _, _ = greedy(members, classes.capacity)
    return balance.locked_counts[i] + len(housed) * max(places, default=0)


def _least(run: Walk, term: Term, limits: Limits) -> int:
    """Smallest value of a term of the rule; the solution that reaches it is adopted."""
    return _solve(run, Objective("term", term, limits))


def _solve(run: Walk, objective: Objective) -> int:
    found = run.programme.solve(objective, partial(run.witness.rehouse, k=-1))
    if found is None:
        raise InfeasibleError("The hard floors and the caps cannot hold together.")
    return found


def _fill_floors(run: Walk) -> None:
    """Seat members of short floors, best-ranked class first, while the shortage falls."""
    for k in dict.fromkeys(k for k in run.of if k >= 0):
        while _grow(run, k, must_help=True):
            pass


def _fill_rest(run: Walk) -> None:
    """Seat everybody who fits beside them, in rank order."""
    for k in run.of:
        if not run.witness.seating.open:
            return
        if k >= 0:
            _grow(run, k, must_help=False)


def _grow(run: Walk, k: int, *, must_help: bool) -> bool:
    """
    One more household of class ``k`` in the solution at hand, nobody leaving it.

    As nobody leaves, types that a search cannot leave stay closed until all are seated.
    """
    witness, classes, balance = run.witness, run.classes, run.balance
    if witness.seated[k] == classes.size[k] or not classes.masks[k] & ~witness.seating.tight:
        return False
    cell = classes.cell[k]
    if any(witness.counts[i] + n > balance.quotas[i].seats for i, n in balance.caps_of[cell]):
        return False
    if must_help and not _helps(run, cell):
        return False
    full = witness.grow(k)
    witness.seating.close(full)
    return not full


def _helps(run: Walk, cell: int) -> bool:
    """Does one more household of this cell lower the shortage?"""
    balance, witness = run.balance, run.witness
    if any(witness.counts[i] < balance.quotas[i].seats for i in balance.floors_of[cell]):
        return True
    if not balance.once:
        return False
    cells = list(witness.cells)
    cells[cell] += 1
    before = balance.measure(witness.cells, witness.counts)
    return balance.measure(cells, balance.counts(cells)) < before


def _accept(run: Walk, k: int) -> bool:
    """Commit the next household of class ``k`` if a solution containing it remains."""
    classes, witness = run.classes, run.witness
    if witness.seated[k] > classes.committed[k]:
        witness.commit(k)
        return True
    if classes.cell[k] in run.closed_cells or _is_squeezed(run, k):
        _close(run, k)
        return False
    chain = chain_for(run, witness, classes.cell[k], classes.masks[k])
    if chain.end >= 0:
        witness.transfer(witness.transfers(chain, k))
        witness.commit(k)
        return True
    if not chain.leaver and witness.out not in chain.before:
        witness.seating.close(chain.types)
    elif run.tree:
        _close_outside(run, chain)
    else:
        return _accept_exactly(run, k)
    _close(run, k)
    return False


def chain_for(run: Walk, witness: Witness, cell: int, mask: int) -> Chain:
    """
    Search for moves that let in a newcomer of a cell; a failure is a proof when quotas nest.

    Otherwise a household of one cell, or nobody, leaves the solution for the newcomer.
    """
    start = witness.from_types(mask)
    if run.tree:
        target = witness.cell_node(cell)
        may_shrink = sum(witness.cells) > run.least_served
        return witness.search(start, Wanted(lambda n: n == target, run.tree, may_shrink))

    def is_good(node: int) -> bool:
        leaving = node - witness.cell_node(0)
        return _is_good(run, witness, cell, leaving)

    return witness.search(start, Wanted(is_good))


def _is_good(run: Walk, witness: Witness, joining: int, leaving: int) -> bool:
    """Within quotas and levels once a cell has one more and another (-1: none) one fewer?"""
    balance = run.balance
    if joining == leaving:
        return True
    counts = list(witness.counts)
    for i, places in balance.loads[joining]:
        counts[i] += places
    if leaving >= 0:
        for i, places in balance.loads[leaving]:
            counts[i] -= places
    if not balance.is_legal(counts):
        return False
    if leaving < 0:
        return True  # nothing is shorter than before
    if sum(witness.cells) < run.least_served:
        return False
    if not balance.once and all(
        counts[i] >= min(balance.quotas[i].seats, witness.counts[i])
        for i in balance.floors_of[leaving]
    ):
        return True
    cells = list(witness.cells)
    cells[joining] += 1
    cells[leaving] -= 1
    return balance.measure(cells, counts) <= run.least_shortage


def _close_outside(run: Walk, chain: Chain) -> None:
    """Nobody else of the cells that a failed search did not reach gets into its types."""
    for cell in range(run.classes.n_cells):
        if run.witness.cell_node(cell) not in chain.before:
            run.squeezed.setdefault(cell, []).append(chain.types | run.witness.seating.tight)


def _is_squeezed(run: Walk, k: int) -> bool:
    mask = run.classes.masks[k] & ~run.witness.seating.tight
    if not mask:
        return True
    return any(not mask & ~types for types in run.squeezed.get(run.classes.cell[k], ()))


def _close(run: Walk, k: int) -> None:
    run.closed.add(k)
    run.classes.size[k] = run.classes.committed[k]
    run.witness.refresh(k)


def levels(run: Walk) -> Objective:
    """The levels fixed before priority, as limits of the integer programme."""
    limits = run.balance.rule.limits(run.least_shortage)
    return Objective(limits=limits, least_served=run.least_served or None)


def _accept_exactly(run: Walk, k: int) -> bool:
    """Ask the integer programme; on refusal close everybody the same cuts squeeze."""
    cell = run.classes.cell[k]
    if _is_full(run, cell):
        run.closed_cells.add(cell)
        _close(run, k)
        return False
    run.classes.committed[k] += 1
    if run.programme.solve(levels(run), partial(run.witness.rehouse, k=k)) is not None:
        return True
    run.classes.committed[k] -= 1
    types = run.programme.squeezed(levels(run), cell, run.classes.masks[k])
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
