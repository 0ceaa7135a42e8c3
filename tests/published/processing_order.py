"""
Places reserved first or last: the H-1B visas of 2018, and walk zones as in Boston.

Everything is matched by the product's literal reading (``matching.serial``), dwelling by
dwelling, reserved ones with a label; the order is the product's published draw.
"""

from collections.abc import Sequence

import numpy as np

from allocation.matching import Label, Problem, Quota, serial, solve
from allocation.ranking import draw
from scenarios.streams import streams

# Public totals of 2018, in thousands: seats open and reserved, applicants with an advanced
# degree and others. Expectations are proportional, so thousands stand for people.
OPEN, RESERVED, ADVANCED, OTHER = 65, 20, 96, 94
RESERVED_FIRST, OPEN_FIRST = "reserved_first", "open_first"
ONE_ORDER, FLOOR = "reserved_first_one_order", "floor"
RULES = (RESERVED_FIRST, OPEN_FIRST, ONE_ORDER, FLOOR)


def expectation(rule: str) -> float:
    """Advanced degrees served, in thousands, exactly."""
    if rule == RESERVED_FIRST:
        return RESERVED + OPEN * (ADVANCED - RESERVED) / (ADVANCED + OTHER - RESERVED)
    if rule == OPEN_FIRST:
        return OPEN * ADVANCED / (ADVANCED + OTHER) + RESERVED
    # In one order for all, reserved places looked at first are filled by those who would have
    # been served anyway: they reserve nothing as long as merit alone fills as many.
    return (OPEN + RESERVED) * ADVANCED / (ADVANCED + OTHER)


def advanced_served(rule: str, seed: int) -> int:
    """Advanced degrees served in one random order (two of them for ``reserved_first``)."""
    names = [f"A{i:03d}" for i in range(ADVANCED)] + [f"O{i:03d}" for i in range(OTHER)]
    if rule == FLOOR:
        problem = _problem(f"{rule} {seed}", names, OPEN + RESERVED, floor=RESERVED)
        return _advanced(problem, solve(problem).served)
    if rule == RESERVED_FIRST:
        # The agency drew twice: once for the reserved visas, then among all who were left.
        first = _served(f"first {seed}", names, ["reserved"] * RESERVED)
        left = [name for name in names if name not in first]
        second = _served(f"second {seed}", left, ["open"] * OPEN)
        return sum(name[0] == "A" for name in (*first, *second))
    kinds = ["open"] * OPEN + ["reserved"] * RESERVED
    found = _served(f"{rule} {seed}", names, kinds if rule == OPEN_FIRST else kinds[::-1])
    return sum(name[0] == "A" for name in found)


def _served(seed: str, names: Sequence[str], kinds: Sequence[str]) -> set[str]:
    """Who is served when the seats are let in this order, reserved ones with a label."""
    problem = _problem(seed, names, len(kinds))
    members = frozenset(p for p, name in enumerate(problem.households) if name[0] == "A")
    seats = problem.types[0]

    def label(seat: str, counts: Sequence[int]) -> list[Label]:
        return [Label(members)] if kinds[int(seat[1:])] == "reserved" else []

    return {problem.households[p] for p in serial(problem, seats, label)}


def _problem(seed: str, names: Sequence[str], n_seats: int, *, floor: int = 0) -> Problem:
    order = tuple(sorted(names, key=lambda name: draw(seed, name)))
    seats = tuple(f"S{i:03d}" for i in range(n_seats))
    quotas = (Quota("advanced", "floor", floor),) if floor else ()
    members = tuple(int(bool(quotas) and name[0] == "A") for name in order)
    return Problem(order, (1,) * len(order), members, (seats,), quotas)


def _advanced(problem: Problem, served: Sequence[int]) -> int:
    return sum(problem.households[p][0] == "A" for p in served)


# Walk zones: half of the seats of every school look at those who live near it first. Each pupil
# asks for one school, the near one or another, some of which please everybody more.
SCHOOLS, SEATS, PUPILS = 6, 40, 480
ASKS_NEAR = 0.55
LIKED = (0.30, 0.22, 0.16, 0.12, 0.10, 0.10)
PRECEDENCE = ("nobody_first", "zone_first", "alternately", "open_first", "all_zone")


def near_served(precedence: str, seed: int) -> float:
    """Share of the seats that go to those who live near, in one draw of pupils and order."""
    drawn = streams(seed).under("walk zones").uniforms("pupils", np.arange(PUPILS), width=3)
    home = (drawn[:, 0] * SCHOOLS).astype(int)
    liked = np.searchsorted(np.cumsum(LIKED)[:-1], drawn[:, 1], side="right")
    asks = np.where(drawn[:, 2] < ASKS_NEAR, home, liked)
    order = sorted(range(PUPILS), key=lambda i: draw(f"walk {seed}", str(i)))
    seats = tuple(tuple(f"{s}-{k:03d}" for k in range(SEATS)) for s in range(SCHOOLS))
    accepts = tuple(1 << int(asks[i]) for i in order)
    problem = Problem(tuple(map(str, order)), accepts, (0,) * PUPILS, seats, ())
    near = [frozenset(p for p, i in enumerate(order) if home[i] == s) for s in range(SCHOOLS)]
    labelled = _labelled(precedence)

    def label(seat: str, counts: Sequence[int]) -> list[Label]:
        school, k = map(int, seat.split("-"))
        return [Label(near[school])] if k in labelled else []

    served = serial(problem, [seat for school in seats for seat in school], label)
    return sum(p in near[int(seat[0])] for p, seat in served.items()) / len(served)


def _labelled(precedence: str) -> frozenset[int]:
    """Seats of a school, by their turn, that look at those who live near first."""
    half = SEATS // 2
    return frozenset(
        {
            "nobody_first": range(0),
            "zone_first": range(half),
            "alternately": range(0, SEATS, 2),
            "open_first": range(half, SEATS),
            "all_zone": range(SEATS),
        }[precedence]
    )
