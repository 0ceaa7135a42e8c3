"""One round solved: who is served under the rule `lex` or `lex_units`, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from allocation.matching import idle
from allocation.matching.balance import Balance
from allocation.matching.core import walk
from allocation.matching.problem import InfeasibleError, Problem, with_full_scopes_barred
from allocation.matching.seating import greedy
from allocation.matching.shortage import Measure, ShortageRule

Levels = Sequence[str]
LEX: Levels = ("floors", "priority", "fit")
LEX_UNITS: Levels = ("floors", "units", "priority", "fit")


@dataclass(frozen=True)
class Solution:
    """
    The unique best served set: positions in the order, best rank first, and the shortage.

    ``shortage``: seats the floors lack, times their weights. ``seats``: type of each served
    household in one valid arrangement (the canonical dwelling is chosen by ``fit``).
    ``measure``: how short the floors are under the shortage rule of the problem.
    """

    served: tuple[int, ...]
    shortage: int
    seats: Mapping[int, int]
    measure: Measure = ()


@dataclass(frozen=True)
class Method:
    """
    Which way a problem is solved, and why; every way is exact.

    ``name``: ``greedy`` (augmenting paths, no quota), ``core`` (the integer programme on cells),
    ``core_then_model`` (the core, then the type-level model if its answer cannot keep the caps
    limited to some dwellings) or ``model`` (the type-level model). ``quotas``: those limited to
    some dwellings that ask for more than the core.
    """

    name: Literal["greedy", "core", "core_then_model", "model"]
    quotas: tuple[str, ...] = ()


def method_of(problem: Problem) -> Method:
    """The way ``solve`` takes for this problem, known before it is solved."""
    if not problem.quotas:
        return Method("greedy")
    scoped = [q for q in problem.quotas if q.types is not None]
    if not scoped:
        return Method("core")
    has_floor = any(q.kind == "floor" for q in scoped)
    name: Literal["model", "core_then_model"] = "model" if has_floor else "core_then_model"
    return Method(name, tuple(q.quota_id for q in scoped))


Way = Callable[..., Solution]


class Solver:
    """
    Solves rounds exactly, each the way that ``method_of`` says, and only once.

    A meeting asks for the same round again under its other levels, and with other places of a
    quota limited to some dwellings, which the core does not see.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Way, Problem, bool], Solution] = {}

    def solve(self, problem: Problem, *, levels: Levels = LEX) -> Solution:
        """
        Solve a round.

        Raises
        ------
        InfeasibleError
            ``matching.infeasible``: hard floors and caps cannot hold together; ``conflict``
            is the fewest that cannot.
        """
        try:
            best = self._best(problem, most_served_first=False)
            # The best set that also serves the most households there can be is best either way.
            if "units" not in levels or len(best.served) == most_housed(problem):
                return best
            return self._best(problem, most_served_first=True)
        except InfeasibleError as fault:
            from allocation.matching.conflicts import conflict

            found = conflict(problem)
            if found is None:
                raise RuntimeError("the hard quotas that could not hold together can") from fault
            names = tuple(problem.quotas[i].quota_id for i in found.quotas)
            raise InfeasibleError(
                f"Hard quotas cannot hold together: {', '.join(names)}.",
                quotas=names,
                conflict=found,
            ) from fault

    def _best(self, problem: Problem, *, most_served_first: bool) -> Solution:
        method = method_of(problem)
        if method.name == "greedy":
            return _without_quotas(problem)
        if method.name == "model":
            return self._once(_by_the_model, problem, most_served_first=most_served_first)
        seen = _seen_by_the_core(problem)
        solution = self._once(_by_the_core, seen, most_served_first=most_served_first)
        if method.name == "core" or _within_caps(problem, solution.seats):
            return solution
        from allocation.matching import mip

        # A solution without those caps that can be seated within them is the best within them.
        seats = mip.arrange(problem, solution.served)
        if seats is None:
            return self._once(_by_the_model, problem, most_served_first=most_served_first)
        return replace(solution, seats=seats)

    def _once(self, way: Way, problem: Problem, *, most_served_first: bool) -> Solution:
        asked = way, problem, most_served_first
        if asked not in self._known:
            self._known[asked] = way(problem, most_served_first=most_served_first)
        return self._known[asked]


def solve(problem: Problem, *, levels: Levels = LEX) -> Solution:
    """Solve a single round, as ``Solver.solve`` does."""
    return Solver().solve(problem, levels=levels)


def most_housed(problem: Problem) -> int:
    """Most households that can be housed together, quotas aside."""
    return len(greedy(problem.accepts, problem.capacity)[0])


def _seen_by_the_core(problem: Problem) -> Problem:
    """The same problem less the quotas that change nothing there: fewer quotas, fewer cells."""
    kept = [q.types is None and (q.seats > 0 or q.kind == "cap") for q in problem.quotas]
    barred = with_full_scopes_barred(problem)
    return barred if all(kept) else barred.with_quotas(kept)


def _by_the_core(problem: Problem, *, most_served_first: bool) -> Solution:
    balance = Balance(problem)
    found = None if most_served_first else idle.serve(problem, balance)
    if found is not None:
        served, classes, places = found
        seats = _seat_by_class([classes[p] for p in served], places)
        seated = dict(zip(served, seats, strict=True))
        short = shortage(problem, seated, balance)
        return Solution(tuple(served), short, seated, _measure(problem, balance, served))
    run = walk(problem, most_served_first=most_served_first)
    seats = _seat_by_class(
        [run.of[p] for p in run.served], {(k, t): n for k, t, n in run.seating.seats()}
    )
    seated = dict(zip(run.served, seats, strict=True))
    short = shortage(problem, seated, balance)
    return Solution(tuple(run.served), short, seated, run.least_shortage)


