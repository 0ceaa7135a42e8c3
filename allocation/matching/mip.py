"""
The type-level model: exact for every form of quota, slower, and sharing nothing with the core.

Households are decided in blocks of twelve, best rank first, each block by one integer programme
whose weights double from one household to the next (larger blocks would exceed what the solver's
arithmetic keeps apart). It serves quotas limited to some dwellings, which the core does not take,
and it is the independent oracle of the core in the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allocation.matching.problem import InfeasibleError, Problem, bits
from allocation.matching.shortage import Limits, Measure, ShortageRule, Term

if TYPE_CHECKING:
    from allocation.matching.solve import Solution

BLOCK = 12


class Model:
    """Households in or out, seats of classes on types, quotas, shortage."""

    def __init__(self, problem: Problem) -> None:
        from ortools.math_opt.python import mathopt

        self.mathopt = mathopt
        self.problem = problem
        self.model: Any = mathopt.Model(name="round")
        number: dict[tuple[int, int], int] = {}
        self.of = [
            number.setdefault((m, a), len(number)) if a else -1
            for m, a in zip(problem.members, problem.accepts, strict=True)
        ]
        keys = list(number)
        self.served: list[Any] = [
            self.model.add_binary_variable() if k >= 0 else None for k in self.of
        ]
        self.seats = {
            (k, t): self.model.add_integer_variable(lb=0, ub=problem.capacity[t])
            for k, (_, mask) in enumerate(keys)
            for t in bits(mask)
        }
        self.members = [members for members, _ in keys]
        self._house_everybody()
        self.shorts = self._quotas()
        self.rule = ShortageRule(problem.shortage_rule, problem.quotas, tuple(self.shorts))

    def _house_everybody(self) -> None:
        by_class: list[list[Any]] = [[] for _ in self.members]
        for k, variable in zip(self.of, self.served, strict=True):
            if k >= 0:
                by_class[k].append(variable)
        for k, variables in enumerate(by_class):
            seated = self.total(v for (kk, _), v in self.seats.items() if kk == k)
            self.model.add_linear_constraint(self.total(variables) == seated)
        for t, n in enumerate(self.problem.capacity):
            here = self.total(v for (_, tt), v in self.seats.items() if tt == t)
            self.model.add_linear_constraint(here <= n)

    def _quotas(self) -> dict[int, Any]:
        """Add the quotas; return the shortage of each soft floor."""
        shorts: dict[int, Any] = {}
        once: list[int] = []
        for i, quota in enumerate(self.problem.quotas):
            count = self._count(i)
            if quota.kind == "cap":
                self.model.add_linear_constraint(count <= quota.seats)
            elif quota.is_hard:
                self.model.add_linear_constraint(count >= quota.seats)
            elif quota.counting == "once":
                once.append(i)
            else:
                shorts[i] = self.model.add_integer_variable(lb=0, ub=quota.seats)
                self.model.add_linear_constraint(shorts[i] + count >= quota.seats)
        return shorts | self._once(once)

    def _count(self, i: int) -> Any:
        scope = self.problem.quotas[i].types
        locked = sum(self.problem.taken(mask, i) for mask in self.problem.locked)
        return locked + self.total(
            self.problem.taken(self.members[k], i) * v
            for (k, t), v in self.seats.items()
            if self.members[k] >> i & 1 and (scope is None or scope >> t & 1)
        )

    def _once(self, quotas: Sequence[int]) -> dict[int, Any]:
        """A served household sits on at most one seat among these floors."""
        sat: dict[tuple[int, int], Any] = {}
        for k, members in enumerate(self.members):
            mine = []
            for i in quotas:
                if members >> i & 1:
                    sat[i, k] = self.model.add_integer_variable(
                        lb=0, ub=self.problem.quotas[i].seats
                    )
                    mine.append(sat[i, k])
            if mine:
                housed = self.total(v for (kk, _), v in self.seats.items() if kk == k)
                self.model.add_linear_constraint(self.total(mine) <= housed)
        for n, members in enumerate(self.problem.locked):
            mine = []
            for i in quotas:
                if members >> i & 1:
                    sat[i, -1 - n] = self.model.add_binary_variable()
                    mine.append(sat[i, -1 - n])
            self.model.add_linear_constraint(self.total(mine) <= 1)
        shorts: dict[int, Any] = {}
        for i in quotas:
            quota = self.problem.quotas[i]
            filled = self.total(v for (j, _), v in sat.items() if j == i)
            self.model.add_linear_constraint(filled <= quota.seats)
            shorts[i] = quota.seats - filled
        return shorts

    def settle_floors(self) -> None:
        """
        Keep only the solutions whose shortages are least under the rule.

        Raises
        ------
        InfeasibleError
            ``matching.infeasible``: hard floors and caps cannot hold together.
        """

        def least(term: Term, limits: Limits) -> int:
            for limit in limits[len(fixed) :]:
                self.limit_shortage((limit,))
                fixed.append(limit)
            found = self.optimum(self._value(term), is_maximize=False)
            if found is None:
                raise InfeasibleError("The hard floors and the caps cannot hold together.")
            last[:] = [(term, found[0])]
            return found[0]

        fixed: list[tuple[Term, int]] = []
        last: list[tuple[Term, int]] = []
        self.rule.settle(least)
        self.limit_shortage(tuple(last))

    def limit_shortage(self, limits: Limits) -> None:
        """Terms of the shortage rule stay within their limits."""
        for term, most in limits:
            self.model.add_linear_constraint(self._value(term) <= most)

    def _value(self, term: Term) -> Any:
        if term.kind == "sum":
            return self.total(weight * self.shorts[i] for i, weight in term.floors)
        return self.total(self._lacks_more(i, allowed) for i, allowed in term.floors)

    def _lacks_more(self, i: int, allowed: int) -> Any:
        """1 when a shortage is above what is allowed (it may be 1 otherwise too)."""
        is_above = self.model.add_binary_variable()
        room = max(0, self.problem.quotas[i].seats - allowed)
        self.model.add_linear_constraint(self.shorts[i] <= allowed + room * is_above)
        return is_above

    def total(self, variables: Iterable[Any]) -> Any:
        return self.mathopt.LinearSum(list(variables))

    def optimum(
        self, objective: Any, *, is_maximize: bool
    ) -> tuple[int, Mapping[Any, float]] | None:
        """Exact integer optimum and the values of the variables; ``None`` when infeasible."""
        if is_maximize:
            self.model.maximize(objective)
        else:
            self.model.minimize(objective)
        parameters = self.mathopt.SolveParameters(
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
            random_seed=1,
            time_limit=timedelta(minutes=10),
        )
        result = self.mathopt.solve(self.model, self.mathopt.SolverType.HIGHS, params=parameters)
        reason = result.termination.reason
        if reason in (
            self.mathopt.TerminationReason.INFEASIBLE,
            self.mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED,
        ):
            return None
        if reason != self.mathopt.TerminationReason.OPTIMAL:
            raise RuntimeError(f"the type-level model ended as {reason}")
        return round(result.objective_value()), result.variable_values()


def solve(problem: Problem, *, most_served_first: bool = False) -> Solution:
    """Same answer as ``solve.solve``, by another road; takes every form of quota."""
    from allocation.matching.solve import Solution, measure, shortage

    model = Model(problem)
    model.settle_floors()
    values: Mapping[Any, float] = {}
    if most_served_first:
        everybody = model.total(v for v in model.served if v is not None)
        found = model.optimum(everybody, is_maximize=True)
        if found is None:
            raise RuntimeError("the type-level model lost its solution")
        model.model.add_linear_constraint(everybody >= found[0])
    played = [p for p, k in enumerate(model.of) if k >= 0]
    for start in range(0, len(played), BLOCK):
        block = played[start : start + BLOCK]
        objective = model.total(
            2.0 ** (len(block) - 1 - i) * model.served[p] for i, p in enumerate(block)
        )
        found = model.optimum(objective, is_maximize=True)
        if found is None:
            raise RuntimeError("the type-level model lost its solution")
        values = found[1]
        for p in block:
            variable: Any = model.served[p]
            chosen = float(round(values[variable]))
            variable.lower_bound = variable.upper_bound = chosen
    served = tuple(p for p in played if model.served[p].lower_bound > 0.5)
    seats = _deal(model, values, served)
    _require_legal(problem, seats)
    return Solution(served, shortage(problem, seats), seats, measure(problem, seats))


def _require_legal(problem: Problem, seats: Mapping[int, int]) -> None:
    """What a solver rounded holds in whole numbers: dwellings, caps and hard floors."""
    from allocation.matching.solve import counts

    taken = Counter(seats.values())
    fits = all(problem.accepts[p] >> t & 1 for p, t in seats.items()) and all(
        n <= problem.capacity[t] for t, n in taken.items()
    )
    within = all(
        n <= q.seats if q.kind == "cap" else not q.is_hard or n >= q.seats
        for n, q in zip(counts(problem, seats), problem.quotas, strict=True)
    )
    if not (fits and within):
        raise RuntimeError("the type-level model gave an arrangement that breaks the quotas")


def rank_sum(problem: Problem) -> tuple[tuple[int, ...], int]:
    """Least shortage, most served, largest sum of (n - rank): what `lex` is not (for study)."""
    from allocation.matching.solve import shortage

    model = Model(problem)
    model.settle_floors()
    n = len(problem.households)
    everybody = [(p, v) for p, v in enumerate(model.served) if v is not None]
    objective = model.total((n * n + n - p) * v for p, v in everybody)
    found = model.optimum(objective, is_maximize=True)
    if found is None:
        raise RuntimeError("the type-level model lost its solution")
    served = tuple(p for p, v in everybody if found[1][v] > 0.5)
    return served, shortage(problem, _deal(model, found[1], served))


def arrange(problem: Problem, served: Sequence[int]) -> dict[int, int] | None:
    """Seats for exactly these households within every cap, or ``None``."""
    model = Model(problem.without_kind("floor"))
    _serve_exactly(model, served)
    found = model.optimum(model.total(()), is_maximize=False)
    return None if found is None else _deal(model, found[1], served)


def fit_within_scopes(
    problem: Problem,
    served: Sequence[int],
    costs: Sequence[Mapping[int, int]],
    *,
    least: Measure,
    by_rank: bool = False,
) -> list[str]:
    """
    ``fit.fit`` when quotas limited to some dwellings weigh on who gets which.

    Least total cost (unless they choose ``by_rank``, as in ``fit.priority_fit``), then in rank
    order the first dwelling that keeps it; one small programme per question, for the few
    meetings in which such a quota binds.
    """
    model = Model(_each_its_own_class(problem, served))
    _serve_exactly(model, range(len(served)))
    model.limit_shortage(model.rule.limits(least))
    accepts = [problem.accepts[p] for p in served]
    total = model.total(
        costs[i].get(t, 0) * model.seats[model.of[i], t]
        for i, mask in enumerate(() if by_rank else accepts)
        for t in bits(mask)
    )
    found = model.optimum(total, is_maximize=False)
    if found is None:
        raise ValueError("The served households cannot all be housed within the quotas.")
    model.model.add_linear_constraint(total <= found[0])
    taken = [0] * len(problem.types)
    chosen = []
    for i, mask in enumerate(accepts):
        options = [t for t in bits(mask) if taken[t] < problem.capacity[t]]
        options.sort(key=lambda t: (costs[i].get(t, 0), problem.types[t][taken[t]]))
        t = next(t for t in options if _can_hold(model, model.seats[model.of[i], t]))
        chosen.append(problem.types[t][taken[t]])
        taken[t] += 1
    return chosen


def is_completable(
    problem: Problem, chosen: Sequence[int], *, most_shortage: Measure, least_served: int
) -> bool:
    """Is there a solution at these levels that serves everybody in ``chosen``?"""
    model = Model(problem)
    model.limit_shortage(model.rule.limits(most_shortage))
    everybody = model.total(v for v in model.served if v is not None)
    model.model.add_linear_constraint(everybody >= least_served)
    for p in chosen:
        if model.served[p] is None:
            return False
        model.served[p].lower_bound = 1.0
    return model.optimum(model.total(()), is_maximize=False) is not None


def _each_its_own_class(problem: Problem, served: Sequence[int]) -> Problem:
    """Only these households, told apart by a membership no quota looks at."""
    n = len(problem.quotas) + len(problem.places)
    return replace(
        problem,
        households=tuple(problem.households[p] for p in served),
        accepts=tuple(problem.accepts[p] for p in served),
        members=tuple(problem.members[p] | 1 << (n + i) for i, p in enumerate(served)),
    )


def _can_hold(model: Model, seat: Any) -> bool:
    """Fix a seat if the model stays feasible; undo otherwise."""
    seat.lower_bound = 1.0
    if model.optimum(model.total(()), is_maximize=False) is not None:
        return True
    seat.lower_bound = 0.0
    return False


def _serve_exactly(model: Model, served: Iterable[int]) -> None:
    chosen = set(served)
    for p, variable in enumerate(model.served):
        if variable is not None:
            variable.lower_bound = variable.upper_bound = float(p in chosen)


def _deal(model: Model, values: Mapping[Any, float], served: Sequence[int]) -> dict[int, int]:
    left: dict[int, list[int]] = {}
    for (k, t), variable in sorted(model.seats.items(), key=lambda item: item[0]):
        left.setdefault(k, []).extend([t] * round(values[variable]))
    return {p: left[model.of[p]].pop(0) for p in served}
