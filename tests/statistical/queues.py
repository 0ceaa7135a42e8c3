"""
Queues of theory, served in the order of the product.

What is the product's: the kernel (events), the streams (draws) and, where several wait, the
order of the list (tier, points, date) as the committee works it out. What is not: arrivals and
services without end, which a register does not have.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from allocation.ranking import POINTS_TIER, Order
from scenarios.kernel import Kernel
from scenarios.streams import Streams

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Points of the list are whole; one point of theory is a million of them.
POINT = 1_000_000


@dataclass
class Customers:
    """Who comes, drawn beforehand: class, moment, length of service."""

    drawn: Streams
    rates: tuple[float, ...]
    service: float
    n: int
    kind: Ints = field(init=False)
    comes: Floats = field(init=False)
    lasts: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Draw them."""
        u = self.drawn.uniforms("customers", np.arange(self.n), width=3)
        total = sum(self.rates)
        bounds = np.cumsum(self.rates)[:-1] / total
        self.kind = np.searchsorted(bounds, u[:, 0], side="right")
        self.comes = np.cumsum(-np.log1p(-u[:, 1]) / total)
        self.lasts = -np.log1p(-u[:, 2]) / self.service


@dataclass
class Desk:
    """
    Some servers and one list.

    ``tiers``: tier of each class. ``points``: points of those waiting (positions, now).
    ``waits``: found, one per customer. ``line``: customers waiting, summed over time.
    """

    customers: Customers
    servers: int
    tiers: tuple[int, ...] = (POINTS_TIER,)
    points: Callable[[Ints, float], Ints] | None = None
    kernel: Kernel = field(default_factory=Kernel)
    waiting: list[int] = field(default_factory=list)
    line: float = 0.0

    def __post_init__(self) -> None:
        """Nobody has come; among equals, who came first is first."""
        n = self.customers.n
        self.waits = np.full(n, np.nan)
        tier = np.array(self.tiers, dtype=np.int64)[self.customers.kind]
        none = np.zeros(n, dtype=np.int64)
        dates, draws = np.zeros(n, dtype="datetime64[D]"), np.empty(n, dtype=object)
        self.order = Order(tier, none, dates, draws, np.arange(n))
        self.free, self.before = self.servers, 0.0
        self.comes, self.lasts = self.customers.comes.tolist(), self.customers.lasts.tolist()

    def run(self) -> None:
        """From an empty desk to the last customer."""
        self.kernel.at(self.comes[0], "arrives", 0)
        self.kernel.run(lambda name: getattr(self, name), float("inf"))

    def arrives(self, i: int) -> None:
        """One comes; the next one is entered."""
        if i + 1 < len(self.comes):
            self.kernel.at(self.comes[i + 1], "arrives", i + 1)
        self._passes()
        if self.free:
            self._serve(i)
        else:
            self.waiting.append(i)

    def leaves(self) -> None:
        """A server is free for the first of the list."""
        self._passes()
        self.free += 1
        if self.waiting:
            self._serve(self.waiting.pop(self._first()))

    def _passes(self) -> None:
        self.line += len(self.waiting) * (self.kernel.now - self.before)
        self.before = self.kernel.now

    def _first(self) -> int:
        if len(self.waiting) == 1 or (self.points is None and len(self.tiers) == 1):
            return 0
        who = np.array(self.waiting)
        points = np.zeros(len(who), dtype=np.int64)
        if self.points is not None:
            points = self.points(who, self.kernel.now)
        return int(self.order.best_first(points, who)[0])

    def _serve(self, i: int) -> None:
        now = self.kernel.now
        self.waits[i] = now - self.comes[i]
        self.free -= 1
        self.kernel.at(now + self.lasts[i], "leaves")