def _measure(problem: Problem, balance: Balance, served: Sequence[int]) -> Measure:
    """How short the floors are with these households served."""
    cells = Counter(problem.members[p] for p in served)
    numbers = [cells[signature] for signature in balance.signatures]
    return balance.measure(numbers, balance.counts(numbers))


def _without_quotas(problem: Problem) -> Solution:
    served, seating, masks = greedy(problem.accepts, problem.capacity)
    number = {mask: k for k, mask in enumerate(masks)}
    seats = _seat_by_class(
        [number[problem.accepts[p]] for p in served], {(k, t): n for k, t, n in seating.seats()}
    )
    return Solution(tuple(served), 0, dict(zip(served, seats, strict=True)))


def _by_the_model(problem: Problem, *, most_served_first: bool) -> Solution:
    from allocation.matching import mip

    return mip.solve(problem, most_served_first=most_served_first)


def _within_caps(problem: Problem, seats: Mapping[int, int]) -> bool:
    return all(
        n <= q.seats
        for n, q in zip(counts(problem, seats), problem.quotas, strict=True)
        if q.kind == "cap"
    )


def _seat_by_class(classes: Sequence[int], seats: Mapping[tuple[int, int], int]) -> list[int]:
    """Deal the types of each class to its households in order."""
    left: dict[int, list[int]] = {}
    for (k, t), n in sorted(seats.items()):
        left.setdefault(k, []).extend([t] * n)
    return [left[k].pop(0) for k in classes]


def counts(problem: Problem, seats: Mapping[int, int]) -> list[int]:
    """Places taken in each quota for household position -> type, by locked ones too."""
    found = [sum(problem.taken(m, i) for m in problem.locked) for i in range(len(problem.quotas))]
    for position, t in seats.items():
        for i, places in _loads_on(problem, problem.members[position], t):
            found[i] += places
    return found


def _loads_on(problem: Problem, members: int, t: int) -> Iterator[tuple[int, int]]:
    """Quotas that count a household living on type ``t``, and the places it takes."""
    for i, places in problem.loads(members):
        scope = problem.quotas[i].types
        if scope is None or scope >> t & 1:
            yield i, places


class Tally:
    """
    What an arrangement (household position -> type) makes of the quotas, everybody counted.

    One household in the place of another changes a few counts only, and the question who comes
    next is asked of every dwelling. ``balance`` is that of the problem, where it is at hand.
    """

    def __init__(
        self, problem: Problem, seats: Mapping[int, int], balance: Balance | None = None
    ) -> None:
        self.problem = problem
        self._balance = balance or Balance(problem)
        self._cell = {m: c for c, m in enumerate(self._balance.signatures)}
        self._cells = [0] * len(self._cell)
        for position in seats:
            self._cells[self._cell[problem.members[position]]] += 1
        self._counts = counts(problem, seats)

    def shorts(self, t: int = 0, *, leaving: int = 0, entering: int = 0) -> dict[int, int]:
        """
        Shortage of every floor, hard ones and those limited to some dwellings too.

        Once, on type ``t``, a household of membership ``entering`` replaced one of ``leaving``.
        """
        cells, counted = self._cells, self._counts
        if leaving != entering:
            cells, counted = list(cells), list(counted)
            for mask, step in ((leaving, -1), (entering, 1)):
                cells[self._cell[mask]] += step
                for i, places in _loads_on(self.problem, mask, t):
                    counted[i] += step * places
        return self._balance.shorts(cells, self._balance.counts(cells)) | {
            i: max(0, quota.seats - counted[i])
            for i, quota in enumerate(self.problem.quotas)
            if quota.kind == "floor" and (quota.types is not None or quota.is_hard)
        }

    def shortage(self, t: int = 0, *, leaving: int = 0, entering: int = 0) -> int:
        """Seats the floors lack in all, times their weights, after the same exchange."""
        short = self.shorts(t, leaving=leaving, entering=entering)
        return sum(q.weight * short.get(i, 0) for i, q in enumerate(self.problem.quotas))


def weighted_tally(
    problem: Problem, seats: Mapping[int, int], balance: Balance | None = None
) -> Tally:
    """The tally of an arrangement, floors that count a person once filled by weight."""
    if problem.shortage_rule == "weighted":
        return Tally(problem, seats, balance)
    return Tally(replace(problem, shortage_rule="weighted"), seats)


def shortage(problem: Problem, seats: Mapping[int, int], balance: Balance | None = None) -> int:
    """
    Weighted shortage of the floors for household position -> type, everybody counted.

    ``balance`` is that of the problem, where it is at hand.
    """
    return weighted_tally(problem, seats, balance).shortage()


def measure(problem: Problem, seats: Mapping[int, int]) -> Measure:
    """How short the soft floors are under the rule of the problem, for position -> type."""
    short = Tally(problem, seats).shorts()
    soft = {i: n for i, n in short.items() if not problem.quotas[i].is_hard}
    return ShortageRule(problem.shortage_rule, problem.quotas, tuple(soft)).measure(soft)
